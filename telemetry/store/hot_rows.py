"""Rows as they are written first: compact, each readable alone, every value with its type.

The names of a row's signals are kept once, as a layout, with how many decimals each signal has; a
row is then a msgpack list in that order. In it a whole number stands for a float (times the
layout's step), `[number, ulps]` for a float that is some last bits off, `[number]` for a whole
number; a float for itself. Rows that fit no layout are msgpack maps by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from telemetry.contract.payloads import Value
from telemetry.store.cells import ABSENT, Cell, Column
from telemetry.store.columns import MOST_EXACT, MOST_ULPS, SCALES, STEPS, Floats, Integers, near

JSON_LAYOUT = 0
"""Rows of the first schema: a JSON object by name."""
MAP_LAYOUT = -1
MOST_LAYOUTS = 2000
"""Chosen: benches have one layout each; more means that names come and go at random."""
MOST_HOT_DECIMALS = 6
_PLAIN = -1
_PRODUCT = 16
"""Added to the decimals of values that are `number * 0.1`, not `number / 10`: other bits."""
_WHOLE_LIMIT = 2**63
_TOLERATED = 0.1
"""A layout whose decimals don't fit a tenth of the floats makes room for one with more."""

_PATIENCE = 100
"""Groups of rows before the decimals of a layout that can't be bettered are looked at again."""

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder().decode
_unpack_json = msgspec.json.Decoder().decode
_Exact = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Layout:
    """Names of a row's signals in order, and how the floats of each become whole numbers."""

    id: int
    names: tuple[str, ...]
    codes: tuple[int, ...]

    def encoded(self) -> bytes:
        """As kept in the table of layouts."""
        return _pack((self.names, self.codes))

    @classmethod
    def decoded(cls, layout_id: int, content: bytes) -> "Layout":
        """What `encoded` packed."""
        names, codes = msgspec.msgpack.decode(content, type=tuple[tuple[str, ...], tuple[int, ...]])
        return cls(layout_id, names, codes)


class _Ways(NamedTuple):
    """How the columns of a layout become whole numbers; `is_product` None: none of them."""

    scales: Floats
    steps: Floats
    is_product: _Exact | None


@lru_cache(256)
def _ways(codes: tuple[int, ...]) -> _Ways:
    decimals = np.array([max(code, 0) % _PRODUCT for code in codes], np.intp)
    is_product = np.array([code >= _PRODUCT for code in codes], bool)
    return _Ways(
        np.array(SCALES)[decimals],
        np.array(STEPS)[decimals],
        is_product if is_product.any() else None,
    )


def _base(numbers: Floats, ways: _Ways) -> Floats:
    quotients: Floats = numbers / ways.scales
    if ways.is_product is None:
        return quotients
    return np.where(ways.is_product, numbers * ways.steps, quotients)


def _scaled(values: Floats, codes: tuple[int, ...]) -> tuple[Integers, Integers]:
    ways = _ways(codes)
    with np.errstate(all="ignore"):
        rounded = np.rint(values * ways.scales)
        whole = np.where(np.abs(rounded) < MOST_EXACT, rounded, 0.0) + 0.0  # a zero without sign
        off = values.view(np.int64) - _base(whole, ways).view(np.int64)
    return whole.astype(np.int64), off


def _best_codes(values: Floats, is_float: _Exact, known: Sequence[int]) -> tuple[int, ...]:
    codes = list(known)
    open_columns = set(np.flatnonzero(is_float.any(axis=0)).tolist())
    for decimals in range(MOST_HOT_DECIMALS + 1):
        quotients = _scaled(values, (decimals,) * len(codes))[1]
        products = _scaled(values, (decimals + _PRODUCT,) * len(codes))[1]
        is_near = near(quotients) | ~is_float
        for column in sorted(open_columns):
            if not is_near[:, column].all():
                continue
            open_columns.discard(column)
            chosen = is_float[:, column]
            misses = [np.count_nonzero(off[chosen, column]) for off in (products, quotients)]
            found = (decimals, bool(misses[0] < misses[1]))
            # only ever upwards, or two small batches that differ would call for layouts in turn
            codes[column] = _code(max(found, _decimals_of(codes[column])))
    return tuple(codes)


def _decimals_of(code: int) -> tuple[int, bool]:
    return (code % _PRODUCT, code >= _PRODUCT) if code >= 0 else (_PLAIN, False)


def _code(decimals_and_way: tuple[int, bool]) -> int:
    decimals, is_product = decimals_and_way
    return decimals + _PRODUCT * is_product


class Layouts:
    """The layouts a writer knows; `fresh` are those it made since they were last taken.

    `next_id` is what the next one gets: above all that are known.
    """

    def __init__(self, known: Sequence[Layout] = ()) -> None:
        self.next_id = 1
        self._by_names: dict[tuple[str, ...], Layout] = {}
        self._patience: dict[tuple[str, ...], int] = {}
        self.fresh: list[Layout] = []
        self.learn(known)

    def learn(self, made_elsewhere: Sequence[Layout]) -> None:
        """Take in layouts, in order of their ids; the latest of the same names is used."""
        for layout in made_elsewhere:
            self._by_names[layout.names] = layout
            self.next_id = layout.id + 1

    def encode(self, rows: Sequence[Mapping[str, Value]]) -> list[tuple[int, bytes]]:
        """Each row as (layout, content).

        Raises:
            OverflowError: a whole number beyond 64 bits.
        """
        groups: dict[tuple[str, ...], list[int]] = {}
        for place, row in enumerate(rows):
            groups.setdefault(tuple(row), []).append(place)
        encoded: list[tuple[int, bytes]] = [(MAP_LAYOUT, b"")] * len(rows)
        for names, places in groups.items():
            group = self._group(names, [list(rows[place].values()) for place in places])
            for place, done in zip(places, group, strict=True):
                encoded[place] = done
        return encoded

    def _group(self, names: tuple[str, ...], rows: list[list[Value]]) -> list[tuple[int, bytes]]:
        flat = list(chain.from_iterable(rows))
        is_plain = set(map(type, flat)) <= {float}
        others = [] if is_plain else [n for n, v in enumerate(flat) if type(v) is not float]
        numbers = [v if type(v) is float else 0.0 for v in flat] if others else flat
        values = np.array(numbers, np.float64).reshape(len(rows), len(names))
        whole, off, layout = self._fitted(names, values, others)
        if layout is None:
            return [(MAP_LAYOUT, _pack(dict(zip(names, row, strict=True)))) for row in rows]
        cells: list[object] = list(whole.reshape(-1).tolist())
        for place in np.flatnonzero(off.reshape(-1)).tolist() if off.any() else ():
            ulps = int(off.flat[place])
            cells[place] = [cells[place], ulps] if abs(ulps) <= MOST_ULPS else flat[place]
        for place in others:
            cells[place] = _other(flat[place])
        width = len(names)
        return [
            (layout.id, _pack(cells[start : start + width]))
            for start in range(0, len(cells), width or 1)
        ] or [(layout.id, _pack([]))] * len(rows)

    def _fitted(
        self, names: tuple[str, ...], values: Floats, others: list[int]
    ) -> tuple[Integers, Integers, Layout | None]:
        layout = self._by_names.get(names)
        if layout is not None:
            whole, off = _scaled(values, layout.codes)
            # what is no float stands there as 0.0, which is never off
            is_good = np.count_nonzero(off) <= _TOLERATED * (values.size - len(others))
            if is_good or self._is_patient(names):
                return whole, off, layout
        known = layout.codes if layout else (_PLAIN,) * len(names)
        is_float = np.ones(values.size, bool)
        is_float[others] = False
        codes = _best_codes(values, is_float.reshape(values.shape), known)
        if layout is None or codes != layout.codes:
            layout = self._made(names, codes) or layout
        else:
            self._patience[names] = _PATIENCE
        whole, off = _scaled(values, layout.codes if layout else codes)
        return whole, off, layout

    def _is_patient(self, names: tuple[str, ...]) -> bool:
        left = self._patience.get(names, 0)
        self._patience[names] = max(left - 1, 0)
        return left > 0

    def _made(self, names: tuple[str, ...], codes: tuple[int, ...]) -> Layout | None:
        if self.next_id > MOST_LAYOUTS:
            return None
        layout = Layout(self.next_id, names, codes)
        self.next_id += 1
        self._by_names[names] = layout
        self.fresh.append(layout)
        return layout


def _other(value: Value) -> object:
    if type(value) is int:
        if not -_WHOLE_LIMIT <= value < _WHOLE_LIMIT:
            raise OverflowError(f"{value}: a signal's whole number has at most 64 bits")
        return [value]
    return value


def _float(number: int, code: int) -> float:
    return number * STEPS[code - _PRODUCT] if code >= _PRODUCT else number / SCALES[max(code, 0)]


def _cell(packed: object, code: int) -> Cell:
    if type(packed) is int:
        return _float(packed, code)
    if isinstance(packed, list):
        if len(packed) == 1:
            return int(packed[0])
        number, ulps = packed
        bits = np.array([_float(number, code)]).view(np.int64) + ulps
        return float(bits.view(np.float64)[0])
    return packed  # type: ignore[return-value]  # msgpack hands out what was packed


def values_of(layout: Layout | None, layout_id: int, content: bytes) -> dict[str, Value]:
    """One row as written; `layout` is that of `layout_id`, None for the two that have no names."""
    if layout is None:
        unpack = _unpack_json if layout_id == JSON_LAYOUT else _unpack
        return dict(unpack(content))
    cells = zip(layout.names, layout.codes, _unpack(content), strict=True)
    return {name: _cell(packed, code) for name, code, packed in cells}  # type: ignore[misc]


def columns_of(
    layout: Layout | None, layout_id: int, contents: Sequence[bytes], wanted: frozenset[str] | None
) -> dict[str, Column]:
    """Many rows of one layout as columns; `wanted` None: all signals."""
    if layout is None:
        return _columns_of_maps([values_of(None, layout_id, content) for content in contents])
    rows = [_unpack(content) for content in contents]
    columns: dict[str, Column] = {}
    for place, (name, code) in enumerate(zip(layout.names, layout.codes, strict=True)):
        if wanted is not None and name not in wanted:
            continue
        cells = [row[place] for row in rows]
        if set(map(type, cells)) == {int}:
            numbers = np.array(cells, np.int64).astype(np.float64)
            columns[name] = Column.of_floats(_base(numbers, _ways((code,))))
        else:
            columns[name] = Column.of([_cell(cell, code) for cell in cells])
    return columns


def _columns_of_maps(rows: Sequence[Mapping[str, Value]]) -> dict[str, Column]:
    names = dict.fromkeys(chain.from_iterable(rows))
    return {name: Column.of([row.get(name, ABSENT) for row in rows]) for name in names}
