"""How a paper's content becomes a Word file."""

import io
from collections.abc import Sequence
from copy import deepcopy

from docx import Document
from docx.document import Document as Book
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from inventory.papers.schema import FactList, Grid, Heading, PaperContent, Words

BODY, HEADINGS, LATIN = "宋体", "黑体", "Times New Roman"
"""Chosen: every Chinese Windows has them; elsewhere Word and LibreOffice take what is there."""
_SHORT_SIDE, _LONG_SIDE, _MARGIN = 210, 297, 20
_CELL_STYLE, _HEAD_STYLE = "Cell", "HeadCell"
_CELL_PT, _BODY_PT, _TITLE_PT = 8, 10.5, 18


def docx_of(content: PaperContent, footer: str) -> bytes:
    """The paper as a Word file; every text is set as text, whatever it looks like.

    Args:
        content: what it says.
        footer: what stands on every page before the page number.
    """
    book = Document()
    _set_up(book, content)
    _title(book, content.title)
    width = (_LONG_SIDE if content.is_landscape else _SHORT_SIDE) - 2 * _MARGIN
    for block in content.blocks:
        match block:
            case Heading():
                _paragraph(book, block.text, font=HEADINGS, points=14 if block.level == 1 else 12)
            case Words():
                for line in block.text.split("\n"):
                    _indented(_paragraph(book, line))
            case FactList():
                _facts(book, block, width)
            case Grid():
                _grid(book, block, width)
    if content.signatures:
        _paragraph(book, "")
        _paragraph(book, "        ".join(f"{one}：____________" for one in content.signatures))
    _footer(book, footer)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _set_up(book: Book, content: PaperContent) -> None:
    facts = book.core_properties
    facts.title, facts.author = content.title, content.organisation_name
    facts.created = facts.modified = content.made_at
    facts.comments, facts.language = "", "zh-CN"
    section = book.sections[0]
    sides = (Mm(_LONG_SIDE), Mm(_SHORT_SIDE))
    if content.is_landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = sides if content.is_landscape else sides[::-1]
    section.left_margin = section.right_margin = Mm(_MARGIN)
    section.top_margin = section.bottom_margin = Mm(_MARGIN)
    _style(book, "Normal", BODY, _BODY_PT)
    _style(book, _CELL_STYLE, BODY, _CELL_PT)
    _style(book, _HEAD_STYLE, HEADINGS, _CELL_PT)


def _style(book: Book, name: str, font: str, points: float) -> None:
    known = {style.name for style in book.styles}
    style = (
        book.styles[name] if name in known else book.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi"):
        fonts.set(qn(script), LATIN)
    fonts.set(qn("w:eastAsia"), font)
    style.font.size = Pt(points)
    # without it punctuation is set as in another Chinese
    language = OxmlElement("w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)


def _title(book: Book, text: str) -> None:
    _paragraph(book, text, font=HEADINGS, points=_TITLE_PT).alignment = WD_ALIGN_PARAGRAPH.CENTER


def _paragraph(book: Book, text: str, *, font: str = BODY, points: float = _BODY_PT) -> Paragraph:
    paragraph = book.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(4)
    _write(paragraph, text, font, points)
    return paragraph


def _indented(paragraph: Paragraph) -> None:
    paragraph.paragraph_format.first_line_indent = Pt(2 * _BODY_PT)


def _write(paragraph: Paragraph, text: str, font: str, points: float) -> Run:
    run = paragraph.add_run(text)
    run.font.size = Pt(points)
    run.font.name = LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001
    return run


def _facts(book: Book, block: FactList, width: float) -> None:
    table = book.add_table(rows=0, cols=2, style="Table Grid")
    shape = _row_shape([width * 0.2, width * 0.8], [False, False])
    for one in block.facts:
        _append(table, shape, (one.label, one.value))
    _paragraph(book, "")


def _grid(book: Book, block: Grid, width: float) -> None:
    if not block.rows:
        _paragraph(book, block.if_empty)
        return
    table = book.add_table(rows=0, cols=len(block.columns), style="Table Grid")
    table.autofit = False
    shares = sum(one.width for one in block.columns)
    widths = [width * one.width / shares for one in block.columns]
    is_right = [one.is_number for one in block.columns]
    plain, apart = _row_shape(widths, is_right), _row_shape(widths, is_right, _HEAD_STYLE)
    repeated = deepcopy(apart)
    repeated.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _append(table, repeated, [one.title for one in block.columns])
    for row in block.rows:
        _append(table, plain, row)
    if block.totals:
        _append(table, apart, block.totals)
    for column, one in zip(table.columns, widths, strict=True):
        column.width = Mm(one)
    _paragraph(book, "")


def _row_shape(
    widths: Sequence[float], is_right: Sequence[bool], style: str = _CELL_STYLE
) -> CT_Row:
    """An empty row to copy: making each through the library takes thirty times as long."""
    table = Document().add_table(rows=1, cols=len(widths))
    for cell, width, right in zip(table.rows[0].cells, widths, is_right, strict=True):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - the style is another book's
        properties.get_or_add_pStyle().val = style
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.add_run(" ")
    shape: CT_Row = table._tbl.tr_lst[0]  # noqa: SLF001
    return shape


def _append(table: Table, shape: CT_Row, texts: Sequence[str]) -> None:
    row = deepcopy(shape)
    for place, text in zip(row.iter(qn("w:t")), texts, strict=True):
        place.text = text
    table._tbl.append(row)  # noqa: SLF001


def _footer(book: Book, text: str) -> None:
    paragraph = book.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(paragraph, f"{text}    第 ", BODY, _CELL_PT)
    _field(paragraph, "PAGE")
    _write(paragraph, " 页，共 ", BODY, _CELL_PT)
    _field(paragraph, "NUMPAGES")
    _write(paragraph, " 页", BODY, _CELL_PT)


def _field(paragraph: Paragraph, code: str) -> None:
    """A number that Word works out itself; until then it shows 1."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = _write(paragraph, "1", BODY, _CELL_PT)._element  # noqa: SLF001
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001
