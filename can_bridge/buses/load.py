"""How full a bus is: bits on the wire, and their share of the bit rate (pure)."""

from dataclasses import dataclass

import numpy as np

from can_bridge.frames import IS_BITRATE_SWITCHED, IS_EXTENDED, IS_FD, FrameBatch

STUFFING = 1.08
"""Bits on the wire per bit of a classic frame. Measured on recorded bench traffic: 6.0 to 11.5
stuff bits in frames of 8 bytes (111 or 131 bits); ISO 11898-1 allows up to 24 %."""
FD_STUFFING = 1.04
"""The same for CAN FD, estimated: its check sum has a fixed number of stuff bits, counted below."""
_CLASSIC_BITS, _EXTENDED_BITS = 47, 20
"""Fields of a classic frame with the 3 bits between frames; what a 29-bit identifier adds."""
_FD_SLOW_BITS, _FD_FAST_BITS = 30, 32
"""A CAN FD frame outside and inside its data phase (CRC-17, fixed stuff bits), without payload."""
_FD_LONG_CRC_BITS = 5
"""What CRC-21 and its stuff bits add above 16 bytes of payload."""
_LONG_PAYLOAD = 16
MEASURED_OVER_S = 1.0


@dataclass(frozen=True, slots=True)
class BitRates:
    """Bits per second outside and inside the data phase of CAN FD frames."""

    nominal: int
    data: int


def seconds_on_wire(frames: FrameBatch, rates: BitRates) -> float:
    """How long the frames kept the bus, estimated with typical stuffing."""
    is_fd = (frames.flags & IS_FD) != 0
    is_extended = (frames.flags & IS_EXTENDED) != 0
    extended_bits = _EXTENDED_BITS * int(np.count_nonzero(is_extended))
    payload_bits = 8 * int(frames.length.sum(dtype=np.int64))
    fd_frames = int(np.count_nonzero(is_fd))
    if not fd_frames:
        bits = _CLASSIC_BITS * len(frames) + extended_bits + payload_bits
        return STUFFING * bits / rates.nominal
    fd_length = frames.length[is_fd].astype(np.int64)
    fast_bits = 8 * fd_length + _FD_FAST_BITS + _FD_LONG_CRC_BITS * (fd_length > _LONG_PAYLOAD)
    is_switched = (frames.flags[is_fd] & IS_BITRATE_SWITCHED) != 0
    fast_s = float(np.where(is_switched, fast_bits / rates.data, fast_bits / rates.nominal).sum())
    fd_extended = _EXTENDED_BITS * int(np.count_nonzero(is_extended & is_fd))
    fd_s = (_FD_SLOW_BITS * fd_frames + fd_extended) / rates.nominal + fast_s
    bits = _CLASSIC_BITS * (len(frames) - fd_frames) + payload_bits - 8 * int(fd_length.sum())
    bits += extended_bits - fd_extended
    return STUFFING * bits / rates.nominal + FD_STUFFING * fd_s


class LoadMeter:
    """Load and frame rate over about the last second."""

    def __init__(self) -> None:
        self.load = 0.0
        self.frames_per_s = 0.0
        self._since_s: float | None = None
        self._busy_s = 0.0
        self._frames = 0

    def add(self, frames: int, busy_s: float) -> None:
        """Note frames that kept the bus for so long."""
        self._frames += frames
        self._busy_s += busy_s

    def look(self, now_s: float) -> None:
        """Renew the figures when they are due."""
        if self._since_s is None:
            self._since_s = now_s
        span_s = now_s - self._since_s
        if span_s >= MEASURED_OVER_S:
            self.load = self._busy_s / span_s
            self.frames_per_s = self._frames / span_s
            self._since_s, self._busy_s, self._frames = now_s, 0.0, 0
