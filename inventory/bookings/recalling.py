"""A stored booking as an order again, so that every step is judged as if it came anew."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session

from inventory.bookable import resource_of
from inventory.bookings.desk import Asking, Holder, holder_named
from inventory.bookings.drafts import BookingWish, Draft
from inventory.bookings.keeping import parts_of
from inventory.bookings.table import Booking, BookingPart
from inventory.bookings.taking import taken_with
from inventory.intervals import Span


def asking_of(db: Session, row: Booking) -> Asking:
    """A stored booking as an order that does not stand in its own way.

    Raises:
        Unknown: something it took is no longer there.
    """
    draft = draft_of(row, parts_of(db, [row])[row.id or 0])
    things = taken_with(db, draft.resources)
    return Asking(draft, stored_holder(db, row), things, frozenset({row.id or 0}))


def draft_of(row: Booking, parts: Sequence[BookingPart]) -> Draft:
    """What a stored booking asked for."""
    return Draft(
        tuple(resource_of(part.resource_key) for part in parts if part.is_asked),
        Span(row.start_at, row.end_at),
        row.purpose,
        BookingWish.BOOK,
        row.holder,
        timedelta(seconds=row.set_up_s),
        timedelta(seconds=row.clear_up_s),
        row.title,
        row.note,
        row.module,
        row.level,
        row.headcount,
        row.has_minors,
        row.supervisor,
        series_id=row.series_id,
        occurrence_at=row.occurrence_at,
    )


def stored_holder(db: Session, row: Booking) -> Holder:
    """Who answers for a stored booking."""
    return holder_named(db, row.holder, row.requester_organisation_code)
