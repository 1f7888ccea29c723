"""How a file is read through a mapping: nothing of it is lost, all that is no row is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from inventory.requirements.mapping import MANY, ListMapping, SheetMapping
from inventory.requirements.mapping_words import (
    QUANTITY_UNIT,
    VALUES,
    level_value,
    module_in,
    unit_of_heading,
)
from inventory.requirements.schema import RequirementCells
from inventory.requirements.sheets import Grid
from inventory.requirements.tabular import PassedOver, SourceRow, Table
from inventory.requirements.units import normalised, unit

_SAME = frozenset({"同上", "同前", "〃", '"', "″"})
_TOTALS = ("合计", "总计", "小计", "共计")
_CARRIED = ("module_code", "module_name", "level", "category", "exam_task")
"""Columns where an empty cell means what stands above, as a merged cell leaves it in csv."""


@dataclass(frozen=True, slots=True)
class MappedFile:
    """The rows in our columns; `extras[i]` are the cells of row i that go to none of them."""

    table: Table
    extras: tuple[Mapping[str, str], ...]
    passed_over: tuple[PassedOver, ...]


@dataclass(slots=True)
class _Reader:
    """Reads one sheet from above to below; headings and rows before tell what rows leave out."""

    sheet: SheetMapping
    numbers: dict[str, int]
    group: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)

    def why_not(self, cells: Sequence[str]) -> str:
        """Why a row is no requirement; empty when it is one."""
        said = [cell for cell in cells if cell]
        headers = [one.header for one in self.sheet.columns]
        if [normalised(cell) for cell in cells[: len(headers)]] == list(map(normalised, headers)):
            return "header"
        if any("".join(cell.split()).startswith(_TOTALS) for cell in said[:3]):
            return "total"
        name = self._cell(cells, "item_zh")
        if len(set(said)) == 1 and (len(said) > 1 or not name):
            return "heading"
        return "" if name else "note"

    def heed(self, text: str) -> None:
        """Let a heading hold for the rows below it."""
        self.group = {"category": text}
        module = module_in(text)
        if module is not None:
            self.group["module_code"] = module
        levels = level_value(text)
        if levels != text and "级" in text:
            self.group["level"] = levels

    def row(self, cells: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
        """The row in our columns, and what goes to none."""
        ours: dict[str, str] = {}
        extras: dict[str, str] = {}
        many: list[str] = []
        for one in self.sheet.columns:
            cell = cells[one.number - 1] if one.number <= len(cells) else ""
            if cell in _SAME:
                cell = self.before.get(one.target or one.header, cell)
            self.before[one.target or one.header] = cell
            if one.target == MANY:
                many.append(_with_heading(one.header, cell))
            elif one.target:
                ours[one.target] = cell
            elif cell:
                extras[one.header or f"#{one.number}"] = cell
        extras |= {f"#{n}": c for n, c in enumerate(cells, 1) if c and n > len(self.sheet.columns)}
        ours[MANY] = "；".join(text for text in many if text)
        return self._completed(ours), extras

    def _completed(self, ours: dict[str, str]) -> dict[str, str]:
        for column in _CARRIED:
            if column in ours and not ours[column]:
                ours[column] = self.group.get(column) or self.before.get(f"*{column}", "")
            self.before[f"*{column}"] = ours.get(column, "")
        said = {name: cell for name, cell in ours.items() if cell}
        cells = {**self.sheet.constants, **self.group, **said}
        for column, in_our_words in VALUES.items():
            if column in cells:
                cells[column] = in_our_words(cells[column])
        symbol = cells.pop(QUANTITY_UNIT, "")
        if symbol and cells.get("quantity_n", "").replace(".", "", 1).isdigit():
            cells["quantity_n"] = f"{cells['quantity_n']} {normalised(symbol)}"
        cells.setdefault("technical_parameters", "-")
        cells.setdefault("row_id", self._row_id(cells.get("module_code", "R")))
        return cells

    def _row_id(self, module: str) -> str:
        """An id for a row that has none: a running number within its module."""
        stem = module.replace("*", "X")
        self.numbers[stem] = self.numbers.get(stem, 0) + 1
        return f"{stem}-{self.numbers[stem]:03d}"

    def _cell(self, cells: Sequence[str], target: str) -> str:
        numbers = [one.number for one in self.sheet.columns if one.target == target]
        return next((cells[n - 1] for n in numbers if n <= len(cells)), "")


def read_mapped(grids: Sequence[Grid], mapping: ListMapping) -> MappedFile:
    """Read the sheets that a mapping uses, which `mapping.objection` has nothing against."""
    by_title = {grid.title: grid for grid in grids}
    rows: list[SourceRow] = []
    extras: list[Mapping[str, str]] = []
    passed: list[PassedOver] = []
    numbers: dict[str, int] = {}
    used = {sheet.title for sheet in mapping.sheets if sheet.is_used}
    passed += [PassedOver(grid.title, 0, "sheet", "") for grid in grids if grid.title not in used]
    for sheet in mapping.sheets:
        if not sheet.is_used:
            continue
        above = by_title[sheet.title].rows[: sheet.header_row - 1]
        passed += [
            PassedOver(sheet.title, number, "above", _text(cells))
            for number, cells in enumerate(above, 1)
            if any(cells)
        ]
        reader = _Reader(sheet, numbers)
        for number, cells in _body(by_title[sheet.title], sheet.header_row):
            why = reader.why_not(cells)
            if why:
                passed.append(PassedOver(sheet.title, number, why, _text(cells)))
                if why == "heading":
                    reader.heed(_text(cells))
                continue
            ours, beside = reader.row(cells)
            rows.append(SourceRow(number, ours, sheet.title))
            extras.append(beside)
    table = Table(tuple(RequirementCells.model_fields), tuple(rows))
    return MappedFile(table, tuple(extras), tuple(passed))


def _text(cells: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(cell for cell in cells if cell))[:200]


def _body(grid: Grid, header_row: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, cells in enumerate(grid.rows[header_row:], header_row + 1):
        if any(cells):
            yield number, cells


def _with_heading(header: str, cell: str) -> str:
    """A parameter cell; under a heading with a unit the bare number gets both."""
    name, symbol = unit_of_heading(header)
    if cell[-1:].isdigit() and symbol and unit(normalised(symbol)) is not None:
        return f"{name}{normalised(cell)}{symbol}"
    return cell
