"""The smallest workbook that is one, part by part, for tests that spoil a part of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Rows = Sequence[Sequence[str]]
Parts = dict[str, bytes]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
TYPES, LINKS = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file pretends to be."""

    name: str
    header: tuple[str, ...]
    row: Callable[[int], tuple[str, ...]]

    def rows(self, count: int = 3) -> list[tuple[str, ...]]:
        """A good table."""
        return [self.header, *(self.row(number) for number in range(count))]


def text_of(rows: Rows) -> str:
    """A table as csv without quotes."""
    return "".join(",".join(cells) + "\r\n" for cells in rows)


def book_parts(rows: Rows) -> Parts:
    """A table as the parts of a workbook of one sheet."""
    cells = "".join(
        f'<row r="{n}">{"".join(_cell(n, place, text) for place, text in enumerate(row))}</row>'
        for n, row in enumerate(rows, 1)
    )
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="{SHEET_TYPE}.{kind}+xml"/>'
        for part, kind in ((BOOK, "sheet.main"), (SHEET, "worksheet"))
    )
    texts = {
        TYPES: f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        "_rels/.rels": _links(f"{_RELATIONS}/officeDocument", BOOK),
        BOOK: f'<workbook xmlns="{MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        LINKS: _links(f"{_RELATIONS}/worksheet", "worksheets/sheet1.xml"),
        SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>',
    }
    return {name: text.encode() for name, text in texts.items()}


def _links(kind: str, target: str) -> str:
    link = f'<Relationship Id="r1" Type="{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{link}</Relationships>'


def _cell(row: int, place: int, text: str) -> str:
    return f'<c r="{chr(65 + place)}{row}" t="inlineStr"><is><t>{text}</t></is></c>'
