"""What a booking may be and which one is running (pure)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from inventory.bookable import BookingPurpose, Resource, ResourceKind

__all__ = [
    "ENDED",
    "HOLDING",
    "HORIZON",
    "MAX_LENGTH",
    "BookingPurpose",
    "BookingState",
    "Resource",
    "ResourceKind",
    "SeriesScope",
    "Slot",
    "SwapState",
    "objection",
    "overlapping",
]


class BookingState(StrEnum):
    """Where a booking stands; one that is over stays booked.

    A draft and a waiting one take nothing yet; a held one takes its slot until a time is out, a
    requested one until somebody decides. Displaced: an exam took the slot; released: nobody came.
    """

    DRAFT = "draft"
    HELD = "held"
    REQUESTED = "requested"
    BOOKED = "booked"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    DISPLACED = "displaced"
    RELEASED = "released"


HOLDING = frozenset({BookingState.HELD, BookingState.REQUESTED, BookingState.BOOKED})
"""Nobody else can have the slot of these."""
ENDED = frozenset(
    {
        BookingState.CANCELLED,
        BookingState.DECLINED,
        BookingState.EXPIRED,
        BookingState.DISPLACED,
        BookingState.RELEASED,
    }
)
"""History; no step leads on from these."""


class SwapState(StrEnum):
    """What became of the offer to exchange two slots."""

    OFFERED = "offered"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class SeriesScope(StrEnum):
    """Which bookings of a series are meant; none that has begun is ever touched."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


MAX_LENGTH = timedelta(days=31)
"""Chosen: a bench may be away for repair for weeks; anything longer is a typing error."""
HORIZON = timedelta(days=400)
"""Chosen: a school year ahead and its holidays."""


class Slot(Protocol):
    """A half-open span `[start_at, end_at)` of something."""

    @property
    def start_at(self) -> datetime:
        """Begins with this moment."""

    @property
    def end_at(self) -> datetime:
        """Ends before this moment."""


SlotT = TypeVar("SlotT", bound=Slot)


def objection(start_at: datetime, end_at: datetime, now: datetime) -> tuple[str, str] | None:
    """Field and expectation of a span that can't be booked; None when it can.

    A slot that began already may still be booked, so that a class that is held is on record.
    """
    if end_at <= start_at:
        return "end_at", "a moment after start_at"
    if end_at <= now:
        return "end_at", "a moment that is not over"
    if end_at - start_at > MAX_LENGTH:
        return "end_at", f"at most {MAX_LENGTH.days} days after start_at"
    if start_at - now > HORIZON:
        return "start_at", f"at most {HORIZON.days} days ahead"
    return None


def overlapping(taken: Iterable[SlotT], start_at: datetime, end_at: datetime) -> SlotT | None:
    """The first of the given slots that shares a moment with `[start_at, end_at)`."""
    both = (slot for slot in taken if slot.start_at < end_at and start_at < slot.end_at)
    return min(both, key=lambda slot: slot.start_at, default=None)
