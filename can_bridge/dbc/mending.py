"""Small slips inside one statement are put right, so that cantools can read it."""

import re
from collections.abc import Iterable

from can_bridge.dbc.remarks import Remark, remark
from can_bridge.dbc.sheet import KEYWORDS, NUMBER, STRING, WORD, Sheet
from can_bridge.dbc.statements import LOOSE_SIGNAL, Statement, shape_fits

NO_NODE = "Vector__XXX"
_NAME_PLACES = (
    ("s", (1, 2)),
    ("b", (2, 5)),
    ("V", (2,)),
    ("Y", (2,)),
    ("M", (2, 3)),
    ("Cs", (3,)),
    ("Cu", (2,)),
    ("ASs", (4,)),
    ("ASu", (3,)),
)
"""Where a name stands even if it looks like a number or a keyword."""
_LOOSE_MESSAGE = re.compile(r"(?P<kept>bNW:NW?);*(?P<tail>.*)")
_NODE_LIST_AT = {"u": 2, "B": 3, "G": 5}
"""Where the list of names begins in statements that are one."""


class Mender:
    """Mends statements of a sheet; `remarks` says what it changed."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.remarks: list[Remark] = []

    def mend(self, statement: Statement) -> bool:
        """Whether the statement can be read now."""
        if statement.fits():
            return True
        self._recognise_names(statement)
        return statement.fits() or {
            "b": self._message,
            "s": self._signal,
            "u": self._list,
            "B": self._list,
            "G": self._list,
            "o": self._bus_speed,
            "C": self._comment,
            "Y": self._value_type,
            "M": self._mux_ranges,
        }.get(statement.keyword, self._semicolon)(statement)

    def _say(self, statement: Statement, kind: str, quote: str = "", **fields: object) -> None:
        line = self._sheet.line(statement.first)
        self.remarks.append(remark(line, kind, quote, **fields))

    def _word(self, statement: Statement, place: int = 0) -> str:
        return self._sheet.originals[statement.first + place]

    def _recognise_names(self, statement: Statement) -> None:
        shape = list(statement.shape)
        for place in _name_places(statement.shape):
            if place < len(shape) and (shape[place] == NUMBER or shape[place] in KEYWORDS):
                shape[place] = WORD
        changed = "".join(shape)
        loose = {"s": LOOSE_SIGNAL, "b": _LOOSE_MESSAGE}.get(statement.keyword)
        if not shape_fits(changed) and not (loose and loose.fullmatch(changed)):
            return
        for place, (old, new) in enumerate(zip(statement.shape, changed, strict=True)):
            if old != new:
                self._sheet.texts[statement.first + place] = self._word(statement, place)
        statement.shape = changed

    def _semicolon(self, statement: Statement) -> bool:
        if not shape_fits(statement.shape + ";"):
            return False
        self._sheet.texts[statement.end - 1] += ";"
        self._say(statement, "missing-semicolon", self._word(statement))
        return True

    def _message(self, statement: Statement) -> bool:
        found = _LOOSE_MESSAGE.fullmatch(statement.shape)
        if found is None:
            return False
        if found.end("kept") < len(statement.shape):
            self._tail(statement, found)
            self._blank(range(statement.first + found.end("kept"), statement.end))
        if found["kept"][-1] == NUMBER:
            self._sheet.texts[statement.first + found.end("kept") - 1] += f" {NO_NODE} "
            self._say(statement, "missing-node", self._word(statement, 2))
        return True

    def _tail(self, statement: Statement, found: re.Match[str]) -> None:
        if not found["tail"]:
            self._say(statement, "stray-semicolon")
            return
        first, end = (statement.first + place for place in found.span("tail"))
        self._say(statement, "not-understood", " ".join(self._sheet.originals[first:end]))

    def _blank(self, tokens: Iterable[int]) -> None:
        for token in tokens:
            self._sheet.blank(token)

    def _signal(self, statement: Statement) -> bool:
        found = LOOSE_SIGNAL.fullmatch(statement.shape)
        if found is None:
            return False
        behind = statement.first + statement.shape.index("@") + 2
        for part, whole, value in (
            ("scale", "(N,N)", "(1,0)"),
            ("range", "[N|N]", "[0|0]"),
            ("unit", "S", '""'),
        ):
            first, end = (statement.first + place for place in found.span(part))
            if found[part] != whole:
                name = self._word(statement, 1)
                self._say(statement, "incomplete-signal", name, part=part, value=value)
                self._sheet.texts[behind] += f" {value} "
            if found[part] is None:
                continue
            if found[part] != whole:
                self._blank(range(first, end))
            else:
                behind = end - 1
        if found.end("nodes") < len(statement.shape):
            self._tail(statement, found)
        self._blank(range(statement.first + found.end("nodes"), statement.end))
        self._receivers(statement, found, behind)
        return True

    def _receivers(self, statement: Statement, found: re.Match[str], behind: int) -> None:
        places = range(*(statement.first + place for place in found.span("nodes")))
        if WORD not in found["nodes"]:
            self._blank(places)
            self._sheet.texts[behind] += f" {NO_NODE} "
            self._say(statement, "missing-node", self._word(statement, 1))
        elif re.fullmatch(r"W(?:,W)*", found["nodes"]) is None:
            self._separate(statement, places, ",")

    def _separate(self, statement: Statement, places: range, separator: str) -> None:
        """Write the words at `places` with one separator between them."""
        words = []
        for token in places:
            if statement.shape[token - statement.first] == WORD:
                words.append(token)
            else:
                self._sheet.blank(token)
        for token in words[:-1]:
            self._sheet.texts[token] += separator
        self._say(statement, "list-separators", self._word(statement))

    def _list(self, statement: Statement) -> bool:
        start = _NODE_LIST_AT[statement.keyword]
        head = {"u": "u:", "B": "BN:", "G": "GNWN:"}[statement.keyword]
        body = statement.shape[start:]
        if not statement.shape.startswith(head) or set(body) - {WORD, ",", ";", "K"}:
            return False
        if statement.keyword == "B" and WORD not in body:
            return False
        if shape_fits(statement.shape + ";"):
            return self._semicolon(statement)
        statement.shape = head + body.replace("K", WORD)
        if not statement.fits():
            places = range(statement.first + start, statement.end)
            self._separate(statement, places, "," if head[0] == "B" else " ")
            self._sheet.texts[statement.end - 1] += "" if head[0] == "u" else ";"
        return True

    def _bus_speed(self, statement: Statement) -> bool:
        if not statement.shape.startswith("o:"):
            return False
        self._blank(range(statement.first + 2, statement.end))
        self._say(statement, "bus-speed-left-out")
        return True

    def _comment(self, statement: Statement) -> bool:
        sheet, second = self._sheet, statement.first + 1
        body = statement.shape.removesuffix(";")
        if body in {"CNS", "CNWS"}:
            kind = "BO_" if body == "CNS" else "SG_"
            sheet.texts[statement.first] = f"CM_ {kind}"
            self._say(statement, "bare-comment", kind)
        elif body == "CsNS":
            sheet.texts[second] = "BO_"
            self._say(statement, "comment-without-signal")
        elif not shape_fits(body + ";"):
            return False
        if body == statement.shape:
            sheet.texts[statement.end - 1] += ";"
            self._say(statement, "missing-semicolon", "CM_")
        return True

    def _value_type(self, statement: Statement) -> bool:
        if statement.shape not in {"YNWN;", "YNWN", "YNW:N"}:
            return False
        if ":" not in statement.shape:
            self._sheet.texts[statement.first + 2] += " :"
            self._say(statement, "missing-colon", "SIG_VALTYPE_")
        if not statement.shape.endswith(";"):
            self._sheet.texts[statement.end - 1] += ";"
            self._say(statement, "missing-semicolon", "SIG_VALTYPE_")
        return True

    def _mux_ranges(self, statement: Statement) -> bool:
        found = re.fullmatch(r"(MNWW)((?:N-?N,?)+)(;?)", statement.shape)
        if found is None:
            return False
        first = statement.first + found.start(2)
        numbers = [
            token
            for token in range(first, statement.end)
            if statement.shape[token - statement.first] == NUMBER
        ]
        ranges = [
            f"{self._sheet.texts[low]}-{self._sheet.texts[high].lstrip('-')}"
            for low, high in zip(numbers[::2], numbers[1::2], strict=True)
        ]
        self._blank(range(first, statement.end))
        self._sheet.texts[first] = ", ".join(ranges) + ";"
        self._say(statement, "list-separators", "SG_MUL_VAL_")
        return True


def _name_places(shape: str) -> list[int]:
    places = [place for start, known in _NAME_PLACES if shape.startswith(start) for place in known]
    if shape[0] == "u":
        places += range(2, len(shape))
    elif shape[0] == "s" and STRING in shape:
        places += [at for at in range(shape.rindex(STRING), len(shape)) if shape[at] == NUMBER]
    return places
