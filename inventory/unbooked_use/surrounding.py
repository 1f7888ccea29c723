"""What lies around stretches of unbooked use: sessions, bookings and work orders."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from inventory.bookings.rules import BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.equipment.table import Equipment
from inventory.intervals import Span
from inventory.moments import epoch_ms, moment
from inventory.unbooked_use.rules import NEAR, Neighbour, Order
from inventory.usage_sessions.table import UsageSession
from inventory.work_orders.table import WorkOrder

_NEIGHBOURS = (BookingState.BOOKED, BookingState.RELEASED, BookingState.CANCELLED)


def sessions_in(
    db: Session, codes: Sequence[str], span: Span
) -> dict[str, list[tuple[UsageSession, Span]]]:
    """Usage sessions by bench with what is known of their length, the earliest first."""
    query = select(UsageSession).where(
        col(UsageSession.bench_code).in_(codes),
        UsageSession.started_at < span.end_at,
        func.coalesce(col(UsageSession.ended_at), col(UsageSession.observed_at)) > span.start_at,
    )
    found: dict[str, list[tuple[UsageSession, Span]]] = {}
    for row in db.exec(query.order_by(col(UsageSession.started_at))).all():
        known = _in_ms(row.started_at, row.ended_at or row.observed_at)
        found.setdefault(row.bench_code, []).append((row, known))
    return found


def neighbours_in(db: Session, codes: Sequence[str], span: Span) -> dict[str, list[Neighbour]]:
    """Bookings by bench that were or would have been near, the earliest first."""
    query = (
        select(Booking, BookingPart)
        .join(BookingPart, col(BookingPart.booking_id) == col(Booking.id))
        .where(
            col(BookingPart.bench_code).in_(codes),
            col(Booking.state).in_(_NEIGHBOURS),
            BookingPart.blocked_from < span.end_at + NEAR,
            BookingPart.blocked_to > span.start_at - NEAR,
        )
        .order_by(col(Booking.start_at), col(Booking.id))
    )
    found: dict[str, dict[int, Neighbour]] = {}
    for row, part in db.exec(query).all():
        number = row.id or 0
        held = _in_ms(part.blocked_from, part.blocked_to)
        is_given_back = row.state is not BookingState.BOOKED
        # a workstation and the bench on it are two parts of one booking
        found.setdefault(part.bench_code or "", {}).setdefault(
            number, Neighbour(number, held, is_given_back, row.holder, row.title)
        )
    return {code: list(each.values()) for code, each in found.items()}


def orders_in(db: Session, codes: Sequence[str], span: Span) -> dict[str, list[Order]]:
    """Work orders by bench that were unfinished at some moment of a span."""
    is_meant = and_(
        col(Equipment.organisation_code) == col(WorkOrder.organisation_code),
        col(Equipment.asset_number) == col(WorkOrder.asset_number),
    )
    bench = func.coalesce(col(WorkOrder.bench_code), col(Equipment.bench_code))
    query = (
        select(WorkOrder, bench)
        .outerjoin(Equipment, is_meant)
        .where(
            bench.in_(codes),
            WorkOrder.opened_at < span.end_at,
            or_(col(WorkOrder.finished_at).is_(None), col(WorkOrder.finished_at) > span.start_at),
        )
        .order_by(col(WorkOrder.id))
    )
    found: dict[str, list[Order]] = {}
    for row, code in db.exec(query).all():
        order = Order(row.id or 0, row.opened_at, row.finished_at)
        found.setdefault(code, []).append(order)
    return found


def _in_ms(start: datetime, end: datetime) -> Span:
    """The same span as the columns of stretches have it, so that what touches does so exactly."""
    return Span(moment(epoch_ms(start)), moment(epoch_ms(end)))
