"""What an entry of income would say of a booking that was used."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func
from sqlmodel import Session, select

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action, Principal
from inventory.bookings.table import Booking
from inventory.errors import Invalid
from inventory.income.belonging import demand_used, origin_of, rigs_of, station_of
from inventory.income.finding import in_fen_of
from inventory.income.schema import MOST_WORDS, DraftRig, IncomeDraft
from inventory.income.table import IncomeEntry
from inventory.moments import SCHOOL_ZONE, today
from inventory.money import amount_of, in_yuan
from inventory.sharing.table import SharingRequest


def income_draft(
    db: Session,
    principal: Principal,
    booking_id: int | None,
    request_id: int | None,
    now: datetime,
) -> IncomeDraft:
    """What an entry for a booking or a request for shared use would say.

    Raises:
        Invalid: neither is named.
        UnknownBooking, UnknownSharingRequest: not one of the caller's own organisation.
        NotAllowed: the caller's role does not write income.
        BookingNotUsed: the booking has not begun, or was given back.
    """
    code = principal.organisation_code
    demand_organisation(db, principal, code, Action.WRITE_INCOME)
    origin = origin_of(db, principal, code, (booking_id, request_id))
    if origin.booking is None or origin.source is None:
        raise Invalid("booking_id", "a booking or a request for shared use")
    demand_used(origin.booking, now)
    rigs = rigs_of(db, code, None, origin)
    sums = select(func.sum(in_fen_of(IncomeEntry.amount)))
    known = db.exec(sums.where(IncomeEntry.booking_id == origin.booking.id)).one()
    return IncomeDraft(
        booking_id=origin.booking.id or 0,
        sharing_request_id=None if origin.request is None else origin.request.id,
        source=origin.source,
        station_code=station_of(db, code, None, (origin, rigs)),
        received_on=today(now),
        words=_words(origin.booking, origin.request),
        amount=_priced(origin.request),
        rigs=[DraftRig(resource_key=one.resource.key, name=one.name) for one, _ in rigs],
        known=in_yuan(int(known or 0)),
    )


def _words(row: Booking, request: SharingRequest | None) -> str:
    start = row.start_at.astimezone(SCHOOL_ZONE)
    what = request.purpose if request is not None else row.title or row.note
    price = request.price_note if request is not None else ""
    facts = (f"{start:%Y-%m-%d %H:%M}", what, price)
    return " · ".join(one for one in facts if one)[:MOST_WORDS]


def _priced(request: SharingRequest | None) -> Decimal | None:
    try:
        return amount_of(request.price_note) if request is not None else None
    except ValueError:
        return None
