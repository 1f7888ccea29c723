"""How tables are written as csv or xlsx so that no cell is ever run as a formula."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from inventory.requirements.tabular import harmless
from inventory.requirements.unreadable import UnreadableFile

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What a browser is told of a table's file, by its ending."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a template: its name, its Chinese heading and what to write there."""

    name: str
    zh: str
    help_zh: str
    example: str = ""


def template(name: str, columns: Sequence[Column]) -> bytes:
    """An empty file to fill in: the header, a row of Chinese headings, help and an example.

    All but the header begin with `#` and are passed over on import.
    """
    rows = [
        [column.name for column in columns],
        _remark("#", [column.zh for column in columns]),
        _remark("#说明：", [column.help_zh for column in columns]),
        _remark("#例：", [column.example for column in columns]),
    ]
    return write_rows(name, rows)


def write_rows(name: str, rows: Sequence[Sequence[str | Decimal]]) -> bytes:
    """Rows of text as a csv (UTF-8 with mark, for spreadsheet programs) or xlsx file.

    A decimal is written as a number, which can be added up and is never a formula.

    Raises:
        UnreadableFile: the name ends in neither .csv nor .xlsx.
    """
    match PurePath(name).suffix.lower():
        case ".csv":
            return _csv(rows)
        case ".xlsx":
            return _xlsx(rows)
        case suffix:
            raise UnreadableFile(
                f"应为 .csv 或 .xlsx 文件名，得到 {suffix or '无扩展名'}",
                f"expected a name ending in .csv or .xlsx, got {suffix or 'no ending'}",
            )


def _remark(sign: str, cells: list[str]) -> list[str]:
    return [f"{sign}{cells[0]}", *cells[1:]]


def _csv(rows: Sequence[Sequence[str | Decimal]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([_plain(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def write_sheets(sheets: Mapping[str, Sequence[Sequence[str | Decimal]]]) -> bytes:
    """Several sheets of rows by their titles, as one xlsx file."""
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        _fill(book.create_sheet(title), rows)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _xlsx(rows: Sequence[Sequence[str | Decimal]]) -> bytes:
    return write_sheets({"stationmaster": rows})


def _fill(sheet: Any, rows: Sequence[Sequence[str | Decimal]]) -> None:  # noqa: ANN401 - openpyxl's
    sheet.freeze_panes = "B2"
    for index in range(1, len(rows[0]) + 1 if rows else 1):
        sheet.column_dimensions[get_column_letter(index)].width = 18
    for number, row in enumerate(rows):
        cells = []
        for told in row:
            # one such character, entered by whatever program, must not keep back the whole table
            safe = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", _plain(told))
            value: Any = told if isinstance(told, Decimal) else safe
            cell = WriteOnlyCell(sheet, value)
            # openpyxl guesses "formula" from a leading "="; text stays text
            cell.data_type = "n" if isinstance(told, Decimal) else "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)


def _plain(cell: str | Decimal) -> str:
    return str(cell) if isinstance(cell, Decimal) else harmless(cell)
