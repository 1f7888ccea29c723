"""Frames as they go through the bridge: one by one for a person, in batches for speed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

IS_EXTENDED = np.uint8(0x01)
"""29-bit identifier."""
IS_FD = np.uint8(0x02)
"""CAN FD frame, whatever its length."""
IS_BITRATE_SWITCHED = np.uint8(0x04)
IS_ERROR = np.uint8(0x08)
"""Error frame: id and data say nothing about the bench."""
IS_REMOTE = np.uint8(0x10)
"""Remote request: carries no data."""
IS_SENT = np.uint8(0x20)
"""Sent by the recording tool itself (direction Tx)."""
IS_SENDER_PASSIVE = np.uint8(0x40)
"""Error state indicator of a CAN FD frame: its sender is error passive."""

CLASSIC_BYTES = 8
FD_BYTES = 64


class Frame(NamedTuple):
    """One data frame; `timestamp` in seconds on the clock of the log or the adapter."""

    timestamp: float
    channel: int | str
    arbitration_id: int
    is_extended_id: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class FrameBatch:
    """Frames as columns, in the order they came.

    Attributes:
        timestamp_s: float64[n], seconds on the clock of the log or the adapter; neither positive
            nor monotonic in real logs.
        arbitration_id: uint32[n], without flag bits.
        flags: uint8[n], the `IS_…` bits of this module.
        length: uint8[n], bytes of payload on the wire.
        data: uint8[n, width], width 8 or 64; zero after `length`.
        channel: int16[n], index into `channels`.
        channels: names of the channels as the log or the profile calls them.
    """

    timestamp_s: NDArray[np.float64]
    arbitration_id: NDArray[np.uint32]
    flags: NDArray[np.uint8]
    length: NDArray[np.uint8]
    data: NDArray[np.uint8]
    channel: NDArray[np.int16]
    channels: tuple[int | str, ...]

    def __len__(self) -> int:
        return len(self.timestamp_s)

    def __iter__(self) -> Iterator[Frame]:
        lengths = self.length.tolist()
        payloads = self.data.tobytes()
        width = self.data.shape[1]
        columns = zip(
            self.timestamp_s.tolist(),
            self.channel.tolist(),
            self.arbitration_id.tolist(),
            (self.flags & IS_EXTENDED).astype(bool).tolist(),
            strict=True,
        )
        for row, (at, channel, arbitration_id, is_extended) in enumerate(columns):
            start = row * width
            payload = payloads[start : start + lengths[row]]
            yield Frame(at, self.channels[channel], arbitration_id, is_extended, payload)

    @classmethod
    def empty(cls, width: int = CLASSIC_BYTES) -> Self:
        """No frames."""
        return cls(
            np.empty(0, np.float64),
            np.empty(0, np.uint32),
            np.empty(0, np.uint8),
            np.empty(0, np.uint8),
            np.empty((0, width), np.uint8),
            np.empty(0, np.int16),
            (),
        )

    @classmethod
    def of(cls, frames: Iterable[Frame]) -> Self:
        """Columns of single frames; those longer than 8 bytes are CAN FD.

        Raises:
            ValueError: a payload of more than 64 bytes.
        """
        rows = list(frames)
        longest = max((len(row.data) for row in rows), default=0)
        if longest > FD_BYTES:
            raise ValueError(f"payload of {longest} bytes, at most {FD_BYTES}")
        width = CLASSIC_BYTES if longest <= CLASSIC_BYTES else FD_BYTES
        channels: dict[int | str, int] = {}
        numbers = [channels.setdefault(row.channel, len(channels)) for row in rows]
        length = np.array([len(row.data) for row in rows], np.uint8)
        extended = np.array([row.is_extended_id for row in rows], np.uint8) * IS_EXTENDED
        payload = b"".join(row.data.ljust(width, b"\0") for row in rows)
        return cls(
            np.array([row.timestamp for row in rows], np.float64),
            np.array([row.arbitration_id for row in rows], np.uint32),
            (extended | np.where(length > CLASSIC_BYTES, IS_FD, np.uint8(0))).astype(np.uint8),
            length,
            np.frombuffer(payload, np.uint8).reshape(len(rows), width),
            np.array(numbers, np.int16),
            tuple(channels),
        )

    def where(self, mask: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """The frames for which `mask` (bool[n]) is true, or those at the given places."""
        return type(self)(
            self.timestamp_s[mask],
            self.arbitration_id[mask],
            self.flags[mask],
            self.length[mask],
            self.data[mask],
            self.channel[mask],
            self.channels,
        )

    def at_times(self, timestamp_s: NDArray[np.float64]) -> Self:
        """The same frames at other times."""
        return replace(self, timestamp_s=timestamp_s)

    def on_channel(self, name: int | str) -> Self:
        """The same frames, all on one channel of that name."""
        return replace(self, channel=np.zeros(len(self), np.int16), channels=(name,))

    def sorted_by_time(self) -> Self:
        """In order of time; frames of the same moment stay in theirs."""
        return self.where(np.argsort(self.timestamp_s, kind="stable"))

    def data_frames(self) -> Self:
        """Without error and remote frames."""
        is_other = (self.flags & (IS_ERROR | IS_REMOTE)) != 0
        return self.where(~is_other) if is_other.any() else self

    @classmethod
    def joined(cls, batches: Sequence[Self]) -> Self:
        """All frames of several batches, one batch after the other."""
        filled = [batch for batch in batches if len(batch)]
        if len(filled) == 1:
            return filled[0]
        if not filled:
            return cls.empty()
        channels: dict[int | str, int] = {}
        numbers = []
        for batch in filled:
            renumbered = [channels.setdefault(name, len(channels)) for name in batch.channels]
            numbers.append(np.array(renumbered, np.int16)[batch.channel])
        width = max(batch.data.shape[1] for batch in filled)
        return cls(
            np.concatenate([batch.timestamp_s for batch in filled]),
            np.concatenate([batch.arbitration_id for batch in filled]),
            np.concatenate([batch.flags for batch in filled]),
            np.concatenate([batch.length for batch in filled]),
            np.concatenate([_widened(batch.data, width) for batch in filled]),
            np.concatenate(numbers),
            tuple(channels),
        )


def _widened(data: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    if data.shape[1] == width:
        return data
    return np.pad(data, ((0, 0), (0, width - data.shape[1])))
