"""Which hours are looked at when, and days, weeks and terms in a school's own time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from inventory.school_calendar.rules import Term
from inventory.utilisation.looking import DAY_S, Looked, due
from inventory.utilisation.periods import Every, bounds, hours_of_the_week, periods

DAY = date(2026, 11, 30)
START = datetime(2026, 11, 30, tzinfo=UTC)
CHINA, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def test_an_hour_is_looked_at_once_it_is_over_and_settled() -> None:
    assert due(None, DAY, at(1)) is None
    assert due(None, DAY, at(1.1)) == (0, 3600)
    assert due(Looked(3600, at(1.1)), DAY, at(1.9)) is None
    assert due(Looked(3600, at(1.1)), DAY, at(5)) == (3600, 4 * 3600)
    assert due(None, DAY, at(-5)) is None


def test_a_day_that_is_over_is_looked_at_again_after_a_day_and_after_a_week() -> None:
    whole = Looked(DAY_S, at(24.2))
    assert due(whole, DAY, at(47)) is None
    assert due(whole, DAY, at(48)) == (0, DAY_S)
    assert due(Looked(DAY_S, at(48)), DAY, at(24 * 8)) is None
    assert due(Looked(DAY_S, at(48)), DAY, at(24 * 9)) == (0, DAY_S)
    assert due(Looked(DAY_S, at(24 * 9)), DAY, at(24 * 99)) is None


def test_weeks_begin_on_monday_and_are_cut_to_the_days_asked_for() -> None:
    found = periods(Every.WEEK, date(2026, 11, 26), date(2026, 12, 8), ())
    assert [(one.first.day, one.last.day) for one in found] == [(26, 29), (30, 6), (7, 8)]


def test_terms_have_their_names_and_days_between_them_none() -> None:
    terms = [
        Term("spring", date(2027, 3, 1), date(2027, 7, 1)),
        Term("autumn", date(2026, 9, 1), date(2027, 1, 20)),
    ]
    found = periods(Every.TERM, date(2027, 1, 1), date(2027, 3, 31), terms)
    assert [(one.name, one.first.month, one.last.month) for one in found] == [
        ("autumn", 1, 1),
        ("spring", 3, 3),
    ]


def test_a_day_is_as_long_as_the_clock_of_the_place_makes_it() -> None:
    changes = periods(Every.DAY, date(2026, 10, 25), date(2026, 10, 25), ())
    for zone, hours in ((CHINA, 24), (BERLIN, 25)):
        starts, ends = bounds(changes, zone)
        assert (ends - starts).tolist() == [hours * 3_600_000]
        edges, cells = hours_of_the_week(date(2026, 10, 25), date(2026, 10, 25), zone)
        assert len(edges) == len(cells) + 1 == hours + 1
        assert cells.tolist()[:24] == list(range(6 * 24, 7 * 24))
