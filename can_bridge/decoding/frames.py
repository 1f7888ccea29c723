"""Frames by a DBC: whole batches at once, compiled to flat tables, then free of cantools."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from cantools.database.can import Database
from numpy.typing import NDArray

from can_bridge.decoding.belief import Belief, Beliefs, Quality
from can_bridge.decoding.extraction import Extraction, Words
from can_bridge.decoding.layout import MessagePlan, SignalPlan, plan_message
from can_bridge.decoding.matching import FrameMatcher
from can_bridge.decoding.multiplexing import Selection
from can_bridge.frames import IS_EXTENDED, FrameBatch

Whole = NDArray[np.int64]

FRAMES_AT_ONCE = 8192
"""Measured: the arrays of so many frames stay in the processor's cache."""


class Outcome(StrEnum):
    """What became of a frame.

    `full`: every signal decoded. `short`: fewer bytes than the DBC says, what fits was decoded.
    `unknown_mux`: a multiplexer value the DBC does not list. `broken`: some signal of the message
    can never be decoded, the others were.
    """

    FULL = "full"
    SHORT = "short"
    UNKNOWN_MUX = "unknown_mux"
    BROKEN = "broken"
    UNKNOWN_ID = "unknown_id"


OUTCOMES = tuple(Outcome)
"""Outcomes by their code in `DecodedBatch.outcome`."""
FULL, SHORT, UNKNOWN_MUX, BROKEN, UNKNOWN_ID = (np.uint8(code) for code in range(len(OUTCOMES)))


@dataclass(frozen=True, slots=True)
class DecodedBatch:
    """Frames with all their values, in long form.

    The values of one signal are in the order of their frames; those of a frame need not be
    neighbours.

    Attributes:
        outcome: uint8[frames], place in `OUTCOMES`.
        message: int64[frames], number of the message; the number of messages where unknown.
        frame: int64[values], number of the frame in its batch.
        signal: int64[values], number of the signal in the decoder.
        raw: int64[values], of unsigned 64-bit signals the same bits, of floats their bits.
        value: float64[values], scaled.
        quality: uint8[values], a `Quality`; only good values are real.
    """

    outcome: NDArray[np.uint8]
    message: Whole
    frame: Whole
    signal: Whole
    raw: Whole
    value: NDArray[np.float64]
    quality: NDArray[np.uint8]

    def believed(self) -> NDArray[np.float64]:
        """The values with NaN in place of those that are not good."""
        return np.where(self.quality == Quality.GOOD, self.value, np.nan)


class FrameDecoder:
    """Decodes the frames of one bus by one DBC."""

    def __init__(self, database: Database) -> None:
        unique = {(one.frame_id, one.is_extended_frame): one for one in database.messages}
        messages: list[MessagePlan] = []
        first_signal = 0
        is_j1939 = _is_all_j1939(database)
        for index, message in enumerate(unique.values()):
            messages.append(plan_message(message, index, first_signal, is_all_j1939=is_j1939))
            first_signal += len(messages[-1].signals)
        self.messages = tuple(messages)
        numbered = sorted((one for plan in messages for one in plan.signals), key=_by_index)
        self.signals = tuple(numbered)
        """All signals by their number; in a message, not in the order of the DBC."""
        self._matcher = FrameMatcher(messages)
        self._extraction = Extraction(numbered)
        self.beliefs = Beliefs.of(numbered)
        branches = [branch for plan in messages for branch in plan.branches]
        self._selection = Selection(branches, len(numbered)) if branches else None
        self._bytes_needed = np.array([one.bytes_needed for one in numbered], np.int64)
        self._set_message_tables()

    def _set_message_tables(self) -> None:
        # one entry more: the unknown message without bytes and signals
        self._lengths = np.array([*(one.length for one in self.messages), 0], np.int64)
        starts = [one.always[0].index if one.always else 0 for one in self.messages]
        self._starts = np.array([*starts, 0], np.int64)
        codes = [BROKEN if one.is_broken else FULL for one in self.messages]
        self._usual_outcome = np.array([*codes, UNKNOWN_ID], np.uint8)
        self._longest = int(self._lengths.max())
        fitting = np.zeros((len(self._lengths), self._longest + 1), np.int64)
        for plan in self.messages:
            needed = [one.bytes_needed for one in plan.always]
            fitting[plan.index] = np.searchsorted(needed, range(self._longest + 1), "right")
        self._fitting = fitting.reshape(-1)

    def believing(self, beliefs: Mapping[int, Belief]) -> "FrameDecoder":
        """The same decoder with other beliefs for some signals, by their number."""
        other = copy.copy(self)
        other.beliefs = self.beliefs.replaced(beliefs)
        return other

    def match(self, batch: FrameBatch) -> Whole:
        """Number of the message of each frame, the number of messages where unknown."""
        return self._matcher.match(batch.arbitration_id, batch.flags)

    def knows(self, batch: FrameBatch) -> NDArray[np.bool_]:
        """Which frames are in the DBC."""
        return np.less(self.match(batch), len(self.messages))

    def decode(self, batch: FrameBatch) -> DecodedBatch:
        """Decode data frames; a frame that is not in the DBC has an outcome and no values."""
        parts = list(self.decode_in_parts(batch))
        if len(parts) == 1:
            return parts[0]
        names = DecodedBatch.__slots__
        return DecodedBatch(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))

    def decode_in_parts(self, batch: FrameBatch) -> Iterator[DecodedBatch]:
        """The same in parts small enough for speed; frames are numbered through."""
        message = self.match(batch)
        for start in range(0, max(len(batch), 1), FRAMES_AT_ONCE):
            part = slice(start, start + FRAMES_AT_ONCE)
            yield self._decode(message[part], batch.length[part], batch.data[part], start)

    def decode_payload(
        self, arbitration_id: int, is_extended: bool, payload: bytes
    ) -> DecodedBatch:
        """Decode one payload of any length, such as a reassembled transport message."""
        flags = np.array([IS_EXTENDED if is_extended else 0], np.uint8)
        message = self._matcher.match(np.array([arbitration_id], np.uint32), flags)
        data = np.frombuffer(payload, np.uint8).reshape(1, -1)
        return self._decode(message, np.array([len(payload)]), data, 0)

    def _decode(
        self, message: Whole, length: NDArray[np.integer], data: NDArray[np.uint8], start: int
    ) -> DecodedBatch:
        words = Words(data)
        # a receiver that claims more bytes than it hands over gets the signals that are there
        size = np.minimum(length, data.shape[1]).astype(np.int64)
        fitting = message * (self._longest + 1)
        fitting += np.minimum(size, self._longest)
        count = self._fitting.take(fitting)
        ends = count.cumsum()
        frame = np.arange(len(message)).repeat(count)
        first: Whole = self._starts.take(message) - ends + count
        signal = first.repeat(count)
        signal += np.arange(len(signal))
        raw = self._extraction.raw(words, frame, signal)
        outcome = self._usual_outcome.take(message)
        if self._selection is not None:
            found = _Values(frame, signal, raw)
            frame, signal, raw = self._follow(self._selection, words, size, found, outcome)
        outcome[size < self._lengths.take(message)] = SHORT
        value = self._extraction.values(raw, signal)
        quality = self.beliefs.judge(signal, raw, value)
        if start:
            frame += start
        return DecodedBatch(outcome, message, frame, signal, raw, value, quality)

    def _follow(
        self,
        selection: Selection,
        words: Words,
        size: Whole,
        found: "_Values",
        outcome: NDArray[np.uint8],
    ) -> "_Values":
        """Add what multiplexers bring, level by level; notes unknown values in `outcome`."""
        levels = [found]
        while True:
            rows = np.flatnonzero(selection.is_multiplexer.take(found.signal))
            if not len(rows):
                return _Values(*map(np.concatenate, zip(*levels, strict=True)))
            frame = found.frame[rows]
            chosen = selection.select(found.signal[rows], found.raw[rows])
            doubtful = frame[chosen.is_unknown]
            outcome[doubtful[outcome[doubtful] == FULL]] = UNKNOWN_MUX
            outcome[frame[chosen.is_broken]] = BROKEN
            frame = frame.take(chosen.row)
            is_there = self._bytes_needed.take(chosen.signal) <= size.take(frame)
            frame, signal = frame[is_there], chosen.signal[is_there]
            found = _Values(frame, signal, self._extraction.raw(words, frame, signal))
            levels.append(found)


class _Values(NamedTuple):
    frame: Whole
    signal: Whole
    raw: Whole


def _is_all_j1939(database: Database) -> bool:
    """Whether only the whole file says its protocol; `VFrameFormat` says it message by message."""
    specifics = database.dbc
    if specifics is None or "VFrameFormat" in specifics.attribute_definitions:
        return False
    stated = specifics.attributes.get("ProtocolType")
    usual = specifics.attribute_definitions.get("ProtocolType")
    value = stated.value if stated is not None else usual.default_value if usual else None
    return str(value).upper() == "J1939"


def _by_index(signal: SignalPlan) -> int:
    return signal.index
