"""Files that are broken, made to do harm, or come from a program nobody thought of, by name.

Every case is made twice: as a requirement list and as a register.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.hostile_books import BOOK, LINKS, SHEET, TYPES, Kind, Parts, book_parts, text_of
from tests.hostile_zips import (
    doubled,
    external,
    flagged,
    laughing,
    long_book,
    lying,
    merges,
    strings,
    wrong_sum,
    zipped,
)

MILLION = 1_000_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Case = tuple[str, bytes | Callable[[], bytes], str]
LIST = Kind(
    "list",
    ("row_id", "module_code", "level", "station_use", "item_zh", "quantity_basis", "quantity_n",
     "obligation", "authority_item", "authority_parameters", "authority_quantity", "list_version"),
    lambda n: (f"R-{n}", "2-1", "*", "both", "手套", "per_station", "1", "mandatory",
               "official", "official", "official", "H-1"),
)  # fmt: skip
REGISTER = Kind(
    "register", ("asset_number", "item_zh", "quantity"), lambda n: (f"A-{n}", "手套", "1")
)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file and what must come of it: `refused`, `taken`, or `either` of them, in full or not.

    Large ones are made when they are needed.
    """

    name: str
    made: bytes | Callable[[], bytes]
    outcome: str

    @property
    def content(self) -> bytes:
        """The file."""
        return self.made if isinstance(self.made, bytes) else self.made()


def hostile_files(kind: Kind) -> Iterator[tuple[str, Hostile]]:
    """All cases of a kind by name."""
    for make in (_encodings, _odd_texts, _large_texts):
        for name, content, outcome in make(kind):
            yield name, Hostile("file.csv", content, outcome)
    for make in (_broken_books, _bombs, _odd_books):
        for name, content, outcome in make(kind):
            yield name, Hostile("file.xlsx", content, outcome)
    yield from _misnamed(kind)


def _misnamed(kind: Kind) -> Iterator[tuple[str, Hostile]]:
    book, text = zipped(book_parts(kind.rows())), text_of(kind.rows()).encode()
    yield "book named csv", Hostile("file.csv", book, "refused")
    yield "text named xlsx", Hostile("file.xlsx", text, "refused")
    yield "no ending", Hostile("file", text, "refused")
    yield "old excel", Hostile("file.xls", OLE * 100, "refused")
    yield "macro book", Hostile("file.xlsm", book, "refused")
    yield "program", Hostile("file.csv.exe", b"MZ" + text, "refused")
    yield "path in name", Hostile("../../../file.csv", text, "taken")
    yield "pdf named csv", Hostile("file.csv", b"%PDF-1.7\n" + bytes(range(256)) * 9, "refused")


def _encodings(kind: Kind) -> Iterator[Case]:
    good = text_of(kind.rows())
    yield "gb18030", good.encode("gb18030"), "taken"
    yield "utf-8 with mark", good.encode("utf-8-sig"), "taken"
    yield "utf-16 with mark", good.encode("utf-16"), "taken"
    yield "utf-16 with tabs", good.replace(",", "\t").encode("utf-16"), "taken"
    yield "utf-16 without mark", good.encode("utf-16-le"), "refused"
    yield "utf-16 cut in a character", good.encode("utf-16")[:-1], "refused"
    yield "utf-32", good.encode("utf-32"), "refused"
    yield "half of two encodings", good.encode() + "手套".encode("gb18030"), "either"
    yield "lone surrogate", good.encode() + b"\xed\xa0\x80,x\r\n", "refused"
    yield "big5", good.encode("big5"), "either"
    yield "nul", good.replace("手套", "手\0套").encode(), "refused"
    yield "control characters", good.replace("手套", "手\x01\x1b[31m套").encode(), "either"
    yield "text that turns around", good.replace("手套", "\u202e套手").encode(), "either"
    yield "old line ends", good.replace("\r\n", "\r").encode(), "either"


def _odd_texts(kind: Kind) -> Iterator[Case]:
    good = text_of(kind.rows())
    twice = [kind.header + kind.header[:1], *kind.rows()[1:]]
    yield "nothing", b"", "refused"
    yield "only a mark", b"\xef\xbb\xbf", "refused"
    yield "only empty lines", b"\r\n" * 5_000, "refused"
    yield "only commas", b",,,,\r\n" * 5_000, "refused"
    yield "only a header", text_of(kind.rows(0)).encode(), "either"
    yield "header twice", text_of(twice).encode(), "refused"
    yield "header lacks columns", text_of([("x", "y"), ("1", "2")]).encode(), "refused"
    yield "same id in all rows", text_of([kind.header, *[kind.row(1)] * 500]).encode(), "refused"
    yield "open quote", good.replace("手套", '"手套', 1).encode(), "refused"
    yield "nested quotes", good.replace("手套", '"手""套""""" x"', 1).encode(), "refused"
    yield "doubled quotes", good.replace("手套", '"手""套"""', 1).encode(), "taken"
    yield "quotes all over", ('"' * 99_999).encode(), "refused"
    yield "rows of other widths", good.encode() + b"a" + b",b" * 20 + b"\r\na\r\n", "refused"
    yield "semicolons", good.replace(",", ";").encode(), "refused"
    link = good.replace("手套", '"=HYPERLINK(""http://x"",""y"")"')
    yield "formulas", link.encode(), "either"
    yield "commands", good.replace("手套", "=cmd|' /C calc'!A0").encode(), "either"
    yield "comments", good.encode() + "#A-9,被注释的行\r\n# note\r\n".encode(), "taken"
    yield "numbers of another world", good.replace(",1", ",1e999").encode(), "refused"
    yield "signs for numbers", good.replace(",1", ",-1").encode(), "refused"


def _large_texts(kind: Kind) -> Iterator[Case]:
    good = text_of(kind.rows())
    row, comment = "a,手\r\n".encode(), b"#\r\n"
    names = ",".join(f"c{n}" for n in range(10_000))
    yield "header of 10,000 columns", names.encode(), "refused"
    yield "one cell of 3 MB", lambda: good.encode() + b"x" * 3_000_000, "refused"
    yield "a line of a million commas", lambda: good.encode() + b"," * MILLION + b"x", "refused"
    yield "a million rows", lambda: text_of(kind.rows(0)).encode() + row * MILLION, "refused"
    yield "a million comments", lambda: good.encode() + comment * MILLION, "refused"
    yield "21 MB", lambda: b"x," * 11_000_000, "refused"


def _broken_books(kind: Kind) -> Iterator[Case]:
    parts = book_parts(kind.rows())
    good = zipped(parts)
    for share in (0.3, 0.6, 0.95):
        yield f"book cut at {share:.0%}", good[: int(len(good) * share)], "refused"
    yield "book with a lost end", good[:-22], "refused"
    yield "random bytes", Random(1).randbytes(50_000), "refused"  # noqa: S311 - repeatable
    yield "a zip of nothing", zipped({}), "refused"
    yield "a zip of something else", zipped({"readme.txt": b"hello"}), "refused"
    yield "a locked book", flagged(good, 0x01), "refused"
    yield "a book under a password", OLE + b"EncryptedPackage" * 500, "refused"
    for part in (SHEET, BOOK, TYPES, LINKS):
        rest = {name: parts[name] for name in parts if name != part}
        yield f"without {part}", zipped(rest), "either"
        yield f"half of {part}", zipped(parts | {part: parts[part][:60]}), "either"
    yield "wrong check sum", wrong_sum(parts), "refused"
    yield "zip in a zip", zipped({"file.xlsx": good}), "refused"
    yield "the same part twice", doubled(parts), "either"
    yield "a part that climbs out", zipped(parts | {"../../../etc/x": b"x"}), "either"


def _bombs(kind: Kind) -> Iterator[Case]:
    parts = book_parts(kind.rows())
    many: Parts = {f"xl/media/{n}.png": b"x" for n in range(2_000)}
    yield "space bomb", lambda: zipped(parts | {SHEET: b" " * 50_000_000}), "refused"
    yield (
        "bomb of zeros beside",
        lambda: zipped(parts | {"xl/media/1.png": bytes(50_000_000)}),
        "refused",
    )
    yield "2,000 entries", lambda: zipped(parts | many), "refused"
    yield "lie about the size", lambda: lying(parts), "refused"
    yield "laughing entities", lambda: zipped(parts | {SHEET: laughing(parts[SHEET])}), "refused"
    yield "a file of the server", lambda: zipped(parts | {SHEET: external(parts[SHEET])}), "refused"
    yield "a file of the server in the strings", lambda: zipped(parts | strings(parts)), "refused"
    yield "deeply nested tags", lambda: zipped(parts | {SHEET: b"<a>" * 200_000}), "refused"
    yield "a million rows in a book", lambda: long_book(parts, 1_000), "refused"


def _odd_books(kind: Kind) -> Iterator[Case]:
    parts = book_parts(kind.rows())
    sheet = parts[SHEET].decode()

    def changed(old: str, new: str) -> bytes:
        return zipped(parts | {SHEET: sheet.replace(old, new, 1).encode()})

    yield "merged cells", changed("</sheetData>", merges(["A2:A3", "B2:B4"])), "either"
    edge = changed("</sheetData>", merges(["A1:XFD1048576"]))
    yield "merged to the edge of the world", edge, "either"
    yield "merged nonsense", changed("</sheetData>", merges(["", "A1", "??"])), "either"
    yield "formulas without values", changed("<is>", "<f>1/0</f><is>"), "either"
    yield "error values", changed("</row>", '<c t="e"><v>#REF!</v></c></row>'), "either"
    yield "a cell of 100,000 characters", changed("手套", "手" * 100_000), "refused"
    yield "row numbers that go back", changed('<row r="2">', '<row r="1">'), "either"
    yield "a row in the last place", changed('<row r="3">', '<row r="1048576">'), "refused"
    yield "cells far to the right", changed('r="A2"', 'r="XFD2"'), "either"
    yield "strange cell names", changed('r="A2"', 'r="2A"'), "either"
    yield "strings that are not there", changed('t="inlineStr"', 't="s"'), "either"
    lie = changed("<sheetData>", '<dimension ref="A1:A1"/><sheetData>')
    yield "a size that is a lie", lie, "taken"
    yield "outside links", zipped(parts | {"xl/externalLinks/link1.xml": b"<x/>"}), "taken"
    yield "macros inside", zipped(parts | {"xl/vbaProject.bin": OLE * 99}), "taken"
    hidden = parts[BOOK].replace(b'sheetId="1"', b'sheetId="1" state="veryHidden"')
    yield "only a hidden sheet", zipped(parts | {BOOK: hidden}), "either"
