"""Overheard ISO-TP (ISO 15765-2): frames of a conversation between others become whole messages."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from can_bridge.frames import Frame

LONGEST_PAUSE_S = 5.0
"""Chosen: N_Cr is 1 s; logs that were thinned or written late still come together."""
MOST_CONVERSATIONS = 512
# the escape for more than 4,095 bytes (CAN FD) is not followed: no list of trouble codes needs it
_CLASSIC_BYTES = 8
_FIRST_FRAME_HEADER, _SHORTEST_FIRST_FRAME = 2, 8


class Pdu(NamedTuple):
    """A complete message as its sender wrote it."""

    timestamp_s: float
    bus: str
    arbitration_id: int
    is_extended_id: bool
    payload: bytes


@dataclass(slots=True)
class ReassemblyCounts:
    """What became of the frames; nothing is passed over without a count.

    `broken` sequences lack a frame; `abandoned` ones were begun anew by their sender (nobody gave
    it flow control) or crowded out; `stray` frames continue nothing.
    """

    complete: int = 0
    broken: int = 0
    abandoned: int = 0
    stray: int = 0
    flow_controls: int = 0
    malformed: int = 0


@dataclass(slots=True)
class _Begun:
    length: int
    next_number: int
    at_s: float
    payload: bytearray


class Reassembly:
    """One conversation per bus and id; at most `MOST_CONVERSATIONS` unfinished ones."""

    def __init__(self) -> None:
        self.counts = ReassemblyCounts()
        self._begun: OrderedDict[tuple[str, int, bool], _Begun] = OrderedDict()

    def take(self, bus: str, frame: Frame) -> Pdu | None:
        """The message that this frame completes."""
        data = frame.data
        key = (bus, frame.arbitration_id, frame.is_extended_id)
        kind = data[0] >> 4 if data else -1
        if kind == 0:
            payload = self._single(key, data)
        elif kind == 1:
            self._first(key, frame)
            payload = None
        elif kind == 2:  # noqa: PLR2004 -- consecutive frame
            payload = self._consecutive(key, frame)
        else:
            payload = None
            if kind == 3:  # noqa: PLR2004 -- flow control
                self.counts.flow_controls += 1
            else:
                self.counts.malformed += 1
        if payload is None:
            return None
        self.counts.complete += 1
        return Pdu(frame.timestamp, bus, frame.arbitration_id, frame.is_extended_id, payload)

    @property
    def unfinished(self) -> int:
        """Messages that began and still wait for frames."""
        return len(self._begun)

    def _single(self, key: tuple[str, int, bool], data: bytes) -> bytes | None:
        length, start = data[0] & 0x0F, 1
        if length == 0 and len(data) > _CLASSIC_BYTES:
            length, start = data[1], 2
        if not 1 <= length <= len(data) - start:
            self.counts.malformed += 1
            return None
        self._abandon(key)
        return data[start : start + length]

    def _first(self, key: tuple[str, int, bool], frame: Frame) -> None:
        data = frame.data
        length = (data[0] & 0x0F) << 8 | (data[1] if len(data) > 1 else 0)
        # a message that fits a single frame never begins with a first frame
        if length < _SHORTEST_FIRST_FRAME or len(data) < _CLASSIC_BYTES:
            self.counts.malformed += 1
            return
        self._abandon(key)
        payload = bytearray(data[_FIRST_FRAME_HEADER:])
        self._begun[key] = _Begun(length, 1, frame.timestamp, payload)
        if len(self._begun) > MOST_CONVERSATIONS:
            self._begun.popitem(last=False)
            self.counts.abandoned += 1

    def _consecutive(self, key: tuple[str, int, bool], frame: Frame) -> bytes | None:
        begun = self._begun.get(key)
        if begun is None:
            self.counts.stray += 1
            return None
        is_next = frame.data[0] & 0x0F == begun.next_number
        if not is_next or abs(frame.timestamp - begun.at_s) > LONGEST_PAUSE_S:
            del self._begun[key]
            self.counts.broken += 1
            return None
        begun.payload += frame.data[1:]
        begun.next_number = (begun.next_number + 1) & 0x0F
        begun.at_s = frame.timestamp
        if len(begun.payload) < begun.length:
            return None
        del self._begun[key]
        return bytes(begun.payload[: begun.length])

    def _abandon(self, key: tuple[str, int, bool]) -> None:
        if self._begun.pop(key, None) is not None:
            self.counts.abandoned += 1
