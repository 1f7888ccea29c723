"""Routes of bookings."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status
from pydantic_core import to_json

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.bookable import MAX_KEY
from inventory.bookings import use_cases
from inventory.bookings.desk import Desk
from inventory.bookings.finding import (
    BookingQuery,
    booking,
    bookings,
    history,
    open_swaps,
    shown,
    shown_of,
)
from inventory.bookings.keeping import parts_of
from inventory.bookings.orders import (
    BookingChange,
    BookingOrder,
    SeriesChange,
    SeriesEnd,
    SeriesOrder,
    StepOrder,
    SwapAnswer,
    SwapOrder,
)
from inventory.bookings.rules import BookingState
from inventory.bookings.schema import (
    BookingOut,
    HistoryEntry,
    PlacedOut,
    SeriesOut,
    SeriesPlacedOut,
    SlotMoment,
    SwapOut,
    WeekOut,
)
from inventory.bookings.series_use_cases import book_series, change_series, end_series, series
from inventory.bookings.stepping import Wanted
from inventory.bookings.trying import NearSlot, TrialOrder, TrialOut, slots_instead, try_out
from inventory.bookings.week import WeekQuery, monday_of, week_plan
from inventory.paging import Limit, Offset, Page, page
from inventory.school_calendar.schema import SchoolDate

router = APIRouter(tags=["bookings"])
Reader = Annotated[Principal, Depends(require(Action.READ_BOOKING))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_BOOKING))]
BookingId = Annotated[int, Path(ge=1, le=2**31 - 1)]
SeriesId = Annotated[int, Path(ge=1, le=2**31 - 1)]
SwapId = Annotated[int, Path(ge=1, le=2**31 - 1)]


def desk_of(request: Request, caller: Writer, now: Now) -> Desk:
    """Where this caller books, with the app's word on the rigs."""
    return Desk(caller, now, request.app.state.rig_truth)


TheDesk = Annotated[Desk, Depends(desk_of)]


class Which:
    """Which bookings a caller asks for."""

    def __init__(  # noqa: PLR0913, PLR0917 - FastAPI reads one argument a parameter
        self,
        caller: Reader,
        resource: Annotated[str | None, Query(max_length=MAX_KEY, description="key")] = None,
        bench: Annotated[str | None, Query(max_length=32)] = None,
        station: Annotated[str | None, Query(max_length=32)] = None,
        start: Annotated[
            SlotMoment | None, Query(alias="from", description="that end after this")
        ] = None,
        end: Annotated[
            SlotMoment | None, Query(alias="to", description="that start before this")
        ] = None,
        state: Annotated[list[BookingState] | None, Query(max_length=10)] = None,
        mine: Annotated[bool, Query(description="that I hold")] = False,
        series: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    ) -> None:
        holder = caller.username if mine else None
        states = tuple(state or ())
        self.query = BookingQuery(resource, bench, station, start, end, states, holder, series)


@router.get("/bookings")
def list_bookings(
    database: TheDatabase,
    caller: Reader,
    wanted: Annotated[Which, Depends()],
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[BookingOut]:
    """Bookings I may see, by their start."""
    with database.read() as db:
        rows, total = bookings(db, caller, wanted.query, offset=offset, limit=limit)
        parts = parts_of(db, rows)
        return page([shown(row, parts[row.id or 0]) for row in rows], total, offset)


@router.post("/bookings", status_code=status.HTTP_201_CREATED)
def make_booking(order: BookingOrder, database: TheDatabase, desk: TheDesk) -> PlacedOut:
    """Book a set for a span of time; 409 when somebody has a part of it then."""
    return use_cases.book(database, desk, order)


@router.post("/bookings/trial")
def try_booking(order: TrialOrder, database: TheDatabase, desk: TheDesk) -> TrialOut:
    """What would become of a booking and which policies speak to it; nothing is booked."""
    return try_out(database, desk, order)


@router.get("/bookings/week", responses={200: {"model": WeekOut}})
def show_week(
    database: TheDatabase,
    caller: Reader,
    now: Now,
    station: Annotated[str | None, Query(max_length=32)] = None,
    start: Annotated[
        SchoolDate | None, Query(alias="from", description="a day of the week")
    ] = None,
) -> Response:
    """The week plan of all rigs of a station, or of all I see."""
    query = WeekQuery(monday_of(start, now), station)
    with database.read() as db:
        plan = week_plan(db, caller, query, now)
    # thousands of events: checking each against a model would take longer than finding them
    return Response(to_json(plan), media_type="application/json")


@router.get("/bookings/{booking_id}")
def show_booking(booking_id: BookingId, database: TheDatabase, caller: Reader) -> BookingOut:
    """One booking."""
    with database.read() as db:
        return shown_of(db, booking(db, caller, booking_id, Action.READ_BOOKING))


@router.get("/bookings/{booking_id}/history")
def show_booking_history(
    booking_id: BookingId, database: TheDatabase, caller: Reader
) -> list[HistoryEntry]:
    """What happened to a booking, from its making on."""
    with database.read() as db:
        return history(db, booking(db, caller, booking_id, Action.READ_BOOKING))


@router.get("/bookings/{booking_id}/nearest-slots")
def list_nearest_slots(
    booking_id: BookingId, database: TheDatabase, desk: TheDesk
) -> list[NearSlot]:
    """Up to three slots this booking could have now, such as one that had to give way."""
    return slots_instead(database, desk, booking_id)


@router.patch("/bookings/{booking_id}")
def change_booking(
    booking_id: BookingId, wanted: BookingChange, database: TheDatabase, desk: TheDesk
) -> PlacedOut:
    """Move, stretch or describe a booking anew; what is not named stays."""
    return use_cases.change_booking(database, desk, booking_id, wanted)


@router.post("/bookings/{booking_id}/steps")
def step_booking(
    booking_id: BookingId, order: StepOrder, database: TheDatabase, desk: TheDesk
) -> BookingOut:
    """Confirm, approve, decline, check in, end early, cancel and so on."""
    wanted = Wanted(order.step, order.reason)
    return use_cases.take_step(database, desk, booking_id, wanted)


@router.post("/bookings/{booking_id}/cancellation")
def cancel_booking(booking_id: BookingId, database: TheDatabase, desk: TheDesk) -> BookingOut:
    """Give the slot back."""
    return use_cases.cancel(database, desk, booking_id)


@router.post("/bookings/{booking_id}/swaps", status_code=status.HTTP_201_CREATED)
def offer_swap(
    booking_id: BookingId, order: SwapOrder, database: TheDatabase, desk: TheDesk
) -> SwapOut:
    """Offer one of my bookings for this one; a station master exchanges them at once."""
    return use_cases.swap(database, desk, order.offered_id, booking_id)


@router.get("/booking-swaps")
def list_open_swaps(database: TheDatabase, caller: Reader) -> list[SwapOut]:
    """Offers to swap that wait for an answer, to me or by me."""
    with database.read() as db:
        return open_swaps(db, caller)


@router.post("/booking-swaps/{swap_id}/answer")
def answer_swap(
    swap_id: SwapId, order: SwapAnswer, database: TheDatabase, desk: TheDesk
) -> SwapOut:
    """Accept an offer to swap, refuse it, or take my own one back."""
    return use_cases.answer(database, desk, swap_id, accept=order.accept)


@router.post("/booking-series", status_code=status.HTTP_201_CREATED)
def make_series(order: SeriesOrder, database: TheDatabase, desk: TheDesk) -> SeriesPlacedOut:
    """Book every time a rule gives; 409 with the times that can't be had."""
    return book_series(database, desk, order)


@router.get("/booking-series/{series_id}")
def show_series(series_id: SeriesId, database: TheDatabase, caller: Reader) -> SeriesOut:
    """One series; its bookings are found by its id."""
    with database.read() as db:
        return series(db, caller, series_id)


@router.patch("/bookings/{booking_id}/series")
def change_bookings_of_series(
    booking_id: BookingId, wanted: SeriesChange, database: TheDatabase, desk: TheDesk
) -> SeriesPlacedOut:
    """Change this booking, this and those that follow, or all of its series to come."""
    return change_series(database, desk, booking_id, wanted)


@router.post("/bookings/{booking_id}/series/cancellation")
def cancel_bookings_of_series(
    booking_id: BookingId, wanted: SeriesEnd, database: TheDatabase, desk: TheDesk
) -> list[BookingOut]:
    """Give back this booking, this and those that follow, or all of its series to come."""
    return end_series(database, desk, booking_id, wanted)
