"""Rows as InfluxDB's line protocol and its answers as rows again, every bit kept (pure).

One point per row: tag `bench`, a field per signal. A field of InfluxDB has one type for ever, a
signal of ours may change: the type is part of the field's name, but for floats. "Not available" is
a field of its own, so that it differs from "not named".
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from telemetry.store.cells import Column, Kind
from telemetry.store.columns import Bytes, Integers
from telemetry.store.port import RollupPoint
from telemetry.store.row_tables import RowTable

ROWS, MINUTES, HOURS = "samples", "minutes", "hours"
"""Measurements."""
SEQ = "seq:row"
HEADERS = ("epoch:row", SEQ, "position:row", "received:row")
"""What every row has beside its values."""
MS = 1_000_000
"""Nanoseconds, and how many rows of one moment can be told apart by them."""
_MINUS_ZERO = "minus_zero"
"""InfluxDB writes -0 as JSON, which readers take for the whole number 0."""
_SUFFIX: dict[int, str] = {
    Kind.NONE: "none",
    Kind.FLOAT: "",
    Kind.INTEGER: "whole",
    Kind.BOOLEAN: "flag",
    Kind.TEXT: "text",
}
_KINDS = {suffix: kind for kind, suffix in _SUFFIX.items()} | {_MINUS_ZERO: Kind.FLOAT}
# a backslash can't end a name in line protocol; a leading underscore and "time" are InfluxDB's own
_UNSAFE = re.compile(r'[%:"\\\x00-\x1f\x7f]|^_|^t(?=ime$)')
_ENCODED = re.compile(r"%([0-9a-f]{2})")
_KEY = str.maketrans({",": "\\,", "=": "\\=", " ": "\\ "})
_TEXT = str.maketrans({'"': '\\"', "\\": "\\\\"})

Answer = int | float | bool | str | None


def field_of(name: str, kind: int) -> str:
    """The field that holds a signal's values of one type."""
    return _field(name, _SUFFIX[kind])


def _field(name: str, suffix: str) -> str:
    safe = _UNSAFE.sub(lambda found: f"%{ord(found[0]):02x}", name)
    return f"{safe}:{suffix}" if suffix else safe


def signal_of(field: str) -> tuple[str, str]:
    """Name and type suffix ("" of a float) of a field that `field_of` made."""
    safe, _, suffix = field.partition(":")
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), safe), suffix


def fields_of(table: RowTable) -> list[str]:
    """Every field that the rows have, but the headers."""
    fields: list[str] = []
    for name, column in table.columns.items():
        kinds = np.unique(column.kinds)
        fields += [field_of(name, int(kind)) for kind in kinds if kind != Kind.ABSENT]
        if _minus_zeros(column).any():
            fields.append(_field(name, _MINUS_ZERO))
    return fields


def _minus_zeros(column: Column) -> npt.NDArray[np.bool_]:
    is_zero: npt.NDArray[np.bool_] = (column.floats == 0) & (column.kinds == Kind.FLOAT)
    return is_zero & np.signbit(column.floats)


def _quoted(text: str) -> str:
    return f'"{text.translate(_TEXT)}"'


def _written(name: str, column: Column) -> list[str]:
    """Each cell as `,field=value`, "" where the row does not name the signal."""
    plain = field_of(name, Kind.FLOAT).translate(_KEY)
    is_float = column.kinds == Kind.FLOAT
    if is_float.all() and not _minus_zeros(column).any():
        return [f",{plain}={value!r}" for value in column.floats.tolist()]
    flag = f",{_field(name, _MINUS_ZERO).translate(_KEY)}=t"
    keys = {kind: field_of(name, kind).translate(_KEY) for kind in _SUFFIX}
    cells: list[str] = []
    for kind, value, whole in zip(
        column.kinds.tolist(), column.floats.tolist(), column.integers.tolist(), strict=True
    ):
        if kind == Kind.FLOAT:
            is_minus = value == 0 and str(value)[0] == "-"
            cells.append(f",{plain}={value!r}{flag if is_minus else ''}")
        elif kind == Kind.ABSENT:
            cells.append("")
        else:
            cells.append(f",{keys[kind]}={_other(column, kind, whole)}")
    return cells


def _other(column: Column, kind: int, whole: int) -> str:
    if kind == Kind.TEXT:
        return _quoted(column.texts[whole])
    if kind == Kind.BOOLEAN:
        return "t" if whole else "f"
    return f"{whole}i" if kind == Kind.INTEGER else "t"


class Order(NamedTuple):
    """Which rows of a bench and hour stand back in time, and the latest moment so far."""

    is_back: Sequence[bool]
    highest_ms: int


def in_order(observed: Integers, highest_ms: int | None) -> Order:
    """Look at rows of one hour in order of arrival, after earlier ones up to `highest_ms`.

    A row that is not later than all before gets a tag of its own, so that it can't replace one of
    the same nanosecond: among the others each has a millisecond to itself.
    """
    first = np.array([np.iinfo(np.int64).min if highest_ms is None else highest_ms], np.int64)
    before = np.maximum.accumulate(np.concatenate([first, observed]))
    return Order((observed <= before[:-1]).tolist(), int(before[-1]))


def lines_of(bench: str, table: RowTable, is_back: Sequence[bool]) -> list[str]:
    """One line per row of a bench."""
    tags = f"{ROWS},bench={bench.translate(_KEY)}"
    heads = [
        f"{tags},back={position // MS} " if back else f"{tags} "
        for back, position in zip(is_back, table.position.tolist(), strict=True)
    ]
    headers = (table.epoch, table.seq, table.position, table.received)
    ids = [
        f"epoch:row={epoch}i,seq:row={seq}i,position:row={position}i,received:row={received}i"
        for epoch, seq, position, received in zip(*(h.tolist() for h in headers), strict=True)
    ]
    cells = list(starmap(_written, table.columns.items()))
    times = (table.observed * MS + table.position % MS).tolist()
    values = ["".join(row) for row in zip(*cells, strict=True)] or [""] * len(table)
    return [
        f"{head}{row}{value} {at}"
        for head, row, value, at in zip(heads, ids, values, times, strict=True)
    ]


def table_of(fields: Sequence[str], rows: Sequence[Sequence[Answer]]) -> RowTable:
    """Rows of an answer to time (nanoseconds), `HEADERS` and fields, in that order."""
    found = list(zip(*rows, strict=True)) or [()] * (1 + len(HEADERS) + len(fields))
    heads = [np.array(column, np.int64) for column in found[: 1 + len(HEADERS)]]
    at, epoch, seq, position, received = heads
    observed = np.floor_divide(at, MS)
    columns: dict[str, Column] = {}
    for field, cells in zip(fields, found[1 + len(HEADERS) :], strict=True):
        name, suffix = signal_of(field)
        column = columns.setdefault(name, Column.absent(len(rows)))
        columns[name] = _with_cells(column, suffix, cells)
    table = RowTable(observed, position, epoch, seq, received, columns)
    return table.taken(np.lexsort((position, observed)))


def _with_cells(column: Column, suffix: str, cells: Sequence[Answer]) -> Column:
    is_there = np.array([cell is not None for cell in cells], bool)
    if not is_there.any():
        return column
    kind = _KINDS[suffix]
    kinds: Bytes = np.where(is_there, np.uint8(kind), column.kinds)
    present = [cell for cell in cells if cell is not None]
    floats, integers, texts = column.floats.copy(), column.integers.copy(), column.texts
    if suffix == _MINUS_ZERO:
        floats[is_there] = -0.0
    elif kind == Kind.FLOAT:
        floats[is_there] = np.array(present, np.float64)
    elif kind == Kind.TEXT:
        numbers: dict[str, int] = {}
        integers[is_there] = [numbers.setdefault(str(t), len(numbers)) for t in present]
        texts = list(numbers)
    elif kind != Kind.NONE:
        integers[is_there] = np.array([int(cell) for cell in present], np.int64)
    return Column(kinds, floats, integers, texts)


def rollup_lines(
    measurement: str, bench: str, signal: str, records: Iterable[RollupPoint]
) -> Iterator[str]:
    """One line per record; `last` under a field by its type, as in rows."""
    name = _field(signal, "").translate(_KEY)
    tags = f"{measurement},bench={bench.translate(_KEY)},signal={name}"
    for r in records:
        fields = [f"count={r.counted}i", f"active_ms={r.active_ms}i", f"last_at_ms={r.last_at_ms}i"]
        if r.counted:
            fields += [f"min={r.minimum!r}", f"max={r.maximum!r}", f"mean={r.mean!r}"]
            fields.append(f"total={r.total!r}")
        column = Column.of([r.last])
        fields.append(_written("last", column)[0][1:])
        yield f"{tags} {','.join(fields)} {r.start_ms * MS}"
