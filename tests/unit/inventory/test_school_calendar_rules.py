from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.intervals import Span, union
from inventory.school_calendar.defaults import HOURS, PERIODS, terms_of_years
from inventory.school_calendar.public_holidays import is_announced, public_days
from inventory.school_calendar.recurrence import (
    MAX_OCCURRENCES,
    BadRecurrence,
    ClosedDays,
    Recurrence,
    checked_rule,
    occurrences,
    split,
)
from inventory.school_calendar.rules import (
    Calendar,
    DayKind,
    OpeningHours,
    Place,
    SpecialDay,
    Term,
    day_of,
    is_by_lessons,
    lessons_in,
    moment_of,
    open_spans,
    term_of,
    week_of,
    week_span,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
SCHOOL = Calendar(
    hours=HOURS, days=public_days(2026), terms=terms_of_years(2025, 2026), periods=PERIODS
)


def at(day: str, clock: str = "00:00", zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone).astimezone(UTC)


def days_open(first: str, last: str, calendar: Calendar = SCHOOL) -> list[str]:
    spans = open_spans(calendar, Span(at(first), at(last) + 24 * HOUR))
    return [one.start_at.astimezone(calendar.zone).strftime("%m-%d") for one in spans]


def test_the_days_off_of_2026_are_those_of_the_notice_with_their_weekends() -> None:
    assert days_open("2026-02-11", "2026-02-28") == [
        "02-11", "02-12", "02-13", "02-14", "02-24", "02-25", "02-26", "02-27", "02-28",
    ]  # fmt: skip
    assert days_open("2026-09-18", "2026-10-12") == [
        "09-18", "09-20", "09-21", "09-22", "09-23", "09-24", "09-28", "09-29", "09-30",
        "10-08", "10-09", "10-10", "10-12",
    ]  # fmt: skip
    assert is_announced(2026)
    assert not is_announced(2050)
    assert public_days(1900) == {}


def test_a_make_up_day_is_kept_as_the_weekday_whose_day_off_it_pays_for() -> None:
    sunday = public_days(2026)[date(2026, 1, 4)]
    assert (sunday.as_weekday, sunday.replaces) == (4, date(2026, 1, 2))
    fridays_only = Calendar(hours=(OpeningHours(4, 480, 600),), days=public_days(2026))
    assert days_open("2026-01-01", "2026-01-09", fridays_only) == ["01-04", "01-09"]


def test_what_a_resource_says_goes_before_its_station_and_that_before_the_school() -> None:
    hours = (
        OpeningHours(0, 480, 1020),
        OpeningHours(0, 540, 600, station_code="BJ01-E"),
        OpeningHours(0, 0, 1440, resource_key="bench:BJ01/battery-01"),
    )
    calendar = Calendar(hours=hours)
    monday = Span(at("2026-11-30"), at("2026-12-01"))
    by_place = {
        place: open_spans(calendar, monday, place)[0].length / HOUR
        for place in (
            Place(),
            Place("BJ01-T"),
            Place("BJ01-E"),
            Place("BJ01-E", "bench:BJ01/battery-01"),
            Place("BJ01-E", "bench:BJ01/motor-01"),
        )
    }
    assert list(by_place.values()) == [9, 9, 1, 24, 1]


def test_hours_past_midnight_belong_to_the_day_that_opened() -> None:
    calendar = Calendar(hours=(OpeningHours(4, 20 * 60, 26 * 60),))
    saturday = Span(at("2026-12-05"), at("2026-12-06"))
    assert open_spans(calendar, saturday) == (Span(at("2026-12-05"), at("2026-12-05", "02:00")),)


HOURS_OF_ANY_SCHOOL = st.lists(
    st.builds(OpeningHours, st.integers(0, 6), st.integers(0, 1440), st.integers(0, 1440)),
    max_size=12,
)


@given(
    HOURS_OF_ANY_SCHOOL,
    st.sampled_from((SHANGHAI, NEW_YORK)),
    st.integers(0, 400 * 24 * 60),
    st.integers(1, 20 * 24 * 60),
)
def test_open_spans_never_overlap_and_hold_just_the_minutes_whose_clock_is_open(
    hours: list[OpeningHours], zone: ZoneInfo, start: int, length: int
) -> None:
    first = at("2026-01-01") + timedelta(minutes=start)
    window = Span(first, first + timedelta(minutes=length))
    calendar = Calendar(hours=hours, days=public_days(2026), zone=zone)
    spans = open_spans(calendar, window)
    assert spans == union(spans)
    assert all(window.covers(one) for one in spans)
    for step in range(0, length, 47):
        moment = first + timedelta(minutes=step)
        local = moment.astimezone(zone)
        if local.utcoffset() != (local - timedelta(hours=26)).utcoffset():
            continue  # what the clock shows on the day it is changed says less than the moment
        special = calendar.days.get(local.date())
        kept = local.weekday() if special is None else special.as_weekday
        minute = local.hour * 60 + local.minute
        is_open = any(
            one.weekday == kept and one.opens_min <= minute < one.closes_min for one in hours
        )
        assert is_open == any(one.start_at <= moment < one.end_at for one in spans), moment


def test_a_clock_that_is_changed_moves_the_hours_with_it() -> None:
    calendar = Calendar(hours=tuple(OpeningHours(day, 60, 240) for day in range(7)), zone=NEW_YORK)

    def open_hours(day: str) -> float:
        window = Span(at(day, zone=NEW_YORK), at(day, zone=NEW_YORK) + 20 * HOUR)
        return sum((one.length for one in open_spans(calendar, window)), timedelta(0)) / HOUR

    assert [open_hours(day) for day in ("2026-03-07", "2026-03-08", "2026-11-01")] == [3, 2, 4]


def test_weeks_of_a_term_begin_on_monday_and_the_first_has_its_first_day() -> None:
    term = Term("秋", date(2026, 9, 2), date(2027, 1, 15))
    assert week_of(term, date(2026, 9, 2)) == week_of(term, date(2026, 9, 6)) == 1
    assert week_of(term, date(2026, 9, 7)) == 2
    assert term.weeks == week_of(term, term.last_day) == 20
    assert day_of(term, 2, 4) == date(2026, 9, 11)
    assert day_of(term, 1, 0) is None
    assert term_of(Calendar(terms=(term,)), date(2026, 12, 1)) == term
    assert term_of(Calendar(terms=(term,)), date(2026, 8, 31)) is None


def test_a_school_that_says_nothing_has_two_terms_of_twenty_weeks() -> None:
    first, second = terms_of_years(2026, 2026)
    assert (first.first_day, first.weeks, second.weeks) == (date(2026, 8, 31), 20, 20)
    assert (first.first_day.weekday(), second.first_day.weekday()) == (0, 0)
    assert first.last_day < second.first_day


def test_lessons_are_those_of_days_the_school_keeps() -> None:
    window = Span(at("2026-10-01"), at("2026-10-11"))
    lessons = lessons_in(SCHOOL, window)
    held_on = {span.start_at.astimezone(SHANGHAI).day for _, span in lessons}
    # a weekend has lessons too, if somebody opens then; days off have none
    assert held_on == {8, 9, 10}
    assert len(lessons) == 3 * len(PERIODS)
    first, second = lessons[0][1], lessons[1][1]
    assert is_by_lessons(SCHOOL, Span(first.start_at, second.end_at))
    assert not is_by_lessons(SCHOOL, Span(first.start_at, second.end_at + HOUR))
    assert lessons[0][0].shown == "第1节"


def test_a_week_is_the_local_one() -> None:
    sunday_evening = at("2026-11-29", "23:30")
    assert week_span(SCHOOL, sunday_evening) == Span(at("2026-11-23"), at("2026-11-30"))
    assert week_span(SCHOOL, sunday_evening + HOUR).start_at == at("2026-11-30")


def weekly(rule: str, first: str = "2026-09-04", clock: str = "08:00") -> Recurrence:
    return Recurrence(rule, at(first, clock), 2 * HOUR)


def held(recurrence: Recurrence, closed: ClosedDays) -> list[str]:
    found = occurrences(recurrence, SCHOOL, closed)
    return [one.span.start_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") for one in found]


def test_a_class_on_a_day_off_is_kept_left_out_or_held_on_the_make_up_day() -> None:
    tuesdays = weekly("FREQ=WEEKLY;BYDAY=TU;COUNT=3", "2026-09-29")
    assert held(tuesdays, ClosedDays.KEEP) == ["09-29 08:00", "10-06 08:00", "10-13 08:00"]
    assert held(tuesdays, ClosedDays.SKIP) == ["09-29 08:00", "10-13 08:00"]
    assert held(tuesdays, ClosedDays.MAKE_UP) == ["09-20 08:00", "09-29 08:00", "10-13 08:00"]
    moved = occurrences(tuesdays, SCHOOL, ClosedDays.MAKE_UP)[0]
    assert (moved.is_moved, moved.on) == (True, at("2026-10-06", "08:00"))


def test_the_local_clock_stays_when_the_zone_changes_its() -> None:
    recurrence = Recurrence(
        "FREQ=WEEKLY;COUNT=3", at("2026-10-25", "09:00", NEW_YORK), HOUR, NEW_YORK
    )
    starts = [one.span.start_at for one in occurrences(recurrence)]
    assert [one.astimezone(NEW_YORK).hour for one in starts] == [9, 9, 9]
    assert [one.hour for one in starts] == [13, 14, 14]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY", "an end"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20261231", "an end"),
        ("COUNT=3", "FREQ"),
        ("FREQ=SECONDLY;COUNT=3", "FREQ once"),
        ("FREQ=WEEKLY;COUNT=3;BYHOUR=3", "only FREQ"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU;COUNT=3", "no BYDAY"),
        ("FREQ=WEEKLY;BYDAY=1MO;COUNT=3", "without numbers"),
        ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=3", "1 to 31"),
        ("FREQ=MONTHLY;INTERVAL=99;COUNT=3", "INTERVAL"),
        ("FREQ=DAILY;UNTIL=20261340", "a day of the calendar"),
        ("FREQ=DAILY;COUNT=500", "at most 400"),
        ("FREQ=MONTHLY;COUNT=300", "an end within"),
        ("FREQ=DAILY;INTERVAL=30;UNTIL=20400101", "an end within"),
        ("FREQ=DAILY;UNTIL=20200101", "at least one"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;COUNT=2", "at least one"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_told_what_would_do(rule: str, expected: str) -> None:
    first = "2026-02-03" if "INTERVAL=12" in rule else "2026-09-04"
    with pytest.raises(BadRecurrence, match=expected):
        occurrences(weekly(rule, first))


def test_a_rule_has_one_spelling() -> None:
    assert checked_rule(" rrule:byday=tu,th;count=8;freq=weekly ") == (
        "FREQ=WEEKLY;COUNT=8;BYDAY=TU,TH"
    )


@pytest.mark.parametrize("end", ["20261002", "20261002T080000", "20261002T000000Z"])
def test_an_end_is_a_day_a_local_moment_or_a_utc_moment(end: str) -> None:
    assert len(occurrences(weekly(f"FREQ=WEEKLY;UNTIL={end}"))) == 5


RULES = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={};COUNT={}".format, st.integers(1, 9), st.integers(1, 40)),
    st.builds(
        "FREQ=WEEKLY;INTERVAL={};COUNT={};BYDAY={}".format,
        st.integers(1, 3),
        st.integers(1, 40),
        st.sets(st.sampled_from(("MO", "TU", "WE", "FR", "SU")), min_size=1).map(
            lambda days: ",".join(sorted(days))
        ),
    ),
    st.builds("FREQ=WEEKLY;UNTIL=2026{}{:02}".format, st.just("12"), st.integers(1, 31)),
)


@given(RULES, st.data())
def test_this_and_following_parts_a_series_without_losing_or_doubling_one(
    rule: str, data: st.DataObject
) -> None:
    whole = weekly(rule)
    starts = [one.on for one in occurrences(whole)]
    left_out = frozenset(data.draw(st.sets(st.sampled_from(starts), max_size=2)))
    whole = Recurrence(rule, whole.first_at, whole.length, except_at=left_out)
    cut = data.draw(st.sampled_from(starts))
    before, following = split(whole, cut)
    earlier = () if before is None else occurrences(before)
    assert (*earlier, *occurrences(following)) == occurrences(whole)
    assert all(one.on < cut for one in earlier)
    assert len(starts) <= MAX_OCCURRENCES


def test_a_series_is_parted_only_at_a_time_of_its_own() -> None:
    with pytest.raises(BadRecurrence, match="a start"):
        split(weekly("FREQ=WEEKLY;COUNT=3"), at("2026-09-05"))


def test_a_school_may_open_on_a_public_holiday() -> None:
    days = dict(public_days(2026)) | {date(2026, 10, 2): SpecialDay(DayKind.OPEN)}
    calendar = Calendar(hours=HOURS, days=days)
    assert days_open("2026-10-01", "2026-10-04", calendar) == ["10-02"]
    assert moment_of(date(2026, 10, 2), 480, SHANGHAI) == at("2026-10-02", "08:00")
