"""How rows of a file become parts of a calendar, and back."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from inventory.requirements.cells import RowReader, Unexpected, day, one_of, text, whole_number
from inventory.requirements.reading import demand_columns
from inventory.requirements.tabular import RowProblem, read_table
from inventory.requirements.writing import write_rows
from inventory.school_calendar.schema import CalendarOut
from inventory.school_calendar.template import CALENDAR_COLUMNS, CHINESE_NAMES

MAX_CLOSED_DAYS = 120
"""Chosen: longer than any holidays; a year that is typed wrong is found."""
_CLOCK = re.compile(r"(?:[0-2]?\d|3[0-5])[:：][0-5]\d")
_STATION = re.compile(r"(?:[A-Z0-9](?:[A-Z0-9-]{0,30}[A-Z0-9])?)?")
Item = dict[str, Any]


class RowKind(StrEnum):
    """What a row of the file tells."""

    TERM = "term"
    PERIOD = "period"
    HOURS = "hours"
    CLOSED = "closed"
    MAKE_UP = "make_up"


_KIND = one_of(
    RowKind,
    {
        "学期": RowKind.TERM,
        "节次": RowKind.PERIOD,
        "开放时间": RowKind.HOURS,
        "停用": RowKind.CLOSED,
        "放假": RowKind.CLOSED,
        "补课": RowKind.MAKE_UP,
        "调休": RowKind.MAKE_UP,
    },
)
_PART: Mapping[RowKind, str] = {
    RowKind.TERM: "terms",
    RowKind.PERIOD: "periods",
    RowKind.HOURS: "hours",
    RowKind.CLOSED: "days",
    RowKind.MAKE_UP: "days",
}


@dataclass(frozen=True, slots=True)
class CalendarReading:
    """What a file says: the parts it names, each whole, and what was wrong with rows."""

    parts: Mapping[str, Sequence[Item]]
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]


def read_calendar(name: str, content: bytes) -> CalendarReading:
    """Read a calendar; a part of which the file has no row is not among the parts.

    Raises:
        UnreadableFile: the file as a whole can't be read or lacks the column of kinds.
    """
    table = read_table(name, content, CHINESE_NAMES)
    demand_columns(table.columns, ("row_kind",))
    parts: dict[str, list[Item]] = {}
    problems = list(table.problems)
    for row in table.rows:
        reader = RowReader(row)
        kind = reader.read("row_kind", _KIND)
        if kind is not None:
            items = list(_READERS[kind](reader))
            parts.setdefault(_PART[kind], []).extend([] if reader.problems else items)
        problems += reader.problems
    named = {column.name for column in CALENDAR_COLUMNS}
    ignored = tuple(column for column in table.columns if column not in named)
    return CalendarReading(parts, tuple(sorted(problems, key=lambda one: one.row)), ignored)


def write_calendar(name: str, calendar: CalendarOut) -> bytes:
    """A calendar as a file that `read_calendar` reads back; hours of single resources are left out.

    Raises:
        UnreadableFile: the name ends in neither .csv nor .xlsx.
    """
    rows: list[Sequence[str]] = [
        [column.name for column in CALENDAR_COLUMNS],
        ["#" + CALENDAR_COLUMNS[0].zh, *(column.zh for column in CALENDAR_COLUMNS[1:])],
    ]
    rows += [_cells(one) for one in _told(calendar)]
    return write_rows(name, rows)


def _told(calendar: CalendarOut) -> Iterator[Mapping[str, object]]:
    for term in calendar.terms:
        yield {"row_kind": "学期"} | term.model_dump(include={"name", "first_day", "last_day"})
    for period in calendar.periods:
        yield {"row_kind": "节次"} | period.model_dump()
    grouped: dict[tuple[str, str, str], list[int]] = {}
    for one in calendar.hours:
        if one.resource is None:
            place = (one.opens, one.closes, one.station or "")
            grouped.setdefault(place, []).append(one.weekday + 1)
    for (opens, closes, station), weekdays in grouped.items():
        told = {"row_kind": "开放时间", "starts": opens, "ends": closes, "station": station}
        yield told | {"weekdays": ";".join(map(str, weekdays))}
    for day_off in calendar.days:
        kind = "停用" if day_off.kind.value == RowKind.CLOSED.value else "补课"
        yield {
            "row_kind": kind,
            "name": day_off.name,
            "first_day": day_off.day,
            "replaces": day_off.replaces,
        }


def _cells(told: Mapping[str, object]) -> list[str]:
    values = (told.get(column.name) for column in CALENDAR_COLUMNS)
    return ["" if value is None else str(value) for value in values]


def _term(reader: RowReader) -> Iterator[Item]:
    first, last = reader.read("first_day", _required_day), reader.read("last_day", _required_day)
    yield {"name": reader.read("name", text(80, is_required=True)), **_days(first, last)}


def _days(first: date | None, last: date | None) -> Item:
    return {"first_day": str(first), "last_day": str(last)}


def _period(reader: RowReader) -> Iterator[Item]:
    number = reader.read("number", whole_number(1, 30))
    if number is None and not reader.problems:
        reader.refuse("number", Unexpected("节次序号", "the number of the period"))
    yield {
        "number": number,
        "starts": reader.read("starts", _clock),
        "ends": reader.read("ends", _clock),
        "name": reader.read("name", text(80)),
    }


def _hours(reader: RowReader) -> Iterator[Item]:
    opens, closes = reader.read("starts", _clock), reader.read("ends", _clock)
    station = reader.read("station", _station) or None
    for weekday in reader.read("weekdays", _weekdays) or ():
        yield {
            "weekday": weekday,
            "opens": opens,
            "closes": closes,
            "station": station,
            "resource": None,
        }


def _closed(reader: RowReader) -> Iterator[Item]:
    first, name = reader.read("first_day", _required_day), reader.read("name", text(80))
    last = reader.read("last_day", day) or first
    if reader.problems:
        return
    length = (last - first).days
    if not 0 <= length < MAX_CLOSED_DAYS:
        most = f"不早于开始日期，最多 {MAX_CLOSED_DAYS} 天"
        reader.refuse(
            "last_day", Unexpected(most, f"a day not before {first}, {MAX_CLOSED_DAYS} at most")
        )
        return
    for step in range(length + 1):
        plain = {"kind": "closed", "as_weekday": None, "replaces": None, "name": name}
        yield plain | {"day": str(first + timedelta(days=step))}


def _make_up(reader: RowReader) -> Iterator[Item]:
    replaces = reader.read("replaces", day)
    yield {
        "day": str(reader.read("first_day", _required_day)),
        "kind": "open",
        "as_weekday": None,
        "replaces": None if replaces is None else str(replaces),
        "name": reader.read("name", text(80)),
    }


_READERS: Mapping[RowKind, Callable[[RowReader], Iterator[Item]]] = {
    RowKind.TERM: _term,
    RowKind.PERIOD: _period,
    RowKind.HOURS: _hours,
    RowKind.CLOSED: _closed,
    RowKind.MAKE_UP: _make_up,
}


def _required_day(cell: str) -> date:
    found = day(cell)
    if found is None or not 2000 <= found.year <= 2199:  # noqa: PLR2004 - those of the schema
        raise Unexpected("日期，如 2026-09-01", "a date such as 2026-09-01")
    return found


def _clock(cell: str) -> str:
    if not _CLOCK.fullmatch(cell):
        raise Unexpected("时间，如 08:00", "a time such as 08:00")
    return cell.replace("：", ":").zfill(5)


def _station(cell: str) -> str:
    if not _STATION.fullmatch(cell):
        raise Unexpected("站点代码，如 BJ01-T", "a station's code such as BJ01-T")
    return cell


def _weekdays(cell: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in re.split(r"[;；、,，\s]+", cell):
        match = re.fullmatch(r"([1-7])(?:[-–~]([1-7]))?", part)
        if match is None:
            raise Unexpected("星期，如 1-5 或 6;7", "weekdays such as 1-5 or 6;7, 1 is Monday")
        found.update(range(int(match[1]) - 1, int(match[2] or match[1])))
    return tuple(sorted(found))
