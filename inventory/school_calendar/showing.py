"""How a calendar and its days are shown."""

from datetime import date, timedelta

from inventory.intervals import Span
from inventory.school_calendar.keeping import calendar_from, own_terms
from inventory.school_calendar.public_holidays import is_announced, public_days
from inventory.school_calendar.rules import (
    Calendar,
    OpeningHours,
    Place,
    clock,
    lesson_spans,
    moment_of,
    open_spans,
    term_of,
    week_of,
    weekday_kept,
)
from inventory.school_calendar.schema import (
    CalendarOut,
    DayIn,
    HoursIn,
    LessonOut,
    PeriodIn,
    PublicDayOut,
    SchoolDayOut,
    SettingsIn,
    SpanOut,
    TermOut,
)
from inventory.school_calendar.table import SchoolCalendar

PARTS = ("terms", "periods", "hours", "days")
_DAY = timedelta(days=1)


def shown(organisation_code: str, row: SchoolCalendar | None, on: date) -> CalendarOut:
    """A school's calendar, with what is the default where it set nothing."""
    calendar = calendar_from(row)
    follows = row is None or row.follows_public_holidays
    return CalendarOut(
        organisation_code=organisation_code,
        settings=SettingsIn(follows_public_holidays=follows, zone=calendar.zone.key),
        terms=[
            TermOut(name=t.name, first_day=t.first_day, last_day=t.last_day, weeks=t.weeks)
            for t in (
                calendar.terms if row and row.terms is not None else own_terms(calendar.terms, on)
            )
        ],
        periods=[
            PeriodIn(
                number=one.number,
                starts=clock(one.starts_min),
                ends=clock(one.ends_min),
                name=one.shown,
            )
            for one in calendar.periods
        ],
        hours=[_hours_shown(one) for one in calendar.hours],
        days=[DayIn.model_validate(one) for one in (row.days if row and row.days else ())],
        public_days=_public_days(on.year) if follows else [],
        is_announced=is_announced(on.year),
        defaults=[part for part in PARTS if row is None or getattr(row, part) is None],
        changed_at=None if row is None else row.changed_at,
        changed_by=None if row is None else row.changed_by,
    )


def _hours_shown(one: OpeningHours) -> HoursIn:
    return HoursIn(
        weekday=one.weekday,
        opens=clock(one.opens_min),
        closes=clock(one.closes_min),
        station=one.station_code or None,
        resource=one.resource_key or None,
    )


def _public_days(year: int) -> list[PublicDayOut]:
    return [
        PublicDayOut(
            day=day,
            kind=one.kind,
            as_weekday=one.as_weekday,
            replaces=one.replaces,
            name=one.name,
            name_en=one.name_en,
        )
        for day, one in sorted(public_days(year).items())
    ]


def day_shown(calendar: Calendar, day: date, place: Place) -> SchoolDayOut:
    """A local day with the hours of a place and the lessons."""
    special, term = calendar.days.get(day), term_of(calendar, day)
    whole = Span(moment_of(day, 0, calendar.zone), moment_of(day + _DAY, 0, calendar.zone))
    kept = weekday_kept(calendar, day)
    lessons = () if kept is None else lesson_spans(calendar, day)
    return SchoolDayOut(
        day=day,
        weekday=day.weekday(),
        kept_as=kept,
        name="" if special is None else special.name,
        name_en="" if special is None else special.name_en or special.name,
        source=None if special is None else special.source,
        term=None if term is None else term.name,
        week=None if term is None else week_of(term, day),
        open=[
            SpanOut(start_at=one.start_at, end_at=one.end_at)
            for one in open_spans(calendar, whole, place)
        ],
        lessons=[
            LessonOut(
                number=lesson.number, name=lesson.shown, start_at=one.start_at, end_at=one.end_at
            )
            for lesson, one in lessons
        ],
    )
