"""Rows as Arrow tables, and from them CSV and Parquet."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from pyarrow import parquet

from telemetry.export.facts import ExportFacts, file_size
from telemetry.export.surveying import ColumnType
from telemetry.store.cells import Column, Kind
from telemetry.store.columns import Integers
from telemetry.store.port import RowColumns

SCHOOL_OFFSET_MS = 8 * 3_600_000
"""China's clock, which people read; without summer time since 1991."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_TYPES = {
    ColumnType.FLOAT: pa.float64(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.TEXT: pa.string(),
}


def harmless(text: str) -> str:
    """Text no spreadsheet takes for a formula: an apostrophe stands before its first sign."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_SIGNS) else text


def _as_is(text: str) -> str:
    return text


def cells(column: Column, kind: ColumnType, guard: Callable[[str], str] = _as_is) -> pa.Array:
    """A column as Arrow has it; null where there is no value."""
    is_null = column.kinds <= Kind.NONE
    match kind:
        case ColumnType.FLOAT:
            return pa.array(column.numbers(), pa.float64(), mask=is_null, from_pandas=False)
        case ColumnType.INTEGER:
            return pa.array(column.integers, pa.int64(), mask=is_null)
        case ColumnType.BOOLEAN:
            return pa.array(column.integers != 0, pa.bool_(), mask=is_null)
        case ColumnType.TEXT:
            return _texts(column, is_null, guard)


def _texts(
    column: Column, is_null: np.ndarray[tuple[int], np.dtype[np.bool_]], guard: Callable[[str], str]
) -> pa.Array:
    if not (is_null | (column.kinds == Kind.TEXT)).all():
        return pa.array(
            [None if cell is None else guard(cell) for cell in map(as_text, column.cells())],
            pa.string(),
        )
    places = pa.array(np.where(is_null, 0, column.integers), pa.int64(), mask=is_null)
    words = pa.array([guard(text) for text in column.texts], pa.string())
    return pa.DictionaryArray.from_arrays(places, words).cast(pa.string())


def as_text(cell: object) -> str | None:
    """A value of any kind in words; None for none."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | int | str):
        return repr(cell) if isinstance(cell, float) else str(cell)
    return None


def local_times(at_ms: Integers) -> pa.Array:
    """Moments as ISO 8601 text on China's clock, with offset."""
    local = (at_ms + SCHOOL_OFFSET_MS).astype("datetime64[ms]")
    texts = np.char.add(np.datetime_as_string(local, unit="ms"), "+08:00")
    return pa.array(texts.tolist(), pa.string())


class CsvWriter:
    """UTF-8 with one line per row; text that a spreadsheet would run is made harmless."""

    def __init__(
        self, path: Path, facts: ExportFacts, types: Mapping[str, ColumnType], *, has_mark: bool
    ) -> None:
        self._path = path
        self._types = dict(types)
        fields = [("observed_at", pa.string()), ("observed_at_ms", pa.int64())]
        fields.append(("received_at_ms", pa.int64()))
        for name, kind in self._types.items():
            unit = facts.of(name).unit
            fields.append((harmless(f"{name} [{unit}]" if unit else name), _TYPES[kind]))
        self._schema = pa.schema(fields)
        self._file = path.open("wb")
        if has_mark:
            self._file.write(BYTE_ORDER_MARK)
        self._writer = arrow_csv.CSVWriter(self._file, self._schema)

    def write(self, rows: RowColumns) -> None:
        """Append rows."""
        count = len(rows)
        columns = [local_times(rows.observed_at_ms), rows.observed_at_ms, rows.received_at_ms]
        columns += [
            cells(rows.columns.get(name) or Column.absent(count), kind, harmless)
            for name, kind in self._types.items()
        ]
        self._writer.write_table(pa.table(columns, schema=self._schema))

    def size(self) -> int:
        """Bytes on disk so far."""
        return file_size(self._path)

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()
        self._file.close()

    def abandon(self) -> None:
        """Close it as it is."""
        self._file.close()


class ParquetWriter:
    """A row group per stretch; the catalogue's words are in the schema."""

    def __init__(self, path: Path, facts: ExportFacts, types: Mapping[str, ColumnType]) -> None:
        self._path = path
        self._types = dict(types)
        moment = pa.timestamp("ms", tz="UTC")
        fields = [pa.field("observed_at", moment), pa.field("received_at", moment)]
        fields += [pa.field("epoch", pa.int64()), pa.field("seq", pa.int64())]
        for name, kind in self._types.items():
            words = facts.of(name)
            said = {"unit": words.unit, "label_zh": words.label_zh, "label_en": words.label_en}
            fields.append(pa.field(name, _TYPES[kind], metadata=said))
        about = {
            "bench": facts.bench,
            "station": facts.station,
            "profile": facts.profile,
            "start_ms": facts.start_ms,
            "end_ms": facts.end_ms,
        }
        self._schema = pa.schema(fields, metadata={"stationmaster": json.dumps(about)})
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, rows: RowColumns) -> None:
        """Append rows."""
        count = len(rows)
        moment = pa.timestamp("ms", tz="UTC")
        columns = [pa.array(rows.observed_at_ms, moment), pa.array(rows.received_at_ms, moment)]
        columns += [pa.array(rows.epoch), pa.array(rows.seq)]
        columns += [
            cells(rows.columns.get(name) or Column.absent(count), kind)
            for name, kind in self._types.items()
        ]
        self._writer.write_table(pa.table(columns, schema=self._schema))

    def size(self) -> int:
        """Bytes on disk so far."""
        return file_size(self._path)

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()

    def abandon(self) -> None:
        """Close it, whatever it is worth."""
        self._writer.close()
