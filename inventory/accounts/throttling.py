"""How fast logins may be tried (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

FORGET_AFTER = timedelta(minutes=30)
"""Chosen: failures are forgotten when this long nothing failed."""


class Attempts(Protocol):
    """Failures so far and the latest of them."""

    @property
    def failures(self) -> int:
        """How many failed since they were last forgotten."""

    @property
    def last_at(self) -> datetime:
        """When the latest one failed."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """`free` failures cost nothing; then the wait doubles from one second up to `longest`."""

    free: int
    longest: timedelta


PER_ACCOUNT = Allowance(free=5, longest=timedelta(minutes=15))
"""One account from one address: at most 14 guesses in the first ten minutes."""
PER_ADDRESS = Allowance(free=100, longest=timedelta(seconds=8))
"""All accounts from one address; short, since a whole school may share one address."""


def wait(attempts: Attempts | None, allowance: Allowance, now: datetime) -> timedelta:
    """How long the next try must still wait; zero when it may come."""
    none = timedelta(0)
    if attempts is None or is_forgotten(attempts, now) or attempts.failures < allowance.free:
        return none
    doublings = min(attempts.failures - allowance.free, 20)
    pause = min(timedelta(seconds=2**doublings), allowance.longest)
    return max(none, min(attempts.last_at + pause - now, pause))


def is_forgotten(attempts: Attempts, now: datetime) -> bool:
    """Whether the failures are too old to count."""
    return now - attempts.last_at > FORGET_AFTER
