"""How an xlsx file is opened row by row, and refused before it costs much."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl import Workbook
from openpyxl.utils.exceptions import InvalidFileException

from inventory.requirements.unreadable import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_UNZIPPED_BYTES,
    MAX_ZIP_ENTRIES,
    MAX_ZIP_RATIO,
    UnreadableFile,
    cell_too_long,
    too_many_rows,
)

_BLOCK = 1 << 20


def sheet_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - two openpyxl types
    """Numbered rows of a sheet of `open_book`, formulas by the value they had when saved."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > MAX_ROWS + 10:
            raise too_many_rows()
        if len(row) > MAX_COLUMNS * 2:
            raise UnreadableFile("列数过多", "too many columns")
        cells = [_cell_text(value) for value in row]
        if any(len(cell) > MAX_CELL_CHARACTERS for cell in cells):
            raise cell_too_long(number)
        yield number, cells


@contextmanager
def open_book(content: bytes) -> Iterator[Workbook]:
    """Open an xlsx file for reading row by row.

    Raises:
        UnreadableFile: it is none, is damaged, encrypted or made to do harm; also from inside.
    """
    try:
        _refuse_bombs(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            yield book
        finally:
            book.close()
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        DefusedXmlException,
        SyntaxError,
        KeyError,
        ValueError,
        IndexError,
        TypeError,
        AttributeError,
        OSError,
        EOFError,
        RuntimeError,
        zlib.error,
    ) as broken:
        # openpyxl and zipfile let whatever a malformed or encrypted part provokes escape; what no
        # XML is, is a SyntaxError of the standard library or of lxml, whichever openpyxl found
        raise UnreadableFile("不是可读的 xlsx 文件", "not a readable xlsx file") from broken


def _refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if len(parts) > MAX_ZIP_ENTRIES or sum(part.file_size for part in parts) > MAX_UNZIPPED_BYTES:
        raise UnreadableFile("解压后过大", "too large when unpacked")
    for part in parts:
        if part.file_size > MAX_ZIP_RATIO * max(part.compress_size, 1024):
            raise UnreadableFile(
                f"压缩比异常：{part.filename}", f"suspicious compression: {part.filename}"
            )
    _refuse_long_sheets(content)


def _refuse_long_sheets(content: bytes) -> None:
    """Count rows as bytes: openpyxl parses a sheet to its end before it gives the first row."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            with archive.open(name) as part:
                rows = sum(block.count(b"<row") for block in iter(lambda: part.read(_BLOCK), b""))
            if rows > MAX_ROWS + 10:
                raise too_many_rows()


def _cell_text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - exact floats
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
