"""Stretches of time as columns: what is in both, in either, in one and not in the other (pure).

`inventory.intervals` has the same algebra for the few spans of one question; a year of forty
benches is a hundred thousand stretches, which take milliseconds as columns.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

Moments = npt.NDArray[np.int64]
"""Milliseconds since 1970, or lengths in milliseconds."""


def _nothing() -> Moments:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Timeline:
    """Half-open stretches in order, no two of which touch; made by `timeline` alone."""

    starts: Moments = field(default_factory=_nothing)
    ends: Moments = field(default_factory=_nothing)

    @cached_property
    def _sums(self) -> Moments:
        return np.concatenate((np.zeros(1, np.int64), np.cumsum(self.ends - self.starts)))

    @property
    def total(self) -> int:
        """Length of all stretches."""
        return int(self._sums[-1])

    def before(self, moments: Moments) -> Moments:
        """How much of the stretches lies before each moment."""
        begun = np.searchsorted(self.starts, moments, side="right")
        if not len(self.starts):
            return np.zeros(len(moments), np.int64)
        still_to_come: Moments = np.maximum(self.ends[np.maximum(begun - 1, 0)] - moments, 0)
        passed: Moments = self._sums[begun] - np.where(begun > 0, still_to_come, 0)
        return passed

    def inside(self, starts: Moments, ends: Moments) -> Moments:
        """How much of the stretches lies in each `[start, end)`; none where it ends before."""
        covered: Moments = np.maximum(self.before(ends) - self.before(starts), 0)
        return covered

    def stretch_over(self, moments: Moments) -> tuple[Moments, Moments]:
        """Begin and end of the stretch each moment lies within; both the moment where none does.

        A stretch that begins with the moment has nothing before it and does not count.
        """
        if not len(self.starts):
            return moments, moments
        place = np.maximum(np.searchsorted(self.starts, moments, side="left") - 1, 0)
        is_over = (self.starts[place] < moments) & (moments < self.ends[place])
        return (
            np.where(is_over, self.starts[place], moments),
            np.where(is_over, self.ends[place], moments),
        )


NOTHING = Timeline()


def timeline(starts: Moments, ends: Moments) -> Timeline:
    """Stretches in any order, which may overlap, each moment counted once; empty ones left out."""
    is_some = ends > starts
    starts, ends = starts[is_some], ends[is_some]
    if not len(starts):
        return NOTHING
    order = np.argsort(starts, kind="stable")
    starts, reached = starts[order], np.maximum.accumulate(ends[order])
    begins = np.concatenate(([True], starts[1:] > reached[:-1]))
    closes = np.concatenate((begins[1:], [True]))
    return Timeline(starts[begins], reached[closes])


def of_pairs(pairs: Iterable[tuple[int, int]]) -> Timeline:
    """From pairs of start and end."""
    columns = np.array(list(pairs), np.int64).reshape(-1, 2)
    return timeline(columns[:, 0], columns[:, 1])


def either(*lines: Timeline) -> Timeline:
    """What is in any of them."""
    return timeline(
        np.concatenate([_nothing(), *(one.starts for one in lines)]),
        np.concatenate([_nothing(), *(one.ends for one in lines)]),
    )


def both(one: Timeline, other: Timeline) -> Timeline:
    """What is in one and in the other."""
    if not len(one.starts) or not len(other.starts):
        return NOTHING
    # each stretch of one meets a run of neighbours of the other
    first = np.searchsorted(other.ends, one.starts, side="right")
    last = np.searchsorted(other.starts, one.ends, side="left")
    met = np.maximum(last - first, 0)
    owner = np.repeat(np.arange(len(one.starts)), met)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(met) - met, met)
    place = first[owner] + nth
    return timeline(
        np.maximum(one.starts[owner], other.starts[place]),
        np.minimum(one.ends[owner], other.ends[place]),
    )


def without(one: Timeline, other: Timeline) -> Timeline:
    """What is in one and not in the other."""
    if not len(one.starts) or not len(other.starts):
        return one
    first, last = one.starts[0], one.ends[-1]
    begins = np.concatenate(([min(first, other.starts[0])], other.ends))
    closes = np.concatenate((other.starts, [max(last, other.ends[-1])]))
    return both(one, timeline(begins, closes))


def cut(one: Timeline, start: int, end: int) -> Timeline:
    """The part in `[start, end)`."""
    return both(one, of_pairs([(start, end)]))
