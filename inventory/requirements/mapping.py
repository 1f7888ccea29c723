"""How columns of somebody else's list become ours: proposed here, decided by a person."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from inventory.requirements.mapping_words import (
    QUANTITY_UNIT,
    heading_of,
    is_serial,
    module_in,
    unit_of_heading,
)
from inventory.requirements.parameters import PieceState, folded, read_pieces
from inventory.requirements.schema import RequirementCells
from inventory.requirements.sheets import Grid
from inventory.requirements.units import normalised, unit

TARGETS = (*RequirementCells.model_fields, QUANTITY_UNIT)
MANY = "technical_parameters"
"""The one column of ours that several columns of a file may go to, each with its heading."""
GUESSED: Mapping[str, str] = {
    "level": "*",
    "station_use": "both",
    "quantity_basis": "per_station",
    "quantity_n": "1",
    "obligation": "mandatory",
    "module_code": "2-*",
    "authority_item": "inference",
    "authority_parameters": "inference",
    "authority_quantity": "inference",
}
"""Chosen: what a list that says nothing of these is taken to mean; all of it is shown as a guess,
and `inference` never binds."""
_HEADER_WITHIN = 40
_SAMPLES, _LOOKED_AT = 3, 60
_MOST = 0.8
_LEVELS = re.compile(r"(?:[初中高]级?[、,/|和]?)+")


class Because(StrEnum):
    """Why a column is proposed for a target, or that a person has said so."""

    PERSON = "person"
    REMEMBERED = "remembered"
    HEADING = "heading"
    CONTENT = "content"
    SERIAL = "serial"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """Where a column goes; `number` counts from 1, an empty `target` keeps it beside the row."""

    number: int
    header: str
    target: str = ""
    because: Because = Because.NONE
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """How a sheet is read; `constants` hold for all rows that say nothing else.

    `guessed` names the constants nobody has said; `header_row` counts from 1, 0: none was found.
    """

    title: str
    header_row: int
    columns: tuple[ColumnChoice, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    guessed: tuple[str, ...] = ()
    row_count: int = 0
    is_used: bool = True


@dataclass(frozen=True, slots=True)
class ListMapping:
    """How all sheets of a file are read."""

    sheets: tuple[SheetMapping, ...]


def propose(
    grids: Sequence[Grid],
    recall: Callable[[str], Mapping[str, str] | None],
    header_rows: Mapping[str, int] | None = None,
) -> ListMapping:
    """Propose a mapping for each sheet; those without a header of a list are not used.

    Args:
        grids: the sheets.
        recall: what a person decided for a header of this fingerprint: target by heading, and
            constants as `=column`.
        header_rows: where a person says that the header is, by sheet, counted from 1.
    """
    told = header_rows or {}
    return ListMapping(
        tuple(_propose_sheet(grid, recall, told.get(grid.title, 0)) for grid in grids)
    )


def fingerprint(headers: Sequence[str]) -> str:
    """What two files with the same columns in the same order have in common."""
    return "\x1f".join(folded(header) for header in headers)


def remembered(mapping: SheetMapping) -> tuple[str, dict[str, str]]:
    """Fingerprint of a decided mapping, and what to recall of it."""
    targets = {folded(one.header): one.target for one in mapping.columns}
    constants = {f"={name}": value for name, value in mapping.constants.items()}
    return fingerprint([one.header for one in mapping.columns]), targets | constants


def objection(mapping: ListMapping, grids: Sequence[Grid]) -> tuple[str, str] | None:
    """The place of a mapping that can't be, and what is expected there; None when it will do."""
    sizes = {grid.title: len(grid.rows) for grid in grids}
    if not any(sheet.is_used for sheet in mapping.sheets):
        return "sheets", "at least one sheet that is used"
    for sheet in mapping.sheets:
        place = f"sheets[{sheet.title}]"
        if sheet.title not in sizes:
            return place, f"one of the sheets {', '.join(sizes) or '-'}"
        if not sheet.is_used:
            continue
        if not 1 <= sheet.header_row <= sizes[sheet.title]:
            return f"{place}.header_row", f"1 to {sizes[sheet.title]}"
        found = _objection_to_columns(sheet, place)
        if found is not None:
            return found
    return None


def _objection_to_columns(sheet: SheetMapping, place: str) -> tuple[str, str] | None:
    targets = [one.target for one in sheet.columns if one.target]
    for target in (*targets, *sheet.constants):
        if target not in TARGETS:
            return f"{place}.{target}", f"one of {', '.join(TARGETS)}"
        if target != MANY and targets.count(target) > 1:
            return f"{place}.{target}", "one column at most"
    if "item_zh" not in targets:
        return f"{place}.item_zh", "a column with the names of the items"
    return None


def _propose_sheet(
    grid: Grid, recall: Callable[[str], Mapping[str, str] | None], told: int
) -> SheetMapping:
    header_row = told if 1 <= told <= len(grid.rows) else _header_row(grid)
    if not header_row:
        return SheetMapping(grid.title, 0, row_count=len(grid.rows), is_used=False)
    headers = list(grid.rows[header_row - 1])
    while headers and not headers[-1]:
        headers.pop()
    body = [row for row in grid.rows[header_row:] if any(row)]
    known = recall(fingerprint(headers))
    columns: list[ColumnChoice] = []
    for index, header in enumerate(headers):
        cells = [row[index] for row in body[:_LOOKED_AT] if index < len(row) and row[index]]
        target, because = _target(header, cells, known, {one.target for one in columns})
        samples = tuple(dict.fromkeys(cells))[:_SAMPLES]
        columns.append(ColumnChoice(index + 1, header, target, because, samples))
    constants, guessed = _constants(grid, header_row, {one.target for one in columns}, known)
    return SheetMapping(
        grid.title, header_row, tuple(columns), constants, guessed, row_count=len(body)
    )


def _header_row(grid: Grid) -> int:
    """The row whose cells name most of our columns, the item among them; 0 where there is none."""
    best, best_count = 0, 1
    for number, row in enumerate(grid.rows[:_HEADER_WITHIN], 1):
        found = {heading_of(cell) for cell in row if cell} - {None}
        if "item_zh" in found and len(found) > best_count:
            best, best_count = number, len(found)
    return best


def _target(
    header: str, cells: Sequence[str], known: Mapping[str, str] | None, taken: set[str]
) -> tuple[str, Because]:
    if known is not None and folded(header) in known:
        return known[folded(header)], Because.REMEMBERED
    if is_serial(header):
        return "", Because.SERIAL
    named = heading_of(header)
    if named is not None and (named not in taken or named == MANY):
        return named, Because.HEADING
    name, symbol = unit_of_heading(header)
    if symbol and name and unit(normalised(symbol)) is not None:
        return MANY, Because.HEADING
    target = _by_content(cells)
    return (target, Because.CONTENT) if target and target not in taken else ("", Because.NONE)


def _by_content(cells: Sequence[str]) -> str:
    """What most cells look like."""
    if not cells:
        return ""
    looks: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("module_code", lambda cell: module_in(cell) == normalised(cell)),
        ("level", lambda cell: _LEVELS.fullmatch(normalised(cell))),
        ("obligation", lambda cell: cell in {"必备", "推荐", "必配", "选配", "可选"}),
        (MANY, _is_read),
    )
    for target, is_like in looks:
        if sum(bool(is_like(cell)) for cell in cells) >= _MOST * len(cells):
            return target
    return ""


def _is_read(cell: str) -> bool:
    return any(piece.state is not PieceState.UNREAD for piece in read_pieces(cell))


def _constants(
    grid: Grid, header_row: int, mapped: set[str], known: Mapping[str, str] | None
) -> tuple[dict[str, str], tuple[str, ...]]:
    """What holds for rows that don't say it: remembered, told above the header, or guessed."""
    told = {name[1:]: value for name, value in (known or {}).items() if name.startswith("=")}
    above = " ".join([grid.title, *(cell for row in grid.rows[: header_row - 1] for cell in row)])
    module = module_in(above)
    if module is not None:
        told = {"module_code": module} | told
    constants = {name: value for name, value in told.items() if name not in mapped}
    guessed = tuple(name for name in GUESSED if name not in mapped and name not in constants)
    return constants | {name: GUESSED[name] for name in guessed}, guessed
