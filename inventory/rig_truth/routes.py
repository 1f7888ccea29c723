"""Routes of what rigs say of themselves against bookings."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.bookings.routes import BookingId, TheDesk
from inventory.bookings.schema import PlacedOut
from inventory.rig_truth import use_cases
from inventory.rig_truth.schema import AffectedOut, SubstitutionOrder
from inventory.rig_truth.use_cases import MOST_DAYS, AffectedQuery

router = APIRouter(tags=["bookings"])
Reader = Annotated[Principal, Depends(require(Action.READ_BOOKING))]


@router.get("/bookings/affected")
def list_affected(  # noqa: PLR0913, PLR0917 - FastAPI reads one argument a parameter
    request: Request,
    database: TheDatabase,
    caller: Reader,
    now: Now,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="that begin within")] = 7,
    mine: Annotated[bool, Query(description="that I hold")] = False,
    booking: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> list[AffectedOut]:
    """Bookings whose rigs are not in order, with what could stand in."""
    query = AffectedQuery(days, mine, booking)
    with database.read() as db:
        return use_cases.affected_bookings(db, request.app.state.live, caller, query, now)


@router.post("/bookings/{booking_id}/substitution")
def take_substitute(
    booking_id: BookingId, order: SubstitutionOrder, database: TheDatabase, desk: TheDesk
) -> PlacedOut:
    """Exchange a rig of a booking for another one in one step."""
    return use_cases.take_substitute(database, desk, booking_id, order)
