"""Sheets of labels as PDF: the QR code at the left, what people read at its right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import segno

from inventory.labels.rules import PATH, spelled
from inventory.labels.sheets import SHEETS, Place, Sheet, SheetKind, places
from inventory.labels.use_cases import Label
from inventory.typesetting.fonts import Typeface
from inventory.typesetting.pages import FAMILY, set_up, settable

if TYPE_CHECKING:
    from fpdf import FPDF

_EDGE_MM = 1.8
"""Chosen: sheets are cut and fed within about 1 mm."""
_QUIET = 4
"""Modules around a QR code that ISO/IEC 18004 wants empty; the label's edge is part of them."""
_MM_PER_POINT = 25.4 / 72
_LEADING = 1.25
_TALL_MM = 25.0
"""From here a label has room for a long organisation on two lines."""


@dataclass(frozen=True, slots=True)
class Printing:
    """How labels are printed; `base_url` is the installation's address without a slash at the end.

    `used` labels of the first page are gone already.
    """

    kind: SheetKind
    base_url: str
    typeface: Typeface
    made_at: datetime
    used: int = 0


@dataclass(frozen=True, slots=True)
class Printed:
    """What a label says: a code that leads to `path`, and lines for people.

    Title and last line are bold; the last of the `notes` may take two lines where there is room.
    """

    path: str
    title: str
    notes: tuple[str, ...]
    last: str


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float
    is_bold: bool


def labels_pdf(labels: Sequence[Label], printing: Printing) -> bytes:
    """The sheets of pieces' own labels; equal labels give equal bytes."""
    printed = [
        Printed(
            PATH + one.code,
            one.item_zh,
            (one.asset_number, one.organisation_zh),
            spelled(one.code),
        )
        for one in labels
    ]
    return sheets_pdf(printed, printing)


def sheets_pdf(labels: Sequence[Printed], printing: Printing) -> bytes:
    """Sheets of labels of any kind; equal labels give equal bytes."""
    from fpdf import FPDF  # noqa: PLC0415 -- takes half a second

    sheet = SHEETS[printing.kind]
    pages = FPDF(unit="mm", format=sheet.page)
    pages.set_auto_page_break(auto=False)
    pages.set_margin(0)
    set_up(pages, printing.typeface, printing.made_at)
    pages.set_title("标签 Labels")
    for label, place in zip(labels, places(sheet, len(labels), printing.used), strict=True):
        while pages.page <= place.page:
            pages.add_page()
        side = _draw_code(pages, printing.base_url + label.path, sheet, place)
        _write(pages, label, sheet, place, side)
    return bytes(pages.output())


def _draw_code(pages: "FPDF", address: str, sheet: Sheet, place: Place) -> float:
    """Draw the code and return how much of the label's width it takes, in millimetres."""
    matrix = [bytes(row) for row in segno.make_qr(address, error="m").matrix]
    room = min(sheet.label[1] - 2 * _EDGE_MM, sheet.label[0] * 0.45)
    module = room / (len(matrix) + _QUIET)
    left = place.left + (sheet.label[1] - room) / 2 + module * _QUIET / 2
    top = place.top + (sheet.label[1] - room) / 2 + module * _QUIET / 2
    pages.set_fill_color(0)
    for number, row in enumerate(matrix):
        for start, length in _runs(row):
            pages.rect(left + start * module, top + number * module, length * module, module, "F")
    return room + (sheet.label[1] - room) / 2


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Start and length of each dark run, so that no hairlines stand between modules."""
    found: list[tuple[int, int]] = []
    for index, is_dark in enumerate(row):
        if not is_dark:
            continue
        if found and sum(found[-1]) == index:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((index, 1))
    return found


def _write(pages: "FPDF", label: Printed, sheet: Sheet, place: Place, side: float) -> None:
    left = place.left + side + _EDGE_MM / 2
    width = place.left + sheet.label[0] - _EDGE_MM - left
    small = max(5.0, min(8.0, sheet.label[1] / 4))
    tall = 2 if sheet.label[1] > _TALL_MM else 1
    lines = [*_wrapped(pages, label.title, (width, small + 1, True), 2)]
    for number, note in enumerate(label.notes, start=1):
        most = tall if number == len(label.notes) else 1
        lines += _wrapped(pages, note, (width, small, False), most)
    lines += _wrapped(pages, label.last, (width, small + 1, True), 1)
    height = sum(line.size * _MM_PER_POINT * _LEADING for line in lines)
    top = place.top + (sheet.label[1] - height) / 2
    for line in lines:
        _choose(pages, line.size, is_bold=line.is_bold)
        top += line.size * _MM_PER_POINT * _LEADING
        # a text stands on its base line, about a quarter of the line above its lower edge
        pages.text(left, top - line.size * _MM_PER_POINT * 0.3, line.text)


def _wrapped(pages: "FPDF", text: str, form: tuple[float, float, bool], most: int) -> list[_Line]:
    """The text on so many lines at most, broken anywhere as Chinese is.

    `form` is the width in millimetres, the size in points, and whether it is bold.
    """
    width, size, is_bold = form
    _choose(pages, size, is_bold=is_bold)
    plain = settable(pages, text)
    lines: list[_Line] = []
    while len(lines) < most - 1 and pages.get_string_width(plain) > width:
        kept = _head(pages, plain, width)
        lines.append(_Line(kept, size, is_bold))
        plain = plain[len(kept) :].lstrip()
    if pages.get_string_width(plain) > width:
        plain = f"{_head(pages, plain, width - pages.get_string_width('…'))}…"
    return [*lines, _Line(plain, size, is_bold)]


def _head(pages: "FPDF", text: str, width: float) -> str:
    taken, used = 0, 0.0
    for one in text:
        used += pages.get_string_width(one)
        if used > width:
            break
        taken += 1
    return text[: max(taken, 1)]


def _choose(pages: "FPDF", size: float, *, is_bold: bool) -> None:
    pages.set_font(FAMILY, style="B" if is_bold else "", size=size)
