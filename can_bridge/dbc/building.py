"""From a repaired text to cantools' model, checked against what the text says."""

import itertools
import logging
from dataclasses import dataclass

from cantools.database.can import Database, Message, Signal
from cantools.database.utils import sort_signals_by_start_bit

from can_bridge.dbc.naming import Naming
from can_bridge.dbc.outline import EXTENDED_FLAG, MessageBlock, Outline, SignalLine
from can_bridge.dbc.remarks import Remark, Severity, remark
from can_bridge.dbc.repairing import CORE, RepairedText, repair

_LONGEST_REASON = 160
_Place = tuple[int, int, bool, bool]


@dataclass(frozen=True, slots=True)
class Pair:
    """A message of the model beside its lines in the text."""

    block: MessageBlock
    message: Message
    signals: list[tuple[SignalLine, Signal]]


class NothingReadable(Exception):
    """No message of the text can be kept; the text says why."""


@dataclass(frozen=True, slots=True)
class Built:
    """The model of a text; `renamed` leads from published names to those in the model."""

    database: Database
    remarks: tuple[Remark, ...]
    renamed: dict[str, str]


def build(text: str) -> Built:
    """Repair a text and let cantools parse it; what it refuses even so is given up, and said.

    Raises:
        NothingReadable: the text is no DBC, or nothing in it could be kept.
    """
    repaired = repair(text)
    if not repaired.messages:
        _refuse_without_messages(repaired)
    database = parsed_by_cantools(repaired)
    pairs, lost = beside_their_lines(repaired, database)
    _share_among_duplicates(pairs)
    _restore_names(database, repaired.naming)
    _number_duplicates(pairs, repaired.outline)
    remarks = sorted([*repaired.remarks, *lost], key=lambda one: one.line)
    return Built(database, tuple(remarks), repaired.naming.loaded)


def _refuse_without_messages(repaired: RepairedText) -> None:
    lost = [one for one in repaired.remarks if one.severity is Severity.LOST]
    if lost:
        raise NothingReadable(f"line {lost[0].line}: {lost[0].en}")
    if not any(repaired.outline.others.values()):
        raise NothingReadable(
            "no line of it is DBC; expected messages such as `BO_ 256 Name: 8 Node`"
        )


def parsed_by_cantools(repaired: RepairedText) -> Database:
    """The model of a repaired text, without what cantools refuses all the same.

    First single messages are given up, then all comments and attributes.

    Raises:
        NothingReadable: not even the messages that pass alone pass together, or none does.
    """
    try:
        return _parse(repaired.render())
    except MemoryError:
        raise
    except Exception as refused:  # noqa: BLE001 -- cantools lets any exception of its parser out
        first = refused
    for message in repaired.messages:
        try:
            _parse(repaired.alone(message))
        except Exception as refused:  # noqa: BLE001 -- as above
            repaired.give_up(message, _reason(refused))
    if not repaired.messages:
        _refuse_without_messages(repaired)
    try:
        return _parse(repaired.render())
    except Exception:  # noqa: BLE001 -- as above
        repaired.leave_out_all_but(CORE)
    repaired.outline.remarks.append(remark(1, "attributes-left-out", why=_reason(first)))
    try:
        return _parse(repaired.render())
    except Exception as refused:
        raise NothingReadable(_reason(refused)) from refused


def _parse(text: str) -> Database:
    database = Database(strict=False, sort_signals=sort_signals_by_start_bit)
    # duplicates are remarks of ours; cantools would print them to stderr as well
    logger = logging.getLogger("cantools.database.can.database")
    logger.disabled = True
    database.add_dbc_string(text)
    return database


def _reason(refused: Exception) -> str:
    if isinstance(refused, MemoryError):
        raise refused
    text = " ".join(str(refused).split()) or type(refused).__name__
    return text if len(text) <= _LONGEST_REASON else text[:_LONGEST_REASON] + "…"


def beside_their_lines(
    repaired: RepairedText, database: Database
) -> tuple[list[Pair], list[Remark]]:
    """Compare the model with the lines of the text, in the order of the file.

    Returns the messages that are there beside their lines, and what is not there.
    """
    why = {"why_zh": "解析时未出现", "why_en": "it was not there after parsing"}
    line = repaired.outline.sheet.line
    pairs, lost = [], []
    by_id: dict[int, list[Message]] = {}
    for message in database.messages:
        by_id.setdefault(_dbc_id(message), []).append(message)
    for block in repaired.messages:
        same = by_id.get(block.dbc_id)
        if not same:
            at = line(block.statement.first)
            lost.append(remark(at, "message-lost", block.name, **why))
            continue
        message = same.pop(0)
        there: dict[_Place, list[Signal]] = {}
        for signal in message.signals:
            there.setdefault(_place(signal), []).append(signal)
        signals = []
        for one in block.signals:
            # same place means same start bit, where cantools keeps the order of the file
            found = there.get((one.start, one.length, one.is_big_endian, one.is_signed))
            if found:
                signals.append((one, found.pop(0)))
            else:
                at = line(one.statement.first)
                lost.append(remark(at, "signal-lost", one.name, **why))
        pairs.append(Pair(block, message, signals))
    return pairs, lost


def _place(signal: Signal) -> _Place:
    is_big_endian = signal.byte_order == "big_endian"
    return signal.start, signal.length, is_big_endian, signal.is_signed


def _dbc_id(message: Message) -> int:
    return message.frame_id | (EXTENDED_FLAG if message.is_extended_frame else 0)


def _share_among_duplicates(pairs: list[Pair]) -> None:
    """Give value tables and float types to every signal they name; cantools gives them to one."""
    firsts: dict[tuple[int, str], Signal] = {}
    for pair in pairs:
        is_changed = False
        for line, signal in pair.signals:
            first = firsts.setdefault((pair.block.dbc_id, line.name), signal)
            if first is signal:
                continue
            is_changed = True
            if first.choices and not signal.choices:
                signal.choices = first.choices
            if first.is_float and signal.length == first.length:
                signal.is_float = True
        if is_changed:
            pair.message.refresh()


def _number_duplicates(pairs: list[Pair], outline: Outline) -> None:
    """Give the second signal of a name in a message a name of its own."""
    for pair in pairs:
        lines: dict[str, int] = {}
        numbers: dict[str, int] = {}
        taken = {signal.name for signal in pair.message.signals}
        if len(taken) == len(pair.message.signals):
            continue
        for line, signal in pair.signals:
            first = lines.get(signal.name)
            if first is None:
                lines[signal.name] = outline.sheet.line(line.statement.first)
                continue
            name = signal.name
            numbers[name] = number = next(
                one for one in itertools.count(numbers.get(name, 2)) if f"{name}_{one}" not in taken
            )
            signal.name = f"{name}_{number}"
            taken.add(signal.name)
            kind = "duplicate-signal-name"
            outline.say(line.statement, kind, name, value=signal.name, first=first)
        pair.message.refresh()


def _restore_names(database: Database, naming: Naming) -> None:
    """Put names beyond ASCII, which cantools cannot parse, into the model."""
    names = naming.restored
    if not names:
        return
    for node in database.nodes:
        node.name = names.get(node.name, node.name)
    for message in database.messages:
        message.name = names.get(message.name, message.name)
        message.senders[:] = [names.get(name, name) for name in message.senders]
        for signal in message.signals:
            signal.name = names.get(signal.name, signal.name)
            signal.receivers = [names.get(name, name) for name in signal.receivers]
            parent = signal.multiplexer_signal
            signal.multiplexer_signal = None if parent is None else names.get(parent, parent)
        for group in message.signal_groups or ():
            group.name = names.get(group.name, group.name)
            group.signal_names = [names.get(name, name) for name in group.signal_names]
        message.refresh()
    database.refresh()
