"""Signals into payloads by the bench's own DBC, compiled once: cantools takes ten times as long."""

from collections.abc import Mapping
from typing import NamedTuple

from cantools.database.can import Message, Signal

COUNTER, CHECKSUM = "AliveCounter", "Checksum"
"""Signals of these names are filled in here: a cyclic counter, and SAE J1850 CRC-8."""
_CRC_POLYNOMIAL, _CRC_START, _CRC_FINAL = 0x1D, 0xFF, 0xFF
_ALWAYS = -1
"""Group of the signals that are in every frame of a message."""

Signals = Mapping[str, float]


def _crc_table() -> bytes:
    table = bytearray()
    for byte in range(256):
        rest = byte
        for _ in range(8):
            rest = rest << 1 ^ (_CRC_POLYNOMIAL if rest & 0x80 else 0)
        table.append(rest & 0xFF)
    return bytes(table)


_CRC = _crc_table()


def crc8(data: bytes) -> int:
    """CRC-8 as SAE J1850 defines it (polynomial 0x1D, start and final exclusive-or 0xFF)."""
    rest = _CRC_START
    for byte in data:
        rest = _CRC[rest ^ byte]
    return rest ^ _CRC_FINAL


class _Slot(NamedTuple):
    """Where a signal goes: `shift` counts from the lowest bit of the payload read as a number."""

    name: str
    shift: int
    mask: int
    steps: float
    offset: float
    lowest: float
    highest: float


class MessageEncoder:
    """Encodes one message; values are cut to the range that the DBC states."""

    def __init__(self, message: Message) -> None:
        self._length = message.length
        self._little: dict[int, list[_Slot]] = {}
        self._big: list[_Slot] = []
        self._multiplexer = ""
        self._checksum_at: int | None = None
        self._counter = -1
        self._has_counter = False
        for signal in message.signals:
            self._place(signal, message.length * 8)

    def _place(self, signal: Signal, width: int) -> None:
        if signal.name == CHECKSUM:
            self._checksum_at = signal.start // 8
            return
        self._has_counter |= signal.name == COUNTER
        if signal.is_multiplexer:
            self._multiplexer = signal.name
        if signal.byte_order == "big_endian":
            first = 8 * (signal.start // 8) + 7 - signal.start % 8
            self._big.append(_slot(signal, width - first - signal.length))
            return
        for group in signal.multiplexer_ids or (_ALWAYS,):
            self._little.setdefault(group, []).append(_slot(signal, signal.start))

    def encode(self, signals: Signals) -> bytes:
        """The payload; a signal that is not handed in is a programming error (`KeyError`)."""
        if self._has_counter and COUNTER not in signals:
            self._counter = (self._counter + 1) % 16
            signals = {**signals, COUNTER: self._counter}
        raw = _packed(self._little.get(_ALWAYS, ()), signals)
        if self._multiplexer:
            raw |= _packed(self._little[int(signals[self._multiplexer])], signals)
        payload = raw.to_bytes(self._length, "little")
        if self._big:
            raw = int.from_bytes(payload, "big") | _packed(self._big, signals)
            payload = raw.to_bytes(self._length, "big")
        at = self._checksum_at
        if at is None:
            return payload
        return payload[:at] + bytes((crc8(payload[:at] + payload[at + 1 :]),)) + payload[at + 1 :]


def _slot(signal: Signal, shift: int) -> _Slot:
    lowest = -float("inf") if signal.minimum is None else signal.minimum
    highest = float("inf") if signal.maximum is None else signal.maximum
    mask = (1 << signal.length) - 1
    return _Slot(signal.name, shift, mask, 1 / signal.scale, float(signal.offset), lowest, highest)


def _packed(slots: "list[_Slot] | tuple[()]", signals: Signals) -> int:
    packed = 0
    for name, shift, mask, steps, offset, lowest, highest in slots:
        value = signals[name]
        if value < lowest:
            value = lowest
        elif value > highest:
            value = highest
        packed |= (round((value - offset) * steps) & mask) << shift
    return packed
