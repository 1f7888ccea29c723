"""Which decoded values may be believed."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from can_bridge.decoding.layout import WORD_BITS, SignalPlan
from can_bridge.decoding.numbers import as_float

Whole = NDArray[np.int64]

_LARGEST = sys.float_info.max


class Quality(IntEnum):
    """Whether a value may be believed."""

    GOOD = 0
    NOT_AVAILABLE = 1
    """The raw value says that there is no value."""
    IMPLAUSIBLE = 2
    """Outside the stated range, or no number."""


@dataclass(frozen=True, slots=True)
class Belief:
    """When a value of one signal is believed: a number, not one of these raw values, in range.

    `lowest` and `highest` are scaled values and still believed. Infinities and NaN never are.
    """

    not_available: frozenset[int]
    lowest: float = -_LARGEST
    highest: float = _LARGEST

    @classmethod
    def of(cls, signal: SignalPlan) -> "Belief":
        """As the DBC says, with half a step of slack: its ranges are rounded decimals."""
        slack = abs(as_float(signal.scale)) / 2
        return cls(
            signal.not_available,
            -_LARGEST if signal.minimum is None else signal.minimum - slack,
            _LARGEST if signal.maximum is None else signal.maximum + slack,
        )


class Beliefs:
    """The beliefs about all signals of a decoder in flat tables."""

    def __init__(self, signals: Sequence[SignalPlan], beliefs: Sequence[Belief]) -> None:
        self._signals, self._beliefs = tuple(signals), tuple(beliefs)
        self._lowest = np.array([_finite(one.lowest) for one in beliefs], np.float64)
        self._highest = np.array([_finite(one.highest) for one in beliefs], np.float64)
        lists = [sorted(_as_bits(raw) for raw in one.not_available) for one in beliefs]
        pairs = zip(signals, lists, strict=True)
        self._first = np.array(
            [raws[0] if raws else _impossible(signal) for signal, raws in pairs], np.int64
        )
        # nearly all signals have one such raw value or none; the others are looked at again
        self._counts = np.array([len(raws) for raws in lists], np.int64)
        self._is_unusual = self._counts > 1
        for index, signal in enumerate(signals):
            self._is_unusual[index] |= not lists[index] and signal.length == WORD_BITS
        self._has_unusual = bool(self._is_unusual.any())
        self._others = [
            np.array([raws[place] if place < len(raws) else 0 for raws in lists], np.int64)
            for place in range(1, max(map(len, lists), default=0))
        ]

    @classmethod
    def of(cls, signals: Sequence[SignalPlan]) -> "Beliefs":
        """As the DBC says."""
        return cls(signals, [Belief.of(signal) for signal in signals])

    def replaced(self, beliefs: Mapping[int, Belief]) -> "Beliefs":
        """The same with other beliefs for some signals, by their number."""
        merged = [beliefs.get(index, one) for index, one in enumerate(self._beliefs)]
        return Beliefs(self._signals, merged)

    def judge(self, signal: Whole, raw: Whole, value: NDArray[np.float64]) -> NDArray[np.uint8]:
        """A `Quality` for each value."""
        # written so that NaN, which compares false with everything, fails too
        is_in_range = value >= self._lowest.take(signal)
        is_in_range &= value <= self._highest.take(signal)
        is_absent = raw == self._first.take(signal)
        if self._has_unusual:
            rows = np.flatnonzero(self._is_unusual.take(signal))
            if len(rows):
                is_absent[rows] = self._is_any(signal[rows], raw[rows], is_absent[rows])
        quality = np.invert(is_in_range, out=is_in_range).view(np.uint8)
        quality *= np.uint8(Quality.IMPLAUSIBLE)
        quality[is_absent] = Quality.NOT_AVAILABLE
        return quality

    def _is_any(self, signal: Whole, raw: Whole, is_first: NDArray[np.bool_]) -> NDArray[np.bool_]:
        count = self._counts.take(signal)
        is_absent = is_first & (count > 0)
        for place, table in enumerate(self._others, start=1):
            rows = np.flatnonzero(count > place)
            is_absent[rows] |= raw[rows] == table.take(signal[rows])
        return is_absent


def _impossible(signal: SignalPlan) -> int:
    """A raw value that never comes; 64 bits have none, they are looked at again."""
    return (1 << (WORD_BITS - 1)) - 1 if signal.is_signed else -1


def _as_bits(raw: int) -> int:
    """The raw value as the same 64 bits with a sign; what does not fit can't occur."""
    bits = raw & ((1 << WORD_BITS) - 1)
    return bits - (1 << WORD_BITS) if bits >> (WORD_BITS - 1) else bits


def _finite(bound: float) -> float:
    return min(max(bound, -_LARGEST), _LARGEST)
