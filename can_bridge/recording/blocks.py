"""A segment file: a header line and blocks of frames, each readable or plainly cut off."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from can_bridge.frames import CLASSIC_BYTES, FD_BYTES, FrameBatch

MAGIC = b"stationmaster frames 1\n"
_BLOCK_MAGIC = b"FRMS"
_BLOCK = struct.Struct("<4sIIIIq")
"""Magic, payload bytes, CRC-32 of what follows it and the payload, frames, width, wall clock ms."""
_CHECKED = struct.Struct("<IIq")
_FAST = 1
_LARGEST_PAYLOAD = 1 << 26


@dataclass(frozen=True, slots=True)
class Block:
    """Frames written together; `written_at_ms` is the wall clock, ms since 1970."""

    written_at_ms: int
    frames: FrameBatch


def encoded(batch: FrameBatch, written_at_ms: int) -> bytes:
    """Frames as a block."""
    width = batch.data.shape[1]
    names = msgspec.json.encode(batch.channels)
    columns = b"".join(
        (
            len(names).to_bytes(2, "little"),
            names,
            batch.timestamp_s.astype("<f8").tobytes(),
            batch.arbitration_id.astype("<u4").tobytes(),
            batch.flags.tobytes(),
            batch.length.tobytes(),
            batch.channel.astype("<i2").tobytes(),
            batch.data.tobytes(),
        )
    )
    payload = zlib.compress(columns, _FAST)
    checked = _CHECKED.pack(len(batch), width, written_at_ms)
    crc = zlib.crc32(payload, zlib.crc32(checked))
    head = _BLOCK.pack(_BLOCK_MAGIC, len(payload), crc, len(batch), width, written_at_ms)
    return head + payload


def read_blocks(path: Path) -> Iterator[Block | None]:
    """The blocks of a segment; a None at the end where a block is cut off or damaged.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            yield None
            return
        while True:
            head = file.read(_BLOCK.size)
            if not head:
                return
            block = _decoded(head, file)
            yield block
            if block is None:
                return


def _decoded(head: bytes, file: BinaryIO) -> Block | None:
    if len(head) < _BLOCK.size:
        return None
    magic, size, crc, count, width, written_at_ms = _BLOCK.unpack(head)
    if magic != _BLOCK_MAGIC or size > _LARGEST_PAYLOAD or width not in {CLASSIC_BYTES, FD_BYTES}:
        return None
    payload = file.read(size)
    checked = _CHECKED.pack(count, width, written_at_ms)
    if len(payload) < size or zlib.crc32(payload, zlib.crc32(checked)) != crc:
        return None
    return Block(written_at_ms, _columns(zlib.decompress(payload), count, width))


def _columns(raw: bytes, count: int, width: int) -> FrameBatch:
    # the checksum was right: what is inside is what was written
    names_end = 2 + int.from_bytes(raw[:2], "little")
    names = msgspec.json.decode(raw[2:names_end], type=tuple[int | str, ...])
    at = names_end
    columns = []
    for kind in ("<f8", "<u4", "u1", "u1", "<i2"):
        columns.append(np.frombuffer(raw, kind, count, at))
        at += count * np.dtype(kind).itemsize
    data = np.frombuffer(raw, np.uint8, count * width, at).reshape(count, width)
    timestamp_s, arbitration_id, flags, length, channel = columns
    return FrameBatch(timestamp_s, arbitration_id, flags, length, data, channel, names)
