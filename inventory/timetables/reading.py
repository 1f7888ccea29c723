"""How rows of a timetable file become what is to be booked; what is bad is told by row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from inventory.requirements.cells import RowReader, Unexpected, text, whole_number
from inventory.requirements.reading import demand_columns
from inventory.requirements.tabular import RowProblem, SourceRow, read_table
from inventory.requirements.unreadable import UnreadableFile
from inventory.timetables.rules import Lessons, read_lessons, read_weekday, read_weeks
from inventory.timetables.template import MEANINGS, REQUIRED, TIMETABLE_COLUMNS

MOST_ROWS = 300
"""Chosen: the rigs of a large school; all of it is booked in one piece."""
_SPLIT = re.compile(r"[;；、,，\n]")
_MODULE = re.compile(r"(?:\d-\d{1,2})?")


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """A readable row; things are still called as the school calls them."""

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


@dataclass(frozen=True, slots=True)
class TimetableReading:
    """What a file says: good rows, problems of the others, and which column is what."""

    rows: tuple[TimetableRow, ...]
    problems: tuple[RowProblem, ...]
    columns: tuple[str, ...]
    ignored_columns: tuple[str, ...]


def read_timetable(name: str, content: bytes, meanings: Mapping[str, str]) -> TimetableReading:
    """Read a timetable of one row per course, weekday and block of periods.

    `meanings` are what a person decided of headings, before what we would take them for; an empty
    meaning leaves a column out.

    Raises:
        UnreadableFile: the file as a whole can't be read, lacks columns or has too many rows.
    """
    decided = {heading: meaning or f"-{heading}" for heading, meaning in meanings.items()}
    table = read_table(name, content, {**MEANINGS, **decided})
    demand_columns(table.columns, REQUIRED)
    if len(table.rows) > MOST_ROWS:
        raise UnreadableFile(f"行数过多：最多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows")
    known = {column.name for column in TIMETABLE_COLUMNS}
    good: list[TimetableRow] = []
    problems = list(table.problems)
    for row in table.rows:
        reader = RowReader(row)
        read = _read(reader, row)
        problems += reader.problems
        if not reader.problems:
            good.append(read)
    ignored = tuple(name.removeprefix("-") for name in table.columns if name not in known)
    columns = tuple(name for name in table.columns if name in known)
    return TimetableReading(tuple(good), tuple(problems), columns, ignored)


def _read(reader: RowReader, row: SourceRow) -> TimetableRow:
    title = reader.read("title", text(100, is_required=True))
    class_name = reader.read("class_name", text(60))
    things = (*_parts(row, "resources"), *_parts(row, "rooms"))
    if not things:
        reader.refuse("resources", Unexpected("设备或教室", "equipment or a room"))
    return TimetableRow(
        row.number,
        f"{title} {class_name}".strip()[:120],
        reader.read("holder", text(80)),
        reader.read("weekday", _weekday, 0),
        reader.read("periods", _lessons, Lessons(1, 1)),
        reader.read("weeks", _weeks, ()),
        things,
        reader.read("headcount", whole_number(1, 10_000)),
        reader.read("module", _module),
        reader.read("supervisor", text(64)),
        reader.read("note", text(200)),
    )


def _parts(row: SourceRow, column: str) -> tuple[str, ...]:
    cell = row.cells.get(column, "")
    return tuple(dict.fromkeys(filter(None, map(str.strip, _SPLIT.split(cell)))))


def _weekday(cell: str) -> int:
    found = read_weekday(cell)
    if found is None:
        raise Unexpected("周一 至 周日，或 1 至 7", "a weekday such as 周一, 3 or Wed")
    return found


def _lessons(cell: str) -> Lessons:
    found = read_lessons(cell)
    if found is None:
        raise Unexpected(
            "连续的节次如 1-2，或时刻如 08:00-09:40；不连续的分行填写",
            "periods without a gap such as 1-2, or clocks such as 08:00-09:40",
        )
    return found


def _weeks(cell: str) -> tuple[int, ...]:
    found = read_weeks(cell)
    if not found:
        raise Unexpected(
            "周次，如 1-16周、1-16周 单周、1-8,10-16", "weeks such as 1-16, 1-16 单周 or 1-8,10-16"
        )
    return found


def _module(cell: str) -> str:
    if not _MODULE.fullmatch(cell):
        raise Unexpected("模块代码，如 2-1", "a module such as 2-1")
    return cell
