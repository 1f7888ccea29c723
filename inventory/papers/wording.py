"""The Chinese words of papers: of enums as the glossary has them, of days and numbers."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from inventory.glossary import terms
from inventory.moments import SCHOOL_ZONE
from inventory.stations.rules import Level

_NUMERALS = "一二三四五六七八九十"
_SHORT_LEVELS = {Level.ELEMENTARY: "初", Level.INTERMEDIATE: "中", Level.ADVANCED: "高"}
_FOR_MACHINES = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)
"""Control characters, those that turn or hide text, and those that files of Office can't hold."""


@cache
def _words() -> dict[str, str]:
    return {term.code_name: term.zh for term in terms()}


def zh(member: StrEnum) -> str:
    """The glossary's word for an enum's value."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(member).__name__).lower()
    return _words()[f"{name}.{member.value}"]


def clean(text: str) -> str:
    """The text as paper can show it: without control characters, tabs as blanks."""
    return _FOR_MACHINES.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def day(on: date | None) -> str:
    """A day as a paper writes it; a moment's day is the schools'."""
    if on is None:
        return ""
    if isinstance(on, datetime):
        on = on.astimezone(SCHOOL_ZONE).date()
    return f"{on.year}年{on.month}月{on.day}日"


def moment(at: datetime) -> str:
    """A moment in the schools' time."""
    return f"{at.astimezone(SCHOOL_ZONE):%Y-%m-%d %H:%M}"


def number(value: float | None) -> str:
    """A number without needless zeros."""
    return "" if value is None else f"{value:.12g}"


def numeral(position: int) -> str:
    """Chinese numeral from 1 to 10."""
    return _NUMERALS[position - 1]


def places(asked: Iterable[tuple[str, Level]]) -> str:
    """Modules with their levels in short, such as `2-1 初中高；2-2 中`."""
    by_module: dict[str, set[Level]] = {}
    for module, level in asked:
        by_module.setdefault(module, set()).add(level)
    return "；".join(
        f"{module} " + "".join(_SHORT_LEVELS[level] for level in Level if level in levels)
        for module, levels in by_module.items()
    )
