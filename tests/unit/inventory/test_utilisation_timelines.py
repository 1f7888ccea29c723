"""Stretches of time as columns, held against plain sets of moments."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inventory.utilisation.timelines import (
    NOTHING,
    Timeline,
    both,
    cut,
    either,
    of_pairs,
    without,
)

Pairs = list[tuple[int, int]]
pairs = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)
MOMENTS = np.arange(-1, 45)


def moments(found: Pairs) -> set[int]:
    return {at for start, end in found for at in range(start, end)}


def of(line: Timeline) -> set[int]:
    return moments(list(zip(line.starts.tolist(), line.ends.tolist(), strict=True)))


@given(pairs, pairs)
def test_stretches_are_as_sets_of_moments(one: Pairs, other: Pairs) -> None:
    a, b = of_pairs(one), of_pairs(other)
    assert of(a) == moments(one)
    assert of(both(a, b)) == moments(one) & moments(other)
    assert of(either(a, b)) == moments(one) | moments(other)
    assert of(without(a, b)) == moments(one) - moments(other)
    assert of(cut(a, 10, 20)) == moments(one) & set(range(10, 20))


@given(pairs)
def test_no_two_stretches_touch_and_none_is_empty(found: Pairs) -> None:
    line = of_pairs(found)
    assert (line.ends > line.starts).all()
    assert (line.starts[1:] > line.ends[:-1]).all()
    assert line.total == len(moments(found))


@given(pairs)
def test_what_lies_before_a_moment_is_counted(found: Pairs) -> None:
    line, whole = of_pairs(found), moments(found)
    assert line.before(MOMENTS).tolist() == [sum(one < at for one in whole) for at in MOMENTS]
    assert line.inside(MOMENTS, MOMENTS + 5).tolist() == [
        len(whole & set(range(at, at + 5))) for at in MOMENTS.tolist()
    ]


def test_a_stretch_over_a_moment_is_told_and_one_that_begins_with_it_is_not() -> None:
    line = of_pairs([(10, 20), (30, 40)])
    starts, ends = line.stretch_over(np.array([10, 15, 20, 35, 50]))
    assert starts.tolist() == [10, 10, 20, 30, 50]
    assert ends.tolist() == [10, 20, 20, 40, 50]
    nowhere, _ = NOTHING.stretch_over(np.array([7]))
    assert nowhere.tolist() == [7]
