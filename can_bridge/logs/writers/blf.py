"""BLF, object by object as arrays: python-can's writer clamps times that go back."""

import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from can_bridge.frames import (
    FD_BYTES,
    IS_BITRATE_SWITCHED,
    IS_ERROR,
    IS_EXTENDED,
    IS_FD,
    IS_REMOTE,
    IS_SENDER_PASSIVE,
    IS_SENT,
    FrameBatch,
)
from can_bridge.logs.blf import (
    CONTAINER,
    CONTAINER_HEADER,
    FILE_HEADER,
    MAGIC,
    OBJECT_MAGIC,
    ZLIB,
)
from can_bridge.logs.blf_objects import (
    CAN_ERROR_EXT,
    CAN_FD_MESSAGE,
    CAN_MESSAGE,
    CLASSIC,
    EXTENDED_ID,
    FD,
    FD_BRS,
    FD_EDL,
    FD_ESI,
    IN_NANOSECONDS,
    OBJECT,
    OBJECT_HEADER,
    REMOTE,
    SENT,
)
from can_bridge.logs.values import FD_LENGTHS
from can_bridge.logs.writers.plan import EARLIEST_DATE_S, Losses, WritingPlan

FILE_HEADER_SIZE = 144
CONTAINER_BYTES = 128 * 1024
"""What Vector's tools write; a reader must unpack a container to see one frame in it."""
_ERROR_BODY = 32
_APPLICATION_UNKNOWN = 0
_DLC_OF = np.searchsorted(FD_LENGTHS, np.arange(FD_BYTES + 1)).astype(np.uint8)


class BlfWriter:
    """Nanoseconds since the file's date; channels from 1, as Vector counts."""

    def __init__(self, path: Path, plan: WritingPlan) -> None:
        self.losses = Losses()
        self._plan = plan
        self._file = path.open("wb")
        self._pending = b""
        self._objects = 0
        self._unpacked_size = FILE_HEADER_SIZE
        self._latest_s = plan.start_s
        self._file.write(bytes(FILE_HEADER_SIZE))

    def write(self, batch: FrameBatch) -> None:
        """Append frames."""
        if not len(batch):
            return
        self._objects += len(batch)
        if self._plan.start_s < 0:
            shift = f"time moved by {-self._plan.start_s:g} s: the format has none before its start"
            self.losses.reduced[shift] += len(batch)
        self._latest_s = max(self._latest_s, float(batch.timestamp_s.max()))
        self._pending += _objects(batch, self._plan)
        while len(self._pending) >= CONTAINER_BYTES:
            self._put_container(self._pending[:CONTAINER_BYTES])
            self._pending = self._pending[CONTAINER_BYTES:]

    def close(self) -> None:
        """Finish the file: its header says how much there is."""
        with self._file:
            if self._pending:
                self._put_container(self._pending)
            size = self._file.tell()
            self._file.seek(0)
            self._file.write(self._header(size))

    def _put_container(self, unpacked: bytes) -> None:
        packed = zlib.compress(unpacked)
        size = OBJECT_HEADER.size + CONTAINER_HEADER.size + len(packed)
        self._file.write(
            OBJECT_HEADER.pack(OBJECT_MAGIC, OBJECT_HEADER.size, 1, size, CONTAINER)
            + CONTAINER_HEADER.pack(ZLIB, len(unpacked))
            + packed
            + bytes(size % 4)
        )
        self._unpacked_size += OBJECT_HEADER.size + CONTAINER_HEADER.size + len(unpacked)

    def _header(self, size: int) -> bytes:
        numbers = (_APPLICATION_UNKNOWN, 0, 0, 0, 2, 6, 8, 1)
        counts = (size, self._unpacked_size, self._objects, 0)
        dates = (*_system_time(self._plan.start_s), *_system_time(self._latest_s))
        packed = FILE_HEADER.pack(MAGIC, FILE_HEADER_SIZE, *numbers, *counts, *dates)
        return packed.ljust(FILE_HEADER_SIZE, b"\0")


def _objects(batch: FrameBatch, plan: WritingPlan) -> bytes:
    """All frames as objects one behind the other, in order."""
    is_error = (batch.flags & IS_ERROR) != 0
    is_fd = ~is_error & ((batch.flags & IS_FD) != 0)
    is_classic = ~is_error & ~is_fd
    size = np.select([is_classic, is_fd], [CLASSIC.itemsize, FD.itemsize], _ERROR_BODY).astype(
        np.intp
    )
    size += OBJECT.itemsize
    place = np.cumsum(size) - size
    out = np.zeros(int(size.sum()), np.uint8)
    numbers = plan.numbers_of(batch) + 1
    for chosen, kind, body in (
        (is_classic, CAN_MESSAGE, _classic),
        (is_fd, CAN_FD_MESSAGE, _fd),
        (is_error, CAN_ERROR_EXT, _error),
    ):
        rows = batch.where(chosen)
        if len(rows):
            records = body(rows, numbers[chosen])
            header = _object_headers(rows, kind, records.shape[1], plan.start_s)
            joined = np.concatenate([header, records], axis=1)
            out[place[chosen][:, None] + np.arange(joined.shape[1])] = joined
    return out.tobytes()


def _object_headers(
    batch: FrameBatch, kind: int, body_size: int, start_s: float
) -> NDArray[np.uint8]:
    header = np.zeros(len(batch), OBJECT)
    header["magic"] = OBJECT_MAGIC
    header["header_size"] = OBJECT.itemsize
    header["header_version"] = 1
    header["size"] = OBJECT.itemsize + body_size
    header["kind"] = kind
    header["time_unit"] = IN_NANOSECONDS
    header["time"] = np.maximum(np.round((batch.timestamp_s - start_s) * 1e9), 0)
    return _bytes(header)


def _classic(batch: FrameBatch, number: NDArray[np.int64]) -> NDArray[np.uint8]:
    record = np.zeros(len(batch), CLASSIC)
    record["channel"] = number
    record["flags"] = _direction_and_remote(batch)
    record["dlc"] = batch.length
    record["id"] = _identifiers(batch)
    record["data"] = batch.data[:, :8]
    return _bytes(record)


def _fd(batch: FrameBatch, number: NDArray[np.int64]) -> NDArray[np.uint8]:
    record = np.zeros(len(batch), FD)
    record["channel"] = number
    record["flags"] = _direction_and_remote(batch)
    record["dlc"] = _DLC_OF[batch.length]
    record["id"] = _identifiers(batch)
    record["fd_flags"] = (
        FD_EDL
        | np.where((batch.flags & IS_BITRATE_SWITCHED) != 0, FD_BRS, 0)
        | np.where((batch.flags & IS_SENDER_PASSIVE) != 0, FD_ESI, 0)
    )
    record["valid_bytes"] = batch.length
    record["data"][:, : batch.data.shape[1]] = batch.data
    return _bytes(record)


def _error(batch: FrameBatch, number: NDArray[np.int64]) -> NDArray[np.uint8]:
    record = np.zeros((len(batch), _ERROR_BODY), np.uint8)
    record[:, :2] = _bytes(number.astype("<u2"))
    return record


def _identifiers(batch: FrameBatch) -> NDArray[np.uint32]:
    is_extended = (batch.flags & IS_EXTENDED) != 0
    return batch.arbitration_id | np.where(is_extended, EXTENDED_ID, 0).astype(np.uint32)


def _direction_and_remote(batch: FrameBatch) -> NDArray[np.uint8]:
    sent = np.where((batch.flags & IS_SENT) != 0, SENT, 0)
    remote = np.where((batch.flags & IS_REMOTE) != 0, REMOTE, 0)
    return (sent | remote).astype(np.uint8)


def _bytes(records: NDArray[Any]) -> NDArray[np.uint8]:
    return records.view(np.uint8).reshape(len(records), records.dtype.itemsize)


def _system_time(at_s: float) -> tuple[int, ...]:
    if at_s < EARLIEST_DATE_S:
        return (0,) * 8
    at = datetime.fromtimestamp(at_s, UTC)
    weekday, milli = at.isoweekday() % 7, at.microsecond // 1000
    return (at.year, at.month, weekday, at.day, at.hour, at.minute, at.second, milli)
