"""Ids as cantools expects them, and references to what is defined, and nothing else."""

import re
from collections import defaultdict
from dataclasses import dataclass

from can_bridge.dbc.outline import (
    EXTENDED_FLAG,
    MAX_STANDARD_ID,
    MessageBlock,
    Outline,
)
from can_bridge.dbc.sheet import NUMBER
from can_bridge.dbc.statements import Statement

_ID_AND_NAME = (
    ("CsNW", 2, 3),
    ("CsN", 2, None),
    ("CbN", 2, None),
    ("CNW", 1, 2),
    ("CN", 1, None),
    ("ASsNW", 3, 4),
    ("ASbN", 3, None),
    ("VNW", 1, 2),
    ("YNW", 1, 2),
    ("MNW", 1, 2),
    ("BN", 1, None),
    ("GN", 1, None),
    ("RSxWsNW", 5, 6),
    ("RSyWN", 4, None),
)
"""Where a statement says which message and which signal it is about, by its first letters."""
_REFUSED = {
    "V": "unused-value-table",
    "Y": "unused-value-type",
    "M": "unused-mux-range",
}
"""References that may not point nowhere; cantools passes over all others in silence."""
_RANGES = re.compile(r"(?:\d{1,30}-\d{1,30},?)+;")
_FLOAT_LENGTHS = frozenset({16, 32, 64})

Index = dict[int, list[MessageBlock]]


def put_ids_right(outline: Outline) -> Index:
    """Give 29-bit ids their flag, report duplicates; the messages by id and flag."""
    by_id: defaultdict[int, list[MessageBlock]] = defaultdict(list)
    first_of: dict[str, MessageBlock] = {}
    for message in outline.messages:
        if first_of.setdefault(message.name, message) is not message:
            first = outline.sheet.line(first_of[message.name].statement.first)
            outline.say(message.statement, "duplicate-message-name", message.name, first=first)
        if message.is_unassigned:
            if message.signals:
                count = len(message.signals)
                outline.say(message.statement, "unassigned-signals", count=count)
            continue
        if MAX_STANDARD_ID < message.dbc_id < EXTENDED_FLAG:
            shown = f"0x{message.dbc_id:X}"
            outline.say(message.statement, "id-without-flag", message.name, value=shown)
            message.dbc_id |= EXTENDED_FLAG
            outline.sheet.texts[message.id_token] = str(message.dbc_id)
        same = by_id[message.dbc_id]
        if same:
            outline.say(
                message.statement,
                "duplicate-id",
                message.name,
                value=f"0x{message.dbc_id & ~EXTENDED_FLAG:X}",
                first=outline.sheet.line(same[0].statement.first),
            )
        same.append(message)
    return by_id


def put_references_right(outline: Outline, by_id: Index) -> None:
    """Point references at the messages' ids; leave out those that cantools would refuse."""
    known = _Known.of(outline, by_id)
    for keyword in "CAVYMBGR":
        outline.others[keyword] = [
            statement
            for statement in outline.others[keyword]
            if _is_kept(outline, statement, known)
        ]
    _drop_odd_floats(outline, by_id)
    _check_value_keys(outline)


def target(statement: Statement) -> tuple[int | None, int | None]:
    """The tokens that hold the id and the signal's name, where the statement has them."""
    for shape, id_place, name_place in _ID_AND_NAME:
        if statement.shape.startswith(shape):
            name = None if name_place is None else statement.first + name_place
            return statement.first + id_place, name
    return None, None


@dataclass(frozen=True, slots=True)
class _Known:
    """Signal names by message id; ids that were given their flag; ids of unassigned signals."""

    names: dict[int, set[str]]
    without_flag: set[int]
    unassigned: set[int]

    @classmethod
    def of(cls, outline: Outline, by_id: Index) -> "_Known":
        texts = outline.sheet.originals
        published = {
            int(texts[message.id_token]): message.dbc_id
            for message in outline.messages
            if texts[message.id_token].isdecimal()
        }
        return cls(
            {
                dbc_id: {signal.name for message in messages for signal in message.signals}
                for dbc_id, messages in by_id.items()
            },
            {before for before, after in published.items() if before != after},
            {message.dbc_id for message in outline.messages if message.is_unassigned},
        )

    def resolved(self, published: int) -> int | None:
        """The id of a message: as it is, or with the flag that an id beyond 11 bits must have."""
        candidates = [published, published + 2 * EXTENDED_FLAG]
        if published & ~EXTENDED_FLAG > MAX_STANDARD_ID:
            candidates.append(published ^ EXTENDED_FLAG)
        return next((dbc_id for dbc_id in candidates if dbc_id in self.names), None)


def _is_kept(outline: Outline, statement: Statement, known: _Known) -> bool:
    id_token, name_token = target(statement)
    if id_token is None:
        return True
    sheet = outline.sheet
    published = outline.whole_number(id_token)
    dbc_id = None if published is None else known.resolved(published)
    if dbc_id is not None and dbc_id != published:
        sheet.texts[id_token] = sheet.texts[id_token].replace(str(published), str(dbc_id))
        if published not in known.without_flag and not sheet.originals[id_token].startswith("-"):
            outline.say(statement, "reference-without-flag", sheet.originals[statement.first])
    name_tokens = [] if name_token is None else [name_token]
    if statement.keyword == "M":
        name_tokens.append(statement.first + 3)
    wanted = {sheet.originals[token] for token in name_tokens}
    quote = " ".join(sheet.originals[token] for token in (id_token, *name_tokens))
    if published is None or not _numbers_are_whole(outline, statement):
        outline.leave_out(statement)
        outline.say(statement, "not-understood", quote)
        return False
    if dbc_id is not None and wanted <= known.names[dbc_id]:
        return True
    is_said = published not in known.unassigned
    return _points_nowhere(outline, statement, quote, is_said=is_said)


def _numbers_are_whole(outline: Outline, statement: Statement) -> bool:
    """Whether the ranges, kinds and counts of a reference are whole numbers, as they must be."""
    if statement.keyword == "M":
        ranges = "".join(outline.sheet.texts[statement.first + 4 : statement.end])
        return _RANGES.fullmatch(ranges.replace(" ", "")) is not None
    first = 3 if statement.keyword in "YG" else len(statement.shape)
    return all(
        outline.whole_number(statement.first + place) is not None
        for place in range(first, len(statement.shape))
        if statement.shape[place] == NUMBER and outline.sheet.texts[statement.first + place].strip()
    )


def _points_nowhere(outline: Outline, statement: Statement, quote: str, *, is_said: bool) -> bool:
    """Whether a reference to nothing may stay in the text."""
    kind = _REFUSED.get(statement.keyword)
    if kind is None:
        if is_said:
            keyword = outline.sheet.originals[statement.first]
            outline.say(statement, "unknown-reference", quote, keyword=keyword)
        return True
    outline.leave_out(statement)
    outline.say(statement, kind, quote)
    return False


def _drop_odd_floats(outline: Outline, by_id: Index) -> None:
    """A float of 8 bits does not exist; cantools refuses the whole file for one."""
    kept = []
    for statement in outline.others["Y"]:
        sheet = outline.sheet
        kind = int(sheet.texts[statement.first + statement.shape.rindex(NUMBER)].removesuffix(";"))
        name = sheet.originals[statement.first + 2]
        lengths = {
            signal.length
            for message in by_id[int(sheet.texts[statement.first + 1])]
            for signal in message.signals
            if signal.name == name
        }
        if kind in {1, 2} and not lengths <= _FLOAT_LENGTHS:
            outline.leave_out(statement)
            outline.say(statement, "float-of-odd-length", name, value=max(lengths))
        else:
            kept.append(statement)
    outline.others["Y"] = kept


def _check_value_keys(outline: Outline) -> None:
    """The keys of value tables are whole numbers; an entry with any other is left out."""
    for statement in [*outline.others["V"], *outline.others["T"]]:
        for place in range(2, len(statement.shape) - 1):
            if statement.shape[place : place + 2] != "NS":
                continue
            token = statement.first + place
            if outline.whole_number(token) is None:
                outline.say(statement, "value-not-whole", outline.sheet.originals[token])
                outline.sheet.blank(token)
                outline.sheet.blank(token + 1)
