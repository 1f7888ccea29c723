"""How csv and xlsx files become rows of text, and which files are refused before they cost much."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from inventory.requirements.csv_text import delimiter_of, text_in
from inventory.requirements.unreadable import (
    MAX_BYTES,
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    UnreadableFile,
    cell_too_long,
    too_many_rows,
)
from inventory.requirements.workbooks import open_book, sheet_rows

FORMULA_STARTERS = ("=", "+", "-", "@", "\t", "\r")
"""OWASP: a cell that begins so is run as a formula by spreadsheet programs."""


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
class PassedOver:
    """A row of a file that is not imported, and why.

    `heading`, `total`, `header` (repeated), `note`, `above` the header, `comment` (begins with #),
    or a whole `sheet` (row 0).
    """

    sheet: str
    row: int
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Column names in the header's order, the rows that hold anything, and misshapen rows.

    `comments` are rows that say themselves that they are none.
    """

    columns: tuple[str, ...]
    rows: tuple[SourceRow, ...]
    problems: tuple[RowProblem, ...] = ()
    comments: tuple[PassedOver, ...] = ()


def read_table(name: str, content: bytes, aliases: Mapping[str, str] | None = None) -> Table:
    """Read a csv (UTF-8, GB 18030, or UTF-16 with its mark) or xlsx file (its first sheet).

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
    comments: list[PassedOver] = []
    for number, raw in rows:
        cells = [_harmful(cell.strip()) for cell in raw]
        if len(kept) + len(problems) + len(comments) >= MAX_ROWS and any(cells):
            raise too_many_rows()
        if not any(cells):
            continue
        if cells[0].startswith("#"):
            said = " | ".join(filter(None, cells))
            comments.append(PassedOver("", number, "comment", said[:200]))
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
    if not columns:
        raise UnreadableFile("文件没有表头", "the file has no header row")
    named = tuple(name for name in columns if name)
    return Table(named, tuple(kept), tuple(problems), tuple(comments))


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


def decoded(content: bytes) -> str:
    """A text file's text, UTF-8 or GB 18030, or UTF-16 with its mark.

    Raises:
        UnreadableFile: it is in none of these.
    """
    text = text_in(content)
    if text is None:
        raise UnreadableFile(
            "应为 UTF-8 或 GB 18030 编码的文本（UTF-16 须有标记）",
            "expected UTF-8 or GB 18030 text, or UTF-16 with its mark",
        )
    return text


def csv_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows of a csv file."""
    text = decoded(content)
    # strict, or a quote that never ends would swallow all rows behind it without a word
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        for number, row in enumerate(reader, 1):
            if any(len(cell) > MAX_CELL_CHARACTERS for cell in row):
                raise cell_too_long(number)
            yield number, row
    except csv.Error as broken:
        line = reader.line_num
        raise UnreadableFile(
            f"CSV 第 {line} 行格式错误（引号未成对？）：{broken}",
            f"broken csv in line {line} (a quote without its pair?): {broken}",
        ) from broken
