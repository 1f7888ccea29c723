"""How a stored calendar becomes the one the rules take."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from inventory.school_calendar.defaults import HOURS, PERIODS, terms_of_years
from inventory.school_calendar.public_holidays import FIRST_YEAR, LAST_YEAR, SchoolDays
from inventory.school_calendar.rules import (
    Calendar,
    DayKind,
    LessonPeriod,
    OpeningHours,
    SpecialDay,
    Term,
)
from inventory.school_calendar.table import SchoolCalendar

Row = Mapping[str, Any]
TERMS = terms_of_years(FIRST_YEAR, LAST_YEAR)


def calendars(db: Session, organisation_codes: Collection[str]) -> Mapping[str, Calendar]:
    """The calendars of some schools by code, in one statement; who set nothing has the default."""
    query = select(SchoolCalendar).where(
        col(SchoolCalendar.organisation_code).in_(sorted(organisation_codes))
    )
    rows = {row.organisation_code: row for row in db.exec(query).all()}
    return {code: calendar_from(rows.get(code)) for code in organisation_codes}


def calendar_of(db: Session, organisation_code: str) -> Calendar:
    """The calendar of one school."""
    return calendars(db, {organisation_code})[organisation_code]


def calendar_from(row: SchoolCalendar | None) -> Calendar:
    """A stored calendar as the rules take it; parts that were never set are the defaults."""
    if row is None:
        return _default()
    own = {} if row.days is None else dict(map(_day, row.days))
    return Calendar(
        hours=HOURS if row.hours is None else tuple(map(_hours, row.hours)),
        days=SchoolDays(own, follows_public=row.follows_public_holidays),
        terms=TERMS if row.terms is None else tuple(map(_term, row.terms)),
        periods=PERIODS if row.periods is None else tuple(map(_period, row.periods)),
        zone=ZoneInfo(row.zone),
    )


@cache
def _default() -> Calendar:
    return Calendar(HOURS, SchoolDays({}), TERMS, PERIODS)


def minutes_of(clock: str) -> int:
    """Minutes of the local day of a clock such as 08:45."""
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _hours(row: Row) -> OpeningHours:
    return OpeningHours(
        row["weekday"],
        minutes_of(row["opens"]),
        minutes_of(row["closes"]),
        row.get("station") or "",
        row.get("resource") or "",
    )


def _period(row: Row) -> LessonPeriod:
    return LessonPeriod(
        row["number"], minutes_of(row["starts"]), minutes_of(row["ends"]), row.get("name") or ""
    )


def _term(row: Row) -> Term:
    return Term(row["name"], *map(date.fromisoformat, (row["first_day"], row["last_day"])))


def _day(row: Row) -> tuple[date, SpecialDay]:
    replaces = date.fromisoformat(row["replaces"]) if row.get("replaces") else None
    as_weekday = row.get("as_weekday")
    if as_weekday is None and replaces is not None:
        as_weekday = replaces.weekday()
    special = SpecialDay(DayKind(row["kind"]), as_weekday, replaces, row.get("name") or "")
    return date.fromisoformat(row["day"]), special


def own_terms(terms: Sequence[Term], around: date) -> tuple[Term, ...]:
    """The terms worth showing about a day: those of the school years before, now and next."""
    return tuple(one for one in terms if abs(one.first_day.year - around.year) <= 1)
