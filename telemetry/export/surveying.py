"""What a span of rows holds, found out before the first of them is written: files have a head."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from telemetry.store.cells import Column, Kind
from telemetry.store.port import RowColumns

MOST_EXACT_FLOAT = 2**53


class ColumnType(StrEnum):
    """How a signal is written; one whose rows differ in kind is written as text."""

    FLOAT = "float"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TEXT = "text"


@dataclass(slots=True)
class _Seen:
    kinds: int = 0
    is_beyond_float: bool = False

    def add(self, column: Column) -> None:
        self.kinds |= int(np.bitwise_or.reduce(np.left_shift(1, column.kinds.astype(np.int64))))
        if self.kinds & _BIT[Kind.INTEGER]:
            whole = column.integers[column.kinds == Kind.INTEGER]
            too_large = (whole > MOST_EXACT_FLOAT) | (whole < -MOST_EXACT_FLOAT)
            self.is_beyond_float |= bool(too_large.any())

    def type(self) -> ColumnType:
        kinds = self.kinds & ~(_BIT[Kind.ABSENT] | _BIT[Kind.NONE])
        is_mixed_number = kinds == _BIT[Kind.FLOAT] | _BIT[Kind.INTEGER]
        if is_mixed_number and not self.is_beyond_float:
            return ColumnType.FLOAT
        return _PURE.get(kinds, ColumnType.TEXT)


_BIT = {kind: 1 << kind for kind in Kind}
_PURE = {
    0: ColumnType.FLOAT,
    _BIT[Kind.FLOAT]: ColumnType.FLOAT,
    _BIT[Kind.INTEGER]: ColumnType.INTEGER,
    _BIT[Kind.BOOLEAN]: ColumnType.BOOLEAN,
}


@dataclass(slots=True)
class Survey:
    """Number of rows and the type of every signal that any of them names, in order of first sight.

    `text_bytes` is the length of the longest text in UTF-8, per signal that is written as text.
    """

    rows: int = 0
    text_bytes: dict[str, int] = field(default_factory=dict)
    _signals: dict[str, _Seen] = field(default_factory=dict)

    def add(self, rows: RowColumns) -> None:
        """Take one more stretch."""
        self.rows += len(rows)
        for name, column in rows.columns.items():
            self._signals.setdefault(name, _Seen()).add(column)
            longest = max((len(text.encode()) for text in column.texts), default=0)
            self.text_bytes[name] = max(self.text_bytes.get(name, 0), longest)

    def types(self) -> dict[str, ColumnType]:
        """By signal."""
        return {name: seen.type() for name, seen in self._signals.items()}


def surveyed(stretches: Iterable[RowColumns]) -> Survey:
    """What all stretches hold."""
    survey = Survey()
    for rows in stretches:
        survey.add(rows)
    return survey


def fits(rows: RowColumns, types: dict[str, ColumnType]) -> bool:
    """Whether rows can be written under a head made before they came."""
    now = surveyed([rows]).types()
    return all(
        name in types and (types[name] in {ColumnType.TEXT, kind} or is_empty(rows.columns[name]))
        for name, kind in now.items()
    )


def is_empty(column: Column) -> bool:
    """Whether no row has a value of it."""
    return bool((column.kinds <= Kind.NONE).all())
