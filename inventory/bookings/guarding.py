"""Who has something already: asked before anything is written, held by the database itself."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from inventory.bookings.rules import BookingPurpose, BookingState
from inventory.bookings.table import NO_OVERLAP, Booking, BookingPart
from inventory.errors import SlotTaken
from inventory.intervals import Span


@dataclass(frozen=True, slots=True)
class Occupant:
    """Something that is somebody's in a part of a span; `blocked` has the buffers."""

    resource_key: str
    blocked: Span
    booking_id: int
    purpose: BookingPurpose
    state: BookingState
    start_at: datetime
    holder: str


def occupants(
    db: Session, keys: Collection[str], span: Span, now: datetime, without: Collection[int] = ()
) -> Sequence[Occupant]:
    """Who has any of these in a part of the span, by time; one statement.

    What was held until a time that is out is nobody's. `without` leaves out bookings that are
    about to move.
    """
    query = (
        select(BookingPart, Booking)
        .join(Booking, col(Booking.id) == col(BookingPart.booking_id))
        .where(
            col(BookingPart.resource_key).in_(sorted(keys)),
            BookingPart.blocked_to > span.start_at,
            BookingPart.blocked_from < span.end_at,
            *holding(now),
            col(Booking.id).not_in(sorted(without)) if without else True,
        )
        .order_by(col(BookingPart.blocked_from), col(BookingPart.id))
    )
    return [
        Occupant(
            part.resource_key,
            Span(part.blocked_from, part.blocked_to),
            part.booking_id,
            row.purpose,
            row.state,
            row.start_at,
            row.holder,
        )
        for part, row in db.exec(query).all()
    ]


def holding(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions of parts that nobody else can have."""
    until = col(BookingPart.held_until)
    return col(BookingPart.is_holding).is_(True), or_(until.is_(None), until > now)


def taken_by(found: Occupant) -> SlotTaken:
    """The error that says that somebody has it."""
    return SlotTaken(found.resource_key, found.blocked.start_at, found.blocked.end_at)


@contextmanager
def guarded(key: str, span: Span) -> Iterator[None]:
    """Tell the database's own refusal in our words: somebody wrote around our door.

    Raises:
        SlotTaken: the guard refused.
    """
    try:
        yield
    except IntegrityError as refusal:
        if NO_OVERLAP not in str(refusal):
            raise
        raise SlotTaken(key, span.start_at, span.end_at) from refusal
