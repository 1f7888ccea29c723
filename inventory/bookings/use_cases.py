"""Booking a bench, finding bookings and giving a slot back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Principal, Role
from inventory.accounts.rules import Resource as Asked
from inventory.accounts.table import User
from inventory.audit.use_cases import record
from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind
from inventory.bookings.rules import BookingPurpose, BookingState, objection, overlapping
from inventory.bookings.schema import BookingOrder, BookingOut, PartOut
from inventory.bookings.table import NO_OVERLAP, Booking, BookingPart
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
                order.model_dump(exclude={"bench_code"})
                | {
                    "holder": holder,
                    "organisation_code": bench.organisation_code,
                    "requester_organisation_code": bench.organisation_code,
                    "station_code": bench.station_code,
                    "created_at": now,
                    "created_by": principal.username,
                    "changed_at": now,
                    "changed_by": principal.username,
                }
            )
            db.add(row)
            db.flush()
            part = _part(row, Resource(ResourceKind.BENCH, row.organisation_code, bench.code))
            db.add(part)
            db.flush()
            _note(db, row, principal.username, "booked", now)
    except IntegrityError as refusal:
        # the database's own guard: somebody wrote around this door
        if NO_OVERLAP not in str(refusal):
            raise
        raise SlotTaken(order.bench_code, order.start_at, order.end_at) from refusal
    return shown(row, [part])


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
            row.changed_at, row.changed_by = now, principal.username
            db.add(row)
            for part in parts_of(db, [row])[row.id or 0]:
                part.is_holding = False
                db.add(part)
            _note(db, row, principal.username, "cancelled", now)
        return shown(row, parts_of(db, [row])[row.id or 0])


def shown(row: Booking, parts: Sequence[BookingPart]) -> BookingOut:
    """A booking as the API shows it."""
    benches = [part.bench_code for part in parts if part.bench_code is not None]
    told = {
        "bench_code": benches[0] if benches else None,
        "parts": [PartOut.model_validate(part, from_attributes=True) for part in parts],
    }
    return BookingOut.model_validate(row, update=told)


def parts_of(db: Session, rows: Sequence[Booking]) -> Mapping[int, list[BookingPart]]:
    """What some bookings take, by the booking's id, what was asked for first; one statement."""
    found: dict[int, list[BookingPart]] = {row.id or 0: [] for row in rows}
    query = select(BookingPart).where(col(BookingPart.booking_id).in_(found))
    for part in db.exec(query.order_by(col(BookingPart.id))).all() if found else ():
        found[part.booking_id].append(part)
    return found


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
    demand(principal, action, Asked(owner.code, owner.evaluated_by), unknown)
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
            BookingPart.blocked_to > now,
        )
        .order_by(col(Booking.id), col(BookingPart.id))
    )
    return [(row, bench) for row, bench in db.exec(query).all() if bench is not None]


def _conditions(query: BookingQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.bench is not None:
        of_bench = select(BookingPart.booking_id).where(BookingPart.bench_code == query.bench)
        found.append(col(Booking.id).in_(of_bench))
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
        Asked(owner.code, owner.evaluated_by),
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
    near = (
        select(Booking)
        .join(BookingPart, col(BookingPart.booking_id) == col(Booking.id))
        .where(
            BookingPart.bench_code == order.bench_code,
            col(BookingPart.is_holding),
            BookingPart.blocked_to > order.start_at,
            BookingPart.blocked_from < order.end_at,
        )
    )
    taken = overlapping(db.exec(near).all(), order.start_at, order.end_at)
    if taken is not None:
        raise SlotTaken(order.bench_code, taken.start_at, taken.end_at)


def _part(row: Booking, resource: Resource) -> BookingPart:
    return BookingPart(
        booking_id=row.id or 0,
        resource_key=resource.key,
        kind=resource.kind,
        organisation_code=resource.organisation_code,
        bench_code=resource.code,
        blocked_from=row.start_at,
        blocked_to=row.end_at,
    )


def _note(db: Session, row: Booking, who: str, action: str, at: datetime) -> None:
    is_new = action == "booked"
    facts: dict[str, object] = {
        name: getattr(row, name) for name in ("start_at", "end_at", "purpose", "holder")
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
