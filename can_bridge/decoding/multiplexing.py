"""Which signals the values of multiplexers bring, for all messages of a DBC in flat tables."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from can_bridge.decoding.layout import Branch

_VALUE_BITS = 40
"""Values of a multiplexer beyond 2**40 are unknown; a page number of more bits is not in use."""
_BEYOND = (1 << _VALUE_BITS) - 2


class Selected(NamedTuple):
    """What multiplexer values select.

    `row` and `signal` have one entry per selected child: the row of the multiplexer it was
    selected by, and its number. `is_unknown` tells for each row whether the DBC does not list its
    value, `is_broken` whether a signal that it asks for can't be decoded.
    """

    row: NDArray[np.int64]
    signal: NDArray[np.int64]
    is_unknown: NDArray[np.bool_]
    is_broken: NDArray[np.bool_]


class Selection:
    """The pages of every multiplexer as intervals of raw values, sorted in one table.

    A key is the multiplexer's rank, then the value; each interval reaches to the next key. Ranges
    of a thousand values (`SG_MUL_VAL_ … 0-999`) are one interval.
    """

    def __init__(self, branches: Sequence[Branch], signals: int) -> None:
        self._rank = np.full(signals, -1, np.int64)
        keys, starts, children = list[int](), list[int](), list[int]()
        counts, broken = list[int](), list[bool]()
        for rank, branch in enumerate(branches):
            self._rank[branch.multiplexer.index] = rank
            for value, page, is_broken in _intervals(branch):
                # 0 of each rank is for negative values, which no DBC can list
                keys.append((rank << _VALUE_BITS) + value + 1)
                starts.append(len(children))
                counts.append(-1 if page is None else len(page))
                broken.append(is_broken)
                children += page or ()
        self.is_multiplexer = self._rank >= 0
        self._keys = np.array(keys, np.int64)
        self._starts = np.array(starts, np.int64)
        self._counts = np.array(counts, np.int64)
        self._broken = np.array(broken, np.bool_)
        self._children = np.array(children, np.int64)

    def select(self, signal: NDArray[np.int64], raw: NDArray[np.int64]) -> Selected:
        """The children of these multiplexers with these raw values."""
        value = raw.clip(-1, _BEYOND) + 1
        key = (self._rank.take(signal) << _VALUE_BITS) + value
        interval = self._keys.searchsorted(key, "right") - 1
        count = self._counts.take(interval)
        is_unknown = count < 0
        count[is_unknown] = 0
        ends = count.cumsum()
        row = np.arange(len(signal)).repeat(count)
        first = (self._starts.take(interval) - (ends - count)).repeat(count)
        first += np.arange(len(first))
        is_broken = self._broken.take(interval)
        return Selected(row, self._children.take(first), is_unknown, is_broken)


def _intervals(branch: Branch) -> list[tuple[int, list[int] | None, bool]]:
    """First value of each interval, the signals it brings, and whether it is broken.

    The signals are None where the DBC does not list the interval.
    """
    begins: dict[int, list[int]] = {-1: []}
    ends: dict[int, list[int]] = {}
    for child, values in branch.children:
        for first, last in _runs(values):
            begins.setdefault(first, []).append(child.index)
            ends.setdefault(last + 1, []).append(child.index)
    listed, broken = _Spans(branch.known), _Spans(branch.broken)
    active: dict[int, None] = {}
    intervals = list[tuple[int, list[int] | None, bool]]()
    for value in sorted({*begins, *ends, *listed.edges, *broken.edges}):
        for child_index in ends.get(value, ()):
            active.pop(child_index, None)
        active |= dict.fromkeys(begins.get(value, ()))
        page = list(active) if listed.holds(value) else None
        intervals.append((value, page, broken.holds(value)))
    return intervals


class _Spans:
    """A set of values, asked at its edges in rising order."""

    def __init__(self, values: Sequence[int]) -> None:
        self.edges = {
            edge: edge == run[0] for run in _runs(values) for edge in (run[0], run[1] + 1)
        }
        self._is_in = False

    def holds(self, value: int) -> bool:
        self._is_in = self.edges.get(value, self._is_in)
        return self._is_in


def _runs(values: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive values as (first, last)."""
    runs: list[tuple[int, int]] = []
    for value in sorted({value for value in values if 0 <= value < _BEYOND}):
        if runs and value == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], value
        else:
            runs.append((value, value))
    return runs
