"""From the published text to one that cantools reads without losing anything."""

from collections.abc import Collection
from dataclasses import dataclass

from can_bridge.dbc.attributes import put_attributes_right
from can_bridge.dbc.layout import check_layout
from can_bridge.dbc.multiplexing import put_multiplexing_right
from can_bridge.dbc.naming import Naming, put_names_right
from can_bridge.dbc.outline import MessageBlock, Outline, outline_of
from can_bridge.dbc.references import put_ids_right, put_references_right
from can_bridge.dbc.remarks import Remark, Severity, remark
from can_bridge.dbc.sheet import KEYWORDS, Sheet
from can_bridge.dbc.statements import Statement

CORE = frozenset("bsuVYM")
"""What decoding needs; the rest is comments and attributes."""


@dataclass(slots=True)
class RepairedText:
    """A text ready for cantools, still in pieces, with what had to be done to it."""

    outline: Outline
    naming: Naming

    @property
    def messages(self) -> list[MessageBlock]:
        """The messages that carry frames, in the order of the file."""
        return [message for message in self.outline.messages if not message.is_unassigned]

    @property
    def remarks(self) -> list[Remark]:
        """Everything said so far, by line."""
        return sorted(self.outline.remarks, key=lambda one: one.line)

    def render(self) -> str:
        """The repaired text; lines keep their number."""
        return self.outline.sheet.render()

    def leave_out_all_but(self, keywords: Collection[str]) -> None:
        """Leave every other statement out."""
        for keyword, statements in self.outline.others.items():
            if keyword not in keywords:
                for statement in statements:
                    self.outline.leave_out(statement)

    def alone(self, message: MessageBlock) -> str:
        """One message with what decoding it needs, as a text of its own."""
        sheet = self.outline.sheet
        statements = [message.statement, *(signal.statement for signal in message.signals)]
        for keyword in "VYM":
            statements += [
                one
                for one in self.outline.others[keyword]
                if sheet.texts[one.first + 1] == str(message.dbc_id)
            ]
        return "\n".join(_text_of(self.outline, one) for one in statements)

    def give_up(self, message: MessageBlock, why: str) -> None:
        """Lose a message that cantools cannot take whatever is done."""
        sheet = self.outline.sheet
        for keyword in "VYM":
            for one in self.outline.others[keyword]:
                if sheet.texts[one.first + 1] == str(message.dbc_id):
                    self.outline.leave_out(one)
        self.outline.drop_message(message, (why, why))


def repair(text: str) -> RepairedText:
    """Find and mend what cantools cannot read, or would read as something else."""
    outline = _most_readable(text)
    by_id = put_ids_right(outline)
    put_references_right(outline, by_id)
    put_attributes_right(outline)
    naming = put_names_right(outline)
    _join_node_lists(outline)
    _end_symbol_lists(outline)
    put_multiplexing_right(outline, by_id)
    check_layout(outline)
    _finish(outline)
    if not outline.messages:
        outline.remarks.append(remark(1, "no-messages"))
    return RepairedText(outline, naming)


def _most_readable(text: str) -> Outline:
    """The text by its quotes, or as if some were missing where that makes more sense of it."""
    outline = outline_of(Sheet(text))
    if _trouble(outline):
        other = outline_of(Sheet(text, distrusts_quotes=True))
        if _trouble(other) < _trouble(outline):
            outline = other
    outline.remarks[:0] = outline.sheet.remarks
    return outline


def _trouble(outline: Outline) -> int:
    return sum(
        one.severity is Severity.LOST or one.kind == "not-understood" for one in outline.remarks
    )


def _join_node_lists(outline: Outline) -> None:
    """Join repeated `BU_` sections; cantools keeps only the last."""
    nodes = outline.others["u"]
    for statement in nodes[:-1]:
        outline.say(statement, "repeated-section", "BU_")
        last = nodes[-1].end - 1
        names = _names(outline, statement)
        outline.sheet.texts[last] = " ".join([outline.sheet.texts[last], *names, ""])
        outline.leave_out(statement)
    del nodes[:-1]


def _end_symbol_lists(outline: Outline) -> None:
    """Add `BS_`/`BU_` where the list of symbols would swallow what follows it."""
    kinds = outline.sheet.kinds
    for symbols in outline.others["n"]:
        end = symbols.end
        if "".join(kinds[end : end + 2]) in {"o:", "u:"}:
            continue
        missing = [
            section
            for section, keyword in (("BS_", "o"), ("BU_", "u"))
            if not outline.others[keyword]
        ] or ["BS_"]
        first = next((one.statement.first for one in outline.messages), end - 1)
        for section in missing:
            outline.remarks.append(remark(outline.sheet.line(first), "missing-section", section))
            outline.sheet.texts[end - 1] += f" {section}: "


def _names(outline: Outline, statement: Statement) -> list[str]:
    return [
        outline.sheet.texts[token]
        for token in range(statement.first + 2, statement.end)
        if outline.sheet.kinds[token] not in KEYWORDS and outline.sheet.texts[token].strip()
    ]


def _text_of(outline: Outline, statement: Statement) -> str:
    return " ".join(outline.sheet.texts[statement.first : statement.end])


def _finish(outline: Outline) -> None:
    """Put signals back to their messages and write the statements to be added."""
    sheet = outline.sheet
    added = []
    for dbc_id, signal, multiplexer, value in outline.added_marks:
        names = " ".join(_bare_name(outline, one.name_token) for one in (signal, multiplexer))
        added.append(f"SG_MUL_VAL_ {dbc_id} {names} {value}-{value};")
    for signal, message in outline.moved:
        if signal not in message.signals:
            continue
        block = [one for one in message.signals if one is not signal]
        moved = {id(other) for other, _ in outline.moved}
        last = next(
            (one.statement for one in reversed(block) if id(one) not in moved), message.statement
        )
        sheet.texts[last.end - 1] += f" {_text_of(outline, signal.statement)} "
        outline.leave_out(signal.statement)
    sheet.appendix = "\n".join(added)


def _bare_name(outline: Outline, token: int) -> str:
    return outline.sheet.texts[token].split(" ")[0]
