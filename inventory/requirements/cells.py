"""How cells of a row become typed values, and how everything wrong with a row is collected."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar, cast

from inventory.requirements.tabular import RowProblem, SourceRow

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
_WHOLE_NUMBER = re.compile(r"\d{1,9}")


class Unexpected(Exception):
    """A cell is not what was expected; the texts complete "expected …"."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class RowReader:
    """Reads one row, column by column; what was wrong is in `problems` afterwards."""

    def __init__(self, row: SourceRow) -> None:
        self._row = row
        self.problems: list[RowProblem] = []

    def read(self, column: str, parse: Callable[[str], T], fallback: T | None = None) -> T:
        """The parsed cell; what is returned for a bad one is of no use and only keeps going."""
        cell = self._row.cells.get(column, "")
        try:
            return parse(cell)
        except Unexpected as bad:
            self.refuse(column, bad)
            return cast("T", fallback)

    def refuse(self, column: str, bad: Unexpected) -> None:
        """Note a problem that only shows when cells are seen together."""
        cell = self._row.cells.get(column, "")
        place = (self._row.number, column, cell[:200])
        self.problems.append(RowProblem(*place, bad.zh, bad.en, self._row.sheet))


def text(max_length: int, *, is_required: bool = False) -> Callable[[str], str]:
    """Any text up to a length."""

    def parse(cell: str) -> str:
        if is_required and not cell:
            raise Unexpected("不能为空", "a text, not empty")
        if len(cell) > max_length:
            raise Unexpected(f"最多 {max_length} 个字符", f"at most {max_length} characters")
        return cell

    return parse


def whole_number(low: int, high: int) -> Callable[[str], int | None]:
    """A whole number of a closed range; empty is None."""

    def parse(cell: str) -> int | None:
        if not cell:
            return None
        if not _WHOLE_NUMBER.fullmatch(cell) or not low <= int(cell) <= high:
            raise Unexpected(f"{low} 至 {high} 的整数", f"a whole number from {low} to {high}")
        return int(cell)

    return parse


def one_of(kind: type[E], words: Mapping[str, E]) -> Callable[[str], E]:
    """An enum's value, or one of the other words for it; case does not matter."""
    accepted = {member.value.casefold(): member for member in kind} | dict(words)

    def parse(cell: str) -> E:
        found = accepted.get(cell.casefold())
        if found is None:
            known = " / ".join(accepted)
            raise Unexpected(f"下列之一：{known}", f"one of: {known}")
        return found

    return parse


def day(cell: str) -> date | None:
    """A date such as 2026-12-01, 2026/12/1 or 2026年12月1日; empty is None."""
    if not cell:
        return None
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", cell)
    try:
        if match is not None:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise Unexpected("日期，如 2026-12-01", "a date such as 2026-12-01")
