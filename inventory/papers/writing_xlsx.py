"""How a paper's content becomes a workbook whose cells are text and numbers, never formulas."""

import io
import re
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from inventory.papers.schema import Block, FactList, Grid, Heading, PaperContent, Words

_FONT = "宋体"
_MOST_CHARACTERS = 32_767
"""What a cell can hold."""
_CUT = "……（超出单元格容量，全文见 Word 或 PDF）"
_POINTS = 11
_CHARACTERS_OF_LINE, _LONGEST_PART = 60, 1200
_LINE = Side(style="thin", color="999999")
_SHADE = PatternFill("solid", fgColor="EBEEF2")
Looks = dict[tuple[bool, str], StyleArray]
"""Styles of cells by whether they are set apart and what they hold.

The mark of quoted text keeps spreadsheet programs from reading a text anew when it is edited.
"""
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?")


def xlsx_of(content: PaperContent, footer: str) -> bytes:
    """The paper as a workbook of one sheet.

    Args:
        content: what it says.
        footer: what stands at the foot of the sheet, and of every page it is printed on.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "stationmaster"
    book.properties.title, book.properties.creator = content.title, content.organisation_name
    book.properties.created = book.properties.modified = content.made_at.replace(tzinfo=None)
    _set_up_printing(sheet, content, footer)
    width = max((len(one.columns) for one in content.blocks if isinstance(one, Grid)), default=6)
    _wide(sheet, content.title, width, Font(name=_FONT, size=16, bold=True), is_centred=True)
    for block in content.blocks:
        _put(sheet, block, width)
    if content.signatures:
        signed = "        ".join(f"{one}：____________" for one in content.signatures)
        _wide(sheet, signed, width, Font(name=_FONT))
    _wide(sheet, footer, width, Font(name=_FONT, size=9))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _put(sheet: Worksheet, block: Block, width: int) -> None:
    match block:
        case Heading():
            _wide(sheet, block.text, width, Font(name=_FONT, size=12, bold=True))
        case Words():
            for part in _parts(block.text):
                _wide(sheet, part, width, Font(name=_FONT))
        case FactList():
            for one in block.facts:
                _wide(sheet, f"{one.label}：{one.value}", width, Font(name=_FONT))
        case Grid():
            _grid(sheet, block, width)


def _set_up_printing(sheet: Worksheet, content: PaperContent, footer: str) -> None:
    sheet.page_setup.orientation = "landscape" if content.is_landscape else "portrait"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    # "&" begins a command there, and the address in the footer may have one
    text = f"{footer.replace('&', '&&')}    第 &P 页，共 &N 页"
    sheet.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text=text, size=8))


def _wide(sheet: Worksheet, text: str, width: int, font: Font, *, is_centred: bool = False) -> None:
    """A line over all columns."""
    row = sheet.max_row + 1 if sheet["A1"].value is not None else 1
    cell = _text(sheet, (row, 1), text)
    cell.quotePrefix = True
    cell.font = font
    cell.alignment = Alignment(
        wrap_text=True, vertical="top", horizontal="center" if is_centred else "left"
    )
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
    # spreadsheet programs don't find the height of merged cells themselves
    points = 1.5 * (font.size or _POINTS)
    sheet.row_dimensions[row].height = points * (1 + len(text) // _CHARACTERS_OF_LINE)


def _parts(text: str) -> list[str]:
    """Paragraphs, the long ones in parts that fit into the tallest row there can be."""
    return [
        line[start : start + _LONGEST_PART]
        for line in text.split("\n")
        for start in range(0, max(len(line), 1), _LONGEST_PART)
    ]


def _grid(sheet: Worksheet, block: Grid, width: int) -> None:
    if not block.rows:
        _wide(sheet, block.if_empty, width, Font(name=_FONT))
        return
    for index, one in enumerate(block.columns, 1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = max(
            6, one.width * 0.7, sheet.column_dimensions[letter].width or 0
        )
    looks: Looks = {}
    _row(sheet, [one.title for one in block.columns], block, looks, is_set_apart=True)
    for row in block.rows:
        _row(sheet, row, block, looks)
    if block.totals:
        _row(sheet, block.totals, block, looks, is_set_apart=True)


def _row(
    sheet: Worksheet, texts: Sequence[str], block: Grid, looks: Looks, *, is_set_apart: bool = False
) -> None:
    number = sheet.max_row + 1
    for index, (text, one) in enumerate(zip(texts, block.columns, strict=True), 1):
        if one.is_number and _NUMBER.fullmatch(text):
            _number(sheet, (number, index), text)
        else:
            _text(sheet, (number, index), text)
        cell: Any = sheet.cell(number, index)
        look = looks.get((is_set_apart, cell.data_type))
        if look is not None:
            cell._style = look  # noqa: SLF001 - setting each part anew takes ten times as long
            continue
        cell.font = Font(name=_FONT, size=10, bold=is_set_apart)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.border = Border(_LINE, _LINE, _LINE, _LINE)
        cell.quotePrefix = cell.data_type == "s"
        if is_set_apart:
            cell.fill = _SHADE
        looks[is_set_apart, cell.data_type] = cell._style  # noqa: SLF001


def _number(sheet: Worksheet, place: tuple[int, int], text: str) -> None:
    sheet.cell(*place, float(text) if "." in text else int(text))


def _text(sheet: Worksheet, place: tuple[int, int], text: str) -> Cell | MergedCell:
    """Set a text as text: the library guesses a formula from a leading "="."""
    if len(text) > _MOST_CHARACTERS:
        text = text[: _MOST_CHARACTERS - len(_CUT)] + _CUT
    cell = sheet.cell(*place, text)
    cell.data_type = "s"
    return cell
