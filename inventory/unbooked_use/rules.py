"""What may explain a stretch of use without a booking, and when it is settled (pure)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from inventory.intervals import Span

NEAR = timedelta(minutes=15)
"""Chosen: who is a quarter of an hour early or late belongs to the booking beside it."""
SHORT = timedelta(minutes=1)
"""Chosen: what is shorter is a switch tried out; it is counted, but not listed unasked."""
_TOUCHES = timedelta(seconds=1)
"""Databases tell moments to a millisecond or so."""
TOLD_FROM = timedelta(minutes=15)
"""Chosen: a day's unbooked use up to a quarter of an hour is nobody's errand."""
TOLD_AT = time(6)
"""Chosen: at night benches hand in what they held back, and mails in digests go at 07:30."""


class CauseKind(StrEnum):
    """What may explain unbooked use.

    A booking that ended right before, one that begins right after, one that had been cancelled or
    released, a work order on the bench, or that it was outside of opening hours.
    """

    OVERRUN = "overrun"
    EARLY = "early"
    GIVEN_BACK = "given_back"
    WORK_ORDER = "work_order"
    OUTSIDE_HOURS = "outside_hours"


class UsePurpose(StrEnum):
    """What somebody used a rig for without a booking."""

    CLASS = "class"
    EXAM = "exam"
    MAINTENANCE = "maintenance"
    OPEN_SHARING = "open_sharing"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A booking near a stretch; `held` is what it took of the rig, buffers included."""

    booking_id: int
    held: Span
    is_given_back: bool
    holder: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """A work order on a rig, from its opening to its end; None: it goes on."""

    number: int
    opened_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cause:
    """One possible explanation; `time` is how much of the stretch lies outside of opening hours."""

    kind: CauseKind
    booking: Neighbour | None = None
    order_number: int | None = None
    time: timedelta = timedelta()


def causes(
    stretch: Span, neighbours: Iterable[Neighbour], orders: Iterable[Order], closed: timedelta
) -> tuple[Cause, ...]:
    """What may explain a stretch of a rig's use; nothing: nobody knows.

    Args:
        stretch: use in nobody's booking.
        neighbours: bookings of the rig, in any order.
        orders: work orders on it.
        closed: how much of the stretch lies outside of opening hours.
    """
    found = [one for each in neighbours for one in _of_booking(stretch, each)]
    found += (
        Cause(CauseKind.WORK_ORDER, order_number=one.number)
        for one in orders
        if one.opened_at < stretch.end_at
        and (one.finished_at is None or one.finished_at > stretch.start_at)
    )
    if closed > timedelta():
        found.append(Cause(CauseKind.OUTSIDE_HOURS, time=closed))
    return tuple(found)


def is_settled(length: timedelta, explained: timedelta) -> bool:
    """Whether notes tell of a stretch as a whole; late rows may move its ends a little."""
    return explained > timedelta() and length - explained < SHORT


def is_time_to_tell(local: datetime) -> bool:
    """Whether the day before may be told of; by the school's clock."""
    return local.time() >= TOLD_AT


def _of_booking(stretch: Span, one: Neighbour) -> Iterator[Cause]:
    if one.is_given_back:
        if one.held.meets(stretch):
            yield Cause(CauseKind.GIVEN_BACK, one)
        return
    if -_TOUCHES <= stretch.start_at - one.held.end_at <= NEAR:
        yield Cause(CauseKind.OVERRUN, one)
    if -_TOUCHES <= one.held.start_at - stretch.end_at <= NEAR:
        yield Cause(CauseKind.EARLY, one)
