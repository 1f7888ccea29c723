"""Whether a part of a calendar agrees with itself; rows are spelled as they are stored."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from inventory.errors import Invalid
from inventory.school_calendar.keeping import minutes_of
from inventory.school_calendar.rules import MINUTES_OF_A_DAY

Rows = Sequence[Mapping[str, Any]]


def check_part(part: str, rows: Rows) -> None:
    """Pass when no item contradicts itself or another one.

    Raises:
        Invalid: one does; field and day or number are told.
    """
    _CHECKS[part](rows)


def _check_terms(rows: Rows) -> None:
    last = ""
    for row in sorted(rows, key=lambda one: str(one["first_day"])):
        if row["last_day"] < row["first_day"]:
            raise Invalid("last_day", f"a day not before {row['first_day']} ({row['name']})")
        if row["first_day"] <= last:
            raise Invalid("first_day", f"a day after {last}, when the term before ends")
        last = row["last_day"]


def _check_periods(rows: Rows) -> None:
    numbers = [row["number"] for row in rows]
    if len(set(numbers)) < len(numbers):
        raise Invalid("number", "each period once")
    end = "00:00"
    for row in sorted(rows, key=lambda one: int(one["number"])):
        if not end <= row["starts"] < row["ends"]:
            raise Invalid("starts", f"period {row['number']} from {end} on, before it ends")
        end = row["ends"]


def _check_hours(rows: Rows) -> None:
    for row in rows:
        if row["station"] and row["resource"]:
            raise Invalid("resource", "a station or a resource, not both")
        if row["closes"] < row["opens"]:
            raise Invalid("closes", f"not before {row['opens']}; after midnight is 24:00 and more")
        if minutes_of(row["closes"]) - minutes_of(row["opens"]) > MINUTES_OF_A_DAY:
            raise Invalid("closes", "at most 24 hours after it opens")


def _check_days(rows: Rows) -> None:
    days = [row["day"] for row in rows]
    if len(set(days)) < len(days):
        raise Invalid("day", "each day once")
    for row in rows:
        if row["kind"] == "closed" and (row["as_weekday"] is not None or row["replaces"]):
            raise Invalid("as_weekday", f"nothing for {row['day']}, which is a day off")
        if row["replaces"] == row["day"]:
            raise Invalid("replaces", f"another day than {row['day']}")


_CHECKS: Mapping[str, Callable[[Rows], None]] = {
    "terms": _check_terms,
    "periods": _check_periods,
    "hours": _check_hours,
    "days": _check_days,
}
