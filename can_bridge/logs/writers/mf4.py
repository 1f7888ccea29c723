"""MDF 4 bus logging by asammdf in bulk: python-can's writer hands it one frame at a time."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from can_bridge.frames import (
    CLASSIC_BYTES,
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
from can_bridge.logs.values import FD_LENGTHS
from can_bridge.logs.writers.plan import Losses, WritingPlan

LATE_S = 1.0
"""Chosen: frames are put in order of time within this; real logs go back some milliseconds."""
_DLC_OF = np.searchsorted(FD_LENGTHS, np.arange(FD_BYTES + 1)).astype(np.uint8)
_COMPRESSED = 1
_GROUPS = ("CAN_DataFrame", "CAN_RemoteFrame", "CAN_ErrorFrame")


class Mf4Writer:
    """Channels as numbered by the plan. MDF wants time to rise: frames are sorted where needed."""

    def __init__(self, path: Path, plan: WritingPlan) -> None:
        import asammdf  # noqa: PLC0415 -- takes a second and few files are MF4

        self.losses = Losses()
        self._path = path
        self._plan = plan
        # no date is before 1970; times before a recording's start are negative, as they were
        self._start_s = max(plan.start_s, 0.0)
        self._asammdf = asammdf
        self._scratch = tempfile.TemporaryDirectory(prefix="mf4-")
        self._mdf: Any = asammdf.MDF(version="4.10", temporary_folder=self._scratch.name)
        self._mdf.header.start_time = datetime.fromtimestamp(self._start_s, UTC)
        width = FD_BYTES if plan.has_long_payloads else CLASSIC_BYTES
        self._layouts = [_layout(name, width) for name in _GROUPS]
        self._groups: dict[str, int] = {}
        self._waiting = FrameBatch.empty()
        self._written_to_s = -np.inf

    def write(self, batch: FrameBatch) -> None:
        """Append frames."""
        if not len(batch):
            return
        joined = FrameBatch.joined([self._waiting, batch]).sorted_by_time()
        is_settled = joined.timestamp_s <= joined.timestamp_s[-1] - LATE_S
        self._put(joined.where(is_settled))
        self._waiting = joined.where(~is_settled)

    def close(self) -> None:
        """Finish the file."""
        self._put(self._waiting)
        for name, layout in zip(_GROUPS, self._layouts, strict=True):
            if name == _GROUPS[0] and name not in self._groups:
                self._append(name, layout, np.zeros(0, layout), np.zeros(0))
        try:
            # asammdf gives every other name its own suffix
            saved = self._mdf.save(self._path, overwrite=True, compression=_COMPRESSED)
            Path(saved).replace(self._path)
        finally:
            self._mdf.close()
            self._scratch.cleanup()

    def _put(self, batch: FrameBatch) -> None:
        if not len(batch):
            return
        late = int(np.count_nonzero(batch.timestamp_s < self._written_to_s))
        if late:
            self.losses.reduced[f"out of order by more than {LATE_S:g} s"] += late
        self._written_to_s = max(self._written_to_s, float(batch.timestamp_s[-1]))
        is_error = (batch.flags & IS_ERROR) != 0
        is_remote = ~is_error & ((batch.flags & IS_REMOTE) != 0)
        kinds = (~is_error & ~is_remote, is_remote, is_error)
        for name, layout, chosen in zip(_GROUPS, self._layouts, kinds, strict=True):
            rows = batch.where(chosen)
            if len(rows):
                records = self._records(name, layout, rows)
                self._append(name, layout, records, rows.timestamp_s - self._start_s)

    def _append(
        self, name: str, layout: np.dtype[Any], records: NDArray[Any], offset_s: NDArray[np.float64]
    ) -> None:
        if name in self._groups:
            self._mdf.extend(self._groups[name], [(offset_s, None), (records, None)])
            return
        from asammdf.blocks.v4_blocks import SourceInformation  # noqa: PLC0415 -- see above
        from asammdf.blocks.v4_constants import BUS_TYPE_CAN, SOURCE_BUS  # noqa: PLC0415

        source = SourceInformation(source_type=SOURCE_BUS, bus_type=BUS_TYPE_CAN)
        signal = self._asammdf.Signal(
            name=name, samples=records.astype(layout), timestamps=offset_s, source=source
        )
        self._mdf.append(signal, acq_name="CAN")
        self._groups[name] = len(self._mdf.groups) - 1

    def _records(self, name: str, layout: np.dtype[Any], batch: FrameBatch) -> NDArray[Any]:
        records = np.zeros(len(batch), layout)
        records[f"{name}.BusChannel"] = self._plan.numbers_of(batch)
        records[f"{name}.ID"] = batch.arbitration_id
        records[f"{name}.IDE"] = _is_set(batch, IS_EXTENDED)
        records[f"{name}.Dir"] = _is_set(batch, IS_SENT)
        if name == "CAN_ErrorFrame":
            return records
        records[f"{name}.DLC"] = np.where(
            _is_set(batch, IS_FD) != 0, _DLC_OF[batch.length], batch.length
        )
        if name == "CAN_DataFrame":
            records[f"{name}.DataLength"] = batch.length
            records[f"{name}.DataBytes"][:, : batch.data.shape[1]] = batch.data
            records[f"{name}.EDL"] = _is_set(batch, IS_FD)
            records[f"{name}.BRS"] = _is_set(batch, IS_BITRATE_SWITCHED)
            records[f"{name}.ESI"] = _is_set(batch, IS_SENDER_PASSIVE)
        return records


def _layout(name: str, width: int) -> np.dtype[Any]:
    fields: list[Any] = [("BusChannel", "<u1"), ("ID", "<u4"), ("IDE", "<u1"), ("DLC", "<u1")]
    fields.append(("DataLength", "<u1"))
    if name != "CAN_RemoteFrame":
        fields.append(("DataBytes", f"({width},)u1"))
    fields.append(("Dir", "<u1"))
    if name != "CAN_RemoteFrame":
        fields += [("EDL", "<u1"), ("BRS", "<u1"), ("ESI", "<u1")]
    return np.dtype([(f"{name}.{field}", kind) for field, kind in fields])


def _is_set(batch: FrameBatch, bit: np.uint8) -> NDArray[np.uint8]:
    is_set: NDArray[np.uint8] = ((batch.flags & bit) != 0).astype(np.uint8)
    return is_set
