"""An export from the first look to the finished file, an hour of rows in memory at a time."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from telemetry.export.facts import ExportFacts, Format, RowWriter, file_size
from telemetry.export.mf4 import Mf4Writer
from telemetry.export.surveying import ColumnType, Survey, fits
from telemetry.export.tables import CsvWriter, ParquetWriter
from telemetry.store.port import RowColumns, TimeSeriesReader

NO_LIMIT = 2**63 - 1
ATTEMPTS = 3
"""Chosen: a signal that is new or of a new kind while one exports is rare, twice rarer still."""


@dataclass(frozen=True, slots=True)
class Progress:
    """`rows_total` is None while rows are still counted; `size_bytes` is what is on disk."""

    rows_done: int
    rows_total: int | None
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be written; signals None: all; `has_mark`: Excel knows CSV as UTF-8 by it."""

    facts: ExportFacts
    kind: Format
    signals: Sequence[str] | None = None
    has_mark: bool = True
    most_bytes: int = NO_LIMIT


class ExportTooLarge(Exception):
    """The file would be larger than allowed."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"the file would be larger than {most_bytes // 1_000_000} MB")
        self.most_bytes = most_bytes


class ExportUnsettled(Exception):
    """Signals kept changing their kind while they were exported."""

    def __init__(self) -> None:
        super().__init__("signals of the bench changed while they were exported; try again")


Note = Callable[[Progress], None]


def export(reader: TimeSeriesReader, wish: Wish, path: Path, note: Note) -> Progress:
    """Write a file, which is there under its name only when it is whole.

    `note` is called after every stretch and may end the export by raising.

    Raises:
        ExportTooLarge: more than `wish.most_bytes`.
        ExportUnsettled: rows that came meanwhile never fitted the file's head.
        StoreUnavailable: the rows can't be read now.
        OSError: the file can't be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        for _ in range(ATTEMPTS):
            done = _attempt(reader, wish, part, note)
            if done is not None:
                os.replace(part, path)  # noqa: PTH105 - the same, and says that it overwrites
                return Progress(done, done, file_size(path))
    finally:
        part.unlink(missing_ok=True)
    raise ExportUnsettled


def _attempt(reader: TimeSeriesReader, wish: Wish, part: Path, note: Note) -> int | None:
    facts = wish.facts
    span_ms = facts.start_ms, facts.end_ms
    survey = Survey()
    for rows in reader.history(facts.bench, span_ms, wish.signals):
        survey.add(rows)
        note(Progress(survey.rows, None, 0))
    types = _in_order(survey.types(), wish.signals)
    writer = _opened(wish, part, types, survey)
    done: int | None = None
    try:
        stretches = reader.history(facts.bench, span_ms, wish.signals)
        done = _write_all(stretches, writer, types, _Limited(note, survey.rows, wish.most_bytes))
    finally:
        if done is None:
            writer.abandon()
    return done


@dataclass(frozen=True, slots=True)
class _Limited:
    note: Note
    rows_total: int
    most_bytes: int

    def tell(self, done: int, size: int) -> None:
        if size > self.most_bytes:
            raise ExportTooLarge(self.most_bytes)
        self.note(Progress(done, max(self.rows_total, done), size))


def _write_all(
    stretches: Iterable[RowColumns],
    writer: RowWriter,
    types: dict[str, ColumnType],
    limited: _Limited,
) -> int | None:
    done = 0
    for rows in stretches:
        if not fits(rows, types):
            return None
        writer.write(rows)
        done += len(rows)
        limited.tell(done, writer.size())
    writer.close()
    limited.tell(done, writer.size())
    return done


def _in_order(types: dict[str, ColumnType], signals: Sequence[str] | None) -> dict[str, ColumnType]:
    """As wished, a signal without any row included: that it has none is an answer."""
    if signals is None:
        return types
    return {name: types.get(name, ColumnType.FLOAT) for name in signals}


def _opened(wish: Wish, part: Path, types: dict[str, ColumnType], survey: Survey) -> RowWriter:
    match wish.kind:
        case Format.CSV:
            return CsvWriter(part, wish.facts, types, has_mark=wish.has_mark)
        case Format.PARQUET:
            return ParquetWriter(part, wish.facts, types)
        case Format.MF4:
            return Mf4Writer(part, wish.facts, types, survey.text_bytes)
