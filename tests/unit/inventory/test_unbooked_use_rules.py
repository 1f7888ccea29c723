from datetime import UTC, datetime, timedelta

import pytest

from inventory.intervals import Span
from inventory.unbooked_use.rules import (
    NEAR,
    CauseKind,
    Neighbour,
    Order,
    causes,
    is_settled,
    is_time_to_tell,
)

EIGHT = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STRETCH = Span(EIGHT + 2 * HOUR, EIGHT + 3 * HOUR)
OPEN = timedelta()


def booked(start: timedelta, end: timedelta, *, is_given_back: bool = False) -> Neighbour:
    return Neighbour(7, Span(EIGHT + start, EIGHT + end), is_given_back)


def kinds(
    *near: Neighbour, orders: tuple[Order, ...] = (), closed: timedelta = OPEN
) -> list[CauseKind]:
    return [one.kind for one in causes(STRETCH, near, orders, closed)]


def test_use_with_nothing_around_it_has_no_explanation() -> None:
    assert kinds() == []


@pytest.mark.parametrize("gap", [timedelta(), NEAR, -timedelta(milliseconds=1)])
def test_a_booking_that_ended_right_before_may_have_overrun(gap: timedelta) -> None:
    assert kinds(booked(HOUR, 2 * HOUR - gap)) == [CauseKind.OVERRUN]


@pytest.mark.parametrize("gap", [timedelta(), NEAR])
def test_a_booking_that_begins_right_after_may_have_come_early(gap: timedelta) -> None:
    assert kinds(booked(3 * HOUR + gap, 4 * HOUR)) == [CauseKind.EARLY]


def test_bookings_further_off_explain_nothing() -> None:
    far = NEAR + MINUTE
    assert kinds(booked(HOUR, 2 * HOUR - far), booked(3 * HOUR + far, 4 * HOUR)) == []


def test_a_booking_given_back_explains_its_own_time_alone() -> None:
    assert kinds(booked(2 * HOUR, 3 * HOUR, is_given_back=True)) == [CauseKind.GIVEN_BACK]
    assert kinds(booked(HOUR, 2 * HOUR, is_given_back=True)) == []


def test_a_work_order_explains_what_lies_between_its_opening_and_its_end() -> None:
    def told(opened: timedelta, finished: timedelta | None) -> list[CauseKind]:
        at = None if finished is None else EIGHT + finished
        return kinds(orders=(Order(4, EIGHT + opened, at),))

    assert told(HOUR, None) == told(HOUR, 2.5 * HOUR) == [CauseKind.WORK_ORDER]
    assert told(3 * HOUR, None) == told(HOUR, 2 * HOUR) == []


def test_time_outside_of_opening_hours_is_told_with_its_length() -> None:
    (one,) = causes(STRETCH, (), (), 20 * MINUTE)
    assert (one.kind, one.time) == (CauseKind.OUTSIDE_HOURS, 20 * MINUTE)


def test_a_stretch_is_settled_when_notes_tell_of_all_but_a_moment_of_it() -> None:
    assert is_settled(HOUR, HOUR - timedelta(seconds=59))
    assert not is_settled(HOUR, HOUR - MINUTE)
    assert not is_settled(timedelta(seconds=30), timedelta())


def test_station_masters_are_told_in_the_morning() -> None:
    assert not is_time_to_tell(datetime(2026, 12, 1, 5, 59, tzinfo=UTC))
    assert is_time_to_tell(datetime(2026, 12, 1, 6, 0, tzinfo=UTC))
