"""The arithmetic of decoding: bits of many signals of many frames at once, to scaled numbers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from can_bridge.decoding.layout import WORD_BITS, Kind, SignalPlan
from can_bridge.decoding.numbers import Number, as_float

Whole = NDArray[np.int64]

WORD_BYTES = WORD_BITS // 8
_FLOATS = (
    (Kind.FLOAT_16, np.uint16, np.float16),
    (Kind.FLOAT_32, np.uint32, np.float32),
    (Kind.FLOAT_64, np.uint64, np.float64),
)


class Words:
    """Payloads as 64-bit words, each frame's little-endian ones first, then its big-endian ones."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        """`data`: uint8[frames, bytes]; what is missing to whole words is filled with zeros."""
        self.per_frame = max(-(-data.shape[1] // WORD_BYTES), 1)
        missing = self.per_frame * WORD_BYTES - data.shape[1]
        if missing:
            data = np.pad(data, ((0, 0), (0, missing)))
        data = np.ascontiguousarray(data)
        words = np.empty((len(data), 2, self.per_frame), np.int64)
        words[:, 0] = data.view("<i8")
        words[:, 1] = data.view(">i8")
        self.flat = words.reshape(-1)


class Extraction:
    """All signals of a decoder as shifts, masks and factors, one table entry per signal.

    A signal lies in one 64-bit word of the payload, or across two neighbouring ones. From its word
    it is pushed to the top and pulled down again, which spreads the sign; the mask takes the sign
    off again where there is none.
    """

    def __init__(self, signals: Sequence[SignalPlan]) -> None:
        placed = [_Placement.of(signal) for signal in signals]
        self._word = np.array([one.word for one in placed], np.int64)
        self._is_big = np.array([signal.is_big_endian for signal in signals], np.int64)
        self._up = np.array([one.up for one in placed], np.int64)
        self._down = np.array([WORD_BITS - signal.length for signal in signals], np.int64)
        self._mask = np.array([_mask(signal) for signal in signals], np.int64)
        self._other_word = np.array([one.other_word for one in placed], np.int64)
        self._shift = np.array([one.shift for one in placed], np.uint64)
        self._crosses = np.array([one.crosses for one in placed], np.bool_)
        self._kind = np.array([signal.kind for signal in signals], np.uint8)
        self._is_special = self._kind != Kind.INTEGER
        self._scale = np.array([as_float(signal.scale) for signal in signals], np.float64)
        self._offset = np.array([as_float(signal.offset) for signal in signals], np.float64)
        self._is_signed = np.array([signal.is_signed for signal in signals], np.bool_)
        self._whole_scale = np.array([_whole(signal.scale) for signal in signals], object)
        self._whole_offset = np.array([_whole(signal.offset) for signal in signals], object)
        self._has_crossing = bool(self._crosses.any())
        self._has_special = bool(self._is_special.any())
        self._places: dict[int, Whole] = {}

    def raw(self, words: Words, frame: Whole, signal: Whole) -> Whole:
        """Raw values; those of unsigned 64-bit signals as the same 64 bits."""
        per_frame = words.per_frame
        place = self._places.get(per_frame)
        if place is None:
            place = self._places[per_frame] = self._word + self._is_big * per_frame
        word = place.take(signal)
        first = frame * (2 * per_frame)
        word += first
        raw: Whole = words.flat.take(word)
        raw <<= self._up.take(signal)
        if self._has_crossing and per_frame > 1:
            across = np.flatnonzero(self._crosses.take(signal))
            if len(across):
                raw[across] = self._joined(words, word[across], first[across], signal[across])
        raw >>= self._down.take(signal)
        raw &= self._mask.take(signal)
        return raw

    def _joined(self, words: Words, word: Whole, first: Whole, signal: Whole) -> Whole:
        """Signals that lie across two words, pushed to the top."""
        bits = words.flat.view(np.uint64)
        shift = self._shift.take(signal)
        other = first + self._other_word.take(signal) + self._is_big.take(signal) * words.per_frame
        joined = bits.take(word) >> shift
        joined |= bits.take(other) << (np.uint64(WORD_BITS) - shift)
        joined <<= self._down.take(signal).astype(np.uint64)
        return joined.view(np.int64)

    def values(self, raw: Whole, signal: Whole) -> NDArray[np.float64]:
        """Scaled values: the float next to what cantools gives."""
        scale, offset = self._scale.take(signal), self._offset.take(signal)
        # a DBC may hold factors that overflow; the result is infinite and believed by nobody
        with np.errstate(over="ignore", invalid="ignore"):
            values: NDArray[np.float64] = np.multiply(raw, scale, out=scale)
            values += offset
            if self._has_special:
                rows = np.flatnonzero(self._is_special.take(signal))
                if len(rows):
                    values[rows] = self._special(raw[rows], signal[rows])
        return values

    def _special(self, raw: Whole, signal: Whole) -> NDArray[np.float64]:
        kind = self._kind.take(signal)
        number = raw.view(np.uint64).astype(np.float64)
        for float_kind, bits, form in _FLOATS:
            rows = kind == float_kind
            if rows.any():
                number[rows] = raw[rows].astype(bits).view(form)
        number = number * self._scale.take(signal) + self._offset.take(signal)
        rows = kind == Kind.EXACT
        if rows.any():
            number[rows] = self._exact(raw[rows], signal[rows])
        return number

    def _exact(self, raw: Whole, signal: Whole) -> NDArray[np.float64]:
        whole = raw.astype(object)
        is_wrapped = (raw < 0) & ~self._is_signed.take(signal)
        whole[is_wrapped] += 1 << WORD_BITS
        scaled: NDArray[np.object_] = whole * self._whole_scale.take(
            signal
        ) + self._whole_offset.take(signal)
        return scaled.astype(np.float64)


class _Placement(NamedTuple):
    """A signal's word and its place there; `other_word` and `shift` count only if it crosses.

    `up` pushes the signal to the top of its word. A crossing signal has its least significant
    bits in `word`, above `shift` bits of others, and the rest in `other_word`.
    """

    word: int
    other_word: int
    up: int
    shift: int
    crosses: bool

    @classmethod
    def of(cls, signal: SignalPlan) -> "_Placement":
        first, last = signal.first_bit, signal.first_bit + signal.length - 1
        if signal.is_big_endian:
            word, other_word, shift = last // WORD_BITS, -1, WORD_BITS - 1 - last % WORD_BITS
        else:
            word, other_word, shift = first // WORD_BITS, 1, first % WORD_BITS
        crosses = first // WORD_BITS != last // WORD_BITS
        up = 0 if crosses else WORD_BITS - shift - signal.length
        return cls(word, word + other_word, up, shift, crosses)


def _mask(signal: SignalPlan) -> int:
    if signal.is_signed or signal.length == WORD_BITS:
        return -1
    return (1 << signal.length) - 1


def _whole(number: Number) -> Number:
    return int(number) if as_float(number).is_integer() else number
