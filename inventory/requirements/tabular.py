"""How csv and xlsx files become rows of text, and which files are refused before they cost much."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import PurePath
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl import Workbook
from openpyxl.utils.exceptions import InvalidFileException

from inventory.errors import InventoryError

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 10_000
MAX_ZIP_ENTRIES = 1_000
MAX_UNZIPPED_BYTES = 60 * 1024 * 1024
MAX_ZIP_RATIO = 200
"""A spreadsheet's XML shrinks to about a tenth; a part above this ratio is a bomb."""
FORMULA_STARTERS = ("=", "+", "-", "@", "\t", "\r")
"""OWASP: a cell that begins so is run as a formula by spreadsheet programs."""


class UnreadableFile(InventoryError):
    """The file as a whole can't be read; both texts say what was expected."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of a file by column name; `number` is the row a spreadsheet program shows."""

    number: int
    cells: Mapping[str, str]
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row is not imported."""

    row: int
    column: str
    value: str
    expected_zh: str
    expected_en: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Column names in the header's order, the rows that hold anything, and misshapen rows."""

    columns: tuple[str, ...]
    rows: tuple[SourceRow, ...]
    problems: tuple[RowProblem, ...] = ()


def read_table(name: str, content: bytes, aliases: Mapping[str, str] | None = None) -> Table:
    """Read a csv (UTF-8 or GB 18030) or xlsx file (its first sheet).

    Empty rows and rows whose first cell begins with `#` are passed over. The apostrophe with which
    an export makes a cell harmless is taken off again.

    Args:
        name: file name; its ending decides how the content is read.
        content: the file.
        aliases: other accepted header texts, such as Chinese ones, with the column each means.

    Raises:
        UnreadableFile: neither format, broken, too large, without header or with a column twice.
    """
    if is_workbook(name, content):
        with open_book(content) as book:
            return _table(sheet_rows(book.worksheets[0]), aliases or {})
    return _table(csv_rows(content), aliases or {})


def is_workbook(name: str, content: bytes) -> bool:
    """Whether a file is to be read as xlsx and not as csv, by its name.

    Raises:
        UnreadableFile: neither, or too large.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFile(
            f"文件过大：最多 {MAX_BYTES // 1024 // 1024} MB",
            f"file too large: at most {MAX_BYTES // 1024 // 1024} MB",
        )
    suffix = PurePath(name).suffix.lower()
    if suffix not in {".csv", ".xlsx"}:
        raise UnreadableFile(
            f"应为 .csv 或 .xlsx 文件，得到 {suffix or '无扩展名'}",
            f"expected a .csv or .xlsx file, got {suffix or 'no ending'}",
        )
    return suffix == ".xlsx"


def harmless(text: str) -> str:
    """The text as it may stand in an exported cell: never the beginning of a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTERS) else text


def _harmful(text: str) -> str:
    bare = text.removeprefix("'")
    return bare if bare.startswith(FORMULA_STARTERS) else text


def _table(rows: Iterable[tuple[int, list[str]]], aliases: Mapping[str, str]) -> Table:
    columns: tuple[str, ...] = ()
    kept: list[SourceRow] = []
    problems: list[RowProblem] = []
    for number, raw in rows:
        cells = [_harmful(cell.strip()) for cell in raw]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if not columns:
            columns = _header(cells, aliases)
            continue
        if any(cells[len(columns) :]):
            problems.append(_too_wide(number, cells, len(columns)))
            continue
        padded = cells + [""] * (len(columns) - len(cells))
        by_name = dict(zip(columns, padded, strict=False))
        kept.append(SourceRow(number, {name: cell for name, cell in by_name.items() if name}))
        if len(kept) > MAX_ROWS:
            raise UnreadableFile(f"行数过多：最多 {MAX_ROWS}", f"too many rows: at most {MAX_ROWS}")
    if not columns:
        raise UnreadableFile("文件没有表头", "the file has no header row")
    return Table(tuple(name for name in columns if name), tuple(kept), tuple(problems))


def _too_wide(number: int, cells: list[str], width: int) -> RowProblem:
    return RowProblem(
        number,
        "",
        " | ".join(cells[width:])[:200],
        f"最多 {width} 个单元格（与表头相同）；含逗号的文字要加引号",
        f"at most {width} cells, as in the header; quote texts with commas",
    )


def _header(cells: list[str], aliases: Mapping[str, str]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MAX_COLUMNS:
        raise UnreadableFile(
            f"列数过多：最多 {MAX_COLUMNS}", f"too many columns: at most {MAX_COLUMNS}"
        )
    columns = tuple(aliases.get(cell, cell) for cell in cells)
    for name in columns:
        if name and columns.count(name) > 1:
            raise UnreadableFile(f"列“{name}”出现两次", f"column {name!r} appears twice")
    return columns


def csv_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows of a csv file."""
    try:
        for number, row in enumerate(csv.reader(io.StringIO(decoded(content), newline="")), 1):
            if any(len(cell) > MAX_CELL_CHARACTERS for cell in row):
                raise _cell_too_long(number)
            yield number, row
    except csv.Error as broken:
        raise UnreadableFile(f"CSV 格式错误：{broken}", f"broken csv: {broken}") from broken


def decoded(content: bytes) -> str:
    """A text file's text, UTF-8 or GB 18030.

    Raises:
        UnreadableFile: it is in neither.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableFile("应为 UTF-8 或 GB 18030 编码的文本", "expected UTF-8 or GB 18030 text")


def _cell_too_long(number: int) -> UnreadableFile:
    return UnreadableFile(
        f"第 {number} 行有超过 {MAX_CELL_CHARACTERS} 字符的单元格",
        f"row {number} has a cell of more than {MAX_CELL_CHARACTERS} characters",
    )


def sheet_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - two openpyxl types
    """Numbered rows of a sheet of `open_book`, formulas by the value they had when saved."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > MAX_ROWS + 10 or len(row) > MAX_COLUMNS * 2:
            raise UnreadableFile("表格过大", "the sheet is too large")
        cells = [_cell_text(value) for value in row]
        if any(len(cell) > MAX_CELL_CHARACTERS for cell in cells):
            raise _cell_too_long(number)
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
        ParseError,
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
        # openpyxl and zipfile let whatever a malformed or encrypted part provokes escape
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
