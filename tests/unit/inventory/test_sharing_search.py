from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.intervals import Span
from inventory.school_calendar.rules import (
    Calendar,
    DayKind,
    OpeningHours,
    Place,
    SpecialDay,
)
from inventory.sharing.searching import (
    OfferFacts,
    Sought,
    Truth,
    distance_km,
    fitting,
    free_spans,
    hours_objection,
    is_sought,
    places_of,
)

NOON = 720
MONDAY = datetime(2026, 11, 30, tzinfo=UTC) - timedelta(hours=8)
"""Midnight of a Monday in Shanghai."""
HOUR = timedelta(hours=1)
OPEN_ALL_DAY = tuple(OpeningHours(day, 0, 1440) for day in range(7))
MORNINGS = tuple(OpeningHours(day, 480, NOON) for day in range(5))
OFFER = OfferFacts(MORNINGS, (Place("BJ01-T", "bench:BJ01/battery-01"),), (HOUR, 8 * HOUR))
WEEK = Span(MONDAY, MONDAY + timedelta(days=7))
BEIJING, SHANGHAI = (39.9042, 116.4074), (31.2304, 121.4737)


def test_free_is_what_is_offered_and_open_and_not_taken() -> None:
    calendar = Calendar(hours=(*OPEN_ALL_DAY, OpeningHours(0, 540, 1020, station_code="BJ01-T")))
    taken = [Span(MONDAY + 10 * HOUR, MONDAY + 10.5 * HOUR)]
    found = free_spans(OFFER, calendar, taken, WEEK, MONDAY)
    # the station's own hours know Monday alone; the half hour before the taken one is too short
    assert found == (
        Span(MONDAY + 9 * HOUR, MONDAY + 10 * HOUR),
        Span(MONDAY + 10.5 * HOUR, MONDAY + 12 * HOUR),
    )
    assert fitting(found, 1.5 * HOUR) == found[1:]


def test_a_day_off_is_not_free_and_a_make_up_day_is_as_the_weekday_it_replaces() -> None:
    saturday = date(2026, 12, 5)
    days = {
        date(2026, 12, 1): SpecialDay(DayKind.CLOSED),
        saturday: SpecialDay(DayKind.OPEN, as_weekday=1, replaces=date(2026, 12, 1)),
    }
    calendar = Calendar(hours=OPEN_ALL_DAY, days=days)
    found = free_spans(OFFER, calendar, (), WEEK, MONDAY)
    shown = [(one.start_at - MONDAY) // timedelta(days=1) for one in found]
    assert shown == [0, 2, 3, 4, 5]


def test_notice_and_days_of_an_offer_bound_what_is_free() -> None:
    calendar = Calendar(hours=OPEN_ALL_DAY)
    offer = replace(
        OFFER,
        notice=timedelta(hours=34),
        first_day=date(2026, 12, 1),
        last_day=date(2026, 12, 2),
    )
    found = free_spans(offer, calendar, (), WEEK, MONDAY)
    tuesday, wednesday = MONDAY + 24 * HOUR, MONDAY + 48 * HOUR
    assert found == (
        Span(tuesday + 10 * HOUR, tuesday + 12 * HOUR),
        Span(wednesday + 8 * HOUR, wednesday + 12 * HOUR),
    )
    assert free_spans(offer, calendar, (), WEEK, WEEK.end_at) == ()


minutes = st.integers(0, 2 * 24 * 60).map(lambda n: MONDAY + timedelta(minutes=15 * (n // 15)))


@given(
    st.lists(st.tuples(minutes, minutes).map(lambda p: Span(min(p), max(p))), max_size=5),
    st.lists(st.tuples(st.integers(0, 96), st.integers(0, 96)), min_size=1, max_size=3),
    st.integers(0, 24),
)
def test_free_spans_are_those_of_a_grid_of_quarters(
    busy: list[Span], opened: list[tuple[int, int]], notice: int
) -> None:
    hours = tuple(
        OpeningHours(day, 15 * min(pair), 15 * max(pair)) for pair in opened for day in (0, 1)
    )
    calendar = Calendar(hours=tuple(OpeningHours(day, 300, 1200) for day in range(7)))
    quarter = timedelta(minutes=15)
    offer = OfferFacts(hours, (Place(),), (quarter, 8 * HOUR), notice=notice * quarter)
    window = Span(MONDAY, MONDAY + timedelta(days=2))
    found = free_spans(offer, calendar, busy, window, MONDAY)
    for step in range(2 * 96):
        at = MONDAY + step * quarter
        minute = 15 * (step % 96)
        is_free = (
            any(one.opens_min <= minute < one.closes_min for one in hours)
            and 300 <= minute < 1200
            and step >= notice
            and not any(one.start_at <= at < one.end_at for one in busy)
        )
        assert is_free == any(one.start_at <= at < one.end_at for one in found)


@pytest.mark.parametrize(
    ("changed", "passes"),
    [
        ({}, True),
        ({"words": ("电池", "BATTERY")}, True),
        ({"words": ("motor",)}, False),
        ({"profile": "battery"}, True),
        ({"module": "2-9"}, False),
        ({"is_alive": True}, True),
        ({"is_calibrated": True}, False),
        ({"near": SHANGHAI, "within_km": 1000.0}, False),
        ({"near": SHANGHAI, "within_km": 1100.0}, True),
        ({"length": 8 * HOUR}, True),
        ({"length": 9 * HOUR}, False),
    ],
)
def test_what_nobody_knows_does_not_pass(changed: dict[str, object], passes: bool) -> None:
    offer = replace(
        OFFER,
        words="电池台架 Battery bench",
        profiles=frozenset({"battery"}),
        modules=frozenset({"2-1"}),
        position=BEIJING,
        truth=Truth(is_alive=True, is_calibrated=None),
    )
    sought = replace(Sought(WEEK), **changed)  # type: ignore[arg-type] # fields by name
    assert is_sought(offer, sought) is passes
    nowhere = replace(offer, position=None)
    assert is_sought(nowhere, replace(sought, near=SHANGHAI, within_km=1e5)) is False


def test_distances_are_those_of_the_map() -> None:
    assert distance_km(BEIJING, SHANGHAI) == pytest.approx(1067, abs=2)
    assert distance_km(BEIJING, BEIJING) == 0
    assert distance_km((0, 179.9), (0, -179.9)) == pytest.approx(22.2, abs=0.1)


def test_hours_that_cannot_be_are_named() -> None:
    assert hours_objection(MORNINGS) is None
    assert hours_objection(()) is not None
    assert hours_objection((OpeningHours(0, 600, 600),)) is not None
    twice = (OpeningHours(0, 600, 700), OpeningHours(0, 650, 800))
    assert hours_objection(twice) is not None


def test_people_have_no_opening_hours() -> None:
    keys = ("bench:BJ01/b-1", "person:BJ01/T-1", "room:BJ01/101")
    assert places_of(keys, {"bench:BJ01/b-1": "BJ01-T"}) == (
        Place("BJ01-T", "bench:BJ01/b-1"),
        Place("", "room:BJ01/101"),
    )
