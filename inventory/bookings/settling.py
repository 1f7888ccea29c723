"""How bookings end, who gets what they leave, and whose time is out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from inventory.bookings.chances import look
from inventory.bookings.desk import Desk
from inventory.bookings.judging import nearest
from inventory.bookings.keeping import Doing, keep, let_go, parts_of, snapshot, state_after
from inventory.bookings.life import OFFER_LASTS, BookingStep, hold_until
from inventory.bookings.recalling import asking_of
from inventory.bookings.rules import HOLDING, BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.bookings.telling import Told, tell
from inventory.errors import InventoryError
from inventory.intervals import Span
from inventory.notifications.outbox import Fact
from inventory.notifications.rules import MessageKind


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is free again for a span."""

    resource_key: str
    span: Span


def end(db: Session, desk: Desk, row: Booking, step: BookingStep, reason: str = "") -> None:
    """Let a booking end and offer what it leaves to who waits for it.

    Raises:
        StepNotPossible: it can't end this way.
        Invalid: not at this time.
    """
    left = close(db, desk, row, step, reason)
    offer_left(db, desk, left)


def close(
    db: Session,
    desk: Desk,
    row: Booking,
    step: BookingStep,
    reason: str = "",
    by: int | None = None,
) -> list[Left]:
    """Let a booking end without looking who waits; returns what it leaves.

    `by` is the booking it gives way to.
    """
    parts = parts_of(db, [row])[row.id or 0]
    old, left = snapshot(row, parts), left_of(parts)
    row.state = state_after(row, step, desk.now)
    row.reason, row.displaced_by_id = reason, by
    keep(db, row, parts, old, Doing(step, desk.who, desk.now))
    return left


def expire_overdue(db: Session, keys: Collection[str], desk: Desk) -> None:
    """Let holds and requests on these things end whose time is out, so that nobody meets them."""
    overdue = (
        select(Booking)
        .join(BookingPart, col(BookingPart.booking_id) == col(Booking.id))
        .where(
            col(BookingPart.resource_key).in_(sorted(keys)),
            col(BookingPart.is_holding).is_(True),
            col(BookingPart.held_until) <= desk.now,
        )
        .distinct()
        .order_by(col(Booking.id))
    )
    expire(db, desk, db.exec(overdue).all())


def expire(db: Session, desk: Desk, rows: Sequence[Booking]) -> None:
    """Let bookings end whose time is out, and tell who held them."""
    house = desk.as_house()
    left: list[Left] = []
    for row in rows:
        has_held = row.state in HOLDING
        left += close(db, house, row, BookingStep.EXPIRE)
        if has_held:
            tell(db, row, Told(MessageKind.HOLD_EXPIRED, house.now, (row.holder,)))
    offer_left(db, house, left)


def left_of(parts: Sequence[BookingPart]) -> list[Left]:
    """What would be free if these let go of what they hold."""
    return [
        Left(part.resource_key, Span(part.blocked_from, part.blocked_to))
        for part in parts
        if part.is_holding
    ]


def offer_left(db: Session, desk: Desk, left: Sequence[Left]) -> None:
    """Offer freed things to who waits for them, who waited longest first.

    Whoever waits for more than was freed, or may not have it any more, goes on waiting.
    """
    if not left:
        return
    begin, over = min(one.span.start_at for one in left), max(one.span.end_at for one in left)
    waiting = (
        select(Booking)
        .join(BookingPart, col(BookingPart.booking_id) == col(Booking.id))
        .where(
            Booking.state == BookingState.WAITING,
            Booking.start_at > desk.now,
            col(BookingPart.resource_key).in_(sorted({one.resource_key for one in left})),
            BookingPart.blocked_from < over,
            BookingPart.blocked_to > begin,
        )
        .distinct()
        .order_by(col(Booking.waiting_since), col(Booking.id))
    )
    house = desk.as_house()
    for row in db.exec(waiting).all():
        _offer(db, house, row)


def _offer(db: Session, house: Desk, row: Booking) -> None:
    try:
        chance = look(db, house, asking_of(db, row))
    except InventoryError:
        return
    if chance.displaced:
        # what waits in a queue drives nobody out
        return
    parts = parts_of(db, [row])[row.id or 0]
    old = snapshot(row, parts)
    row.state = state_after(row, BookingStep.OFFER, house.now)
    row.hold_until = hold_until(row.start_at, house.now, OFFER_LASTS)
    row.approval_by = ",".join(chance.verdict.needs_approval_by)
    keep(db, row, parts, old, Doing(BookingStep.OFFER, house.who, house.now))
    tell(db, row, Told(MessageKind.WAITLIST_OFFER, house.now, (row.holder,)))


def make_way(db: Session, booking_ids: Collection[int]) -> None:
    """Free what bookings hold that are about to be displaced."""
    if booking_ids:
        of_them = select(BookingPart).where(col(BookingPart.booking_id).in_(booking_ids))
        let_go(db, db.exec(of_them).all())


def displace(db: Session, desk: Desk, by: Booking, booking_ids: Collection[int]) -> None:
    """Let bookings give way to another one, and tell their holders what is free nearby."""
    left: list[Left] = []
    for booking_id in booking_ids:
        row = db.get_one(Booking, booking_id)
        asking = asking_of(db, row)
        left += [Left(key, asking.draft.blocked) for key in asking.keys]
        close(db, desk.as_house(), row, BookingStep.DISPLACE, by=by.id)
        facts: dict[str, Fact] = {"displaced_by": by.title or by.holder}
        if free := nearest(db, desk, asking):
            facts["nearest_at"] = [one.start_at.isoformat() for one in free]
        tell(db, row, Told(MessageKind.BOOKING_DISPLACED, desk.now, (row.holder,), facts))
    # an exam may leave a part of what gave way to it
    offer_left(db, desk, left)
