from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inventory.bookings.life import BookingLife, BookingStep
from inventory.bookings.rules import BookingState
from inventory.check_in_pages.pages import check_in_box, check_in_page
from inventory.check_ins.rules import AHEAD, Arrival, arrival

START = datetime(2026, 12, 2, 0, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BOOKED = BookingLife(BookingState.BOOKED, START, START + 2 * HOUR)
CHECK_IN = Arrival((BookingStep.CHECK_IN,))
OPENS_AT = START - 30 * MINUTE


@pytest.mark.parametrize("at", [-30 * MINUTE, timedelta(), HOUR, 2 * HOUR - MINUTE])
def test_a_booking_that_runs_or_is_about_to_can_be_checked_in_to(at: timedelta) -> None:
    assert arrival(BOOKED, START + at) == CHECK_IN


def test_whoever_comes_too_early_is_told_from_when() -> None:
    assert arrival(BOOKED, START - 31 * MINUTE) == Arrival(opens_at=OPENS_AT)
    long_set_up = replace(BOOKED, set_up=HOUR)
    assert arrival(long_set_up, START - 50 * MINUTE) == CHECK_IN


def test_what_is_over_or_far_off_is_not_shown() -> None:
    assert arrival(BOOKED, START + 2 * HOUR) is None
    assert arrival(BOOKED, START - AHEAD - MINUTE) is None


@pytest.mark.parametrize("state", sorted(set(BookingState) - {BookingState.BOOKED}))
def test_what_is_not_booked_is_not_shown(state: BookingState) -> None:
    assert arrival(replace(BOOKED, state=state), START) is None


def test_who_has_checked_in_may_end_it_once_it_runs() -> None:
    came = replace(BOOKED, is_checked_in=True)
    assert arrival(came, START - MINUTE) == Arrival()
    assert arrival(came, START + MINUTE) == Arrival((BookingStep.END_EARLY,))


def test_a_label_is_never_markup_on_a_page() -> None:
    for page in (check_in_box, check_in_page):
        assert "<b>" not in page('"><b>', "zh")
        assert page("abc", "en").count("</script>") == 1
