"""How a paper's content becomes a PDF file."""

from fpdf import FPDF
from fpdf.enums import Align, WrapMode, XPos, YPos

from inventory.papers.schema import FactList, Grid, Heading, PaperContent, Words
from inventory.typesetting.fonts import Typeface
from inventory.typesetting.pages import FAMILY, set_up, settable
from inventory.typesetting.tables import TableLook, draw_table

_MARGIN_MM, _FOOT_MM = 15, 16
_UNDER_HEADING_MM = 35
"""Room a heading needs, so that it never stands alone at the foot of a page."""
_CELL_PT, _BODY_PT, _TITLE_PT = 7.5, 10.5, 16


def pdf_of(content: PaperContent, footer: str, typeface: Typeface) -> bytes:
    """The paper as a PDF file, with the typeface's few characters that it uses inside.

    Args:
        content: what it says.
        footer: what stands on every page before the page number.
        typeface: what it is set in; a character that has no picture there is set as an empty box.
    """
    pages = FPDF("landscape" if content.is_landscape else "portrait", "mm", "A4")
    set_up(pages, typeface, content.made_at)
    pages.set_title(content.title)
    pages.set_margin(_MARGIN_MM)
    pages.set_auto_page_break(auto=True, margin=_FOOT_MM + 4)
    pages.add_page()
    _line(pages, content.title, style="B", points=_TITLE_PT, align=Align.C)
    pages.ln(3)
    for block in content.blocks:
        match block:
            case Heading():
                _heading(pages, block)
            case Words():
                for line in block.text.split("\n"):
                    _line(pages, f"　　{line}")
            case FactList():
                _facts(pages, block)
            case Grid():
                _grid(pages, block)
    if content.signatures:
        pages.ln(8)
        _line(pages, "　　".join(f"{one}：____________" for one in content.signatures))
    _footers(pages, footer)
    return bytes(pages.output())


def _heading(pages: FPDF, block: Heading) -> None:
    pages.ln(2)
    if pages.y > pages.page_break_trigger - _UNDER_HEADING_MM:
        pages.add_page()
    _line(pages, block.text, style="B", points=13 if block.level == 1 else 11)


def _line(
    pages: FPDF, text: str, *, style: str = "", points: float = _BODY_PT, align: Align = Align.L
) -> None:
    pages.set_font(FAMILY, style, points)
    pages.multi_cell(
        0,
        points * 0.6,
        settable(pages, text),
        align=align,
        wrapmode=WrapMode.CHAR,
        new_x=XPos.LMARGIN,
        new_y=YPos.NEXT,
    )


def _facts(pages: FPDF, block: FactList) -> None:
    look = TableLook((pages.epw * 0.2, pages.epw * 0.8), (False, False), 9, 1.2)
    draw_table(pages, look, (), [(one.label, one.value) for one in block.facts])
    pages.ln(3)


def _grid(pages: FPDF, block: Grid) -> None:
    if not block.rows:
        _line(pages, block.if_empty)
        return
    shares = sum(one.width for one in block.columns)
    look = TableLook(
        [pages.epw * one.width / shares for one in block.columns],
        [one.is_number for one in block.columns],
        _CELL_PT,
    )
    titles = [one.title for one in block.columns]
    draw_table(pages, look, titles, block.rows, block.totals)
    pages.ln(3)


def _footers(pages: FPDF, footer: str) -> None:
    """Written when all pages are there: a placeholder for their number could be a user's text."""
    count = pages.pages_count
    pages.set_auto_page_break(auto=False)
    for number in range(1, count + 1):
        pages.page = number
        # the library remembers the font of the page it was on before
        pages.current_font_is_set_on_page = False
        pages.set_y(-_FOOT_MM)
        text = f"{footer}    第 {number} 页，共 {count} 页"
        _line(pages, text, points=8, align=Align.C)
