"""What a log holds, without a DBC: counts, channels, times, odd facts, load."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from can_bridge.frames import (
    IS_ERROR,
    IS_EXTENDED,
    IS_FD,
    IS_REMOTE,
    IS_SENT,
    FrameBatch,
)

STANDARD_BITS, EXTENDED_BITS = 47, 67
"""Bits of a classic frame without payload and stuffing, with the gap behind it (ISO 11898-1)."""
_EXTENDED_KEY = np.uint64(1 << 32)


@dataclass(slots=True)
class ChannelFacts:
    """One channel; `bits` are those of its classic frames without stuffing."""

    frames: int = 0
    bits: int = 0


@dataclass(slots=True)
class LogFacts:
    """Facts over all frames of a log, in file order.

    `earliest_s` and `latest_s` are the smallest and largest timestamps, wherever they are;
    `steps_back` counts frames older than the one before.
    """

    frames: int = 0
    remote_frames: int = 0
    error_frames: int = 0
    fd_frames: int = 0
    extended_frames: int = 0
    sent_frames: int = 0
    steps_back: int = 0
    longest_payload: int = 0
    earliest_s: float | None = None
    latest_s: float | None = None
    channels: dict[int | str, ChannelFacts] = field(default_factory=dict)
    _keys: set[int] = field(default_factory=set)
    _last_s: float | None = None

    @property
    def distinct_ids(self) -> int:
        """Identifiers of data frames, 11 and 29 bits apart."""
        return len(self._keys)

    @property
    def duration_s(self) -> float:
        """Between the smallest and the largest timestamp."""
        if self.earliest_s is None or self.latest_s is None:
            return 0.0
        return self.latest_s - self.earliest_s

    def load_pct(self, channel: int | str, bitrate: int) -> float | None:
        """Share of the bus's time its classic frames took, without stuffing; None if no time."""
        if self.duration_s <= 0:
            return None
        return 100 * self.channels[channel].bits / (bitrate * self.duration_s)

    def add(self, batch: FrameBatch) -> None:
        """Count one more batch."""
        if not len(batch):
            return
        flags = batch.flags
        self.frames += len(batch)
        self.remote_frames += _count(flags, IS_REMOTE)
        self.error_frames += _count(flags, IS_ERROR)
        self.fd_frames += _count(flags, IS_FD)
        self.extended_frames += _count(flags, IS_EXTENDED)
        self.sent_frames += _count(flags, IS_SENT)
        self.longest_payload = max(self.longest_payload, int(batch.length.max()))
        self._add_times(batch.timestamp_s)
        data = batch.data_frames()
        is_extended = ((data.flags & IS_EXTENDED) != 0).astype(np.uint64)
        self._keys |= set(np.unique(data.arbitration_id + is_extended * _EXTENDED_KEY).tolist())
        self._add_channels(batch)

    def _add_times(self, timestamp_s: NDArray[np.float64]) -> None:
        before_s = timestamp_s[0] if self._last_s is None else self._last_s
        self.steps_back += int(np.count_nonzero(np.diff(timestamp_s, prepend=before_s) < 0))
        self._last_s = float(timestamp_s[-1])
        earliest_s, latest_s = float(timestamp_s.min()), float(timestamp_s.max())
        self.earliest_s = (
            earliest_s if self.earliest_s is None else min(self.earliest_s, earliest_s)
        )
        self.latest_s = latest_s if self.latest_s is None else max(self.latest_s, latest_s)

    def _add_channels(self, batch: FrameBatch) -> None:
        is_classic = (batch.flags & (IS_FD | IS_ERROR)) == 0
        is_extended = (batch.flags & IS_EXTENDED) != 0
        payload = np.where((batch.flags & IS_REMOTE) != 0, 0, batch.length.astype(np.int64))
        bits = np.where(is_extended, EXTENDED_BITS, STANDARD_BITS) + 8 * payload
        places = len(batch.channels)
        frames = np.bincount(batch.channel, minlength=places)
        spent = np.bincount(batch.channel, weights=bits * is_classic, minlength=places)
        for place in np.flatnonzero(frames).tolist():
            entry = self.channels.setdefault(batch.channels[place], ChannelFacts())
            entry.frames += int(frames[place])
            entry.bits += int(spent[place])


def log_facts(batches: Iterable[FrameBatch]) -> LogFacts:
    """Facts over all batches."""
    facts = LogFacts()
    for batch in batches:
        facts.add(batch)
    return facts


def _count(flags: NDArray[np.uint8], bit: np.uint8) -> int:
    return int(np.count_nonzero(flags & bit))
