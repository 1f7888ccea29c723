from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.bookable import Resource, ResourceKind, resource_of
from inventory.bookings.life import (
    BookingLife,
    BookingStep,
    Refusal,
    hold_until,
    is_overdue,
    possible_steps,
    taken,
)
from inventory.bookings.rescheduling import moved_rule
from inventory.bookings.rules import ENDED, HOLDING, BookingState
from inventory.errors import Invalid
from inventory.school_calendar.recurrence import Recurrence

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOOKED = BookingLife(BookingState.BOOKED, NOW + HOUR, NOW + 2 * HOUR)
lives = st.builds(
    BookingLife,
    st.sampled_from(BookingState),
    st.integers(-3, 3).map(lambda hours: NOW + hours * HOUR),
    st.integers(4, 6).map(lambda hours: NOW + hours * HOUR),
    hold_until=st.none() | st.integers(-1, 1).map(lambda hours: NOW + hours * HOUR),
    needs_approval=st.booleans(),
    is_checked_in=st.booleans(),
)


@given(lives, st.sampled_from(BookingStep))
def test_nothing_leads_on_from_what_has_ended_and_nothing_that_is_over_is_touched(
    life: BookingLife, step: BookingStep
) -> None:
    if life.state in ENDED:
        assert possible_steps(life.state) == []
        assert taken(life, step, NOW) == Refusal()
    if step is not BookingStep.EXPIRE:
        assert isinstance(taken(life, step, life.end_at), Refusal)


@given(lives)
def test_only_what_needs_no_yes_is_confirmed_at_once(life: BookingLife) -> None:
    after = taken(life, BookingStep.CONFIRM, NOW)
    if isinstance(after, BookingState):
        expected = BookingState.REQUESTED if life.needs_approval else BookingState.BOOKED
        assert after is expected


@given(lives)
def test_what_is_overdue_can_only_end(life: BookingLife) -> None:
    if not is_overdue(life, NOW) or life.state is not BookingState.HELD:
        return
    steps = [one for one in BookingStep if isinstance(taken(life, one, NOW), BookingState)]
    assert set(steps) <= {BookingStep.EXPIRE, BookingStep.CANCEL}
    assert taken(life, BookingStep.EXPIRE, NOW) is BookingState.EXPIRED


def test_a_moved_booking_needs_the_yes_again_and_a_moved_request_by_the_owner_has_it() -> None:
    assert taken(replace(BOOKED, needs_approval=True), BookingStep.MOVE, NOW) == "requested"
    asked = replace(BOOKED, state=BookingState.REQUESTED)
    assert taken(asked, BookingStep.MOVE, NOW) is BookingState.BOOKED


def test_checking_in_opens_with_the_set_up_time() -> None:
    early = NOW + HOUR - timedelta(minutes=31)
    assert isinstance(taken(BOOKED, BookingStep.CHECK_IN, early), Refusal)
    with_set_up = replace(BOOKED, set_up=HOUR)
    assert taken(with_set_up, BookingStep.CHECK_IN, early) is BookingState.BOOKED


def test_a_hold_never_outlives_the_beginning_of_its_slot() -> None:
    assert hold_until(NOW + HOUR, NOW, 2 * HOUR) == NOW + HOUR
    assert hold_until(NOW - HOUR, NOW, 2 * HOUR) == NOW + 2 * HOUR


def test_what_takes_a_slot_is_what_may_be_displaced() -> None:
    states = {one for one in BookingState if BookingStep.DISPLACE in possible_steps(one)}
    assert states == HOLDING


@pytest.mark.parametrize(
    "key", ["bench", "bench:BJ01", "tram:BJ01/7", "bench:/x", f"bench:BJ01/{'x' * 120}"]
)
def test_a_text_that_is_no_key_says_what_is_expected(key: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        resource_of(key)


@given(st.sampled_from(ResourceKind), st.text("ab:/ 站", min_size=1, max_size=20))
def test_a_key_is_read_back_as_it_was_written(kind: ResourceKind, code: str) -> None:
    resource = Resource(kind, "BJ01", code)
    assert resource_of(resource.key) == resource


@pytest.mark.parametrize(
    ("rule", "days", "expected"),
    [
        ("FREQ=WEEKLY;COUNT=4;BYDAY=MO,SU", 1, "FREQ=WEEKLY;COUNT=4;BYDAY=MO,TU"),
        ("FREQ=WEEKLY;UNTIL=20261230", 0, "FREQ=WEEKLY;COUNT=5"),
        ("FREQ=DAILY;COUNT=3", 2, "FREQ=DAILY;COUNT=3"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=1TU", 0, "FREQ=MONTHLY;COUNT=3;BYDAY=1TU"),
    ],
)
def test_a_rule_moves_with_its_series(rule: str, days: int, expected: str) -> None:
    assert moved_rule(Recurrence(rule, NOW, HOUR), days) == expected


def test_a_rule_of_the_month_that_names_days_stays_on_them() -> None:
    with pytest.raises(Invalid, match="same day of the month"):
        moved_rule(Recurrence("FREQ=MONTHLY;COUNT=3;BYDAY=1TU", NOW, HOUR), 1)
