"""Finding bookings and what happened to them; only what the caller may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Principal, Resource
from inventory.audit.table import AuditEntry
from inventory.bookings.desk import FOR_OTHERS
from inventory.bookings.keeping import parts_of
from inventory.bookings.rules import BookingState, SwapState
from inventory.bookings.schema import BookingOut, HistoryEntry, PartOut, SwapOut
from inventory.bookings.table import Booking, BookingPart, BookingSwap
from inventory.errors import UnknownBooking
from inventory.organisations.use_cases import organisation


@dataclass(frozen=True, slots=True)
class BookingQuery:
    """Which bookings: those that share a moment with `[start, end)`; None leaves a side open."""

    resource: str | None = None
    bench: str | None = None
    station: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    states: Sequence[BookingState] = ()
    holder: str | None = None
    series: int | None = None


def booking(db: Session, principal: Principal, booking_id: int, action: Action) -> Booking:
    """The booking of an id, if the caller may do this with it: as the owner's or the user's side.

    Raises:
        UnknownBooking: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    unknown = UnknownBooking(str(booking_id))
    row = db.get(Booking, booking_id)
    if row is None:
        demand(principal, action, Resource(None), unknown)
        raise unknown
    side = row.organisation_code
    if principal.organisation_code == row.requester_organisation_code:
        side = row.requester_organisation_code
    owner = organisation(db, side)
    demand(principal, action, Resource(owner.code, owner.evaluated_by), unknown)
    return row


def bookings(
    db: Session, principal: Principal, query: BookingQuery, *, offset: int, limit: int
) -> tuple[list[Booking], int]:
    """Bookings the caller may see, by their start, and how many there are in all."""
    wanted = [visible_to(principal), *_conditions(query)]
    rows = db.exec(
        select(Booking)
        .where(*wanted)
        .order_by(col(Booking.start_at), col(Booking.id))
        .offset(offset)
        .limit(limit)
    ).all()
    return list(rows), db.exec(select(func.count()).select_from(Booking).where(*wanted)).one()


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """Condition of bookings whose resources or whose users are the caller's to see."""
    visible = visible_organisations(principal)
    return or_(
        col(Booking.organisation_code).in_(visible),
        col(Booking.requester_organisation_code).in_(visible),
    )


def shown(row: Booking, parts: Sequence[BookingPart]) -> BookingOut:
    """A booking as the API shows it."""
    benches = [part.bench_code for part in parts if part.bench_code is not None]
    told = {
        "bench_code": benches[0] if benches else None,
        "parts": [PartOut.model_validate(part, from_attributes=True) for part in parts],
    }
    return BookingOut.model_validate(row, update=told)


def shown_of(db: Session, row: Booking) -> BookingOut:
    """The same with its parts looked up."""
    return shown(row, parts_of(db, [row])[row.id or 0])


def history(db: Session, row: Booking) -> list[HistoryEntry]:
    """Everything that happened to a booking, in its order."""
    query = select(AuditEntry).where(
        AuditEntry.entity == "booking", AuditEntry.entity_id == str(row.id)
    )
    return [
        HistoryEntry(at=one.at, who=one.who, action=one.action, old=one.old, new=one.new)
        for one in db.exec(query.order_by(col(AuditEntry.id))).all()
    ]


def open_swaps(db: Session, principal: Principal) -> list[SwapOut]:
    """Offers nobody has answered, to or by the caller; a station master sees all of the school.

    The earliest is the first.
    """
    either = or_(
        col(BookingSwap.offered_id) == col(Booking.id),
        col(BookingSwap.wanted_id) == col(Booking.id),
    )
    query = (
        select(BookingSwap)
        .join(Booking, either)
        .where(BookingSwap.state == SwapState.OFFERED, visible_to(principal))
    )
    if principal.role not in FOR_OTHERS:
        query = query.where(Booking.holder == principal.username)
    rows = db.exec(query.distinct().order_by(col(BookingSwap.id))).all()
    return [SwapOut.model_validate(row) for row in rows]


def running_bookings(db: Session, now: datetime) -> Sequence[tuple[Booking, str]]:
    """Every bench in a booked slot that runs now, with its booking, of all organisations.

    For watching, not for showing. What was given back before its end is over.
    """
    query = (
        select(Booking, BookingPart.bench_code)
        .join(BookingPart, col(BookingPart.booking_id) == col(Booking.id))
        .where(
            Booking.state == BookingState.BOOKED,
            Booking.start_at <= now,
            Booking.end_at > now,
            col(BookingPart.bench_code).is_not(None),
            or_(col(Booking.ended_early_at).is_(None), col(Booking.ended_early_at) > now),
        )
        .order_by(col(Booking.id), col(BookingPart.id))
    )
    return [(row, bench) for row, bench in db.exec(query).all() if bench is not None]


def _conditions(query: BookingQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.start is not None:
        found.append(col(Booking.end_at) > query.start)
    if query.end is not None:
        found.append(col(Booking.start_at) < query.end)
    if query.states:
        found.append(col(Booking.state).in_(query.states))
    if query.holder is not None:
        found.append(col(Booking.holder) == query.holder)
    if query.station is not None:
        found.append(col(Booking.station_code) == query.station)
    if query.series is not None:
        found.append(col(Booking.series_id) == query.series)
    return [*found, *_of_parts(query)]


def _of_parts(query: BookingQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.bench is not None:
        of_bench = select(BookingPart.booking_id).where(BookingPart.bench_code == query.bench)
        found.append(col(Booking.id).in_(of_bench))
    if query.resource is not None:
        takes = select(BookingPart.booking_id).where(BookingPart.resource_key == query.resource)
        found.append(col(Booking.id).in_(takes))
    return found
