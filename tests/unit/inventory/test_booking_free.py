from datetime import UTC, datetime, timedelta
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.booking_policies.free import (
    Buffers,
    FreeSlot,
    Need,
    Search,
    among,
    every,
    free_during,
    free_spans,
    free_until,
    next_slots,
)
from inventory.intervals import Span

ZERO = datetime(2026, 11, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LAST = 48
WINDOW = Span(ZERO, ZERO + LAST * MINUTE)


def span(start: int, end: int) -> Span:
    return Span(ZERO + start * MINUTE, ZERO + end * MINUTE)


SPANS = st.lists(
    st.tuples(st.integers(0, LAST - 1), st.integers(1, 14)).map(
        lambda one: span(one[0], min(one[0] + one[1], LAST))
    ),
    max_size=6,
)


def is_free(
    start: int, length: int, open_at: list[Span], busy: list[Span], buffers: Buffers
) -> bool:
    """The same said minute by minute: open throughout, and nobody else's with the buffers."""
    slot = span(start, start + length)
    minutes = [ZERO + at * MINUTE for at in range(start, start + length)]
    blocked = Span(slot.start_at - buffers.set_up, slot.end_at + buffers.clear_up)
    is_open = all(any(one.start_at <= at < one.end_at for one in open_at) for at in minutes)
    return is_open and not any(one.meets(blocked) for one in busy)


@given(SPANS, SPANS, st.integers(0, 4), st.integers(0, 4), st.integers(1, 9))
def test_a_slot_fits_a_free_span_just_where_every_minute_of_it_is_open_and_nobodys(
    open_at: list[Span], busy: list[Span], set_up: int, clear_up: int, length: int
) -> None:
    buffers = Buffers(set_up * MINUTE, clear_up * MINUTE)
    free = free_spans(open_at, busy, buffers)
    for start in range(LAST - length):
        fits = any(one.covers(span(start, start + length)) for one in free)
        assert fits == is_free(start, length, open_at, busy, buffers), start


def sets_possible(needs: list[Need], slot: Span) -> bool:
    """Whether some choice of different resources meets every need; all choices are tried."""
    choices = [list(combinations(free_during(need.free, slot), need.count)) for need in needs]
    return any(
        len({key for part in choice for key in part}) == sum(map(len, choice))
        for choice in product(*choices)
    )


NEEDS = st.lists(
    st.builds(
        Need,
        st.dictionaries(
            st.sampled_from("abcd"), SPANS.map(lambda o: free_spans(o, ())), max_size=4
        ),
        st.integers(1, 2),
    ),
    min_size=1,
    max_size=3,
)


@given(NEEDS, st.integers(1, 8), st.sampled_from((1, 3, 5)), st.integers(1, 4), st.data())
def test_the_next_slots_are_those_found_by_trying_every_minute(
    needs: list[Need], length: int, step: int, wanted: int, data: st.DataObject
) -> None:
    refused = data.draw(st.frozensets(st.sampled_from(range(LAST)), max_size=20))

    def passes(_key: str, slot: Span) -> bool:
        return (slot.start_at - ZERO) // MINUTE not in refused

    expected: list[Span] = []
    at = 0
    while at + length <= LAST and len(expected) < wanted:
        slot = span(at, at + length)
        may = at % step == 0 and at not in refused and sets_possible(needs, slot)
        expected += [slot] if may else []
        at += length if may else 1
    search = Search(length * MINUTE, WINDOW, every(step * MINUTE), wanted, passes)
    found = next_slots(needs, search)
    assert [one.span for one in found] == expected
    for one in found:
        keys = iter(one.keys)
        taken = [next(keys) for need in needs for _ in range(need.count)]
        assert len(set(taken)) == len(taken)
        places = [need for need in needs for _ in range(need.count)]
        assert all(
            key in free_during(need.free, one.span) for key, need in zip(taken, places, strict=True)
        )


def test_what_only_one_need_can_use_is_left_to_it() -> None:
    whole = (span(0, LAST),)
    assessor = Need({"wang": whole})
    anybody = Need({"wang": whole, "li": whole})
    (found,) = next_slots([anybody, assessor], Search(5 * MINUTE, WINDOW, every(MINUTE)))
    assert found == FreeSlot(span(0, 5), ("li", "wang"))


def test_slots_begin_with_lessons_where_they_must() -> None:
    free = {"battery": (span(3, 20), span(25, 40))}
    lessons = [ZERO + at * MINUTE for at in (0, 10, 20, 30)]
    search = Search(8 * MINUTE, WINDOW, among(lessons), wanted=5)
    assert [one.span for one in next_slots([Need(free)], search)] == [span(10, 18), span(30, 38)]


def test_one_resource_alone_is_judged_by_its_own_name() -> None:
    whole = (span(0, LAST),)
    search = Search(5 * MINUTE, WINDOW, every(MINUTE), passes=lambda key, _slot: key == "permitted")
    (found,) = next_slots([Need({"refused": whole, "permitted": whole})], search)
    assert found.keys == ("permitted",)
    assert next_slots([Need({"refused": whole})], search) == ()


@pytest.mark.parametrize(("at", "until"), [(0, None), (5, 9), (8, 9), (9, None), (20, 30)])
def test_what_is_free_now_says_until_when(at: int, until: int | None) -> None:
    spans = (span(5, 9), span(20, 30))
    expected = None if until is None else ZERO + until * MINUTE
    assert free_until(spans, ZERO + at * MINUTE) == expected


def test_buffers_may_lie_outside_of_the_opening_hours() -> None:
    buffers = Buffers(10 * MINUTE, 5 * MINUTE)
    assert free_spans([span(10, 40)], [], buffers) == (span(10, 40),)
    assert free_spans([span(0, 40)], [span(20, 25)], buffers) == (span(0, 15), span(35, 40))
