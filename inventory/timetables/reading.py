"""How a timetable's file becomes what is to be booked; what is bad is told by row or cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum

from inventory.requirements.cells import RowReader, Unexpected, text, whole_number
from inventory.requirements.reading import demand_columns
from inventory.requirements.sheets import Grid, read_grids
from inventory.requirements.tabular import RowProblem, SourceRow, read_table
from inventory.requirements.unreadable import UnreadableFile
from inventory.timetables.cell_words import Lexicon
from inventory.timetables.grid_cells import Offsets
from inventory.timetables.grid_lessons import lessons_of, once, place_of
from inventory.timetables.grids import grids_in
from inventory.timetables.rules import (
    Lessons,
    TimetableRow,
    read_lessons,
    read_weekday,
    read_weeks,
)
from inventory.timetables.template import MEANINGS, REQUIRED, TIMETABLE_COLUMNS

MOST_ROWS = 600
"""Chosen: the lessons a week of forty rigs; a term of them is booked in some minutes."""
COMMENTED = ("#", "示例")
"""Sheets whose title begins so say themselves that they are none."""
_OF_ROW = tuple(one.name for one in fields(RowProblem))
_SPLIT = re.compile(r"[;；、,，\n]")
_MODULE = re.compile(r"(?:\d-\d{1,2})?")


class TimetableForm(StrEnum):
    """How a file has its lessons: one row each, or drawn as grids of weekdays."""

    LIST = "list"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class CellProblem(RowProblem):
    """A problem of a row, or of the cell of a grid, such as `Sheet1!B5`."""

    cell: str = ""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A text of a file that is no lesson, and where it stands."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person said of a file: meanings of headings, texts in place of unreadable cells.

    An empty meaning leaves a column out, an empty text a cell.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimetableReading:
    """What a file says: good rows, problems of the others, and which column is what."""

    form: TimetableForm
    rows: tuple[TimetableRow, ...]
    problems: tuple[CellProblem, ...]
    columns: tuple[str, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    passed: tuple[PassedOver, ...] = ()


def read_timetable(
    name: str, content: bytes, decided: Decisions, lexicon: Lexicon, offsets: Offsets
) -> TimetableReading:
    """Read a timetable of one row per course, or one drawn as grids of weekdays.

    Which of both it is follows from its first sheet's header. What a person decided of headings
    goes before what we would take them for.

    Raises:
        UnreadableFile: the file as a whole can't be read, is neither form or has too many lessons.
    """
    sheets = [one for one in read_grids(name, content) if one.rows]
    if not decided.columns and not _is_list(sheets):
        drawn = _read_sheets(sheets, decided.cells, lexicon, offsets)
        if drawn is not None:
            return drawn
    return _read_list(name, content, decided.columns)


def _is_list(sheets: Sequence[Grid]) -> bool:
    rows = sheets[0].rows if sheets else ()
    header: Sequence[str] = next(
        (row for row in rows if any(row) and not row[0].startswith("#")), ()
    )
    return {MEANINGS.get(cell, cell) for cell in header} >= set(REQUIRED)


def _read_sheets(
    sheets: Sequence[Grid], settled: Mapping[str, str], lexicon: Lexicon, offsets: Offsets
) -> TimetableReading | None:
    rows: list[TimetableRow] = []
    problems: list[CellProblem] = []
    passed: list[PassedOver] = []
    is_drawn = False
    for sheet in sheets:
        grids = None if sheet.title.startswith(COMMENTED) else grids_in(sheet.rows, offsets)
        if grids is None:
            passed.append(PassedOver(sheet.title, ""))
            continue
        is_drawn = True
        found = lessons_of(sheet.title, grids, lexicon, settled)
        rows += found.rows
        problems += [
            CellProblem(one.row, "cell", one.text[:200], one.zh, one.en, sheet.title, one.place)
            for one in found.unread
        ]
        passed += [
            PassedOver(place_of(sheet.title, one.row, one.column), one.text[:200])
            for one in grids.passed
        ]
    if not is_drawn:
        return None
    each = once(rows, lexicon)
    _refuse_too_many(len(each))
    return TimetableReading(TimetableForm.GRID, each, tuple(problems), passed=tuple(passed))


def _read_list(name: str, content: bytes, meanings: Mapping[str, str]) -> TimetableReading:
    decided = {heading: meaning or f"-{heading}" for heading, meaning in meanings.items()}
    table = read_table(name, content, {**MEANINGS, **decided})
    demand_columns(table.columns, REQUIRED)
    _refuse_too_many(len(table.rows))
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
    told = tuple(CellProblem(*(getattr(one, name) for name in _OF_ROW)) for one in problems)
    passed = tuple(PassedOver(str(one.row), one.text) for one in table.comments)
    return TimetableReading(TimetableForm.LIST, tuple(good), told, columns, ignored, passed)


def _refuse_too_many(rows: int) -> None:
    if rows > MOST_ROWS:
        raise UnreadableFile(
            f"课程过多：最多 {MOST_ROWS} 条，请分成几个文件",
            f"at most {MOST_ROWS} lessons; make several files",
        )


def _read(reader: RowReader, row: SourceRow) -> TimetableRow:
    title = reader.read("title", text(100, is_required=True))
    class_name = reader.read("class_name", text(60))
    things = (*_parts(row, "resources"), *_parts(row, "rooms"))
    if not things:
        reader.refuse("resources", Unexpected("设备或教室", "equipment or a room"))
    return TimetableRow(
        row.number,
        title,
        reader.read("holder", text(80)),
        reader.read("weekday", _weekday, 0),
        reader.read("periods", _lessons, Lessons(1, 1)),
        reader.read("weeks", _weeks, ()),
        things,
        reader.read("headcount", whole_number(1, 10_000)),
        reader.read("module", _module),
        reader.read("supervisor", text(64)),
        reader.read("note", text(200)),
        (class_name,) if class_name else (),
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
