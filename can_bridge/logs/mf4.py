"""ASAM MDF 4 bus logging through asammdf, a window of records at a time.

Runs in a process of its own (`mf4_process`): asammdf crashes on some damaged files.
"""

import contextlib
import logging
import pickle
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from can_bridge.errors import UnreadableLog
from can_bridge.frames import (
    IS_BITRATE_SWITCHED,
    IS_ERROR,
    IS_EXTENDED,
    IS_FD,
    IS_REMOTE,
    IS_SENDER_PASSIVE,
    IS_SENT,
    FrameBatch,
)
from can_bridge.logs.lines import ChannelNames, Found, LineCounts, Rows

MAGICS = (b"MDF  ", b"UnFinMF ")
WINDOW = 50_000
"""Chosen: records read at a time from each group, some 5 MB."""
_KINDS = {"CAN_DataFrame": 0, "CAN_RemoteFrame": int(IS_REMOTE), "CAN_ErrorFrame": int(IS_ERROR)}
_BITS = (
    ("IDE", IS_EXTENDED),
    ("EDL", IS_FD),
    ("BRS", IS_BITRATE_SWITCHED),
    ("ESI", IS_SENDER_PASSIVE),
)


class Mf4Records:
    """Reads the CAN groups of a file once, merged by time; channels as the file numbers them."""

    def __init__(self, path: Path) -> None:
        self.counts = LineCounts()
        self._path = path

    def __iter__(self) -> Iterator[FrameBatch]:
        """All frames, error and remote frames too, on the clock of the file's start.

        Raises:
            UnreadableLog: not an MDF 4, damaged, or without CAN bus logging.
        """
        with tempfile.TemporaryDirectory(prefix="mf4-") as scratch:
            yield from self._batches(self._opened(Path(scratch)))

    def _batches(self, mdf: Any) -> Iterator[FrameBatch]:  # noqa: ANN401 -- asammdf's own types
        groups: list[_Group] = []
        try:
            groups += _groups(mdf)
            yield from _merged(groups)
        except Exception as broken:
            # asammdf raises whatever numpy, struct and zlib raise on a damaged block
            raise UnreadableLog(self._path, f"damaged MDF: {broken}") from broken
        finally:
            for record in (record for group in groups for record in group.bad_records):
                self.counts.note_bad_line(record)
            mdf.close()
        if not groups:
            raise UnreadableLog(self._path, "MDF without CAN_DataFrame group")

    def _opened(self, scratch: Path) -> Any:  # noqa: ANN401 -- asammdf has no useful types
        logging.getLogger("asammdf").setLevel(logging.CRITICAL)
        try:
            # a file that its logger did not finish is finished in a copy
            return _mdf()(self._path, temporary_folder=str(scratch))
        except Exception as refused:
            # asammdf raises its own, struct's, zlib's and numpy's errors for a damaged file
            raise UnreadableLog(self._path, f"not a readable MDF: {refused}") from refused


class Refusal(NamedTuple):
    """Why a file cannot be read."""

    reason: str


def main() -> None:
    """Write what is in the file named by the last argument to standard output, pickled.

    Batches, then the counts; or, at any point, a refusal as the last.
    """
    records = Mf4Records(Path(sys.argv[-1]))
    out = sys.stdout.buffer
    # whatever else prints must not end up between the pickles
    sys.stdout = sys.stderr
    try:
        for batch in records:
            pickle.dump(batch, out, pickle.HIGHEST_PROTOCOL)
        pickle.dump(records.counts, out)
    except UnreadableLog as refused:
        pickle.dump(Refusal(refused.reason), out)
    out.flush()


@cache
def _mdf() -> Any:  # noqa: ANN401 -- asammdf has no useful types
    from asammdf import MDF  # noqa: PLC0415 -- takes a second and few logs are MF4
    from asammdf.blocks.mdf_v4 import MDF4  # noqa: PLC0415

    close_at_end = MDF4.__del__

    def close_quietly(mdf: MDF4) -> None:
        # a file too damaged to be opened leaves an object too unfinished to be closed
        with contextlib.suppress(AttributeError, OSError):
            close_at_end(mdf)

    MDF4.__del__ = close_quietly  # type: ignore[method-assign]
    return MDF


def _groups(mdf: Any) -> "list[_Group]":  # noqa: ANN401 -- asammdf has no useful types
    return [
        _Group(mdf, number, name, _start_s(mdf))
        for number, group in enumerate(mdf.groups)
        for name in _KINDS
        if any(channel.name == name for channel in group.channels)
    ]


def _start_s(mdf: Any) -> float:  # noqa: ANN401 -- asammdf has no useful types
    start: datetime = mdf.header.start_time
    return start.timestamp()


class _Group:
    """One group of frames; `pending` are frames read and not yet handed on."""

    def __init__(self, mdf: Any, number: int, name: str, start_s: float) -> None:  # noqa: ANN401
        self._mdf = mdf
        self._number = number
        self._name = name
        self._start_s = start_s
        self._channels = ChannelNames()
        self._records = int(mdf.groups[number].channel_group.cycles_nr)
        self._fields = {channel.name for channel in mdf.groups[number].channels}
        self._next = 0
        self.bad_records: list[int] = []
        self.pending = FrameBatch.empty()

    @property
    def has_more(self) -> bool:
        """Whether the file has records that were not read."""
        return self._next < self._records

    def fill(self) -> None:
        """Read on where nothing is pending."""
        while not len(self.pending) and self.has_more:
            self.pending = self._window()

    def _window(self) -> FrameBatch:
        count = min(WINDOW, self._records - self._next)
        first, self._next = self._next, self._next + count
        signal = self._get(self._name, first, count)
        columns = {
            name.removeprefix(f"{self._name}."): signal.samples[name]
            for name in signal.samples.dtype.names or ()
        }
        found = self._found(columns, signal.timestamps + self._start_s, first, count)
        rows = Rows(count)
        rows.put(np.arange(count), found)
        self.bad_records += (np.flatnonzero(~rows.is_frame) + first + 1).tolist()
        return rows.batch(self._channels)

    def _found(
        self, columns: dict[str, Any], timestamp_s: NDArray[np.float64], first: int, count: int
    ) -> Found:
        flags = np.full(count, _KINDS[self._name], np.uint8)
        for field, bit in _BITS:
            if field in columns:
                flags[columns[field] != 0] |= bit
        if "Dir" in columns:
            flags[_is_sent(columns["Dir"])] |= IS_SENT
        nothing = np.zeros(count, np.int64)
        every = np.ones(count, bool)
        is_error = self._name == "CAN_ErrorFrame"
        identifier = nothing if is_error else columns["ID"].astype(np.int64) & 0x1FFF_FFFF
        size = columns.get("DataLength", columns.get("DLC", nothing))
        length = nothing if is_error else size.astype(np.int64)
        if self._name == "CAN_RemoteFrame" and "DLC" in columns:
            length = np.minimum(columns["DLC"].astype(np.int64), 8)
        bus = columns.get("BusChannel", nothing).astype(np.int64)
        data = np.zeros((count, 8), np.uint8)
        if self._name == "CAN_DataFrame":
            data = _padded(self._data(columns, first, count), length)
        # 0 ≤ length ≤ width: what a record says beyond its bytes is no frame
        every &= (length <= data.shape[1]) | (flags & IS_REMOTE != 0)
        channel = self._channels.places(bus, every)
        return Found(every, timestamp_s, channel, identifier, flags, length, data)

    def _data(self, columns: dict[str, Any], first: int, count: int) -> NDArray[np.uint8]:
        data = columns.get("DataBytes")
        if data is None or data.ndim != 2 or data.dtype != np.uint8:  # noqa: PLR2004 -- a table
            # payloads of changing length are stored apart from the records
            data = self._get(f"{self._name}.DataBytes", first, count).samples
        table: NDArray[np.uint8] = np.asarray(data, np.uint8)
        return table

    def _get(self, name: str, first: int, count: int) -> Any:  # noqa: ANN401 -- asammdf's Signal
        return self._mdf.get(
            name,
            group=self._number,
            raw=True,
            record_offset=first,
            record_count=count,
            ignore_invalidation_bits=True,
        )


def _merged(groups: list[_Group]) -> Iterator[FrameBatch]:
    """Frames of all groups in the order of time, as far as all groups have been read."""
    while True:
        for group in groups:
            group.fill()
        live = [group for group in groups if len(group.pending)]
        if not live:
            return
        if len(live) == 1:
            yield live[0].pending
            live[0].pending = FrameBatch.empty()
            continue
        # beyond the earliest end of a group with more to come, that group could have more
        ends = [float(one.pending.timestamp_s.max()) for one in live if one.has_more]
        horizon_s = min(ends, default=np.inf)
        ready = []
        for group in live:
            is_due = group.pending.timestamp_s <= horizon_s
            ready.append(group.pending.where(is_due))
            group.pending = group.pending.where(~is_due)
        joined = FrameBatch.joined(ready)
        yield joined.sorted_by_time()


def _padded(data: NDArray[np.uint8], length: NDArray[np.int64]) -> NDArray[np.uint8]:
    width = 8 if data.shape[1] <= 8 else 64  # noqa: PLR2004 -- classic or FD
    if data.shape[1] < width:
        data = np.pad(data, ((0, 0), (0, width - data.shape[1])))
    return np.where(np.arange(width) < length[:, None], data[:, :width], 0).astype(np.uint8)


def _is_sent(direction: NDArray[Any]) -> NDArray[np.bool_]:
    if direction.dtype.kind in "SU":
        is_sent: NDArray[np.bool_] = np.char.lower(direction.astype("S2")) == b"tx"
        return is_sent
    is_number_sent: NDArray[np.bool_] = direction != 0
    return is_number_sent
