"""Vector BLF: containers unpacked piece by piece, their objects taken apart by kind with numpy."""

import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from can_bridge.errors import UnreadableLog
from can_bridge.frames import FrameBatch
from can_bridge.logs.blf_objects import OBJECT_HEADER, find_frames
from can_bridge.logs.chunks import CHUNK_BYTES
from can_bridge.logs.lines import ChannelNames, LineCounts, Rows

MAGIC = b"LOGG"
OBJECT_MAGIC = b"LOBJ"
CONTAINER = 10
CONTAINER_HEADER = struct.Struct("<H6xL4x")
NOT_COMPRESSED, ZLIB = 0, 2
FILE_HEADER = struct.Struct("<4sL8BQQLL8H8H")
_LARGEST_OBJECT = 1 << 28
_LONGEST_GAP = 8
"""Objects are padded; python-can and Vector's tools do not agree by how much."""


class BlfBatches:
    """Reads a BLF once. Channels count from 1 in the file and from 0 here.

    A file that ends inside an object, as after a power cut, is read up to there and the rest
    counted as one unparsable piece.
    """

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self.counts = LineCounts()
        self._stream = stream
        self._path = path
        self._channels = ChannelNames()
        self._start_s = 0.0
        self._objects = 0

    def __iter__(self) -> Iterator[FrameBatch]:
        """All frames, error and remote frames too; times are absolute where the header is dated.

        Raises:
            UnreadableLog: not a BLF, or damaged before its first frame.
        """
        frames = 0
        with self._stream:
            self._read_header()
            try:
                for batch in self._taken_apart():
                    frames += len(batch)
                    yield batch
            except (ValueError, struct.error, zlib.error, EOFError, OSError) as broken:
                if not frames:
                    raise UnreadableLog(self._path, f"object 1: {broken}") from broken
                self.counts.note_bad_line(self._objects + 1)

    def _read_header(self) -> None:
        read = self._stream.read(FILE_HEADER.size)
        if len(read) < FILE_HEADER.size or not read.startswith(MAGIC):
            raise UnreadableLog(self._path, "BLF header cut off")
        fields = FILE_HEADER.unpack(read)
        self._stream.read(max(fields[1] - FILE_HEADER.size, 0))
        year, month, _, day, hour, minute, second, milli = fields[14:22]
        try:
            begun_at = datetime(year, month, day, hour, minute, second, milli * 1000, tzinfo=UTC)
        except ValueError:
            return  # a logger without clock: times count from its start
        self._start_s = begun_at.timestamp()

    def _pieces(self) -> Iterator[bytes]:
        """Unpacked objects, some containers at a time."""
        piece = bytearray()
        try:
            while header := self._stream.read(OBJECT_HEADER.size):
                piece += self._unpacked(header)
                if len(piece) >= CHUNK_BYTES:
                    yield bytes(piece)
                    piece.clear()
        finally:
            # what came before the damage is still good
            if piece:
                yield bytes(piece)

    def _unpacked(self, header: bytes) -> bytes:
        magic, _, _, size, kind = OBJECT_HEADER.unpack(header)
        if magic != OBJECT_MAGIC or not OBJECT_HEADER.size <= size <= _LARGEST_OBJECT:
            raise ValueError("no object where one should be")
        body = self._stream.read(size - OBJECT_HEADER.size)
        if len(body) < size - OBJECT_HEADER.size:
            raise ValueError("cut off inside an object")
        self._stream.read(size % 4)
        if kind != CONTAINER:
            return header + body
        method, unpacked_size = CONTAINER_HEADER.unpack_from(body)
        if method == NOT_COMPRESSED:
            return body[CONTAINER_HEADER.size :]
        if method != ZLIB:
            raise ValueError(f"compression method {method}")
        # bounded: a few bytes can unpack to gigabytes
        limit = min(unpacked_size, _LARGEST_OBJECT) or _LARGEST_OBJECT
        return zlib.decompressobj().decompress(body[CONTAINER_HEADER.size :], limit)

    def _taken_apart(self) -> Iterator[FrameBatch]:
        rest = b""
        for piece in self._pieces():
            joined = rest + piece
            batch, end = self._piece(joined)
            rest = joined[end:]
            if len(batch):
                yield batch
        if rest:
            raise ValueError("cut off inside an object")

    def _piece(self, piece: bytes) -> tuple[FrameBatch, int]:
        """The frames of a piece and where begins what belongs to the next one."""
        places, kinds, end = _walk(piece)
        self._objects += len(places)
        rows = Rows(len(places))
        is_known = find_frames(piece, places, kinds, rows, self._channels, self._start_s)
        self.counts.event_lines += int((~is_known).sum())
        for row in np.flatnonzero(is_known & ~rows.is_frame).tolist():
            self.counts.note_bad_line(self._objects - len(places) + row + 1)
        return rows.batch(self._channels), end


def _walk(piece: bytes) -> tuple[NDArray[np.intp], NDArray[np.int64], int]:
    """Where objects begin, what they are, and where the first incomplete one begins."""
    places: list[int] = []
    kinds: list[int] = []
    unpack = OBJECT_HEADER.unpack_from
    at, end = 0, len(piece)
    while at + OBJECT_HEADER.size <= end:
        magic, _, _, size, kind = unpack(piece, at)
        if magic != OBJECT_MAGIC:
            found = piece.find(OBJECT_MAGIC, at, at + _LONGEST_GAP + len(OBJECT_MAGIC))
            if found < 0:
                raise ValueError(f"object {len(places) + 1}: no object where one should be")
            at = found
            continue
        if size < OBJECT_HEADER.size:
            raise ValueError(f"object {len(places) + 1}: {size} bytes long")
        if at + size > end:
            break
        places.append(at)
        kinds.append(kind)
        at += size + size % 4
        if piece[at : at + 4] != OBJECT_MAGIC:
            at -= size % 4
    return np.array(places, np.intp), np.array(kinds, np.int64), min(at, end)
