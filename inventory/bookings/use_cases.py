"""Booking a bench, finding bookings and giving a slot back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Principal, Resource, Role
from inventory.accounts.table import User
from inventory.audit.use_cases import record
from inventory.benches.table import Bench
from inventory.bookings.rules import BookingPurpose, BookingState, objection, overlapping
from inventory.bookings.schema import BookingOrder, BookingOut
from inventory.bookings.table import NO_OVERLAP, Booking
from inventory.database import Database
from inventory.errors import (
    Invalid,
    NotAllowed,
    SlotTaken,
    UnknownBench,
    UnknownBooking,
)
from inventory.organisations.use_cases import organisation
from inventory.work_orders.errors import UnderRepair
from inventory.work_orders.repairs import repairs

_FOR_OTHERS = frozenset({Role.STATIONMASTER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class BookingQuery:
    """Which bookings: those that share a moment with `[start, end)`; None leaves a side open."""

    bench: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    state: BookingState | None = None


def book(
    database: Database, principal: Principal, order: BookingOrder, *, now: datetime
) -> BookingOut:
    """Book a bench of the caller's organisation; one under repair for maintenance alone.

    Raises:
        UnknownBench: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not book, or not for others.
        Invalid: the span can't be booked, or nobody of the organisation is called `holder`.
        UnderRepair: a work order keeps the bench out of use, for however long.
        SlotTaken: somebody has the bench in a part of the span.
    """
    if (refused := objection(order.start_at, order.end_at, now)) is not None:
        raise Invalid(*refused)
    try:
        with database.begin() as db:
            bench = _bookable(db, principal, order.bench_code)
            holder = _holder(db, principal, bench, order.holder)
            _demand_in_order(db, bench, order.purpose)
            _demand_free(db, order)
            row = Booking.model_validate(
                order.model_dump()
                | {
                    "holder": holder,
                    "organisation_code": bench.organisation_code,
                    "station_code": bench.station_code,
                    "created_at": now,
                    "created_by": principal.username,
                }
            )
            db.add(row)
            db.flush()
            _note(db, row, principal.username, "booked", now)
    except IntegrityError as refusal:
        # the database's own guard: somebody wrote around this door
        if NO_OVERLAP not in str(refusal):
            raise
        raise SlotTaken(order.bench_code, order.start_at, order.end_at) from refusal
    return BookingOut.model_validate(row)


def cancel(
    database: Database, principal: Principal, booking_id: int, *, now: datetime
) -> BookingOut:
    """Give a slot back; one that is cancelled already stays as it is.

    Raises:
        UnknownBooking: there is none, or the caller may not know of it.
        NotAllowed: it is somebody else's and the caller is no station master.
        Invalid: it is over; what was held can't be undone.
    """
    with database.begin() as db:
        row = booking(db, principal, booking_id, Action.WRITE_BOOKING)
        is_own = principal.username in {row.holder, row.created_by}
        if not is_own and principal.role not in _FOR_OTHERS:
            raise NotAllowed("cancel a booking of somebody else")
        if row.state is BookingState.BOOKED:
            if row.end_at <= now:
                raise Invalid("booking", "one that is not over yet")
            row.state = BookingState.CANCELLED
            row.cancelled_at, row.cancelled_by = now, principal.username
            db.add(row)
            _note(db, row, principal.username, "cancelled", now)
    return BookingOut.model_validate(row)


def booking(db: Session, principal: Principal, booking_id: int, action: Action) -> Booking:
    """The booking of an id, if the caller may do this with it.

    Raises:
        UnknownBooking: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    unknown = UnknownBooking(str(booking_id))
    row = db.get(Booking, booking_id)
    if row is None:
        raise unknown
    owner = organisation(db, row.organisation_code)
    demand(principal, action, Resource(owner.code, owner.evaluated_by), unknown)
    return row


def bookings(
    db: Session, principal: Principal, query: BookingQuery, *, offset: int, limit: int
) -> tuple[list[Booking], int]:
    """Bookings the caller may see, by their start, and how many there are in all."""
    wanted = [
        col(Booking.organisation_code).in_(visible_organisations(principal)),
        *_conditions(query),
    ]
    rows = db.exec(
        select(Booking)
        .where(*wanted)
        .order_by(col(Booking.start_at), col(Booking.id))
        .offset(offset)
        .limit(limit)
    ).all()
    return list(rows), db.exec(select(func.count()).select_from(Booking).where(*wanted)).one()


def running_bookings(db: Session, now: datetime) -> Sequence[Booking]:
    """Every booking whose slot runs now, of all organisations: for watching, not for showing."""
    query = select(Booking).where(
        Booking.state == BookingState.BOOKED, Booking.start_at <= now, Booking.end_at > now
    )
    return db.exec(query.order_by(col(Booking.id))).all()


def _conditions(query: BookingQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.bench is not None:
        found.append(col(Booking.bench_code) == query.bench)
    if query.start is not None:
        found.append(col(Booking.end_at) > query.start)
    if query.end is not None:
        found.append(col(Booking.start_at) < query.end)
    if query.state is not None:
        found.append(col(Booking.state) == query.state)
    return found


def _bookable(db: Session, principal: Principal, code: str) -> Bench:
    bench = db.get(Bench, code)
    if bench is None:
        raise UnknownBench(code)
    owner = organisation(db, bench.organisation_code)
    demand(
        principal,
        Action.WRITE_BOOKING,
        Resource(owner.code, owner.evaluated_by),
        UnknownBench(code),
    )
    return bench


def _holder(db: Session, principal: Principal, bench: Bench, wanted: str | None) -> str:
    if wanted is None or wanted == principal.username:
        return principal.username
    if principal.role not in _FOR_OTHERS:
        raise NotAllowed("book for somebody else")
    found = db.exec(select(User).where(User.username == wanted)).first()
    if found is None or found.organisation_code != bench.organisation_code:
        raise Invalid("holder", f"the user name of somebody of {bench.organisation_code}")
    return found.username


def _demand_in_order(db: Session, bench: Bench, purpose: BookingPurpose) -> None:
    if purpose is BookingPurpose.MAINTENANCE:
        return
    repair = repairs(db, {bench.organisation_code}).of_bench.get(bench.code)
    if repair is not None:
        raise UnderRepair(bench.code, repair.number, repair.since_at)


def _demand_free(db: Session, order: BookingOrder) -> None:
    near = select(Booking).where(
        Booking.bench_code == order.bench_code,
        Booking.state == BookingState.BOOKED,
        Booking.end_at > order.start_at,
        Booking.start_at < order.end_at,
    )
    taken = overlapping(db.exec(near).all(), order.start_at, order.end_at)
    if taken is not None:
        raise SlotTaken(order.bench_code, taken.start_at, taken.end_at)


def _note(db: Session, row: Booking, who: str, action: str, at: datetime) -> None:
    is_new = action == "booked"
    facts: dict[str, object] = {
        name: getattr(row, name)
        for name in ("bench_code", "start_at", "end_at", "purpose", "holder")
    }
    record(
        db,
        who=who,
        action=action,
        entity="booking",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old=None if is_new else {"state": BookingState.BOOKED},
        new=facts | {"state": row.state},
        at=at,
    )
