"""Where labels lie on the sheets one buys (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class SheetKind(StrEnum):
    """Sheets of labels by columns and rows, or a roll by its width in millimetres."""

    A4_3X8 = "3x8"
    A4_5X13 = "5x13"
    ROLL_62 = "roll62"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lengths in millimetres; `pitch` is from the edge of a label to that of the next."""

    page: tuple[float, float]
    label: tuple[float, float]
    margin: tuple[float, float]
    pitch: tuple[float, float]
    columns: int
    rows: int

    @property
    def places(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows


SHEETS = {
    # 63.5 mm x 33.9 mm, 24 a page, as Avery L7159
    SheetKind.A4_3X8: Sheet((210, 297), (63.5, 33.9), (7.25, 12.9), (66.0, 33.9), 3, 8),
    # 38.1 mm x 21.2 mm, 65 a page, as Avery L7651
    SheetKind.A4_5X13: Sheet((210, 297), (38.1, 21.2), (4.75, 10.7), (40.6, 21.2), 5, 13),
    # continuous roll of 62 mm, as Brother DK-22205, cut every 29 mm
    SheetKind.ROLL_62: Sheet((62, 29), (62, 29), (0, 0), (62, 29), 1, 1),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Page from 0, and the label's upper left corner in millimetres."""

    page: int
    left: float
    top: float


def places(sheet: Sheet, count: int, used: int = 0) -> Iterator[Place]:
    """Places of `count` labels, row by row, after `used` ones that are gone from the first page."""
    for index in range(used, used + count):
        page, on_page = divmod(index, sheet.places)
        row, column = divmod(on_page, sheet.columns)
        left = sheet.margin[0] + column * sheet.pitch[0]
        yield Place(page, left, sheet.margin[1] + row * sheet.pitch[1])
