"""Rows as MDF 4 for measurement tools: one group, time since the span's start."""

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry.export.facts import ExportFacts, file_size
from telemetry.export.surveying import ColumnType
from telemetry.export.tables import as_text
from telemetry.store.cells import Column, Kind
from telemetry.store.port import RowColumns

MOST_TEXT_BYTES = 255
"""Chosen: texts in MDF have a fixed length; what is longer is a log entry, not a signal."""
_COMPRESSED = 1


class Mf4Writer:
    """One channel per signal; "not available" is an invalid sample."""

    def __init__(
        self,
        path: Path,
        facts: ExportFacts,
        types: Mapping[str, ColumnType],
        text_bytes: Mapping[str, int],
    ) -> None:
        import asammdf  # noqa: PLC0415 -- takes a second and few exports are MF4

        self._asammdf = asammdf
        self._path = path
        self._facts = facts
        self._types = dict(types)
        self._text_bytes = text_bytes
        self._scratch = tempfile.TemporaryDirectory(prefix="mf4-", dir=path.parent)
        self._mdf: Any = asammdf.MDF(version="4.10", temporary_folder=self._scratch.name)
        self._mdf.header.start_time = datetime.fromtimestamp(facts.start_ms / 1000, UTC)
        self._mdf.header.subject = facts.bench
        self._mdf.header.project = facts.station
        self._has_group = False

    def write(self, rows: RowColumns) -> None:
        """Append rows."""
        offset_s = (rows.observed_at_ms - self._facts.start_ms) / 1000
        channels = [
            (self._samples(name, kind, column), np.asarray(column.kinds <= Kind.NONE))
            for name, kind in self._types.items()
            for column in (rows.columns.get(name) or Column.absent(len(rows)),)
        ]
        if self._has_group:
            self._mdf.extend(0, [(offset_s, None), *channels])
            return
        self._append(offset_s, channels)

    def _append(
        self, offset_s: NDArray[np.float64], channels: list[tuple[NDArray[Any], NDArray[np.bool_]]]
    ) -> None:
        signals = [
            self._asammdf.Signal(
                samples=samples,
                timestamps=offset_s,
                name=name,
                unit=words.unit,
                comment=" ".join(filter(None, (words.label_zh, words.label_en))),
                invalidation_bits=invalid,
                encoding="utf-8" if samples.dtype.kind == "S" else None,
            )
            for (name, words), (samples, invalid) in zip(
                ((name, self._facts.of(name)) for name in self._types), channels, strict=True
            )
        ]
        self._mdf.append(signals, acq_name=self._facts.bench, comment=self._facts.profile)
        self._has_group = True

    def _samples(self, name: str, kind: ColumnType, column: Column) -> NDArray[Any]:
        match kind:
            case ColumnType.FLOAT:
                return np.asarray(column.numbers(), np.float64)
            case ColumnType.INTEGER:
                return np.asarray(column.integers, np.int64)
            case ColumnType.BOOLEAN:
                return np.asarray(column.integers != 0, np.uint8)
            case ColumnType.TEXT:
                width = min(max(self._text_bytes.get(name, 0), _LONGEST_NUMBER), MOST_TEXT_BYTES)
                words = [clipped(as_text(cell) or "", width) for cell in column.cells()]
                return np.array(words, f"S{width}")

    def size(self) -> int:
        """Bytes on disk so far, scratch files included."""
        scratch = sum(file_size(one) for one in Path(self._scratch.name).rglob("*"))
        return scratch + file_size(self._path)

    def close(self) -> None:
        """Finish the file."""
        if not self._has_group:
            empty = np.zeros(0)
            self._append(empty, [(np.zeros(0), np.zeros(0, bool)) for _ in self._types])
        try:
            # asammdf gives every other name its own suffix
            saved = self._mdf.save(self._path, overwrite=True, compression=_COMPRESSED)
            Path(saved).replace(self._path)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let go of the scratch files."""
        self._mdf.close()
        self._scratch.cleanup()


_LONGEST_NUMBER = 24


def clipped(text: str, width: int) -> bytes:
    """At most `width` bytes of UTF-8 and no half character."""
    content = text.encode()
    if len(content) <= width:
        return content
    return content[:width].decode(errors="ignore").encode()
