"""How whole workbooks become grids of text: every sheet, merged cells filled with their value."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from defusedxml.ElementTree import iterparse
from openpyxl.worksheet.cell_range import CellRange

from inventory.requirements.tabular import csv_rows, is_workbook
from inventory.requirements.unreadable import MAX_COLUMNS, MAX_ROWS, UnreadableFile, too_many_rows
from inventory.requirements.workbooks import open_book, sheet_rows

MAX_MERGED = 20_000
MAX_FILLED = 400_000
"""Cells that merged ranges may fill in all; 20,000 rows with 20 merged columns have as many."""
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as rows of text, `rows[0]` being row 1 of the file; a csv file has no title."""

    title: str
    rows: tuple[tuple[str, ...], ...]


def read_grids(name: str, content: bytes) -> tuple[Grid, ...]:
    """All sheets of a csv or xlsx file that hold anything.

    Raises:
        UnreadableFile: as of `tabular.read_table`; the limit of rows is for all sheets together.
    """
    if not is_workbook(name, content):
        return (Grid("", tuple(tuple(map(str.strip, row)) for _, row in csv_rows(content))),)
    grids: list[Grid] = []
    with open_book(content) as book:
        merged = dict(_merged_ranges(content))
        for sheet in book.worksheets:
            rows = [[cell.strip() for cell in cells] for _, cells in sheet_rows(sheet)]
            _fill(rows, merged.get(sheet.title, []))
            if any(any(row) for row in rows):
                grids.append(Grid(sheet.title, tuple(map(tuple, rows))))
            if sum(len(grid.rows) for grid in grids) > MAX_ROWS:
                raise too_many_rows()
    return tuple(grids)


def _fill(rows: list[list[str]], ranges: list[str]) -> None:
    filled = 0
    for area in ranges:
        left, top, right, bottom = CellRange(area).bounds
        if top > len(rows) or right - left > MAX_COLUMNS:
            continue
        first = rows[top - 1]
        value = first[left - 1] if left <= len(first) else ""
        if not value:
            continue
        for row in rows[top - 1 : bottom]:
            row.extend([""] * (min(right, MAX_COLUMNS) - len(row)))
            row[left - 1 : right] = [value] * (min(right, len(row)) - left + 1)
            filled += right - left + 1
        if filled > MAX_FILLED:
            raise UnreadableFile("合并单元格过多", "too many merged cells")


def _merged_ranges(content: bytes) -> Iterator[tuple[str, list[str]]]:
    """Merged ranges by sheet title; openpyxl tells them only when it loads all of a book."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        targets = {
            found.get("Id"): posixpath.normpath(
                posixpath.join("/xl", found.get("Target", ""))
            ).lstrip("/")
            for found in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
        }
        for sheet in _elements(archive, "xl/workbook.xml", "sheet"):
            part = targets.get(sheet.get(_ID), "")
            if part in archive.namelist():
                found = [one.get("ref", "") for one in _elements(archive, part, "mergeCell")]
                yield sheet.get("name", ""), found


def _elements(archive: zipfile.ZipFile, part: str, tag: str) -> Iterator[dict[str, str]]:
    if part not in archive.namelist():
        return
    count = 0
    with archive.open(part) as stream:
        for _, element in iterparse(stream):
            if element.tag.rpartition("}")[2] == tag:
                count += 1
                if count > MAX_MERGED:
                    raise UnreadableFile("合并单元格过多", "too many merged cells")
                yield dict(element.attrib)
            if element.tag.rpartition("}")[2] != "sheet":
                element.clear()
