"""Routes of open sharing: offers, what is free of them, requests and their steps."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, status

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.bookings.desk import Desk
from inventory.bookings.schema import SlotMoment
from inventory.errors import Invalid
from inventory.intervals import Span
from inventory.monitoring.routes import Live
from inventory.paging import Limit, Offset, Page, page
from inventory.sharing.browsing import Shelf, found_offers, one_offer
from inventory.sharing.finding import RequestQuery, request_page, requests, sharing_request
from inventory.sharing.offers import (
    owned,
    owned_offer,
    owned_offers,
    set_offer_state,
    write_offer,
)
from inventory.sharing.request_schema import (
    RequestOrder,
    RequestOut,
    RequestPage,
    SharingStepOrder,
)
from inventory.sharing.requesting import ask, take_sharing_step
from inventory.sharing.rules import OfferState, SharingSide, SharingState
from inventory.sharing.schema import OfferOrder, OfferOut, OfferOwned
from inventory.sharing.searching import MOST_AHEAD, Sought

router = APIRouter(tags=["open sharing"])
Reader = Annotated[Principal, Depends(require(Action.READ_OFFER))]
Manager = Annotated[Principal, Depends(require(Action.MANAGE_OFFER))]
Asker = Annotated[Principal, Depends(require(Action.REQUEST_SHARING))]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
MOST_WORDS = 8


def shelf_of(request: Request, database: TheDatabase, live: Live) -> Shelf:
    """Where the app looks offers up."""
    return Shelf(database, live, request.app.state.offers)


def desk_of(request: Request, caller: Asker, now: Now) -> Desk:
    """Where somebody from outside books, once the offer has been looked at."""
    return Desk(caller, now, request.app.state.rig_truth, by_offer=True)


TheShelf = Annotated[Shelf, Depends(shelf_of)]
TheDesk = Annotated[Desk, Depends(desk_of)]


class Wanted:
    """What somebody looks for."""

    def __init__(  # noqa: PLR0913, PLR0917 - FastAPI reads one argument a parameter
        self,
        now: Now,
        text: Annotated[str, Query(alias="q", max_length=100, description="words")] = "",
        profile: Annotated[str | None, Query(max_length=64, description="such as battery")] = None,
        module: Annotated[str | None, Query(max_length=8)] = None,
        start: Annotated[SlotMoment | None, Query(alias="from")] = None,
        end: Annotated[SlotMoment | None, Query(alias="to")] = None,
        hours: Annotated[float | None, Query(gt=0, le=24, description="in one piece")] = None,
        is_alive: Annotated[bool, Query(alias="alive")] = False,
        is_calibrated: Annotated[bool, Query(alias="calibrated")] = False,
        near: Annotated[str, Query(max_length=40, description="latitude,longitude")] = "",
        within_km: Annotated[float | None, Query(gt=0, le=20_000)] = None,
    ) -> None:
        window = Span(max(start or now, now), end or now + MOST_AHEAD)
        self.sought = Sought(
            window,
            None if hours is None else timedelta(hours=hours),
            tuple(text.split()[:MOST_WORDS]),
            profile,
            module,
            is_alive,
            is_calibrated,
            position_of(near),
            within_km,
        )


TheWanted = Annotated[Wanted, Depends()]


def position_of(text: str) -> tuple[float, float] | None:
    """Latitude and longitude as a map gives them, with a comma between.

    Raises:
        Invalid: it is no position.
    """
    if not text.strip():
        return None
    try:
        latitude, longitude = map(float, text.replace("，", ",").split(","))
    except ValueError:
        latitude, longitude = 999.0, 0.0
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004 - degrees
        raise Invalid("near", "latitude,longitude in degrees, such as 39.96,116.30")
    return latitude, longitude


@router.get("/sharing/offers")
def list_offers(
    shelf: TheShelf,
    _caller: Reader,
    now: Now,
    wanted: TheWanted,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[OfferOut]:
    """Published offers of all schools that meet, the nearest or soonest free first."""
    found = found_offers(shelf, wanted.sought, now)
    return page(found[offset : offset + limit], len(found), offset)


@router.get("/sharing/offers/{offer_id}")
def show_offer(offer_id: Number, shelf: TheShelf, _caller: Reader, now: Now) -> OfferOut:
    """One published offer with all that is free of it."""
    return one_offer(shelf, offer_id, now)


@router.get("/sharing/own-offers")
def list_own_offers(database: TheDatabase, caller: Manager, now: Now) -> list[OfferOwned]:
    """Offers of my organisation, drafts and withdrawn ones too, and what keeps them from use."""
    with database.read() as db:
        return [owned(db, row, now) for row in owned_offers(db, caller)]


@router.post("/sharing/own-offers", status_code=status.HTTP_201_CREATED)
def make_offer(order: OfferOrder, database: TheDatabase, caller: Manager, now: Now) -> OfferOwned:
    """Write an offer; nobody else sees it before it is published."""
    return write_offer(database, caller, order, now=now)


@router.get("/sharing/own-offers/{offer_id}")
def show_own_offer(
    offer_id: Number, database: TheDatabase, caller: Manager, now: Now
) -> OfferOwned:
    """One offer of my organisation."""
    with database.read() as db:
        return owned(db, owned_offer(db, caller, offer_id), now)


@router.put("/sharing/own-offers/{offer_id}")
def change_offer(
    offer_id: Number, order: OfferOrder, database: TheDatabase, caller: Manager, now: Now
) -> OfferOwned:
    """Write all of an offer anew; what was asked for before keeps its slot and terms."""
    return write_offer(database, caller, order, offer_id=offer_id, now=now)


@router.post("/sharing/own-offers/{offer_id}/publication")
def publish_offer(offer_id: Number, database: TheDatabase, caller: Manager, now: Now) -> OfferOwned:
    """Show an offer to everybody, without login."""
    return set_offer_state(database, caller, offer_id, OfferState.PUBLISHED, now=now)


@router.post("/sharing/own-offers/{offer_id}/withdrawal")
def withdraw_offer(
    offer_id: Number, database: TheDatabase, caller: Manager, now: Now
) -> OfferOwned:
    """Take an offer back; what was agreed stays."""
    return set_offer_state(database, caller, offer_id, OfferState.WITHDRAWN, now=now)


@router.get("/sharing/requests")
def list_requests(  # noqa: PLR0913, PLR0917 - FastAPI reads one argument a parameter
    database: TheDatabase,
    caller: Reader,
    side: Annotated[SharingSide | None, Query(description="mine as owner or as requester")] = None,
    state: SharingState | None = None,
    is_unfinished: Annotated[bool | None, Query(alias="unfinished")] = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[RequestOut]:
    """Requests for what my school offers, and those I made elsewhere."""
    query = RequestQuery(side, state, is_unfinished)
    with database.read() as db:
        rows, total = requests(db, caller, query, offset=offset, limit=limit)
    return page(rows, total, offset)


@router.post("/sharing/requests", status_code=status.HTTP_201_CREATED)
def make_request(order: RequestOrder, database: TheDatabase, desk: TheDesk) -> RequestPage:
    """Ask another school for a slot of what it offers; it is held until it answers."""
    return ask(database, desk, order)


@router.get("/sharing/requests/{request_id}")
def show_request(request_id: Number, database: TheDatabase, caller: Reader) -> RequestPage:
    """One request with all that happened to it."""
    with database.read() as db:
        return request_page(db, caller, sharing_request(db, caller, request_id))


@router.post("/sharing/requests/{request_id}/steps")
def step_request(
    request_id: Number, order: SharingStepOrder, database: TheDatabase, desk: TheDesk
) -> RequestPage:
    """Offer terms, decline, accept, withdraw, cancel, check in, finish, judge or comment."""
    return take_sharing_step(database, desk, request_id, order)
