"""A DBC text as tokens that can be replaced one by one; what lies between them stays.

Reading is linear in the length of the text whatever it holds: no pattern can give characters back.
"""

import re
from bisect import bisect_right

from can_bridge.dbc.remarks import Remark, remark

KEYWORD_KINDS = {
    "BO_": "b",
    "SG_": "s",
    "BU_": "u",
    "EV_": "e",
    "BU_SG_REL_": "x",
    "BU_BO_REL_": "y",
    "BU_EV_REL_": "z",
    "CM_": "C",
    "BA_": "A",
    "VAL_": "V",
    "VAL_TABLE_": "T",
    "BA_DEF_": "D",
    "BA_DEF_DEF_": "F",
    "BA_REL_": "R",
    "BA_DEF_REL_": "d",
    "BA_DEF_DEF_REL_": "f",
    "SIG_VALTYPE_": "Y",
    "SG_MUL_VAL_": "M",
    "BO_TX_BU_": "B",
    "SIG_GROUP_": "G",
    "ENVVAR_DATA_": "E",
    "NS_": "n",
    "BS_": "o",
    "VERSION": "v",
    **dict.fromkeys(
        (
            "BA_DEF_SGTYPE_",
            "BA_SGTYPE_",
            "CAT_",
            "CAT_DEF_",
            "EV_DATA_",
            "FILTER",
            "NS_DESC_",
            "SGTYPE_",
            "SGTYPE_VAL_",
            "SIG_TYPE_REF_",
            "SIGTYPE_VALTYPE_",
        ),
        "K",
    ),
}
"""One letter per keyword, so that a statement's shape is a short string a pattern can match."""
KEYWORDS = frozenset(KEYWORD_KINDS.values())
NUMBER, WORD, STRING, GARBAGE = "N", "W", "S", "?"

_STRING_GRAMMAR = r'"[^"\\]*+(?:\\"?+[^"\\]*+)*+"'
_GRAMMAR = r"""(?P<gap>(?:[ \t\n]|//[^\n]*+)++)
    |(?P<stray>[\x00-\x08\x0b-\x1f\x7f\xa0\u200b\u3000\ufeff]++)
    |(?P<hex>0[xX][0-9A-Fa-f]++(?!\w))
    |(?P<number>[-+]?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][-+]?[0-9]++)?+(?!\w))
    |(?P<word>[\w\ufffd]++(?:[.$\#-]++[\w\ufffd]++)*+)
    |(?P<string>{string})
    |(?P<mark>[:|@()\[\],;+-])
    |(?P<garbage>"|[^\s\w\ufffd":|@()\[\],;+-]++|.)"""
_TOKEN = re.compile(_GRAMMAR.format(string=_STRING_GRAMMAR), re.VERBOSE)
_TOKEN_BEHIND_LAST_QUOTE = re.compile(_GRAMMAR.format(string="(?!)"), re.VERBOSE)
_COMMENT = re.compile(r"//[^\n]*+")
_SWALLOWED = re.compile(r"\n[ \t]*+(?:BO_|SG_|CM_|BA_|BA_DEF_|BA_DEF_DEF_|VAL_|SIG_VALTYPE_)[ \t]")
_MOST_SUSPECT_CHARACTERS = 64 * 1024 * 1024
"""How much text may be read again because of missing quotes; a file made to exhaust it gains
nothing further."""


class Sheet:
    """The tokens of a text.

    With `distrusts_quotes` a string that holds whole statements is taken for one whose closing
    quote is missing; it may as well be a comment that quotes a DBC.

    Attributes:
        kinds: one letter per token: `KEYWORD_KINDS`, N number, W word, S string, the mark itself,
            `?` for anything else.
        texts: the tokens as they will be written; passes replace them, an emptied one vanishes.
        originals: the tokens as published.
        starts_line: whether only blanks stand before the token in its line.
        remarks: what was changed while reading.
        appendix: written behind everything else.
    """

    def __init__(self, text: str, *, distrusts_quotes: bool = False) -> None:
        self.kinds: list[str] = []
        self.originals: list[str] = []
        self.starts_line: list[bool] = []
        self.remarks: list[Remark] = []
        self.appendix = ""
        self._gaps: list[str] = []
        self._starts: list[int] = []
        self._newlines = [found.start() for found in re.finditer("\n", text)]
        self._strays: list[tuple[int, str]] = []
        self._distrusts_quotes = distrusts_quotes
        self._suspect_budget = _MOST_SUSPECT_CHARACTERS
        self.texts: list[str] = []
        self._read(text)
        if self._strays:
            at, first = self._strays[0]
            count = sum(len(stray) for _, stray in self._strays)
            self.remarks.append(
                remark(self._line_at(at), "stray-character", repr(first[0]), count=count)
            )

    def line(self, token: int) -> int:
        """The line of a token in the published file, from 1."""
        return self._line_at(self._starts[token])

    def _line_at(self, offset: int) -> int:
        return bisect_right(self._newlines, offset - 1) + 1

    def blank(self, token: int) -> None:
        """Leave a token out; its line breaks stay, so that the lines behind keep their number."""
        # a blank at least: what stands on its two sides must not grow together
        self.texts[token] = "\n" * self.originals[token].count("\n") or " "

    def render(self) -> str:
        """The text with all replacements."""
        pieces = [piece for pair in zip(self._gaps, self.texts, strict=False) for piece in pair]
        return "".join([*pieces, self._gaps[-1], "\n", self.appendix])

    def _read(self, text: str) -> None:
        position, gap, fresh_line = 0, "", True
        pattern = _TOKEN
        while (found := pattern.match(text, position)) is not None:
            group, value = str(found.lastgroup), found.group()
            position = found.end()
            if group == "gap":
                fresh_line = fresh_line or "\n" in value
                gap += _COMMENT.sub("", value) if "/" in value else value
                continue
            if group == "stray":
                self._strays.append((found.start(), value))
                gap += " "
                continue
            if value[0] == '"':
                if group == "garbage":  # none further on closes either: look for none again
                    pattern = _TOKEN_BEHIND_LAST_QUOTE
                position, written = self._string(text, found.start(), position, group)
                group, value = "string", text[found.start() : position]
            else:
                written = self._written(group, value, found.start())
            self._add(_kind(group, value), (found.start(), gap, value, written), fresh_line)
            gap, fresh_line = "", False
        self._gaps.append(gap)

    def _add(self, kind: str, place: tuple[int, str, str, str], starts_line: bool) -> None:
        start, gap, original, written = place
        self.kinds.append(kind)
        self._starts.append(start)
        self._gaps.append(gap)
        self.originals.append(original)
        self.texts.append(written)
        self.starts_line.append(starts_line)

    def _written(self, group: str, value: str, start: int) -> str:
        """A number in the form cantools reads; everything else as it is."""
        if group == "hex":
            written, kind = str(int(value, 16)), "hex-number"
        elif group == "number" and value.lstrip("+-")[0] == ".":
            written, kind = value.replace(".", "0.", 1), "bare-decimal"
        else:
            return value
        self.remarks.append(remark(self._line_at(start), kind, value, value=written))
        return written

    def _string(self, text: str, start: int, end: int, group: str) -> tuple[int, str]:
        """Where a string ends and how it is written; one that swallowed statements ends earlier."""
        if group == "string" and not self._is_suspect(text, start, end):
            return end, text[start:end]
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        content = text[start + 1 : line_end].rstrip()
        if content.endswith(";"):
            content = content[:-1].rstrip()
        self.remarks.append(remark(self._line_at(start), "unterminated-string"))
        written = content.removesuffix('"').rstrip("\\")
        return start + 1 + len(content), f'"{written}"'

    def _is_suspect(self, text: str, start: int, end: int) -> bool:
        """Whether a string holds whole statements and is not followed by what ends a statement.

        A comment that quotes DBC text is followed by its semicolon; a string whose closing quote is
        missing ends at the opening quote of the next one, in the middle of a statement.
        """
        if not self._distrusts_quotes or self._suspect_budget <= 0:
            return False
        if text.find("\n", start, end) < 0:
            return False
        if _SWALLOWED.search(text, start, end) is None:
            return False
        self._suspect_budget -= end - start
        return text[end : end + 16].lstrip()[:1] != ";"


def _kind(group: str, value: str) -> str:
    if group == "word":
        return KEYWORD_KINDS.get(value, WORD)
    if group in {"hex", "number"}:
        return NUMBER
    if group == "mark":
        return value
    return STRING if group == "string" else GARBAGE
