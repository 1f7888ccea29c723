"""What the cells of one signal hold, with their types: float, whole number, boolean, text, None.

`None` is "not available"; ABSENT is a row that did not name the signal at all.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import msgspec
import numpy as np

from telemetry.contract.payloads import Value
from telemetry.store.columns import (
    Bytes,
    Floats,
    Integers,
    decode_floats,
    decode_integers,
    encode_floats,
    encode_integers,
)


class Kind(IntEnum):
    """Type of a cell."""

    ABSENT = 0
    NONE = 1
    FLOAT = 2
    INTEGER = 3
    BOOLEAN = 4
    TEXT = 5


class _Absent:
    """The type of ABSENT."""


ABSENT: Final = _Absent()
Cell = float | int | bool | str | None | _Absent
_KINDS: dict[type[object], int] = {
    _Absent: Kind.ABSENT,
    type(None): Kind.NONE,
    float: Kind.FLOAT,
    int: Kind.INTEGER,
    bool: Kind.BOOLEAN,
    str: Kind.TEXT,
}
_MIXED = b"\xff"
_pack = msgspec.msgpack.encode
_unpack = msgspec.msgpack.Decoder(tuple[int, bytes, bytes, bytes, list[str]]).decode


@dataclass(frozen=True, slots=True)
class Column:
    """Cells of one signal, one per row.

    `floats` is set where the kind is FLOAT, `integers` where it is INTEGER, BOOLEAN (0 or 1) or
    TEXT (index into `texts`); elsewhere they are 0.
    """

    kinds: Bytes
    floats: Floats
    integers: Integers
    texts: list[str]

    def __len__(self) -> int:
        return len(self.kinds)

    @classmethod
    def of_floats(cls, values: Floats) -> "Column":
        """A column of nothing but floats."""
        count = len(values)
        kinds = np.full(count, Kind.FLOAT, np.uint8)
        return cls(kinds, values, np.zeros(count, np.int64), [])

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> "Column":
        """From Python values.

        Raises:
            OverflowError: a whole number beyond 64 bits.
        """
        types = set(map(type, cells))
        if types == {float}:
            return cls.of_floats(np.array(cells, np.float64))
        kinds = np.array([_KINDS[type(cell)] for cell in cells], np.uint8)
        floats = [cell if type(cell) is float else 0.0 for cell in cells]
        texts: dict[str, int] = {}
        integers = [
            texts.setdefault(cell, len(texts))
            if isinstance(cell, str)
            else int(cell)
            if isinstance(cell, int)
            else 0
            for cell in cells
        ]
        return cls(kinds, np.array(floats), np.array(integers, np.int64), list(texts))

    @classmethod
    def absent(cls, count: int) -> "Column":
        """A signal that none of the rows names."""
        nothing = np.zeros(count, np.int64)
        return cls(np.zeros(count, np.uint8), nothing.astype(np.float64), nothing, [])

    @classmethod
    def joined(cls, columns: Sequence["Column"]) -> "Column":
        """One after the other."""
        if len(columns) == 1:
            return columns[0]
        texts: dict[str, int] = {}
        integers = [column.with_texts(texts) for column in columns]
        return cls(
            np.concatenate([column.kinds for column in columns]),
            np.concatenate([column.floats for column in columns]),
            np.concatenate(integers),
            list(texts),
        )

    def with_texts(self, texts: dict[str, int]) -> Integers:
        """`integers` with texts numbered as in `texts`, which grows by those it lacks."""
        if not self.texts:
            return self.integers
        places = np.array([texts.setdefault(t, len(texts)) for t in self.texts], np.int64)
        is_text = self.kinds == Kind.TEXT
        return np.where(is_text, places[np.where(is_text, self.integers, 0)], self.integers)

    def taken(self, places: Integers | slice) -> "Column":
        """The cells at these places."""
        return Column(
            self.kinds[places], self.floats[places], self.integers[places], list(self.texts)
        )

    def cell(self, place: int) -> Cell:
        """One cell as a Python value."""
        match int(self.kinds[place]):
            case Kind.FLOAT:
                return float(self.floats[place])
            case Kind.INTEGER:
                return int(self.integers[place])
            case Kind.BOOLEAN:
                return bool(self.integers[place])
            case Kind.TEXT:
                return self.texts[int(self.integers[place])]
            case Kind.NONE:
                return None
            case _:
                return ABSENT

    def value(self, place: int) -> Value:
        """One cell; an absent one is "not available" to those who ask for a value."""
        cell = self.cell(place)
        return None if isinstance(cell, _Absent) else cell

    def cells(self) -> list[Cell]:
        """All cells as Python values."""
        if bool((self.kinds == Kind.FLOAT).all()):
            return list(self.floats.tolist())
        return [self.cell(place) for place in range(len(self.kinds))]

    def numbers(self) -> Floats:
        """Floats, whole numbers and booleans as floats; 0 elsewhere."""
        is_whole = (self.kinds == Kind.INTEGER) | (self.kinds == Kind.BOOLEAN)
        if not is_whole.any():
            return self.floats
        return np.where(is_whole, self.integers.astype(np.float64), self.floats)

    def encoded(self) -> bytes:
        """Compressed; `decoded` has every bit of it."""
        kinds = self.kinds
        is_whole = kinds >= Kind.INTEGER
        is_float = kinds == Kind.FLOAT
        is_same = bool(len(kinds)) and bool((kinds == kinds[0]).all())
        return _pack(
            (
                len(kinds),
                kinds[:1].tobytes() if is_same else _MIXED + zlib.compress(kinds.tobytes()),
                encode_floats(self.floats[is_float]) if is_float.any() else b"",
                encode_integers(self.integers[is_whole]) if is_whole.any() else b"",
                self.texts,
            )
        )

    @classmethod
    def decoded(cls, content: bytes) -> "Column":
        """What `encoded` packed."""
        count, packed_kinds, floats, integers, texts = _unpack(content)
        if packed_kinds == bytes([Kind.FLOAT]):
            return cls.of_floats(decode_floats(floats))
        if packed_kinds[:1] == _MIXED:
            kinds = np.frombuffer(zlib.decompress(packed_kinds[1:]), np.uint8)
        else:
            kinds = np.full(count, packed_kinds[0], np.uint8)
        column = cls(kinds, np.zeros(count), np.zeros(count, np.int64), texts)
        if floats:
            column.floats[kinds == Kind.FLOAT] = decode_floats(floats)
        if integers:
            column.integers[kinds >= Kind.INTEGER] = decode_integers(integers)
        return column
