"""How the bits of a frame become scaled values, signal by signal, whatever its neighbours do."""

import math
import re
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cantools.database.can import Database, Message, Signal

from can_bridge.frames import Frame

Number = int | float


class Outcome(StrEnum):
    """What became of a frame.

    `full`: every signal decoded. `short`: fewer bytes than the DBC says, what fits was decoded.
    `unknown_mux`: a multiplexer value the DBC does not list. `broken`: a signal leaves its message.
    """

    FULL = "full"
    SHORT = "short"
    UNKNOWN_MUX = "unknown_mux"
    BROKEN = "broken"
    UNKNOWN_ID = "unknown_id"


_NOT_AVAILABLE_LABEL = re.compile(
    r"not.?avail|\bsna\b|\bn/?a\b|invalid|unavailable|无效|不可用", re.IGNORECASE
)
_COUNTER_NAME = re.compile(r"count|cntr|checksum|chksum|crc|alive|_cs$|^cs_", re.IGNORECASE)
_NARROWEST_NOT_AVAILABLE_BITS = 8
_FLOAT_FORMATS = {16: ">e", 32: ">f", 64: ">d"}


class SignalPlan:
    """A signal compiled to shifts and masks.

    Attributes:
        key: `Message.Signal`.
        bytes_needed: bytes a frame must have for this signal to be there.
        not_available: raw values that mean "no value", by DBC label or the all-ones convention.
    """

    __slots__ = (
        "bytes_needed",
        "children",
        "float_format",
        "is_big_endian",
        "key",
        "length",
        "mask",
        "maximum",
        "minimum",
        "not_available",
        "offset",
        "scale",
        "shift",
        "sign_bit",
        "signal",
    )

    def __init__(self, message: Message, signal: Signal) -> None:
        self.signal = signal
        self.key = f"{message.name}.{signal.name}"
        self.length = signal.length
        self.mask = (1 << signal.length) - 1
        self.is_big_endian = signal.byte_order == "big_endian"
        first_bit, last_bit = _bit_span(signal)
        self.bytes_needed = last_bit // 8 + 1
        width = message.length * 8
        self.shift = width - 1 - last_bit if self.is_big_endian else first_bit
        self.sign_bit = 1 << (signal.length - 1) if signal.is_signed else 0
        self.float_format = _FLOAT_FORMATS.get(signal.length) if signal.is_float else None
        self.scale: Number = signal.scale
        self.offset: Number = signal.offset
        self.minimum, self.maximum = _stated_range(signal)
        self.not_available = _not_available(signal)
        self.children: dict[int, list[SignalPlan]] = {}

    def scaled(self, raw: int) -> Number:
        """The physical value of a raw value (signed where the signal is)."""
        if self.float_format is not None:
            number = struct.unpack(self.float_format, raw.to_bytes(self.length // 8, "big"))[0]
            return float(number * self.scale + self.offset)
        return raw * self.scale + self.offset

    def is_plausible(self, raw: int, value: Number) -> bool:
        """Whether the value may be believed: not "not available" and within the stated range."""
        if raw in self.not_available:
            return False
        if isinstance(value, float) and not math.isfinite(value):
            return False
        # half a step of slack: DBC ranges are rounded decimals of scaled raw values
        slack = abs(self.scale) / 2
        if self.minimum is not None and value < self.minimum - slack:
            return False
        return self.maximum is None or value <= self.maximum + slack


class Decoded(NamedTuple):
    """One decoded signal of a frame."""

    plan: SignalPlan
    raw: int
    value: Number


class DecodedFrame(NamedTuple):
    """A frame's outcome and the signals that could be decoded, whatever the outcome."""

    outcome: Outcome
    message: "MessagePlan | None"
    signals: list[Decoded]


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """A message compiled for decoding."""

    name: str
    length: int
    is_multiplexed: bool
    is_broken: bool
    always: tuple[SignalPlan, ...]
    signals: tuple[SignalPlan, ...]

    @classmethod
    def of(cls, message: Message) -> "MessagePlan":
        """Compile a message; signals that leave it make it broken and are left out."""
        plans = [SignalPlan(message, signal) for signal in message.signals]
        fitting = [plan for plan in plans if plan.bytes_needed <= message.length]
        by_name = {plan.signal.name: plan for plan in fitting}
        always = []
        for plan in fitting:
            parent = by_name.get(plan.signal.multiplexer_signal or "")
            if parent is None or not plan.signal.multiplexer_ids:
                always.append(plan)
                continue
            for mux_value in plan.signal.multiplexer_ids:
                parent.children.setdefault(mux_value, []).append(plan)
        return cls(
            name=message.name,
            length=message.length,
            is_multiplexed=message.is_multiplexed(),
            is_broken=len(fitting) < len(plans),
            always=tuple(always),
            signals=tuple(fitting),
        )

    def decode(self, data: bytes) -> DecodedFrame:
        """Decode every signal whose bytes are there."""
        available = len(data)
        is_short = available < self.length
        if available != self.length:
            data = data[: self.length].ljust(self.length, b"\0")
        extract = _Extraction(data, available)
        for plan in self.always:
            extract.take(plan)
        if is_short:
            outcome = Outcome.SHORT
        elif self.is_broken:
            outcome = Outcome.BROKEN
        elif extract.has_unknown_mux:
            outcome = Outcome.UNKNOWN_MUX
        else:
            outcome = Outcome.FULL
        return DecodedFrame(outcome, self, extract.found)


class _Extraction:
    """Walks the signals of one frame; multiplexed ones follow their multiplexer."""

    __slots__ = ("available", "big", "found", "has_unknown_mux", "little")

    def __init__(self, data: bytes, available: int) -> None:
        self.little = int.from_bytes(data, "little")
        self.big = int.from_bytes(data, "big")
        self.available = available
        self.found: list[Decoded] = []
        self.has_unknown_mux = False

    def take(self, plan: SignalPlan) -> None:
        if plan.bytes_needed > self.available:
            return
        whole = self.big if plan.is_big_endian else self.little
        raw = (whole >> plan.shift) & plan.mask
        if plan.sign_bit:
            raw = (raw ^ plan.sign_bit) - plan.sign_bit
        value = raw * plan.scale + plan.offset if plan.float_format is None else plan.scaled(raw)
        self.found.append(Decoded(plan, raw, value))
        if plan.children:
            selected = plan.children.get(raw)
            if selected is None:
                self.has_unknown_mux = True
                return
            for child in selected:
                self.take(child)


class FrameDecoder:
    """Decodes frames of one bus by one DBC; compiled once, then free of cantools."""

    def __init__(self, database: Database) -> None:
        self._plans = {
            (message.frame_id, message.is_extended_frame): MessagePlan.of(message)
            for message in database.messages
        }

    @property
    def messages(self) -> list[MessagePlan]:
        """The compiled messages in the order of the DBC."""
        return list(self._plans.values())

    def knows(self, frame: Frame) -> bool:
        """Whether the frame's (id, extended flag) is in the DBC."""
        return (frame.arbitration_id, frame.is_extended_id) in self._plans

    def decode(self, frame: Frame) -> DecodedFrame:
        """Decode a frame; a frame that is not in the DBC is an outcome too."""
        plan = self._plans.get((frame.arbitration_id, frame.is_extended_id))
        if plan is None:
            return DecodedFrame(Outcome.UNKNOWN_ID, None, [])
        return plan.decode(frame.data)


def _bit_span(signal: Signal) -> tuple[int, int]:
    """First and last bit counted in the order the signal is read.

    Little-endian: bit 0 is the lowest of byte 0, counting up. Big-endian: bit 0 is the *highest*
    of byte 0 (so that "last" is the least significant bit), counting down through the bytes.
    """
    if signal.byte_order == "big_endian":
        first = 8 * (signal.start // 8) + (7 - signal.start % 8)
        return first, first + signal.length - 1
    return signal.start, signal.start + signal.length - 1


def _stated_range(signal: Signal) -> tuple[float | None, float | None]:
    if signal.minimum is None or signal.maximum is None or signal.minimum >= signal.maximum:
        return None, None
    return float(signal.minimum), float(signal.maximum)


def _not_available(signal: Signal) -> frozenset[int]:
    """Raw values that stand for "no value".

    A label such as "not available" decides. Without one, all ones (the highest value of a signed
    signal) mean it for signals of at least 8 bits, as the recorded benches do; counters and
    checksums, which reach all ones in normal work, and labelled values are exempt.
    """
    choices = {int(raw): str(label) for raw, label in (signal.choices or {}).items()}
    named = {raw for raw, label in choices.items() if _NOT_AVAILABLE_LABEL.search(label)}
    if signal.is_float or signal.length < _NARROWEST_NOT_AVAILABLE_BITS:
        return frozenset(named)
    all_ones = (1 << (signal.length - (1 if signal.is_signed else 0))) - 1
    if all_ones not in choices and not _COUNTER_NAME.search(signal.name):
        named.add(all_ones)
    return frozenset(named)
