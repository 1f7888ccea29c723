"""Tables on PDF pages: thousands of rows in seconds, lines broken as Chinese is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fpdf import FPDF

from inventory.typesetting.pages import FAMILY, settable

_AFTER = " ,;/|"
"""Latin characters after which a line may end; Chinese may end anywhere."""
_CLOSING = "、，；。：）》”’！？％,.;:)"
"""What never begins a line."""
_SHADE = 238
_LINE_GREY = 150


@dataclass(frozen=True, slots=True)
class TableLook:
    """Widths in mm, which columns stand on the right, and the size of the letters in pt."""

    widths: Sequence[float]
    is_right: Sequence[bool]
    points: float
    padding_mm: float = 1.0

    @property
    def line_mm(self) -> float:
        """From one line to the next."""
        return self.points * 0.46


@dataclass(frozen=True, slots=True)
class _Row:
    lines: Sequence[Sequence[str]]
    is_set_apart: bool = False


def draw_table(
    pages: FPDF,
    look: TableLook,
    heading: Sequence[str],
    rows: Sequence[Sequence[str]],
    totals: Sequence[str] = (),
) -> None:
    """Draw a table from where the pages are; the heading is repeated on each page.

    A row taller than a page goes on on the next one. Afterwards the pages stand below the table.
    """
    pages.set_draw_color(_LINE_GREY)
    pages.set_fill_color(_SHADE)
    pages.set_line_width(0.2)
    drawing = _Drawing(pages, look)
    if heading:
        drawing.begin(heading)
    for row in rows:
        drawing.put(drawing.laid(row))
    if totals:
        drawing.put(drawing.laid(totals, is_set_apart=True))


def broken(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The text in lines no wider than `width`, which `measure` sums up character by character.

    A single character that is wider stands alone.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used, good = "", 0.0, 0
        for one in paragraph:
            step = measure(one)
            if line and _may_part(line[-1], one):
                good = len(line)
            while used + step > width and line:
                cut = good or len(line)
                lines.append(line[:cut].rstrip(" "))
                line = line[cut:].lstrip(" ")
                used, good = sum(map(measure, line)), 0
            line += one
            used += step
        lines.append(line)
    return lines


def _may_part(before: str, after: str) -> bool:
    if after in _CLOSING:
        return False
    return before in _AFTER or not (before.isascii() and after.isascii())


class _Drawing:
    """A table while it is drawn; widths of characters are asked for once."""

    def __init__(self, pages: FPDF, look: TableLook) -> None:
        self._pages = pages
        self._look = look
        self._heading: _Row | None = None
        self._widths: dict[bool, dict[str, float]] = {False: {}, True: {}}

    def begin(self, heading: Sequence[str]) -> None:
        """Draw the heading where at least a line has room below it, and keep it."""
        self._heading = self.laid(heading, is_set_apart=True)
        self._has_turned(self._heading, more_lines=6)
        self._draw(self._heading)

    def laid(self, texts: Sequence[str], *, is_set_apart: bool = False) -> _Row:
        """A row broken into lines."""
        self._choose(is_set_apart)
        known = self._widths[is_set_apart]

        def measure(one: str) -> float:
            if one not in known:
                known[one] = self._pages.get_string_width(one)
            return known[one]

        inner = [width - 2 * self._look.padding_mm for width in self._look.widths]
        lines = [
            broken(settable(self._pages, text), width, measure)
            for text, width in zip(texts, inner, strict=True)
        ]
        return _Row(lines, is_set_apart)

    def put(self, row: _Row) -> None:
        """Draw a row on this page, or on as many as it needs."""
        look, pages = self._look, self._pages
        while True:
            if self._has_turned(row) and self._heading is not None:
                self._draw(self._heading)
            room = pages.page_break_trigger - pages.y - 2 * look.padding_mm
            fitting = max(int(room / look.line_mm), 1)
            self._draw(_Row([lines[:fitting] for lines in row.lines], row.is_set_apart))
            rest = [lines[fitting:] for lines in row.lines]
            if not any(rest):
                return
            row = _Row(rest, row.is_set_apart)

    def _choose(self, is_bold: bool) -> None:
        self._pages.set_font(FAMILY, "B" if is_bold else "", self._look.points)

    def _height(self, row: _Row) -> float:
        tallest = max(map(len, row.lines), default=0)
        return tallest * self._look.line_mm + 2 * self._look.padding_mm

    def _has_turned(self, row: _Row, more_lines: int = 0) -> bool:
        """Begin a page where the row has no room on this one; a tall row is begun and goes on."""
        needed = self._height(row) + more_lines * self._look.line_mm
        if needed > (self._pages.page_break_trigger - self._pages.t_margin) / 2:
            needed = 4 * self._look.line_mm
        if self._pages.y + needed <= self._pages.page_break_trigger:
            return False
        self._pages.add_page()
        return True

    def _draw(self, row: _Row) -> None:
        look, pages = self._look, self._pages
        self._choose(row.is_set_apart)
        height, x, y = self._height(row), pages.l_margin, pages.y
        for lines, width, is_right in zip(row.lines, look.widths, look.is_right, strict=True):
            pages.rect(x, y, width, height, style="DF" if row.is_set_apart else "D")
            for place, line in enumerate(lines):
                inset = look.padding_mm
                if is_right:
                    inset = width - look.padding_mm - pages.get_string_width(line)
                if line:
                    down = look.padding_mm + (place + 0.8) * look.line_mm
                    pages.text(x + inset, y + down, line)
            x += width
        pages.set_xy(pages.l_margin, y + height)
