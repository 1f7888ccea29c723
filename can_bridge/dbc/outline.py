"""What a DBC defines, read from its statements alone: messages, their signals, and references."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from can_bridge.dbc.mending import Mender
from can_bridge.dbc.remarks import Remark, remark
from can_bridge.dbc.sheet import WORD, Sheet
from can_bridge.dbc.statements import BROKEN_MESSAGE, BROKEN_SIGNAL, Statement, split

MAX_MESSAGE_BYTES = 1785
"""Longest J1939 transport protocol message; a DBC of 100 bytes that claims a gigabyte would make
the parser take all memory (measured: 7.5 GiB)."""
EXTENDED_FLAG = 0x80000000
MAX_STANDARD_ID = 0x7FF
MAX_EXTENDED_ID = 0x1FFFFFFF
UNASSIGNED = "VECTOR__INDEPENDENT_SIG_MSG"
"""The message in which CANdb++ keeps signals that belong to no message."""
_MOST_DIGITS = 4000
"""Python refuses to convert longer numbers."""
_Why = tuple[str, str]
_MULTIPLEXER = re.compile(r"(?:m\d+)?M")
_UNREADABLE: _Why = ("此行无法理解", "the line is not understood")


@dataclass(slots=True, eq=False)
class SignalLine:
    """An `SG_` line; `selected_by` and `selected_at` are set for multiplexed signals."""

    statement: Statement
    name: str
    start: int
    length: int
    is_big_endian: bool
    is_signed: bool
    selected_by: str | None = None
    selected_at: list[range] = field(default_factory=list)

    @property
    def name_token(self) -> int:
        """The token of its name."""
        return self.statement.first + 1

    @property
    def mark_token(self) -> int | None:
        """The token of its multiplexing mark."""
        return self.statement.first + 2 if self.statement.shape[2] == WORD else None


@dataclass(slots=True, eq=False)
class MessageBlock:
    """A `BO_` line with the `SG_` lines that belong to it; `dbc_id` includes the extended flag."""

    statement: Statement
    dbc_id: int
    name: str
    length: int
    signals: list[SignalLine] = field(default_factory=list)
    has_lost_multiplexer: bool = False

    @property
    def is_unassigned(self) -> bool:
        """Whether it only keeps signals that no frame carries."""
        return self.name == UNASSIGNED

    @property
    def id_token(self) -> int:
        """The token of its id."""
        return self.statement.first + 1

    @property
    def name_token(self) -> int:
        """The token of its name."""
        return self.statement.first + 2


@dataclass(slots=True)
class Outline:
    """Everything in the text that can be read.

    Attributes:
        others: statements other than messages and signals, by the letter of their keyword.
        moved: signals that stand apart from their message, with the message they go back to.
        added_marks: `SG_MUL_VAL_` to be added at the end: id, signal, multiplexer, its value.
    """

    sheet: Sheet
    messages: list[MessageBlock] = field(default_factory=list)
    others: defaultdict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    moved: list[tuple[SignalLine, MessageBlock]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    added_marks: list[tuple[int, SignalLine, SignalLine, int]] = field(default_factory=list)

    def say(self, statement: Statement, kind: str, quote: str = "", **fields: object) -> None:
        """Note a remark at the line of a statement."""
        line = self.sheet.line(statement.first)
        self.remarks.append(remark(line, kind, quote, **fields))

    def leave_out(self, statement: Statement) -> None:
        """Take a statement out of the text."""
        for token in range(statement.first, statement.end):
            self.sheet.blank(token)

    def drop_signal(self, message: MessageBlock, signal: SignalLine, why: _Why) -> None:
        """Give a signal up, saying so."""
        self.leave_out(signal.statement)
        message.signals.remove(signal)
        self.say(signal.statement, "signal-lost", signal.name, why_zh=why[0], why_en=why[1])

    def drop_message(self, message: MessageBlock, why: _Why) -> None:
        """Give a message and its signals up, saying so."""
        self.leave_out(message.statement)
        self.messages.remove(message)
        self.say(message.statement, "message-lost", message.name, why_zh=why[0], why_en=why[1])
        for signal in list(message.signals):
            self.drop_signal(message, signal, ("所属报文丢失", "its message is lost"))

    def whole_number(self, token: int) -> int | None:
        """The whole number at a token; one that came as `8.0` or `1e3` is written plainly."""
        whole = self.sheet.texts[token]
        text = whole.rstrip(" :;")  # mending may have put a mark behind it
        if len(text) > _MOST_DIGITS:
            return None
        try:
            return int(text)
        except ValueError:
            pass
        try:
            number = Decimal(text)
            if number.adjusted() > _MOST_DIGITS or number != number.to_integral_value():
                return None
        except InvalidOperation:
            return None
        self.sheet.texts[token] = str(int(number)) + whole[len(text) :]
        line = self.sheet.line(token)
        self.remarks.append(remark(line, "number-not-whole", text, value=int(number)))
        return int(number)


def outline_of(sheet: Sheet) -> Outline:
    """Read the statements of a sheet, leaving out what cannot be understood."""
    outline = Outline(sheet)
    mender = Mender(sheet)
    reader = _Reader(outline)
    for statement in split(sheet):
        if statement.keyword == "n":
            reader.is_interrupted = True
            if not statement.shape.startswith("n:"):
                sheet.texts[statement.first] += " :"
                outline.say(statement, "missing-colon", "NS_")
            _clear_symbols(outline, statement)
            outline.others["n"].append(statement)
            continue
        is_readable = mender.mend(statement)
        if statement.keyword == "b":
            reader.message(statement, is_readable)
        elif statement.keyword == "s":
            reader.signal(statement, is_readable)
        elif is_readable:
            outline.others[statement.keyword].append(statement)
            reader.is_interrupted = True
        else:
            reader.nothing_known(statement)
    outline.remarks += mender.remarks
    return outline


def _clear_symbols(outline: Outline, statement: Statement) -> None:
    """Nothing reads the list of symbols, but what is in it must not stop cantools."""
    for token in range(statement.first + 1, statement.end):
        word = outline.sheet.texts[token]
        if word != ":" and not (word.isascii() and word.isidentifier()):
            outline.sheet.blank(token)
            outline.say(statement, "not-understood", word)


class _Reader:
    """Attaches signals to the message they stand under, and to no other."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._message: MessageBlock | None = None
        self.is_interrupted = False

    def message(self, statement: Statement, is_readable: bool) -> None:
        self.is_interrupted = False
        self._message = None
        outline = self._outline
        words = outline.sheet.originals[statement.first : statement.end]
        if not is_readable:
            self._lost(statement, "message-lost", " ".join(words[1:3]), _UNREADABLE)
            return
        dbc_id = self._dbc_id(statement.first + 1)
        length = self._length(statement.first + 4)
        why = _what_is_wrong(words[2], dbc_id, length)
        if dbc_id is None or length is None or why is not None:
            self._lost(statement, "message-lost", words[2], why or _UNREADABLE)
            return
        self._message = MessageBlock(statement, dbc_id, words[2], length)
        outline.messages.append(self._message)

    def signal(self, statement: Statement, is_readable: bool) -> None:
        outline, message = self._outline, self._message
        words = outline.sheet.originals[statement.first : statement.end]
        if message is None:
            why = ("它不属于任何可读的报文", "it belongs to no message that can be read")
            self._lost(statement, "signal-lost", " ".join(words[1:2]), why)
            return
        signal = self._signal_line(statement) if is_readable else None
        fault = _UNREADABLE if signal is None else _what_is_wrong_with(signal)
        if signal is None or fault is not None:
            self._lost(statement, "signal-lost", " ".join(words[1:2]), fault or _UNREADABLE)
            message.has_lost_multiplexer |= any(map(_MULTIPLEXER.fullmatch, words[2:3]))
            return
        message.signals.append(signal)
        if self.is_interrupted:
            outline.moved.append((signal, message))
            outline.say(statement, "interrupted-message", signal.name, value=message.name)

    def nothing_known(self, statement: Statement) -> None:
        """Leave a statement out; one that was a message or a signal is a loss."""
        words = self._outline.sheet.originals[statement.first : statement.end][:12]
        if BROKEN_SIGNAL.match(statement.shape):
            self._lost(statement, "signal-lost", " ".join(words[:2]), _UNREADABLE)
        elif BROKEN_MESSAGE.match(statement.shape):
            self._message = None
            self._lost(statement, "message-lost", " ".join(words[:3]), _UNREADABLE)
        else:
            self._outline.leave_out(statement)
            kind = "stray-semicolon" if statement.shape == ";" else "not-understood"
            self._outline.say(statement, kind, " ".join(words))

    def _lost(self, statement: Statement, kind: str, name: str, why: _Why) -> None:
        self._outline.leave_out(statement)
        self._outline.say(statement, kind, name, why_zh=why[0], why_en=why[1])

    def _dbc_id(self, token: int) -> int | None:
        number = self._outline.whole_number(token)
        if number is None or not -EXTENDED_FLAG <= number < 0:
            return number
        sheet = self._outline.sheet
        line, quote = sheet.line(token), sheet.texts[token]
        number += 2 * EXTENDED_FLAG
        sheet.texts[token] = str(number)
        self._outline.remarks.append(remark(line, "negative-id", quote, value=number))
        return number

    def _length(self, token: int) -> int | None:
        """The bytes of a message; cantools refuses a zero in front of them."""
        outline = self._outline
        number, text = outline.whole_number(token), outline.sheet.texts[token]
        if number is not None and text != str(number):
            outline.sheet.texts[token] = str(number)
            line = outline.sheet.line(token)
            outline.remarks.append(remark(line, "number-not-whole", text, value=number))
        return number

    def _signal_line(self, statement: Statement) -> SignalLine | None:
        sheet = self._outline.sheet
        at = statement.first + statement.shape.index("@")
        start = self._outline.whole_number(at - 3)
        length = self._outline.whole_number(at - 1)
        if start is None or length is None:
            return None
        return SignalLine(
            statement,
            sheet.originals[statement.first + 1],
            start,
            length,
            is_big_endian=sheet.texts[at + 1] == "0",
            is_signed=sheet.texts[at + 2].startswith("-"),
        )


def _what_is_wrong(name: str, dbc_id: int | None, length: int | None) -> _Why | None:
    if name == UNASSIGNED:
        return None
    if dbc_id is None or not 0 <= dbc_id & ~EXTENDED_FLAG <= MAX_EXTENDED_ID:
        return "标识符不是 CAN 标识符", "its id is no CAN id (11 or 29 bits)"
    if length is not None and not 0 <= length <= MAX_MESSAGE_BYTES:
        zh = f"长度 {length} 字节，最多 {MAX_MESSAGE_BYTES}"
        return zh, f"it has {length} bytes, at most {MAX_MESSAGE_BYTES}"
    return None


def _what_is_wrong_with(signal: SignalLine) -> _Why | None:
    most = MAX_MESSAGE_BYTES * 8
    if not 0 <= signal.start < most or not 0 < signal.length <= most:
        zh = f"起始位 {signal.start}、长度 {signal.length} 位，应为 1 至最多 {most}"
        en = f"it starts at bit {signal.start} with {signal.length} bits: 1 to at most {most}"
        return zh, en
    return None
