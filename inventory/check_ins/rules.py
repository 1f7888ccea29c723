"""What a label offers the holder of a booking (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.bookings.life import BookingLife, BookingStep, Refusal, check_in_from, taken
from inventory.bookings.rules import BookingState

AHEAD = timedelta(hours=12)
"""Chosen: who comes too early sees from when; tomorrow's class is not asked about today."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The steps that are possible now, and from when one may check in where it is too early."""

    steps: tuple[BookingStep, ...] = ()
    opens_at: datetime | None = None


def arrival(life: BookingLife, now: datetime) -> Arrival | None:
    """What somebody at the thing can do with a booking of it; None: it is not shown.

    The life of bookings decides what is possible; ending is offered to who has checked in.
    """
    if life.state is not BookingState.BOOKED or not life.start_at - AHEAD <= now < life.end_at:
        return None
    wanted = BookingStep.END_EARLY if life.is_checked_in else BookingStep.CHECK_IN
    if not isinstance(taken(life, wanted, now), Refusal):
        return Arrival((wanted,))
    opens_at = check_in_from(life)
    return Arrival(opens_at=None if life.is_checked_in else opens_at)
