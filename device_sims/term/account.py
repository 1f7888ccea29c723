"""The simulator's own account of a term: what was used, booked and available, day by day (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from device_sims.term.plan import (
    CLOSES_MIN,
    OPENS_MIN,
    SECOND,
    BenchDay,
    Purpose,
    stretch,
)
from device_sims.term.stretches import common, length, merged, minus


@dataclass(frozen=True, slots=True)
class Account:
    """Sums in milliseconds and counts.

    `used` is what a watcher could see: pauses up to the idle limit belong to it, what happened
    while the bench was switched off is `unseen`. `sessions` is in how many pieces it came.
    """

    available: int = 0
    booked: int = 0
    used: int = 0
    used_available: int = 0
    unbooked: int = 0
    outside: int = 0
    unseen: int = 0
    heard: int = 0
    sessions: int = 0
    bookings: int = 0
    unused_bookings: int = 0


def account_of(day: BenchDay, idle_s: float) -> Account:
    """The account of a bench and day."""
    opening = [stretch(day.day, (OPENS_MIN, CLOSES_MIN))]
    maintenance = [one.span for one in day.bookings if one.purpose is Purpose.MAINTENANCE]
    available = minus(minus(opening, maintenance), day.faulty)
    classes = [one for one in day.bookings if one.purpose is not Purpose.MAINTENANCE]
    outsiders = [one.span for one in classes if one.purpose is Purpose.OPEN_SHARING]
    used = merged(minus(day.active, day.off), int(idle_s * SECOND))
    return Account(
        available=length(available),
        booked=length(one.span for one in classes),
        used=length(used),
        used_available=length(common(used, available)),
        unbooked=length(minus(used, (one.span for one in day.bookings))),
        outside=length(common(used, outsiders)),
        unseen=length(common(day.active, day.off)),
        heard=length(common(minus([day.on], day.off), available)),
        sessions=len(used),
        bookings=len(classes),
        unused_bookings=sum(not common(used, [one.span]) for one in classes),
    )


def added(accounts: Iterable[Account]) -> Account:
    """The sums."""
    rows = list(accounts)
    return Account(*(sum(getattr(row, one.name) for row in rows) for one in fields(Account)))
