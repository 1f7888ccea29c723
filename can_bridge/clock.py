"""Time as a port: the bridge asks it, tests and fast simulations hand in their own."""

import time
from typing import Protocol


class Clock(Protocol):
    """What the bridge needs to know about time."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01T00:00:00Z."""

    def monotonic_s(self) -> float:
        """Seconds that never go back, from any origin."""


class SystemClock:
    """The computer's clocks."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01T00:00:00Z; jumps when the computer's clock is set."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()


class HandClock:
    """A clock that moves only when told; both its times advance together until it is set."""

    def __init__(self, now_ms: int = 1_700_000_000_000) -> None:
        self._start_ms = now_ms
        self._elapsed_s = 0.0

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01T00:00:00Z."""
        return self._start_ms + round(self._elapsed_s * 1000)

    def monotonic_s(self) -> float:
        """Seconds since this clock was made."""
        return self._elapsed_s

    def set_by(self, seconds: float) -> None:
        """Set the wall clock, as somebody at the computer or a time server does."""
        self._start_ms += round(seconds * 1000)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._elapsed_s += seconds
