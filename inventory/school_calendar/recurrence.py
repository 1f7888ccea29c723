"""What recurs: rules of RFC 5545 in local time, within limits that keep them harmless (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from inventory.intervals import Span
from inventory.moments import SCHOOL_ZONE
from inventory.school_calendar.rules import Calendar, weekday_kept

MAX_OCCURRENCES = 400
"""Chosen: every day of a school year. What a rule gives beyond is refused, not cut off."""
MAX_REACH = timedelta(days=800)
"""Chosen: two school years; who wants more means forever, and nobody plans that far."""
MAX_INTERVAL = 60
MADE_UP_WITHIN_DAYS = 60
"""Chosen: notices move days by up to four weeks; a school may move its own further."""
_DAY_WORDS = "MO|TU|WE|TH|FR|SA|SU"
_VALUES: Mapping[str, str] = {
    "FREQ": "DAILY|WEEKLY|MONTHLY",
    "INTERVAL": r"[1-9]\d?",
    "COUNT": r"[1-9]\d{0,2}",
    "UNTIL": r"\d{8}(?:T\d{6}Z?)?",
    "BYDAY": rf"(?:[+-]?[1-5])?(?:{_DAY_WORDS})(?:,(?:[+-]?[1-5])?(?:{_DAY_WORDS})){{0,13}}",
    "BYMONTHDAY": r"-?[1-9]\d?(?:,-?[1-9]\d?){0,30}",
    "WKST": _DAY_WORDS,
}
_KEYS_OF: Mapping[str, frozenset[str]] = {
    "DAILY": frozenset(),
    "WEEKLY": frozenset({"BYDAY", "WKST"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY", "WKST"}),
}
_MONTH_DAYS = 31


class ClosedDays(StrEnum):
    """What becomes of what falls on a day off: kept, left out, or held on the make-up day."""

    KEEP = "keep"
    SKIP = "skip"
    MAKE_UP = "make_up"


class BadRecurrence(ValueError):
    """A rule can't be followed; `expected` says what would do."""

    def __init__(self, expected: str) -> None:
        super().__init__(f"expected {expected}")
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Something held for `length` again and again, at the same local time.

    `first_at` is the first start (aware); it counts only if the rule gives it. `except_at` are
    starts the rule gives that are left out (EXDATE).
    """

    rule: str
    first_at: datetime
    length: timedelta
    zone: ZoneInfo = SCHOOL_ZONE
    except_at: frozenset[datetime] = frozenset()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time it is held; `on` is the start the rule gave, its name even where it was moved."""

    on: datetime
    span: Span

    @property
    def is_moved(self) -> bool:
        """Whether it is held on a make-up day."""
        return self.on != self.span.start_at


def occurrences(
    recurrence: Recurrence,
    calendar: Calendar | None = None,
    closed: ClosedDays = ClosedDays.KEEP,
) -> tuple[Occurrence, ...]:
    """Every time something is held, by time; days off are those of the calendar.

    Raises:
        BadRecurrence: the rule has no end, more than `MAX_OCCURRENCES`, or words not taken here.
    """
    found = []
    for start in _starts(recurrence):
        if start in recurrence.except_at:
            continue
        held = _held_at(start, recurrence.zone, calendar, closed)
        if held is not None:
            found.append(Occurrence(start, Span(held, held + recurrence.length)))
    return tuple(sorted(found, key=lambda one: (one.span, one.on)))


def checked_rule(rule: str) -> str:
    """A rule in its one spelling: upper case, known parts in a fixed order, an end.

    Raises:
        BadRecurrence: it can't be followed.
    """
    return _spelled(_parts(rule))


def split(recurrence: Recurrence, at: datetime) -> tuple[Recurrence | None, Recurrence]:
    """What is held before a start the rule gives, and what is "this and following".

    None where nothing was before. Exceptions go with their part.

    Raises:
        BadRecurrence: the rule gives no such start.
    """
    starts = _starts(recurrence)
    if at not in starts:
        raise BadRecurrence("a start that the rule gives")
    before = starts.index(at)
    parts = _parts(recurrence.rule)
    later = dict(parts)
    if "COUNT" in parts:
        later["COUNT"] = str(len(starts) - before)
    following = replace(
        recurrence,
        rule=_spelled(later),
        first_at=at,
        except_at=frozenset(one for one in recurrence.except_at if one >= at),
    )
    if not before:
        return None, following
    earlier = {name: value for name, value in parts.items() if name != "UNTIL"}
    kept = replace(
        recurrence,
        rule=_spelled(earlier | {"COUNT": str(before)}),
        except_at=frozenset(one for one in recurrence.except_at if one < at),
    )
    return kept, following


def _held_at(
    start: datetime, zone: ZoneInfo, calendar: Calendar | None, closed: ClosedDays
) -> datetime | None:
    local = start.astimezone(zone)
    if calendar is None or closed is ClosedDays.KEEP:
        return start
    if weekday_kept(calendar, local.date()) is not None:
        return start
    if closed is ClosedDays.SKIP:
        return None
    made_up = _made_up_on(calendar, local.date())
    if made_up is None:
        return None
    return datetime.combine(made_up, local.time(), tzinfo=zone).astimezone(UTC)


def _made_up_on(calendar: Calendar, day: date) -> date | None:
    # the nearest first, since nothing says that only one day makes up for another
    for days in range(1, MADE_UP_WITHIN_DAYS + 1):
        for kept in (day - timedelta(days=days), day + timedelta(days=days)):
            special = calendar.days.get(kept)
            is_made_up = special is not None and special.replaces == day
            if is_made_up and weekday_kept(calendar, kept) is not None:
                return kept
    return None


def _starts(recurrence: Recurrence) -> list[datetime]:
    parts = _parts(recurrence.rule)
    zone = recurrence.zone
    first = recurrence.first_at.astimezone(zone).replace(tzinfo=None)
    last = first + MAX_REACH
    until = _until(parts.get("UNTIL"), zone)
    without_end = {name: value for name, value in parts.items() if name != "UNTIL"}
    rule = cast("rrule", rrulestr(_spelled(without_end, needs_end=False), dtstart=first))
    found: list[datetime] = []
    for local in rule if until is None else rule.replace(until=min(until, last)):
        if local > last:
            break
        if len(found) == MAX_OCCURRENCES:
            raise BadRecurrence(f"at most {MAX_OCCURRENCES} times")
        found.append(local.replace(tzinfo=zone).astimezone(UTC))
    if not found:
        raise BadRecurrence("a rule that gives at least one time")
    if "COUNT" in parts and len(found) < int(parts["COUNT"]):
        raise BadRecurrence(f"an end within {MAX_REACH.days} days")
    if until is not None and until > last:
        raise BadRecurrence(f"an end within {MAX_REACH.days} days")
    return found


def _parts(rule: str) -> dict[str, str]:
    text = rule.strip().upper().removeprefix("RRULE:")
    parts: dict[str, str] = {}
    for one in filter(None, text.split(";")):
        name, _, value = one.partition("=")
        pattern = _VALUES.get(name)
        if pattern is None:
            raise BadRecurrence(f"only {', '.join(_VALUES)}, not {name[:20]}")
        if name in parts or not re.fullmatch(pattern, value):
            raise BadRecurrence(f"{name} once and as RFC 5545 spells it")
        parts[name] = value
    _check(parts)
    return parts


def _check(parts: Mapping[str, str]) -> None:
    freq = parts.get("FREQ")
    if freq is None:
        raise BadRecurrence("FREQ=DAILY, WEEKLY or MONTHLY")
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise BadRecurrence("an end: either COUNT or UNTIL")
    if int(parts.get("INTERVAL", "1")) > MAX_INTERVAL:
        raise BadRecurrence(f"INTERVAL of at most {MAX_INTERVAL}")
    extra = {name for name in parts if name.startswith("BY") or name == "WKST"} - _KEYS_OF[freq]
    if extra:
        # such filters can leave nothing at all, which is found out only at the end of time
        raise BadRecurrence(f"no {', '.join(sorted(extra))} with FREQ={freq}")
    if freq == "WEEKLY" and re.search(r"\d", parts.get("BYDAY", "")):
        raise BadRecurrence("weekdays without numbers with FREQ=WEEKLY")
    if "BYDAY" in parts and "BYMONTHDAY" in parts:
        raise BadRecurrence("either BYDAY or BYMONTHDAY")
    days = [abs(int(one)) for one in parts.get("BYMONTHDAY", "").split(",") if one]
    if any(day > _MONTH_DAYS for day in days):
        raise BadRecurrence("BYMONTHDAY from 1 to 31 or -31 to -1")
    _until(parts.get("UNTIL"), SCHOOL_ZONE)


def _until(text: str | None, zone: ZoneInfo) -> datetime | None:
    """The last local moment of a rule; a day alone means all of it."""
    if text is None:
        return None
    try:
        # fromisoformat takes the basic form from Python 3.11 on
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadRecurrence("a day of the calendar in UNTIL") from None
    if "T" not in text:
        return datetime.combine(at.date(), time.max)
    return at.astimezone(zone).replace(tzinfo=None) if at.tzinfo else at


def _spelled(parts: Mapping[str, str], *, needs_end: bool = True) -> str:
    if needs_end:
        _check(parts)
    return ";".join(f"{name}={parts[name]}" for name in _VALUES if name in parts)
