"""The figures of what was available, booked and used, and what they mean (pure).

occupancy 占用率 = booked / available; utilisation 利用率 = measured use / available, both counted
within the available time, so that neither exceeds 1. Machine hours 有效机时 are measured use
without that in maintenance, the shared rate 共享率 is that of outsiders 校外机时 / machine hours.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import attrgetter

HEARD_ENOUGH = 0.5
"""Chosen: a bench that was silent for more of a booking than it was heard shows no no-show."""


class BookingOutcome(StrEnum):
    """What measurement says of a booking; ahead: it is not over and nobody came yet.

    Unmeasured: nothing was used, but the rig was not heard enough to tell whether nobody came.
    """

    AHEAD = "ahead"
    USED = "used"
    NO_SHOW = "no_show"
    UNMEASURED = "unmeasured"


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums in milliseconds and counts; `summed` adds them up over rigs and times.

    `available`: opening time without what was out of order. `booked` and `used` are all there was,
    `…_available` the part within the available time. `no_show` is the length of bookings nobody
    came to, `overrun` use that went on after a booking into time that was nobody's. `observable`
    is available time that telemetry was looked at for, `observed` that in which the rig was heard.
    """

    opening: int = 0
    available: int = 0
    booked: int = 0
    booked_available: int = 0
    used: int = 0
    used_available: int = 0
    booked_used: int = 0
    unbooked_used: int = 0
    maintenance_used: int = 0
    outside_used: int = 0
    no_show: int = 0
    overrun: int = 0
    observable: int = 0
    observed: int = 0
    usage_sessions: int = 0
    bookings: int = 0
    no_shows: int = 0
    unmeasured: int = 0

    @property
    def effective(self) -> int:
        """Machine hours 有效机时."""
        return self.used - self.maintenance_used

    @property
    def occupancy(self) -> float | None:
        """占用率; None where nothing was available."""
        return _share(self.booked_available, self.available)

    @property
    def utilisation(self) -> float | None:
        """利用率; None where nothing was available."""
        return _share(self.used_available, self.available)

    @property
    def shared(self) -> float | None:
        """共享率; None without any machine hours."""
        return _share(self.outside_used, self.effective)

    @property
    def coverage(self) -> float | None:
        """How much of the available time the rig could have reported; None: not looked at."""
        return _share(self.observed, self.observable)


def summed(parts: Iterable[Figures]) -> Figures:
    """The sums."""
    return Figures(*map(sum, zip(*map(_ALL, parts), strict=True)))


_ALL = attrgetter(*(one.name for one in fields(Figures)))


@dataclass(frozen=True, slots=True)
class HourGrid:
    """Sums by local weekday (0 Monday) and hour: 7 lists of 24, milliseconds."""

    available: list[list[int]]
    booked: list[list[int]]
    used: list[list[int]]


def outcome(is_over: bool, used_ms: int, is_heard: bool, is_released: bool) -> BookingOutcome:
    """What a booking came to; `used_ms` includes the time of setting up and clearing up."""
    if used_ms > 0:
        return BookingOutcome.USED
    if is_released:
        return BookingOutcome.NO_SHOW
    if not is_over:
        return BookingOutcome.AHEAD
    return BookingOutcome.NO_SHOW if is_heard else BookingOutcome.UNMEASURED


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None
