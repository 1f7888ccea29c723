"""From an adapter's clock to the wall clock."""

import numpy as np
from numpy.typing import NDArray

JUMP_S = 1.0
"""Chosen: adapter clocks drift by microseconds a second and reset by hours."""
WINDOW_MS = 60_000
"""Chosen: the smallest delay seen in this time is taken as none; a drift of 100 ppm is 6 ms."""


class WallClock:
    """Learns how far an adapter's clock is from the wall clock.

    The bridge sees frames up to a tick late, never early: of all differences the smallest is the
    truest. An adapter that already tells wall-clock times is believed as it is.
    """

    def __init__(self) -> None:
        self._offset_s: float | None = None
        self._least_s = np.inf
        self._window_began_ms = 0

    def times(self, timestamp_s: NDArray[np.float64], now_ms: int) -> NDArray[np.float64]:
        """Wall-clock times in seconds since 1970 of frames that were all there at `now_ms`."""
        difference_s = now_ms / 1000 - float(timestamp_s.max())
        if abs(difference_s) < JUMP_S and self._offset_s in {None, 0.0}:
            self._offset_s = 0.0
            return timestamp_s
        offset_s = self._offset_s
        if offset_s is None or offset_s == 0.0 or abs(difference_s - offset_s) > JUMP_S:
            self._begin(difference_s, now_ms)
            offset_s = difference_s
        self._least_s = min(self._least_s, difference_s)
        offset_s = min(offset_s, difference_s)
        if now_ms - self._window_began_ms >= WINDOW_MS:
            offset_s = self._least_s
            self._begin(offset_s, now_ms)
        self._offset_s = offset_s
        moved: NDArray[np.float64] = timestamp_s + offset_s
        return moved

    def _begin(self, offset_s: float, now_ms: int) -> None:
        self._offset_s = offset_s
        self._least_s, self._window_began_ms = np.inf, now_ms
