"""Finding requests for shared use: each side sees its own, and of the other what it needs."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, or_, select

from inventory.accounts.access import visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Role, authorize
from inventory.bookings.table import Booking
from inventory.sharing.errors import UnknownSharingRequest
from inventory.sharing.keeping import life_of
from inventory.sharing.request_schema import RequestOut, RequestPage, SharingEntryOut
from inventory.sharing.rules import (
    OPEN,
    Actor,
    SharingSide,
    SharingState,
    SharingStep,
    possible_steps,
    refusal,
)
from inventory.sharing.schema import ContactFields
from inventory.sharing.table import SharingEntry, SharingOffer, SharingRequest

_LEADERS = frozenset({Role.STATIONMASTER, Role.ADMINISTRATOR})
_AGREED = frozenset(
    {
        SharingState.AGREED,
        SharingState.VISITING,
        SharingState.VISITED,
        SharingState.MISSED,
        SharingState.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class RequestQuery:
    """Which requests; None leaves a side open."""

    side: SharingSide | None = None
    state: SharingState | None = None
    is_unfinished: bool | None = None


def requests(
    db: Session, principal: Principal, query: RequestQuery, *, offset: int, limit: int
) -> tuple[list[RequestOut], int]:
    """Requests that are the caller's on either side, the latest slot first, and how many in all."""
    wanted = [_seen(principal, query.side), *_conditions(query)]
    rows = db.exec(
        select(SharingRequest, SharingOffer, Booking)
        .join(SharingOffer, col(SharingOffer.id) == col(SharingRequest.offer_id))
        .join(Booking, col(Booking.id) == col(SharingRequest.booking_id))
        .where(*wanted)
        .order_by(col(SharingRequest.start_at).desc(), col(SharingRequest.id).desc())
        .offset(offset)
        .limit(limit)
    ).all()
    total = db.exec(select(func.count()).select_from(SharingRequest).where(*wanted)).one()
    return [_out(principal, row, offer, booking) for row, offer, booking in rows], total


def sharing_request(db: Session, principal: Principal, request_id: int) -> SharingRequest:
    """A request one side of which is the caller's.

    Raises:
        UnknownSharingRequest: there is none, or neither side is.
    """
    query = select(SharingRequest).where(SharingRequest.id == request_id, _seen(principal, None))
    found = db.exec(query).first()
    if found is None:
        raise UnknownSharingRequest(str(request_id))
    return found


def request_page(db: Session, principal: Principal, row: SharingRequest) -> RequestPage:
    """A request with its history, as far as the caller's side may know."""
    offer = db.get_one(SharingOffer, row.offer_id)
    booking = db.get_one(Booking, row.booking_id)
    side = side_of(principal, row)
    is_owner = side is SharingSide.OWNER
    query = select(SharingEntry).where(SharingEntry.request_id == row.id)
    history = db.exec(query.order_by(col(SharingEntry.id))).all()
    is_insider = is_owner and authorize(principal, Action.REQUEST_SHARING) is Decision.ALLOWED
    knows_contact = offer.is_contact_public or row.state in _AGREED
    told = ("accepted_at", "used_s", "owner_rating", "owner_feedback")
    return RequestPage(
        **_out(principal, row, offer, booking).model_dump(),
        **row.model_dump(include={*told, "requester_rating", "requester_feedback"}),
        booking_id=row.booking_id if is_owner else None,
        visitor=_visitor(row) if is_insider or not is_owner else None,
        contact=ContactFields.model_validate(offer, from_attributes=True)
        if is_owner or knows_contact
        else None,
        checked_in_at=booking.checked_in_at,
        history=[_entry(side, entry) for entry in history],
        possible=possible(principal, row),
    )


def side_of(principal: Principal, row: SharingRequest) -> SharingSide:
    """On which side of a request the caller is, who sees it."""
    is_owner = row.organisation_code == principal.organisation_code
    is_requester = row.requester_organisation_code == principal.organisation_code
    if is_requester and not is_owner:
        return SharingSide.REQUESTER
    # somebody who moved on to another school still has what they asked for
    return SharingSide.REQUESTER if row.requested_by == principal.username else SharingSide.OWNER


def actor_of(principal: Principal, row: SharingRequest) -> Actor:
    """The caller as who wants to take a step."""
    is_own = row.requested_by == principal.username
    return Actor(side_of(principal, row), principal.role, is_own)


def possible(principal: Principal, row: SharingRequest) -> list[SharingStep]:
    """The steps the caller may take now."""
    if authorize(principal, Action.REQUEST_SHARING) is not Decision.ALLOWED:
        return []
    actor = actor_of(principal, row)
    steps = possible_steps(life_of(row), actor.side)
    return [step for step in steps if refusal(step, actor) is None]


def _seen(principal: Principal, side: SharingSide | None) -> ColumnElement[bool]:
    owned = col(SharingRequest.organisation_code).in_(visible_organisations(principal))
    own = col(SharingRequest.requested_by) == principal.username
    if principal.role in _LEADERS:
        own |= col(SharingRequest.requester_organisation_code) == principal.organisation_code
    if side is None:
        return or_(owned, own)
    return own if side is SharingSide.REQUESTER else owned


def _conditions(query: RequestQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.state is not None:
        found.append(col(SharingRequest.state) == query.state)
    unfinished = (SharingState.AGREED, SharingState.VISITING, *sorted(OPEN))
    if query.is_unfinished is not None:
        is_in = col(SharingRequest.state).in_(unfinished)
        found.append(is_in if query.is_unfinished else ~is_in)
    return found


def _out(
    principal: Principal, row: SharingRequest, offer: SharingOffer, booking: Booking
) -> RequestOut:
    of_others = {"title_zh", "title_en", "side", "hold_until", "start_at", "end_at"}
    return RequestOut(
        **row.model_dump(include=set(RequestOut.model_fields) - of_others),
        # the owner may have moved it since
        start_at=booking.start_at,
        end_at=booking.end_at,
        title_zh=offer.title_zh,
        title_en=offer.title_en,
        side=side_of(principal, row),
        hold_until=booking.hold_until if row.state in OPEN else None,
    )


def _visitor(row: SharingRequest) -> ContactFields:
    return ContactFields(contact_name=row.visitor_name, contact_phone=row.visitor_phone)


def _entry(side: SharingSide, entry: SharingEntry) -> SharingEntryOut:
    return SharingEntryOut(
        **entry.model_dump(exclude={"request_id", "who"}),
        who=entry.who if entry.side is side else None,
    )
