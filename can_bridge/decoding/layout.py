"""Where in a frame a signal is, and what its raw values mean: one message of the DBC at a time."""

import math
from dataclasses import dataclass, field
from enum import IntEnum

from cantools.database.can import Message, Signal

from can_bridge.decoding.no_value import raw_for_no_value
from can_bridge.decoding.numbers import Number, as_float

WORD_BITS = 64
EXACT_BITS = 53
"""Whole numbers up to 2**53 are exact in a float."""
_FLOAT_RANGE_BITS = 1023


class Kind(IntEnum):
    """How the bits of a signal become a number."""

    INTEGER = 0
    UNSIGNED_64 = 1
    FLOAT_16 = 2
    FLOAT_32 = 3
    FLOAT_64 = 4
    EXACT = 5
    """Whole numbers whose scaling must not be rounded on the way."""


_FLOATS = {16: Kind.FLOAT_16, 32: Kind.FLOAT_32, 64: Kind.FLOAT_64}


@dataclass(frozen=True, slots=True)
class SignalPlan:
    """A signal that can be decoded, placed in its message.

    Attributes:
        index: number of the signal in its decoder.
        key: `Message.Signal`.
        first_bit: little-endian: bit 0 is the lowest of byte 0, counting up. Big-endian: bit 0 is
            the *highest* of byte 0, counting down through the bytes, and `first_bit` the most
            significant one.
        bytes_needed: bytes a frame must have for this signal to be there.
        minimum: the DBC's range, None where it states none.
        not_available: raw values (of a float signal: its bits) that mean "no value", by DBC
            label or the all-ones convention.
    """

    index: int
    key: str
    first_bit: int
    length: int
    is_big_endian: bool
    is_signed: bool
    kind: Kind
    scale: Number
    offset: Number
    bytes_needed: int
    minimum: float | None
    maximum: float | None
    not_available: frozenset[int]
    unit: str = ""
    choices: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Branch:
    """Signals that are there only for some values of a multiplexer (raw, as in the DBC)."""

    multiplexer: SignalPlan
    children: tuple[tuple[SignalPlan, tuple[int, ...]], ...]
    known: tuple[int, ...]
    """Values the DBC lists, with children or only by a label."""
    broken: tuple[int, ...] = ()
    """Those of them that ask for a signal which can't be decoded."""


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """A message placed for decoding.

    Attributes:
        is_j1939: matched by its parameter group, whoever sends it.
        is_broken: a signal that belongs to every frame can't be decoded: it leaves the message,
            or hangs on a multiplexer that is not in it.
        signals: all decodable signals in the order of the DBC.
        always: those that no multiplexer selects, the ones that need fewest bytes first.
        opaque: keys of signals of more than 64 bits: texts and blocks, no numbers.
    """

    index: int
    name: str
    frame_id: int
    is_extended: bool
    is_j1939: bool
    length: int
    is_broken: bool
    signals: tuple[SignalPlan, ...]
    always: tuple[SignalPlan, ...]
    branches: tuple[Branch, ...]
    opaque: tuple[str, ...]

    @property
    def is_multiplexed(self) -> bool:
        """Whether some signals come and go with a multiplexer."""
        return bool(self.branches)


def plan_message(
    message: Message, index: int, first_signal: int, *, is_all_j1939: bool = False
) -> MessagePlan:
    """Place a message; its signals are numbered from `first_signal`.

    `is_all_j1939`: the DBC as a whole says so, and nothing of single messages.
    """
    is_j1939 = message.is_extended_frame and (is_all_j1939 or message.protocol == "j1939")
    fitting = [signal for signal in message.signals if _fits(signal, message.length)]
    numeric = [signal for signal in fitting if signal.length <= WORD_BITS]
    named = {signal.name: signal for signal in numeric}
    roots = {signal.name for signal in numeric if _is_root(signal, named)}
    # numbered by the bytes they need, so that a short frame has the first few of them
    numeric.sort(key=lambda signal: (signal.name not in roots, _bytes_needed(signal)))
    plans = {
        signal.name: _plan_signal(message.name, signal, first_signal + position, is_j1939)
        for position, signal in enumerate(numeric)
    }
    branches, is_broken = _branches(message, roots, plans)
    dbc_order = [signal.name for signal in message.signals if signal.name in plans]
    return MessagePlan(
        index=index,
        name=message.name,
        frame_id=message.frame_id,
        is_extended=message.is_extended_frame,
        is_j1939=is_j1939,
        length=message.length,
        is_broken=is_broken,
        signals=tuple(plans[name] for name in dbc_order),
        always=tuple(plans[signal.name] for signal in numeric if signal.name in roots),
        branches=tuple(branches),
        opaque=tuple(f"{message.name}.{one.name}" for one in fitting if one.length > WORD_BITS),
    )


def _branches(
    message: Message, roots: set[str], plans: dict[str, SignalPlan]
) -> tuple[list[Branch], bool]:
    """What each multiplexer brings, and whether a signal is missing whatever they say."""
    children: dict[str, list[Signal]] = {}
    is_broken = False
    names = {signal.name for signal in message.signals}
    for signal in message.signals:
        parent = signal.multiplexer_signal
        if parent is None or signal.name in roots:
            is_broken |= not _fits(signal, message.length)
        elif parent in names and signal.multiplexer_ids:
            children.setdefault(parent, []).append(signal)
        else:
            is_broken = True
    branches = []
    for signal in message.signals:
        selected = children.get(signal.name, [])
        labels = [int(raw) for raw in signal.choices or {}] if signal.is_multiplexer else []
        if signal.name in plans and (selected or labels):
            branches.append(_branch(plans, signal, selected, labels, message.length))
    return branches, is_broken


def _branch(
    plans: dict[str, SignalPlan],
    multiplexer: Signal,
    selected: list[Signal],
    labels: list[int],
    message_bytes: int,
) -> Branch:
    pages, broken, known = [], set[int](), set(labels)
    for signal in selected:
        values = tuple(signal.multiplexer_ids or ())
        known.update(values)
        if signal.name in plans:
            pages.append((plans[signal.name], values))
        elif not _fits(signal, message_bytes):
            broken.update(values)
    return Branch(
        plans[multiplexer.name], tuple(pages), tuple(sorted(known)), tuple(sorted(broken))
    )


def _is_root(signal: Signal, named: dict[str, Signal]) -> bool:
    """Whether it is always there; multiplexers that select each other in a circle are, too."""
    seen = set[str]()
    parent = signal.multiplexer_signal
    while parent in named and parent not in seen:
        seen.add(parent)
        parent = named[parent].multiplexer_signal
    return signal.multiplexer_signal is None or signal.name in seen


def _plan_signal(message: str, signal: Signal, index: int, is_j1939: bool) -> SignalPlan:
    minimum, maximum = _stated_range(signal)
    return SignalPlan(
        index=index,
        key=f"{message}.{signal.name}",
        first_bit=_first_bit(signal),
        length=signal.length,
        is_big_endian=signal.byte_order == "big_endian",
        is_signed=signal.is_signed and not signal.is_float,
        kind=_kind(signal),
        scale=signal.scale,
        offset=signal.offset,
        bytes_needed=_bytes_needed(signal),
        minimum=minimum,
        maximum=maximum,
        not_available=raw_for_no_value(signal, is_j1939),
        unit=signal.unit or "",
        choices={int(raw): str(label) for raw, label in (signal.choices or {}).items()},
    )


def _first_bit(signal: Signal) -> int:
    if signal.byte_order == "big_endian":
        return 8 * (signal.start // 8) + (7 - signal.start % 8)
    return int(signal.start)


def _bytes_needed(signal: Signal) -> int:
    return (_first_bit(signal) + signal.length - 1) // 8 + 1


def _fits(signal: Signal, message_bytes: int) -> bool:
    if signal.is_float and signal.length not in _FLOATS:
        return False
    return signal.length > 0 and _bytes_needed(signal) <= message_bytes


def _kind(signal: Signal) -> Kind:
    if signal.is_float:
        return _FLOATS[signal.length]
    if _must_stay_whole(signal):
        return Kind.EXACT
    if signal.length == WORD_BITS and not signal.is_signed:
        return Kind.UNSIGNED_64
    return Kind.INTEGER


def _must_stay_whole(signal: Signal) -> bool:
    """Whether floats would round twice where whole numbers round once, in the end."""
    scale, offset = as_float(signal.scale), as_float(signal.offset)
    if not scale.is_integer() or not math.isfinite(offset):
        return False
    reach = (1 << signal.length) * abs(int(scale)) + abs(int(offset))
    if reach <= 1 << EXACT_BITS or reach >= 1 << _FLOAT_RANGE_BITS:
        return False
    if offset.is_integer():
        return offset != 0 or (scale != 1 and signal.length > EXACT_BITS)
    return isinstance(signal.scale, int) and scale != 1 and signal.length > EXACT_BITS


def _stated_range(signal: Signal) -> tuple[float | None, float | None]:
    if signal.minimum is None or signal.maximum is None or signal.minimum >= signal.maximum:
        return None, None
    return as_float(signal.minimum), as_float(signal.maximum)
