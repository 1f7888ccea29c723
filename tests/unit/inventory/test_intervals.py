from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from inventory.intervals import Span, common, minus, total, union

ZERO = datetime(2026, 11, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LAST = 40


def span(start: int, end: int) -> Span:
    return Span(ZERO + start * MINUTE, ZERO + end * MINUTE)


SPANS = st.lists(
    st.tuples(st.integers(0, LAST), st.integers(0, LAST)).map(lambda one: span(*one)), max_size=8
)


def minutes(spans: list[Span] | tuple[Span, ...]) -> set[int]:
    return {
        at for at in range(LAST) for one in spans if one.start_at <= ZERO + at * MINUTE < one.end_at
    }


@given(SPANS, SPANS)
def test_spans_are_sets_of_moments(one: list[Span], other: list[Span]) -> None:
    assert minutes(union(one)) == minutes(one)
    assert minutes(minus(one, other)) == minutes(one) - minutes(other)
    assert minutes(common(one, other)) == minutes(one) & minutes(other)
    assert total(one) == len(minutes(one)) * MINUTE


@given(SPANS, SPANS)
def test_results_are_in_order_and_never_touch_where_they_need_not(
    one: list[Span], other: list[Span]
) -> None:
    for result in (union(one), minus(one, other), common(one, other)):
        assert all(found.start_at < found.end_at for found in result)
        assert all(a.end_at <= b.start_at for a, b in pairwise(result))
    merged = union(one)
    assert all(a.end_at < b.start_at for a, b in pairwise(merged))


def test_half_open_spans_that_touch_share_nothing() -> None:
    assert not span(0, 5).meets(span(5, 9))
    assert span(0, 6).meets(span(5, 9))
    assert span(0, 9).covers(span(3, 9))
    assert not span(0, 9).covers(span(3, 10))
