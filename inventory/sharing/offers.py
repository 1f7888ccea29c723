"""Writing, publishing and withdrawing offers, by those who manage the station."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from inventory.accounts.access import visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, authorize
from inventory.audit.use_cases import record
from inventory.bookable import Resource, resource_of
from inventory.bookings.taking import Taken, is_there, taken_with
from inventory.database import Database
from inventory.errors import Invalid, NotAllowed, StepNotPossible, Unknown
from inventory.intervals import Span
from inventory.school_calendar.keeping import calendar_of, minutes_of
from inventory.school_calendar.rules import OpeningHours
from inventory.sharing.errors import UnknownOffer
from inventory.sharing.hindrances import GONE, Hindrance, hindrances
from inventory.sharing.rules import OfferState
from inventory.sharing.schema import HindranceOut, OfferHours, OfferOrder, OfferOwned
from inventory.sharing.searching import OfferFacts, hours_objection, places_of
from inventory.sharing.table import SharingOffer
from inventory.stations.use_cases import station

_FIRST_YEAR, _LAST_YEAR = 2000, 2199


def write_offer(
    database: Database,
    principal: Principal,
    order: OfferOrder,
    *,
    offer_id: int | None = None,
    now: datetime,
) -> OfferOwned:
    """Write a new offer, a draft at first, or all of a known one, which keeps its state.

    Requests made before keep their slots and terms.

    Raises:
        UnknownOffer: there is none, or the caller may not know of it.
        UnknownStation, UnknownBench, UnknownResource: what is named does not exist there.
        NotAllowed: the caller's role does not manage offers.
        Invalid: hours, lengths or days that can't be, or things of several organisations.
    """
    _demand_shape(order)
    with database.begin() as db:
        place = station(db, principal, order.station_code, Action.MANAGE_OFFER)
        _demand_things(db, order, place.organisation_code)
        facts = order.model_dump()
        if offer_id is None:
            row = SharingOffer.model_validate(
                facts
                | _signed(principal, now)
                | {
                    "organisation_code": place.organisation_code,
                    "created_at": now,
                    "created_by": principal.username,
                }
            )
            old = None
        else:
            row = owned_offer(db, principal, offer_id)
            if row.organisation_code != place.organisation_code:
                raise Invalid("station_code", "a station of the offer's organisation")
            old = OfferOrder.model_validate(row, from_attributes=True).model_dump()
            row.sqlmodel_update(facts | _signed(principal, now))
        db.add(row)
        db.flush()
        _note(db, row, principal, "created" if old is None else "changed", (old, facts), now)
        return owned(db, row, now)


def set_offer_state(
    database: Database, principal: Principal, offer_id: int, state: OfferState, *, now: datetime
) -> OfferOwned:
    """Publish an offer, or withdraw it: nobody new can ask, what was agreed stays.

    Raises:
        UnknownOffer: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not manage offers.
        StepNotPossible: an offer never becomes a draft again, and a draft is not withdrawn.
    """
    with database.begin() as db:
        row = owned_offer(db, principal, offer_id)
        possible = {
            OfferState.DRAFT: [OfferState.PUBLISHED],
            OfferState.PUBLISHED: [OfferState.WITHDRAWN],
            OfferState.WITHDRAWN: [OfferState.PUBLISHED],
        }[row.state]
        if state is not row.state:
            if state not in possible:
                raise StepNotPossible(state.value, row.state, [one.value for one in possible])
            old, row.state = row.state, state
            row.sqlmodel_update(_signed(principal, now))
            db.add(row)
            db.flush()
            _note(db, row, principal, state.value, ({"state": old}, {"state": state}), now)
        return owned(db, row, now)


def owned_offers(db: Session, principal: Principal) -> list[SharingOffer]:
    """Offers of the caller's organisation, drafts and withdrawn ones too, by their number.

    Raises:
        NotAllowed: the caller's role does not manage offers.
    """
    if authorize(principal, Action.MANAGE_OFFER) is not Decision.ALLOWED:
        raise NotAllowed(Action.MANAGE_OFFER.value)
    mine = col(SharingOffer.organisation_code).in_(visible_organisations(principal))
    return list(db.exec(select(SharingOffer).where(mine).order_by(col(SharingOffer.id))).all())


def owned_offer(db: Session, principal: Principal, offer_id: int) -> SharingOffer:
    """An offer the caller manages.

    Raises:
        UnknownOffer: there is none, or it is another organisation's.
        NotAllowed: the caller's role does not manage offers.
    """
    found = [row for row in owned_offers(db, principal) if row.id == offer_id]
    if not found:
        raise UnknownOffer(str(offer_id))
    return found[0]


def owned(db: Session, row: SharingOffer, now: datetime) -> OfferOwned:
    """The offer as its owner sees it, with what keeps it from being free."""
    shown = OfferOwned.model_validate(row, from_attributes=True)
    try:
        things = taken_with(db, resources(row))
    except Unknown:
        things = ()
    if not things or not is_there(things, now):
        found: Sequence[Hindrance] = (GONE,)
    else:
        calendar = calendar_of(db, row.organisation_code)
        found = hindrances(facts_of(row, things), calendar, now)
    told = [HindranceOut.model_validate(one, from_attributes=True) for one in found]
    return shown.model_copy(update={"hindrances": told})


def opening_hours(hours: Iterable[OfferHours]) -> tuple[OpeningHours, ...]:
    """The hours of an offer as calendars take them."""
    return tuple(
        OpeningHours(one.weekday, minutes_of(one.opens), minutes_of(one.closes)) for one in hours
    )


def hours_of(row: SharingOffer) -> list[OfferHours]:
    """The stored hours of an offer."""
    return [OfferHours.model_validate(one) for one in row.hours]


def resources(row: SharingOffer) -> tuple[Resource, ...]:
    """The things of an offer."""
    return tuple(resource_of(key) for key in row.resources)


def facts_of(row: SharingOffer, things: Sequence[Taken]) -> OfferFacts:
    """What decides when an offer can be had; `things` are all it takes."""
    stations = {one.resource.key: one.station_code for one in things if one.station_code}
    return OfferFacts(
        hours=opening_hours(hours_of(row)),
        places=places_of(row.resources, stations),
        lengths=(timedelta(minutes=row.least_minutes), timedelta(minutes=row.most_minutes)),
        notice=timedelta(hours=row.notice_hours),
        first_day=row.first_day,
        last_day=row.last_day,
    )


def slot_objection(row: SharingOffer, span: Span) -> str | None:
    """What a slot's length would have to be; None when it will do."""
    minutes = span.length / timedelta(minutes=1)
    if row.least_minutes <= minutes <= row.most_minutes:
        return None
    return f"{row.least_minutes} to {row.most_minutes} minutes"


def _demand_shape(order: OfferOrder) -> None:
    if (expected := hours_objection(opening_hours(order.hours))) is not None:
        raise Invalid("hours", expected)
    if order.least_minutes > order.most_minutes:
        raise Invalid("most_minutes", "not less than least_minutes")
    for name in ("first_day", "last_day"):
        day: date | None = getattr(order, name)
        # the ends of the calendar leave no room for midnights in other zones
        if day is not None and not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise Invalid(name, f"a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    if order.first_day and order.last_day and order.first_day > order.last_day:
        raise Invalid("last_day", "not before first_day")
    if len(set(order.resources)) < len(order.resources):
        raise Invalid("resources", "each thing once")


def _demand_things(db: Session, order: OfferOrder, organisation_code: str) -> None:
    try:
        things = [resource_of(key) for key in order.resources]
    except ValueError as wrong:
        raise Invalid("resources", str(wrong).removeprefix("expected ")) from wrong
    for one in things:
        if one.organisation_code != organisation_code:
            # the same as for a thing that does not exist: other schools' things are no business
            raise Invalid("resources", f"things of {organisation_code}")
    try:
        taken_with(db, things)
    except Unknown as missing:
        raise Invalid("resources", f"things the school has; {missing}") from missing


def _signed(principal: Principal, now: datetime) -> dict[str, object]:
    return {"changed_at": now, "changed_by": principal.username}


def _note(
    db: Session,
    row: SharingOffer,
    who: Principal,
    action: str,
    facts: tuple[dict[str, object] | None, dict[str, object]],
    now: datetime,
) -> None:
    record(
        db,
        who=who.username,
        action=action,
        entity="sharing_offer",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old=facts[0],
        new=facts[1],
        at=now,
    )
