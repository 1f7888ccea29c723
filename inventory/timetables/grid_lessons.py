"""From the grids of a workbook to its lessons, each once; bad cells are told by place (pure)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from inventory.timetables.cell_words import Lexicon, is_nothing, variants, weeks_of_parity
from inventory.timetables.cells_written import Unread, Written, lessons_written
from inventory.timetables.grid_cells import GridCell
from inventory.timetables.grids import SheetGrids
from inventory.timetables.rules import TimetableRow
from inventory.timetables.sheet_titles import Surroundings, surroundings

_LETTERS = 26
_LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class UnreadCell:
    """A cell nobody but a person can make lessons of; the texts complete "expected …"."""

    place: str
    row: int
    text: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class SheetLessons:
    """What one sheet says."""

    rows: tuple[TimetableRow, ...]
    unread: tuple[UnreadCell, ...]


def place_of(sheet: str, row: int, column: int) -> str:
    """What a spreadsheet program calls a cell, such as `Sheet1!B5`; both count from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return f"{sheet}!{letters}{row}" if sheet else f"{letters}{row}"


def lessons_of(
    sheet: str, grids: SheetGrids, lexicon: Lexicon, settled: Mapping[str, str]
) -> SheetLessons:
    """The lessons of a sheet by row and column.

    `settled` is what a person wrote in place of a cell, by its place; nothing leaves it out.
    """
    rows: list[TimetableRow] = []
    unread: list[UnreadCell] = []
    named = surroundings([sheet], lexicon)
    for block in grids.blocks:
        titled = surroundings(block.titles, lexicon).over(named)
        for cell in block.cells:
            place = place_of(sheet, cell.row, cell.column)
            text = settled.get(place, cell.text)
            if is_nothing(text):
                continue
            found = _written(text, cell, lexicon)
            if isinstance(found, Unread):
                unread.append(UnreadCell(place, cell.row, cell.text, found.zh, found.en))
                continue
            around = surroundings(cell.heads, lexicon).over(titled)
            rows += [_row(one, cell, around, place) for one in found]
    return SheetLessons(tuple(sorted(rows, key=lambda one: one.number)), tuple(unread))


def once(rows: Iterable[TimetableRow], lexicon: Lexicon) -> tuple[TimetableRow, ...]:
    """Each lesson once, though the sheets of its classes, its teacher and its room all have it.

    Classes taught together come together; one sheet's gaps are filled from another's.
    """
    known: list[TimetableRow] = []
    at_time: dict[object, list[int]] = {}
    for row in rows:
        key = (row.title, row.weekday, row.lessons, row.weeks, row.parity)
        same = at_time.setdefault(key, [])
        at = next((at for at in same if _is_same(known[at], row, lexicon)), None)
        if at is None:
            same.append(len(known))
            known.append(row)
        else:
            known[at] = _together(known[at], row)
    return tuple(known)


def _written(text: str, cell: GridCell, lexicon: Lexicon) -> tuple[Written, ...] | Unread:
    found = lessons_written(text, lexicon)
    if isinstance(found, Unread):
        return found
    if any(one.weekday not in {None, cell.weekday} for one in found):
        return Unread("与所在列相同的星期", "the weekday of its column")
    return found


def _row(one: Written, cell: GridCell, around: Surroundings, place: str) -> TimetableRow:
    weeks = one.weeks or weeks_of_parity(around.weeks, one.parity)
    return TimetableRow(
        cell.row,
        one.title,
        one.holder or around.holder,
        cell.weekday,
        one.lessons or cell.lessons,
        weeks,
        one.things or around.things,
        one.headcount or around.headcount,
        note=one.note,
        classes=one.classes or around.classes,
        parity="" if weeks else one.parity,
        place=place,
    )


def _is_same(one: TimetableRow, other: TimetableRow, lexicon: Lexicon) -> bool:
    """Whether two sheets tell of one lesson: held in the same place, or by or for the same."""
    here, there = (_meant(row.things, lexicon) for row in (one, other))
    if here and there:
        return here == there
    by_same = bool(one.holder) and one.holder == other.holder
    return by_same or bool(set(one.classes) & set(other.classes))


def _meant(things: Sequence[str], lexicon: Lexicon) -> frozenset[object]:
    def names() -> Iterator[object]:
        for word in things:
            yield lexicon.thing(word) or variants(word)[:1]

    return frozenset(names())


def _together(one: TimetableRow, other: TimetableRow) -> TimetableRow:
    notes = dict.fromkeys(filter(None, (one.note, other.note)))
    if one.holder and other.holder and one.holder != other.holder:
        notes[other.holder] = None
    return replace(
        one,
        holder=one.holder or other.holder,
        things=one.things or other.things,
        classes=tuple(dict.fromkeys((*one.classes, *other.classes))),
        headcount=one.headcount or other.headcount,
        note=" ".join(notes)[:_LONGEST_NOTE],
    )
