"""How a sheet drawn as a grid of weekdays becomes its cells, each with weekday and periods (pure).

Merged cells are filled with their text already, so a lesson of two periods stands in both.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest

from inventory.timetables.axes import days_of, field_name, read_label, read_part
from inventory.timetables.grid_cells import GridCell, Offsets, PassedText, counted_on, joined
from inventory.timetables.rules import DayPart, Lessons

Rows = Sequence[Sequence[str]]
_LABELS_BELOW = 2
"""Below the weekdays there may be the parts of the day and then the periods."""


@dataclass(frozen=True, slots=True)
class GridBlock:
    """One grid with the lines above it that say of whom or what it is."""

    titles: tuple[str, ...]
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class SheetGrids:
    """All grids of a sheet, and what was passed over."""

    blocks: tuple[GridBlock, ...]
    passed: tuple[PassedText, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A row beneath the weekdays, with what its left cells say."""

    at: int
    cells: Sequence[str]
    lessons: Lessons | None
    part: DayPart | None
    heads: tuple[str, ...]
    stretch: int


def grids_in(rows: Rows, offsets: Offsets) -> SheetGrids | None:
    """The grids of a sheet, weekdays across or down; None where it has none."""
    upright = _upright(rows, offsets)
    if upright is not None:
        return upright
    turned = _upright(list(map(tuple, zip_longest(*rows, fillvalue=""))), offsets)
    if turned is None:
        return None
    blocks = tuple(
        replace(one, cells=tuple(replace(c, row=c.column, column=c.row) for c in one.cells))
        for one in turned.blocks
    )
    passed = (replace(one, row=one.column, column=one.row) for one in turned.passed)
    return SheetGrids(blocks, tuple(passed))


def _upright(rows: Rows, offsets: Offsets) -> SheetGrids | None:
    headings = [at for at, row in enumerate(rows) if days_of(row)]
    if not headings:
        return None
    blocks: list[GridBlock] = []
    passed: list[PassedText] = []
    begin = 0
    for at, end in zip(headings, [*headings[1:], len(rows)], strict=True):
        found = _Block(rows, at, end, offsets)
        if not found.cells:
            continue
        titles = tuple(text for row in rows[begin:at] for text in _distinct(row))
        blocks.append(GridBlock(titles, tuple(joined(found.cells, offsets))))
        passed += found.passed
        begin = found.last + 1
    passed += [
        PassedText(row + 1, 1, text)
        for row in range(begin, len(rows))
        for text in _distinct(rows[row])
    ]
    return SheetGrids(tuple(blocks), tuple(passed)) if blocks else None


class _Block:
    """One grid: the rows between a heading of weekdays and the next one."""

    def __init__(self, rows: Rows, heading: int, end: int, offsets: Offsets) -> None:
        self._days = days_of(rows[heading])
        self._left = min(self._days)
        self.passed: list[PassedText] = []
        self.last = heading
        below = range(heading + 1, min(heading + 1 + _LABELS_BELOW, end))
        across = next((at for at in below if self._labels(rows[at])), None)
        if across is not None:
            parts = [read_part(text) for text in rows[across - 1]] if across > heading + 1 else []
            self.cells = list(
                self._across(rows, across, end, self._renumbered(rows[across], parts, offsets))
            )
            return
        begin, names = self._named_columns(rows, heading, end)
        lines = _renumbered_lines(list(self._lines(rows, begin, end)), offsets)
        self.cells = list(self._down(lines, names))

    def _labels(self, row: Sequence[str]) -> dict[int, Lessons]:
        """Periods by column, of a row that has them below every weekday."""
        told = {at: read_label(row[at]) for at in self._days if at < len(row) and row[at]}
        found = {at: one for at, one in told.items() if one is not None}
        return found if len(found) > 1 and len(found) == len(told) else {}

    def _renumbered(
        self, row: Sequence[str], parts: Sequence[DayPart | None], offsets: Offsets
    ) -> dict[int, Lessons]:
        found = self._labels(row)
        by_day = groupby(sorted(found), key=lambda at: self._days[at])
        for _, columns in by_day:
            within = list(columns)
            known = [(found[at], parts[at] if at < len(parts) else None) for at in within]
            counted = zip(within, counted_on(known, offsets), strict=True)
            found |= {at: one for at, one in counted if one is not None}
        return found

    def _across(
        self, rows: Rows, labels: int, end: int, lessons: Mapping[int, Lessons]
    ) -> Iterator[GridCell]:
        for at in range(labels + 1, end):
            row = rows[at]
            heads = _distinct(row[: self._left])
            if not heads or len(set(filter(None, row))) == 1:
                self.passed += [PassedText(at + 1, 1, text) for text in _distinct(row)]
                continue
            self.last = at
            for column, periods in lessons.items():
                text = row[column] if column < len(row) else ""
                yield GridCell(at + 1, column + 1, self._days[column], periods, text, heads)

    def _named_columns(self, rows: Rows, heading: int, end: int) -> tuple[int, Mapping[int, str]]:
        """Where lessons begin, and names of columns where a weekday has several."""
        is_several = len(set(self._days.values())) < len(self._days)
        if not is_several or heading + 1 >= end:
            return heading + 1, {}
        row = rows[heading + 1]
        if any(read_label(text) for text in row[: self._left] if text):
            return heading + 1, {}
        return heading + 2, {at: row[at] for at in self._days if at < len(row) and row[at]}

    def _lines(self, rows: Rows, begin: int, end: int) -> Iterator[_Line]:
        """Rows with a period, those that go on below one, and what is none."""
        kept: list[str] = []
        known: _Line | None = None
        stretch = 0
        waiting: list[PassedText] = []
        for at in range(begin, end):
            row = rows[at]
            left = list(row[: self._left])
            kept = [new or old for new, old in zip_longest(left, kept, fillvalue="")]
            line = self._line(at, row, (left, kept), stretch)
            if line.lessons is None and known is not None and not any(left):
                line = replace(line, lessons=known.lessons, part=known.part, heads=known.heads)
            if line.lessons is None:
                stretch += 1
                waiting += [PassedText(at + 1, 1, text) for text in _distinct(row)]
                known = None
                continue
            if known is not None and known.part is not line.part:
                stretch += 1
            known = replace(line, stretch=stretch)
            self.passed += waiting
            waiting = []
            self.last = at
            yield known

    def _line(
        self, at: int, row: Sequence[str], left: tuple[list[str], list[str]], stretch: int
    ) -> _Line:
        own, kept = left
        labels = [(text, read_label(text)) for text in own if text]
        numbered = [one for _, one in labels if one is not None and one.clock is None]
        timed = [one for _, one in labels if one is not None]
        lessons = next(reversed(numbered or timed), None)
        part = next((one for text in kept if (one := read_part(text)) is not None), None)
        is_name = {
            text for text in kept if text and read_label(text) is None and read_part(text) is None
        }
        heads = tuple(text for text in dict.fromkeys(kept) if text in is_name)
        return _Line(at, row, lessons, part, heads, stretch)

    def _down(self, lines: Iterable[_Line], names: Mapping[int, str]) -> Iterator[GridCell]:
        fields = {at: field_name(text) for at, text in names.items()}
        is_split = bool(fields) and all(fields.values())
        for line in lines:
            if line.lessons is None:
                continue
            for day, columns in groupby(sorted(self._days), key=self._days.__getitem__):
                texts = {at: line.cells[at] for at in columns if at < len(line.cells)}
                first = GridCell(line.at + 1, 0, day, line.lessons, "", line.heads, line.stretch)
                if is_split:
                    yield _of_fields(first, texts, fields)
                    continue
                for at, text in texts.items():
                    head = (names[at],) if at in names else ()
                    yield replace(first, column=at + 1, text=text, heads=(*line.heads, *head))


def _of_fields(
    cell: GridCell, texts: Mapping[int, str], fields: Mapping[int, str | None]
) -> GridCell:
    """One cell of the columns 课程, 教师, 地点 below a weekday."""
    told = dict.fromkeys(
        f"{fields[at]}：{text}" for at, text in texts.items() if text and at in fields
    )
    # a day off or a meeting is merged over all columns of its day
    is_whole = len(set(texts.values())) == 1
    text = next(iter(texts.values())) if is_whole else "\n".join(told)
    return replace(cell, column=min(texts, default=0) + 1, text=text)


def _renumbered_lines(lines: list[_Line], offsets: Offsets) -> list[_Line]:
    found: list[_Line] = []
    for _, of_head in groupby(lines, key=lambda one: one.heads):
        within = list(of_head)
        counted = counted_on([(one.lessons, one.part) for one in within], offsets)
        found += [replace(one, lessons=new) for one, new in zip(within, counted, strict=True)]
    return found


def _distinct(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(str.strip, row))))
