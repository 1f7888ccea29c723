from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.school_calendar.defaults import HOURS, PERIODS
from inventory.school_calendar.recurrence import Recurrence, occurrences
from inventory.school_calendar.rules import Calendar, Term
from inventory.timetables.rules import (
    Lessons,
    Recurring,
    read_lessons,
    read_weekday,
    read_weeks,
    recurring,
    term_for,
)

TERM = Term("第一学期", date(2026, 9, 1), date(2027, 1, 17))
CALENDAR = Calendar(HOURS, {}, (TERM,), PERIODS)


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("1-16周", tuple(range(1, 17))),
        ("第1-16周", tuple(range(1, 17))),
        ("1-16周 单周", tuple(range(1, 17, 2))),
        ("1-16周(单)", tuple(range(1, 17, 2))),
        ("1－16（双周）", tuple(range(2, 17, 2))),
        ("1-8，10-12周", (*range(1, 9), 10, 11, 12)),
        ("1-8周(双),9-11周", (2, 4, 6, 8, 9, 10, 11)),
        ("1-4,7-8 odd", (1, 3, 7)),
        ("2、4、6周", (2, 4, 6)),
        ("5", (5,)),
        ("weeks 3 to 5", ()),
        ("3~5", (3, 4, 5)),
        ("0-3", ()),
        ("5-3", ()),
        ("1-99", ()),
        ("每周", ()),
        ("", ()),
    ],
)
def test_weeks_are_read_as_schools_write_them(text: str, weeks: tuple[int, ...]) -> None:
    assert read_weeks(text) == weeks


@pytest.mark.parametrize(
    ("text", "weekday"),
    [
        ("周一", 0),
        ("星期日", 6),
        ("礼拜天", 6),
        ("3", 2),
        ("Wednesday", 2),
        ("sat", 5),
        ("八", None),
        ("8", None),
        ("", None),
    ],
)
def test_weekdays_are_read_in_any_spelling(text: str, weekday: int | None) -> None:
    assert read_weekday(text) == weekday


@pytest.mark.parametrize(
    ("text", "lessons"),
    [
        ("1-2", Lessons(1, 2)),
        ("第3,4节", Lessons(3, 4)),
        ("第5节", Lessons(5, 5)),
        ("08:00-09:40", Lessons(clock=(time(8), time(9, 40)))),
        ("14：00～15：40", Lessons(clock=(time(14), time(15, 40)))),
        ("1-2,5-6", None),
        ("09:40-08:00", None),
        ("上午", None),
        ("", None),
    ],
)
def test_periods_are_numbers_without_a_gap_or_clocks(text: str, lessons: Lessons | None) -> None:
    assert read_lessons(text) == lessons


@given(st.sets(st.integers(1, 20), min_size=1, max_size=20), st.integers(0, 4))
def test_the_recurrence_gives_exactly_the_weeks_of_the_row(weeks: set[int], weekday: int) -> None:
    asked = sorted(week for week in weeks if week > 1 or weekday > 0) or [2]
    found = recurring(CALENDAR, TERM, asked, weekday, Lessons(1, 2))
    assert isinstance(found, Recurring)
    times = occurrences(
        Recurrence(found.rule, found.first.start_at, found.first.length, except_at=found.except_at)
    )
    monday = date(2026, 8, 31)
    wanted = [monday + timedelta(days=7 * (week - 1) + weekday) for week in asked]
    shown = [one.span.start_at.astimezone(CALENDAR.zone) for one in times]
    assert [at.date() for at in shown] == wanted
    assert {at.time() for at in shown} == {time(8)}
    assert {one.span.length for one in times} == {timedelta(minutes=100)}


def test_what_a_term_or_a_school_does_not_have_is_named() -> None:
    too_late = recurring(CALENDAR, TERM, (21,), 0, Lessons(1, 2))
    assert too_late == "weeks of the term, which has 20"
    before = recurring(CALENDAR, TERM, (1,), 0, Lessons(1, 2))
    assert before == "weeks of the term, which has 20", "the term begins on a Tuesday"
    periods = recurring(CALENDAR, TERM, (2,), 0, Lessons(9, 12))
    assert periods == "periods of the school: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"


def test_the_term_is_the_one_that_runs_or_comes_next() -> None:
    now = datetime(2026, 8, 1, tzinfo=UTC)
    assert term_for(CALENDAR, "", now) == TERM
    assert term_for(CALENDAR, "", datetime(2027, 1, 17, 10, tzinfo=UTC)) == TERM
    assert term_for(CALENDAR, "", datetime(2027, 1, 18, tzinfo=UTC)) is None
    assert term_for(CALENDAR, "第二学期", now) is None
