"""Routes of bookings."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.bookings.rules import BookingState
from inventory.bookings.schema import BookingOrder, BookingOut, SlotMoment
from inventory.bookings.use_cases import (
    BookingQuery,
    book,
    booking,
    bookings,
    cancel,
    parts_of,
    shown,
)
from inventory.paging import Limit, Offset, Page, page

router = APIRouter(tags=["bookings"])
Reader = Annotated[Principal, Depends(require(Action.READ_BOOKING))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_BOOKING))]
BookingId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Wanted:
    """Which bookings a caller asks for."""

    def __init__(
        self,
        bench: Annotated[str | None, Query(max_length=32)] = None,
        start: Annotated[
            SlotMoment | None, Query(alias="from", description="that end after this")
        ] = None,
        end: Annotated[
            SlotMoment | None, Query(alias="to", description="that start before this")
        ] = None,
        state: BookingState | None = None,
    ) -> None:
        self.query = BookingQuery(bench, start, end, state)


@router.get("/bookings")
def list_bookings(
    database: TheDatabase,
    caller: Reader,
    wanted: Annotated[Wanted, Depends()],
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[BookingOut]:
    """Bookings of benches I may see, by their start."""
    with database.read() as db:
        rows, total = bookings(db, caller, wanted.query, offset=offset, limit=limit)
        parts = parts_of(db, rows)
        return page([shown(row, parts[row.id or 0]) for row in rows], total, offset)


@router.post("/bookings", status_code=status.HTTP_201_CREATED)
def make_booking(
    order: BookingOrder, database: TheDatabase, caller: Writer, now: Now
) -> BookingOut:
    """Book a bench for a span of time; 409 when somebody has it then."""
    return book(database, caller, order, now=now)


@router.get("/bookings/{booking_id}")
def show_booking(booking_id: BookingId, database: TheDatabase, caller: Reader) -> BookingOut:
    """One booking."""
    with database.read() as db:
        found = booking(db, caller, booking_id, Action.READ_BOOKING)
        return shown(found, parts_of(db, [found])[booking_id])


@router.post("/bookings/{booking_id}/cancellation")
def cancel_booking(
    booking_id: BookingId, database: TheDatabase, caller: Writer, now: Now
) -> BookingOut:
    """Give the slot back."""
    return cancel(database, caller, booking_id, now=now)
