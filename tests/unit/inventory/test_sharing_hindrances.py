from datetime import UTC, date, datetime, timedelta

import pytest

from inventory.school_calendar.defaults import HOURS, PERIODS
from inventory.school_calendar.rules import Calendar, DayKind, OpeningHours, Place, SpecialDay
from inventory.sharing.hindrances import HindranceKind, closed_hours, hindrances
from inventory.sharing.searching import OfferFacts

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
CALENDAR = Calendar(HOURS, {}, (), PERIODS)
HERE = Place("BJ01-T", "bench:BJ01/battery-01")


def offer(*hours: tuple[int, int, int], **facts: object) -> OfferFacts:
    offered = tuple(OpeningHours(day, opens * 60, closes * 60) for day, opens, closes in hours)
    lengths = (timedelta(hours=1), timedelta(hours=8))
    return OfferFacts(offered, [HERE], lengths, **facts)  # type: ignore[arg-type] # by name


def test_an_offer_within_the_school_s_hours_has_nothing_against_it() -> None:
    assert hindrances(offer((0, 8, 17), (4, 19, 21)), CALENDAR, NOW) == ()


def test_days_and_hours_the_school_is_closed_are_named() -> None:
    (told,) = hindrances(offer((0, 7, 22), (5, 8, 17), (6, 8, 17)), CALENDAR, NOW)
    assert told.kind is HindranceKind.SCHOOL_CLOSED
    assert "周六、周日；周一 07:00–08:00；周一 21:00–22:00" in told.zh
    assert "Sat, Sun; Mon 07:00–08:00; Mon 21:00–22:00" in told.en
    assert "校历" in told.zh


def test_hours_of_the_thing_s_own_count_before_the_school_s() -> None:
    own = (*HOURS, OpeningHours(5, 480, 720, "", HERE.resource_key))
    calendar = Calendar(own, {}, (), PERIODS)
    assert closed_hours(offer((5, 8, 17)), calendar) == (OpeningHours(5, 720, 1020),)
    assert closed_hours(offer((0, 8, 17)), calendar) == (OpeningHours(0, 480, 1020),)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"last_day": date(2026, 11, 30)}, "2026-11-30"),
        ({"notice": timedelta(days=60)}, "60 天"),
        ({"first_day": date(2027, 6, 1)}, "60 天内"),
    ],
)
def test_an_offer_that_can_never_be_asked_for_says_why(
    facts: dict[str, object], words: str
) -> None:
    (told,) = hindrances(offer((0, 8, 17), **facts), CALENDAR, NOW)
    assert told.kind is HindranceKind.NEVER_FREE
    assert words in told.zh


def test_holidays_that_leave_nothing_are_told_too() -> None:
    off = {NOW.date() + timedelta(days=n): SpecialDay(DayKind.CLOSED) for n in range(62)}
    (told,) = hindrances(offer((0, 8, 17)), Calendar(HOURS, off, (), PERIODS), NOW)
    assert told.kind is HindranceKind.NEVER_FREE
    saturday = hindrances(offer((5, 8, 17)), CALENDAR, NOW)
    assert [one.kind for one in saturday] == [
        HindranceKind.SCHOOL_CLOSED,
        HindranceKind.NEVER_FREE,
    ]
