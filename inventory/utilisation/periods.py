"""Days, weeks and terms as spans of a school's own time (pure)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from inventory.intervals import Span
from inventory.moments import epoch_ms
from inventory.school_calendar.rules import Term, moment_of
from inventory.utilisation.timelines import Moments

HOUR_MS = 3_600_000
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class Every(StrEnum):
    """How finely a report tells: one figure for all, or one for each of these."""

    WHOLE = "whole"
    DAY = "day"
    WEEK = "week"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both included; only a term has a name of its own."""

    first: date
    last: date
    name: str = ""


def periods(every: Every, first: date, last: date, terms: Iterable[Term]) -> tuple[Period, ...]:
    """The periods that days belong to, cut to them; weeks begin on Monday, days off belong too."""
    match every:
        case Every.WHOLE:
            return (Period(first, last),)
        case Every.DAY:
            return tuple(Period(day, day) for day in _steps(first, last, _DAY))
        case Every.WEEK:
            mondays = _steps(first - first.weekday() * _DAY, last, _WEEK)
            return tuple(Period(max(day, first), min(day + 6 * _DAY, last)) for day in mondays)
        case Every.TERM:
            return tuple(
                Period(max(one.first_day, first), min(one.last_day, last), one.name)
                for one in sorted(terms, key=lambda term: term.first_day)
                if one.first_day <= last and first <= one.last_day
            )


def span_of(first: date, last: date, zone: ZoneInfo) -> Span:
    """The moments of local days, both included."""
    return Span(moment_of(first, 0, zone), moment_of(last + _DAY, 0, zone))


def bounds(found: Sequence[Period], zone: ZoneInfo) -> tuple[Moments, Moments]:
    """Begin and end of each period, in milliseconds since 1970."""
    spans = [span_of(one.first, one.last, zone) for one in found]
    starts = [epoch_ms(one.start_at) for one in spans]
    return np.array(starts, np.int64), np.array([epoch_ms(one.end_at) for one in spans], np.int64)


def hours_of_the_week(first: date, last: date, zone: ZoneInfo) -> tuple[Moments, Moments]:
    """Begin of every hour of the days and the end of the last, and 24 × weekday + hour of each.

    Where a clock is put forward or back the hours of the day go on as they were begun.
    """
    starts, ends = bounds(periods(Every.DAY, first, last, ()), zone)
    weekdays = np.array([day.weekday() for day in _steps(first, last, _DAY)])
    per_day = (ends - starts) // HOUR_MS
    day = np.repeat(np.arange(len(starts)), per_day)
    nth = np.arange(len(day)) - np.repeat(np.cumsum(per_day) - per_day, per_day)
    hours = np.append(starts[day] + nth * HOUR_MS, ends[-1:])
    return hours, 24 * weekdays[day] + np.minimum(nth, 23)


def _steps(first: date, last: date, step: timedelta) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += step
