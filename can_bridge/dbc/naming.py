"""Names that a DBC may not have are loaded under ones it may; the published name stays known."""

import re
from dataclasses import dataclass, field

from can_bridge.dbc.outline import Outline
from can_bridge.dbc.sheet import KEYWORD_KINDS, WORD, Sheet
from can_bridge.dbc.statements import Statement

_ALLOWED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_]")
_SYMBOL = re.compile(r"[^\w\ufffd]")


@dataclass(slots=True)
class Naming:
    """What names became.

    Attributes:
        loaded: published name to the name in the model, where they differ.
        restored: stand-in used while parsing to the name that the model gets in its place.
    """

    loaded: dict[str, str] = field(default_factory=dict)
    restored: dict[str, str] = field(default_factory=dict)


def put_names_right(outline: Outline) -> Naming:
    """Rename what cantools cannot read, everywhere alike."""
    namer = _Namer(outline.sheet)
    statements = [message.statement for message in outline.messages]
    statements += [signal.statement for one in outline.messages for signal in one.signals]
    for keyword in "uCAVYMBGRTeE":
        statements += outline.others[keyword]
    for statement in sorted(statements, key=lambda one: one.first):
        for token in range(statement.first + 1, statement.end):
            if statement.shape[token - statement.first] == WORD:
                namer.look_at(outline, statement, token)
    return namer.naming


class _Namer:
    def __init__(self, sheet: Sheet) -> None:
        self.naming = Naming()
        self._taken = {
            word for word, kind in zip(sheet.originals, sheet.kinds, strict=True) if kind == WORD
        }
        self._written: dict[str, str] = {}

    def look_at(self, outline: Outline, statement: Statement, token: int) -> None:
        sheet = outline.sheet
        name = sheet.originals[token]
        is_left_out = not sheet.texts[token].strip()
        if is_left_out or (_ALLOWED.fullmatch(name) and name not in KEYWORD_KINDS):
            return
        if name not in self._written:
            kind = self._rename(name)
            shown = self.naming.loaded.get(name, name)
            outline.say(statement, kind, name, value=shown)
        # mending may have put a comma or a receiver behind the name: those stay
        sheet.texts[token] = self._written[name] + sheet.texts[token][len(name) :]

    def _rename(self, name: str) -> str:
        symbols_out = _SYMBOL.sub("_", name)
        if name in KEYWORD_KINDS:
            kind = "name-is-keyword"
        elif symbols_out != name:
            kind = "name-with-symbol"
        else:
            kind = "name-starts-with-digit" if name[0].isdecimal() else "name-not-ascii"
        final = symbols_out
        if final[0].isdecimal() or final in KEYWORD_KINDS:
            final = f"_{final}"
        if final != name:
            final = self._free(final)
            self.naming.loaded[name] = final
        self._written[name] = final
        if not final.isascii():
            stand_in = self._free("_" + _NOT_ALLOWED.sub("", final) + f"_{len(self._written)}")
            self.naming.restored[stand_in] = final
            self._written[name] = stand_in
        return kind

    def _free(self, name: str) -> str:
        while name in self._taken:
            name = f"_{name}"
        self._taken.add(name)
        return name
