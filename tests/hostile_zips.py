"""Ways to spoil a workbook: its zip, its XML, its size."""

import io
import zipfile
import zlib
from collections.abc import Sequence

from tests.hostile_books import MAIN, SHEET, SHEET_TYPE, TYPES, Parts

_ITEM = "手套".encode()
_BIG = b"<x>" + b"0123456789" * 5_000_000


def zipped(parts: Parts) -> bytes:
    """Parts as a file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def flagged(book: bytes, flags: int) -> bytes:
    """A file whose parts all claim something of themselves, such as being encrypted."""
    changed = bytearray(book)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(signature)
        while place >= 0:
            changed[place + offset] |= flags
            place = changed.find(signature, place + 1)
    return bytes(changed)


def wrong_sum(parts: Parts) -> bytes:
    """A sheet that is not what its check sum says."""
    right = zlib.crc32(parts[SHEET]).to_bytes(4, "little")
    return zipped(parts).replace(right, bytes(4))


def lying(parts: Parts) -> bytes:
    """A part of 50 MB that says it has 1,000 bytes."""
    size, told = len(_BIG).to_bytes(4, "little"), (1_000).to_bytes(4, "little")
    return zipped(parts | {SHEET: _BIG}).replace(size, told)


def doubled(parts: Parts) -> bytes:
    """Two sheets of one name, the second one empty."""
    book = io.BytesIO(zipped(parts))
    with zipfile.ZipFile(book, "a") as archive:
        archive.NameToInfo.pop(SHEET)
        archive.writestr(SHEET, b"<worksheet/>")
    return book.getvalue()


def laughing(part: bytes) -> bytes:
    """Entities that grow to ten to the ninth of themselves."""
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    doctype = b'<!DOCTYPE x [<!ENTITY l0 "ha">' + entities + b"]>"
    return doctype + part.replace(_ITEM, b"&l9;")


def external(part: bytes) -> bytes:
    """An entity that is a file of the machine."""
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    return entity + part.replace(_ITEM, b"&e;")


def strings(parts: Parts) -> Parts:
    """Shared strings with such an entity, and the types that name them."""
    texts = external(f'<sst xmlns="{MAIN}"><si><t>手套</t></si></sst>'.encode())
    kind = f"{SHEET_TYPE}.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    types = parts[TYPES].replace(b"</Types>", override.encode())
    return {"xl/sharedStrings.xml": texts, TYPES: types}


def merges(ranges: Sequence[str]) -> str:
    """The end of a sheet's data with merged ranges."""
    found = "".join(f'<mergeCell ref="{one}"/>' for one in ranges)
    return f'</sheetData><mergeCells count="{len(ranges)}">{found}</mergeCells>'


def long_book(parts: Parts, blocks: int) -> bytes:
    """So many thousand rows, with numbers that differ: it packs like a real sheet, no bomb."""
    rest = {name: data for name, data in parts.items() if name != SHEET}
    book = io.BytesIO(zipped(rest))
    with (
        zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(SHEET, "w") as sheet,
    ):
        sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
        for block in range(blocks):
            numbers = range(block * 1_000, block * 1_000 + 1_000)
            rows = (f"<row><c><v>{n * 7919 % 1_000_003}</v></c></row>" for n in numbers)
            sheet.write("".join(rows).encode())
        sheet.write(b"</sheetData></worksheet>")
    return book.getvalue()
