"""The statements of a DBC, each with the shape of its tokens."""

import re
from dataclasses import dataclass

from can_bridge.dbc.sheet import KEYWORDS, WORD, Sheet

_BLOCKS = frozenset("bsuov")
"""Statements that end where the next begins; all others end with a semicolon."""
_SHAPES = {
    keyword: re.compile(shape)
    for keyword, shape in {
        "b": r"bNW:NW",
        "s": r"sWW?:N\|N@N[+-]\(N,N\)\[N\|N\]SW(?:,W)*",
        "C": r"C(?:sNW|bN|eW|uW)?S;",
        "D": r"D[sbeu]?SW(?:S(?:,S)*|N*);",
        "F": r"FS[NS];",
        "f": r"fS[NS];",
        "A": r"AS(?:bN|sNW|uW|eW)?[NS];",
        "d": r"d[xyz]?SW(?:S(?:,S)*|N*);",
        "R": r"RS(?:xWsNW|yWN)[NS];",
        "V": r"VN?W(?:NS)*;",
        "T": r"TW(?:NS)*;",
        "Y": r"YNW:N;",
        "M": r"MNWWNN(?:,NN)*;",
        "B": r"BN:W(?:,W)*;",
        "G": r"GNWN:W*;",
        "e": r"eW:N\[N\|N\]SNNWW(?:,W)*;",
        "E": r"EW:N;",
        "u": r"u:W*",
        "o": r"o:",
        "v": r"vS",
    }.items()
}
"""What cantools can read of each statement."""
LOOSE_SIGNAL = re.compile(
    r"sWW?:N\|N@N[+-](?P<scale>\((?:N,N)?\))?(?P<range>\[(?:N?\|N?)?\])?(?P<unit>S)?"
    r"(?P<nodes>,?(?:W[,;]*)*);*(?P<tail>[W?,;:SN]*)"
)
"""A signal whose position can be read, whatever is missing behind it."""
BROKEN_MESSAGE = re.compile(r"[W?N]{1,4}:N(?![|N])")
BROKEN_SIGNAL = re.compile(r"[W?N]{1,4}:N\|N@")
"""What is left of a `BO_` or `SG_` line whose keyword cannot be read."""
_MESSAGE = list("bNW:")
"""A message wherever it stands: taken for more of the line before it, it would lose its signals."""
_MOST_LOOK_BACK = 64


@dataclass(slots=True, eq=False)
class Statement:
    """Tokens `first` to `end` (exclusive) of a sheet; `shape` has one letter for each."""

    first: int
    end: int
    shape: str

    @property
    def keyword(self) -> str:
        """The letter of the keyword it begins with."""
        return self.shape[0]

    def fits(self) -> bool:
        """Whether cantools can read it."""
        return shape_fits(self.shape)


def shape_fits(shape: str) -> bool:
    """Whether cantools can read a statement of this shape."""
    pattern = _SHAPES.get(shape[0])
    return pattern is not None and pattern.fullmatch(shape) is not None


def split(sheet: Sheet) -> list[Statement]:
    """All statements in their order; what belongs to none is a statement without keyword."""
    statements = []
    first, count = 0, len(sheet.kinds)
    while first < count:
        kind = sheet.kinds[first]
        if kind == "n":
            end = _end_of_symbols(sheet, first)
        elif kind in _BLOCKS:
            end = _end_of_block(sheet, first)
        else:
            end = _end_at_semicolon(sheet, first)
        statements.append(Statement(first, end, "".join(sheet.kinds[first:end])))
        first = end
    return statements


def _end_of_symbols(sheet: Sheet, first: int) -> int:
    """NS_ lists keywords, one a line; it ends before the first that has something behind it."""
    count = len(sheet.kinds)
    end = first + 1
    if end < count and sheet.kinds[end] == ":":
        end += 1
    while end < count and (sheet.kinds[end] in KEYWORDS or sheet.kinds[end] == WORD):
        is_alone = end + 1 == count or sheet.starts_line[end + 1]
        if sheet.starts_line[end] and not is_alone:
            break
        end += 1
    return end


def _end_of_block(sheet: Sheet, first: int) -> int:
    kinds = sheet.kinds
    for end in range(first + 1, len(kinds)):
        if kinds[end] not in KEYWORDS:
            if sheet.starts_line[end] and _is_whole(kinds, first, end):
                return end
            continue
        if sheet.starts_line[end] or kinds[end : end + 4] == _MESSAGE:
            return end
        if end - first < _MOST_LOOK_BACK and kinds[first] != "u":
            shape = "".join(kinds[first:end])
            if shape_fits(shape) or LOOSE_SIGNAL.fullmatch(shape):
                return end
        elif kinds[first] == "u" and kinds[end] != "K":
            return end
    return len(kinds)


def _is_whole(kinds: list[str], first: int, end: int) -> bool:
    """Whether a message or signal ends here, so that the next line is something else.

    A broken `BO_` line must not pass for receivers of the signal before it: its own signals would
    then go to that signal's message.
    """
    if kinds[first] not in "bs" or kinds[end] == "," or kinds[end - 1] == ",":
        return False
    return end - first < _MOST_LOOK_BACK and shape_fits("".join(kinds[first:end]))


def _end_at_semicolon(sheet: Sheet, first: int) -> int:
    kinds = sheet.kinds
    has_keyword = kinds[first] in KEYWORDS
    for end in range(first, len(kinds)):
        if kinds[end] == ";":
            return end + 1
        begins_another = end > first and kinds[end] in KEYWORDS and sheet.starts_line[end]
        if begins_another and not (has_keyword and _may_continue(kinds, first, end)):
            return end
    return len(kinds)


def _may_continue(kinds: list[str], first: int, end: int) -> bool:
    """Whether a keyword at the start of a line can still be part of the statement before it."""
    if kinds[first] == "R":
        return kinds[end] in "sxy" and end - first <= 4  # noqa: PLR2004 -- R S x W s
    return kinds[first] in "CADd" and kinds[end] in "bseuxyz" and end - first <= 2  # noqa: PLR2004
