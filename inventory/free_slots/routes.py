"""Routes of the search for what is free."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.bookable import BookingPurpose, ResourceKind
from inventory.bookings.schema import SlotMoment
from inventory.free_slots.scenes import Asker
from inventory.free_slots.schema import FreeNowOut, FreeSearch, FreeSlotsOut, NeedIn
from inventory.free_slots.use_cases import free_at, free_slots
from inventory.intervals import Span
from inventory.organisations.schema import Code

router = APIRouter(tags=["free slots"])
Reader = Annotated[Principal, Depends(require(Action.READ_BOOKING))]
_LESSON = timedelta(minutes=45)


def asker_of(request: Request, caller: Reader, now: Now) -> Asker:
    """Who looks, with the app's word on the rigs."""
    return Asker(caller, now, request.app.state.rig_truth)


TheAsker = Annotated[Asker, Depends(asker_of)]


class AskedTime:
    """When, and what of."""

    def __init__(  # noqa: PLR0913, PLR0917 - FastAPI reads one argument a parameter
        self,
        now: Now,
        start: Annotated[SlotMoment | None, Query(alias="from", description="default: now")] = None,
        end: Annotated[
            SlotMoment | None, Query(alias="to", description="default: a lesson after `from`")
        ] = None,
        kind: ResourceKind = ResourceKind.BENCH,
        station: Annotated[Code | None, Query()] = None,
        profile: Annotated[str | None, Query(max_length=64)] = None,
        purpose: BookingPurpose = BookingPurpose.CLASS,
    ) -> None:
        start_at = start or now
        self.span = Span(start_at, end or start_at + _LESSON)
        self.purpose = purpose
        self.need = NeedIn(kind=kind, station=station, profile=profile)


@router.get("/free")
def list_free(
    database: TheDatabase,
    asker: TheAsker,
    asked: Annotated[AskedTime, Depends()],
    organisation: Annotated[Code | None, Query(description="default: mine")] = None,
) -> list[FreeNowOut]:
    """Give me the time: what is free then, until when, and whether I may have it."""
    code = organisation or asker.principal.organisation_code
    with database.read() as db:
        return free_at(db, asker, code, (asked.span, asked.purpose), [asked.need])


@router.post("/free/slots")
def find_slots(search: FreeSearch, database: TheDatabase, asker: TheAsker) -> FreeSlotsOut:
    """Give me the set: the next slots in which all of it is free and I may book it."""
    with database.read() as db:
        return free_slots(db, asker, search)
