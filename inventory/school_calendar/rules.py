"""When a school is open, which week of which term it is, and when lessons are held (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from inventory.intervals import Span, union
from inventory.moments import SCHOOL_ZONE

WEEK = 7
MINUTES_OF_A_DAY = 1440
_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """What is different about a day: nobody comes, or it is kept although it would be free."""

    CLOSED = "closed"
    OPEN = "open"


class DaySource(StrEnum):
    """Who says so: the State Council's public holidays, or the school itself."""

    PUBLIC = "public"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class Term:
    """A term 学期; both days belong to it. Week 1 has the first day, weeks begin on Monday."""

    name: str
    first_day: date
    last_day: date

    @property
    def weeks(self) -> int:
        """How many weeks it has, counting those it only begins or ends in."""
        return (self.last_day - _monday(self.first_day)).days // WEEK + 1


@dataclass(frozen=True, slots=True)
class LessonPeriod:
    """A lesson 节次 in minutes of the local day, such as number 1 from 480 to 525."""

    number: int
    starts_min: int
    ends_min: int
    name: str = ""

    @property
    def shown(self) -> str:
        """What it is called."""
        return self.name or f"第{self.number}节"


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Open on a weekday (0 is Monday) in minutes of the local day; 1440 is midnight.

    Of a station or of one resource by its key; of both none: of the organisation. Without minutes
    between the two it says that the place is closed on that weekday.
    """

    weekday: int
    opens_min: int
    closes_min: int
    station_code: str = ""
    resource_key: str = ""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not as its weekday is.

    A make-up day 调休 is kept as `as_weekday`; `replaces` is the day off whose lessons it takes.
    """

    kind: DayKind
    as_weekday: int | None = None
    replaces: date | None = None
    name: str = ""
    name_en: str = ""
    source: DaySource = DaySource.SCHOOL


@dataclass(frozen=True)
class Calendar:
    """All that tells when a school is open; nothing in it is for one year only.

    `days` has what the school itself says in place of the public holiday of the same day.
    """

    hours: Sequence[OpeningHours] = ()
    days: Mapping[date, SpecialDay] = field(default_factory=dict)
    terms: Sequence[Term] = ()
    periods: Sequence[LessonPeriod] = ()
    zone: ZoneInfo = SCHOOL_ZONE


@dataclass(frozen=True, slots=True)
class Place:
    """Whose hours are asked for; what a resource says goes before its station's, then all's."""

    station_code: str = ""
    resource_key: str = ""


EVERYWHERE = Place()


def moment_of(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The UTC moment at which a local clock shows so many minutes of a day.

    Where a clock is put forward and never shows them, it is the moment it would have been.
    """
    whole, rest = divmod(minutes, MINUTES_OF_A_DAY)
    local = datetime.combine(day + whole * _DAY, time(rest // 60, rest % 60), tzinfo=zone)
    return local.astimezone(UTC)


def local_days(window: Span, zone: ZoneInfo) -> Iterator[date]:
    """Every local day a span touches."""
    day = window.start_at.astimezone(zone).date()
    while moment_of(day, 0, zone) < window.end_at:
        yield day
        day += _DAY


def weekday_kept(calendar: Calendar, day: date) -> int | None:
    """As which weekday a school keeps a day; None: it is a day off."""
    special = calendar.days.get(day)
    if special is None:
        return day.weekday()
    if special.kind is DayKind.CLOSED:
        return None
    return day.weekday() if special.as_weekday is None else special.as_weekday


def hours_of(calendar: Calendar, place: Place = EVERYWHERE) -> tuple[OpeningHours, ...]:
    """The hours of a place: its own, else its station's, else the school's, never mixed."""
    levels = [("", place.station_code), ("", "")]
    if place.resource_key:
        levels.insert(0, (place.resource_key, ""))
    for resource_key, station_code in levels:
        found = tuple(
            one
            for one in calendar.hours
            if one.resource_key == resource_key
            and (resource_key or one.station_code == station_code)
        )
        if found:
            return found
    return ()


def open_spans(calendar: Calendar, window: Span, place: Place = EVERYWHERE) -> tuple[Span, ...]:
    """When a place is open within a window, by time; spans neither touch nor overlap."""
    hours = hours_of(calendar, place)
    found = [
        Span(moment_of(day, one.opens_min, calendar.zone), closes)
        for day in local_days(_with_day_before(window), calendar.zone)
        if (weekday := weekday_kept(calendar, day)) is not None
        for one in hours
        if one.weekday == weekday
        and (closes := moment_of(day, one.closes_min, calendar.zone)) > window.start_at
    ]
    cut = (
        Span(max(one.start_at, window.start_at), min(one.end_at, window.end_at)) for one in found
    )
    return union(cut)


def hours_of_day(calendar: Calendar, day: date, place: Place = EVERYWHERE) -> str:
    """The opening hours of a day, such as `08:00–12:00, 14:00–21:00`; empty when closed."""
    weekday = weekday_kept(calendar, day)
    hours = sorted(
        (one.opens_min, one.closes_min)
        for one in hours_of(calendar, place)
        if one.weekday == weekday and one.opens_min < one.closes_min
    )
    return ", ".join(f"{clock(opens)}–{clock(closes)}" for opens, closes in hours)


def clock(minutes: int) -> str:
    """Minutes of the local day as a clock shows them; from 24:00 on they are of the next day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def lesson_spans(calendar: Calendar, day: date) -> tuple[tuple[LessonPeriod, Span], ...]:
    """The lessons of a local day with their moments, whether or not the school is open then."""
    return tuple(
        (
            one,
            Span(
                moment_of(day, one.starts_min, calendar.zone),
                moment_of(day, one.ends_min, calendar.zone),
            ),
        )
        for one in sorted(calendar.periods, key=lambda one: (one.starts_min, one.number))
    )


def lessons_in(calendar: Calendar, window: Span) -> tuple[tuple[LessonPeriod, Span], ...]:
    """The lessons that begin within a window on days the school keeps, by time."""
    return tuple(
        (lesson, span)
        for day in local_days(window, calendar.zone)
        if weekday_kept(calendar, day) is not None
        for lesson, span in lesson_spans(calendar, day)
        if window.start_at <= span.start_at < window.end_at
    )


def is_by_lessons(calendar: Calendar, span: Span) -> bool:
    """Whether a span begins with a lesson and ends with one, on days the school keeps or not."""
    first = lesson_spans(calendar, span.start_at.astimezone(calendar.zone).date())
    last = lesson_spans(calendar, span.end_at.astimezone(calendar.zone).date())
    starts = {one.start_at for _, one in first}
    ends = {one.end_at for _, one in last}
    return span.start_at in starts and span.end_at in ends


def term_of(calendar: Calendar, day: date) -> Term | None:
    """The term a day belongs to; where terms overlap the one that began last."""
    found = [one for one in calendar.terms if one.first_day <= day <= one.last_day]
    return max(found, key=lambda one: one.first_day, default=None)


def week_of(term: Term, day: date) -> int:
    """The number of a day's week in a term, 1 for the first; outside of it below 1 or too high."""
    return (_monday(day) - _monday(term.first_day)).days // WEEK + 1


def day_of(term: Term, week: int, weekday: int) -> date | None:
    """The day of a week and weekday (0 is Monday) of a term; None where it is outside of it."""
    day = _monday(term.first_day) + timedelta(days=WEEK * (week - 1) + weekday)
    return day if term.first_day <= day <= term.last_day else None


def week_span(calendar: Calendar, at: datetime) -> Span:
    """The local week, Monday to Sunday, of a moment."""
    monday = _monday(at.astimezone(calendar.zone).date())
    return Span(
        moment_of(monday, 0, calendar.zone),
        moment_of(monday + timedelta(days=WEEK), 0, calendar.zone),
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _with_day_before(window: Span) -> Span:
    # hours of the day before may reach past midnight
    return Span(window.start_at - _DAY, window.end_at)
