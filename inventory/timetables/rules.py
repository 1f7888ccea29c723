"""How weeks, weekdays and periods of a timetable are read and become a recurrence (pure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import IntEnum
from functools import reduce
from math import gcd

from inventory.intervals import Span
from inventory.school_calendar.rules import Calendar, Term, day_of, lesson_spans


class DayPart(IntEnum):
    """A part of the day; numbers of periods may begin anew with each."""

    MORNING = 0
    AFTERNOON = 1
    EVENING = 2


MOST_WEEKS = 60
MOST_CHARACTERS = 120
"""As long as the title of a booking may be."""
_PART_BEGINS_MIN = {
    DayPart.MORNING: 0,
    DayPart.AFTERNOON: 12 * 60,
    DayPart.EVENING: 18 * 60,
}
_WEEKDAYS = {
    **dict(zip("一二三四五六日", range(7), strict=True)),
    "天": 6,
    **{str(number): number - 1 for number in range(1, 8)},
    **{
        name: number
        for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    },
}
_WEEKDAY_MARKS = re.compile(r"^(?:星期|礼拜|周)")
_ODD, _EVEN = re.compile(r"单|odd", re.IGNORECASE), re.compile(r"双|even", re.IGNORECASE)
_WEEK_WORDS = re.compile(r"第|周|weeks?|单|双|odd|even|[()（）\[\]\s]", re.IGNORECASE)
_PERIOD_WORDS = re.compile(r"第|节|periods?|[()（）\[\]\s]", re.IGNORECASE)
_APART = re.compile(r"(.*\d周?)[,\s]+[(（]?((?:单|双)周?|odd|even)[)）]?", re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")
_CLOCKS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")
_SAME = str.maketrans(
    {"：": ":"} | dict.fromkeys("，、;；", ",") | dict.fromkeys("－–—~～至到", "-")
)


@dataclass(frozen=True, slots=True)
class Lessons:
    """Periods from one to another, or local clock times."""

    first: int = 0
    last: int = 0
    clock: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True)
class Recurring:
    """The first time something is held, the rule that gives it again, and what to leave out."""

    first: Span
    rule: str
    except_at: frozenset[datetime]


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """What is held every week; things and people are still called as the school calls them.

    `number` is the row of the file; `place` the cell of a grid, such as `Sheet1!B5`. Without weeks
    it is held in all of the term, or in the odd or even ones of them (`parity`).
    """

    number: int
    title: str
    holder: str
    weekday: int
    lessons: Lessons
    weeks: tuple[int, ...]
    things: tuple[str, ...]
    headcount: int | None = None
    module: str = ""
    supervisor: str = ""
    note: str = ""
    classes: tuple[str, ...] = ()
    parity: str = ""
    place: str = ""

    @property
    def shown(self) -> str:
        """The title of its bookings."""
        return f"{self.title} {'、'.join(self.classes)}".strip()[:MOST_CHARACTERS]


def read_weekday(text: str) -> int | None:
    """A weekday, 0 is Monday, of 周一, 星期日, 3 or Wed; None: it is none."""
    word = _WEEKDAY_MARKS.sub("", text.strip()).casefold()
    return _WEEKDAYS.get(word, _WEEKDAYS.get(word[:3]) if word[:3].isascii() else None)


def read_weeks(text: str) -> tuple[int, ...]:
    """The weeks of 1-16周, 1-16周(单周), 1-8,10-16 or 2,4,6; nothing where they can't be read.

    Odd and even hold for the part they are written at, and for the whole when they stand apart.
    """
    whole = text.translate(_SAME).strip()
    apart = _APART.fullmatch(whole)
    parts = (apart[1] if apart else whole).split(",")
    found: set[int] = set()
    for part in filter(str.strip, parts):
        matched = _RANGE.fullmatch(_WEEK_WORDS.sub("", part))
        if matched is None:
            return ()
        weeks = range(int(matched[1]), int(matched[2] or matched[1]) + 1)
        said = f"{part} {apart[2] if apart else ''}"
        found |= {week for week in weeks if _is_meant(week, said)}
    is_sound = found and min(found) >= 1 and max(found) <= MOST_WEEKS
    return tuple(sorted(found)) if is_sound else ()


def read_lessons(text: str) -> Lessons | None:
    """The periods of 1-2, 第3,4节 or 08:00-09:40; None where they are none or have a gap."""
    told = text.translate(_SAME)
    clocks = _CLOCKS.fullmatch("".join(told.split()))
    if clocks is not None:
        start, end = (time(int(clocks[n]), int(clocks[n + 1])) for n in (1, 3))
        return Lessons(clock=(start, end)) if start < end else None
    numbers: set[int] = set()
    for part in filter(None, _PERIOD_WORDS.sub("", told).split(",")):
        matched = _RANGE.fullmatch(part)
        if matched is None:
            return None
        numbers |= set(range(int(matched[1]), int(matched[2] or matched[1]) + 1))
    if not numbers or max(numbers) - min(numbers) + 1 != len(numbers):
        return None
    return Lessons(min(numbers), max(numbers))


def recurring(
    calendar: Calendar, term: Term, weeks: Sequence[int], weekday: int, lessons: Lessons
) -> Recurring | str:
    """What a row of a timetable means in a term; a text says what there would have to be.

    Weeks that are left out in between become exceptions, so that one rule does for the row.
    """
    days = [day_of(term, week, weekday) for week in weeks]
    spans = [_span(calendar, day, lessons) for day in days if day is not None]
    if None in days:
        return f"weeks of the term, which has {term.weeks}"
    found = [span for span in spans if span is not None]
    if not found or len(found) < len(days):
        known = ", ".join(str(one.number) for one in calendar.periods)
        return f"periods of the school: {known}"
    step = reduce(gcd, (week - weeks[0] for week in weeks), 0) or 1
    regular = range(weeks[0], weeks[-1] + 1, step)
    left_out = [day_of(term, week, weekday) for week in regular if week not in weeks]
    gaps = (_span(calendar, day, lessons) for day in left_out if day is not None)
    rule = f"FREQ=WEEKLY;INTERVAL={step};COUNT={len(regular)}"
    return Recurring(found[0], rule, frozenset(gap.start_at for gap in gaps if gap is not None))


def weeks_held(term: Term, weekday: int) -> tuple[int, ...]:
    """Every week of a term that has a weekday (0 is Monday)."""
    weeks = range(1, term.weeks + 1)
    return tuple(week for week in weeks if day_of(term, week, weekday) is not None)


def numbers_shown(numbers: Sequence[int]) -> str:
    """Ascending numbers as people write them, such as 1-8,10-16."""
    shown: list[str] = []
    first = last = None
    for number in (*numbers, None):
        if last is not None and number == last + 1:
            last = number
            continue
        if first is not None:
            shown.append(str(first) if first == last else f"{first}-{last}")
        first = last = number
    return ",".join(shown)


def lessons_shown(lessons: Lessons) -> str:
    """Periods such as 1-2, or clock times such as 08:00-09:40."""
    if lessons.clock is not None:
        return "-".join(f"{one:%H:%M}" for one in lessons.clock)
    return numbers_shown(range(lessons.first, lessons.last + 1))


def periods_before(calendar: Calendar) -> Mapping[DayPart, int]:
    """How many periods a school has before noon's, the afternoon's and the evening's first."""
    starts = sorted(one.starts_min for one in calendar.periods)
    return {
        part: sum(start < begins for start in starts) for part, begins in _PART_BEGINS_MIN.items()
    }


def term_for(calendar: Calendar, name: str, now: datetime) -> Term | None:
    """The term of a name; without one the term that runs or is next."""
    if name:
        return next((one for one in calendar.terms if one.name == name), None)
    today = now.astimezone(calendar.zone).date()
    coming = [one for one in calendar.terms if one.last_day >= today]
    return min(coming, key=lambda one: one.first_day, default=None)


def _is_meant(week: int, said: str) -> bool:
    if _ODD.search(said):
        return week % 2 == 1
    return not _EVEN.search(said) or week % 2 == 0


def _span(calendar: Calendar, day: date, lessons: Lessons) -> Span | None:
    if lessons.clock is not None:
        start, end = (
            datetime.combine(day, at, calendar.zone).astimezone(UTC) for at in lessons.clock
        )
        return Span(start, end)
    by_number = {one.number: span for one, span in lesson_spans(calendar, day)}
    first, last = by_number.get(lessons.first), by_number.get(lessons.last)
    if first is None or last is None:
        return None
    return Span(first.start_at, last.end_at)
