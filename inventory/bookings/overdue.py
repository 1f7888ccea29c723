"""What the house does by itself: time-outs of holds, requests, queues and drafts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from inventory.bookings.desk import Desk
from inventory.bookings.rules import BookingState
from inventory.bookings.settling import expire
from inventory.bookings.table import Booking
from inventory.bookings.telling import Told, tell
from inventory.database import Database
from inventory.notifications.rules import MessageKind

AT_ONCE = 200
"""Chosen: a writer waits for one look at most some hundred milliseconds."""
WARNED_BEFORE = timedelta(minutes=30)
"""Chosen: time to answer; shorter holds are still on the holder's screen."""


def settle_overdue(database: Database, desk: Desk) -> int:
    """Let bookings end whose time is out and offer what they leave; returns how many.

    One statement while there are none. Whoever is asked twice does nothing twice.
    """
    with database.read() as db:
        if not _overdue(db, desk):
            return 0
    with database.begin() as db:
        rows = _overdue(db, desk)
        expire(db, desk, rows)
        return len(rows)


def warn_of_ends(database: Database, desk: Desk, since: datetime | None) -> datetime:
    """Tell holders of long holds that these end soon, each end once.

    Looks at ends up to the moment it returns, from `since` on, which is what it returned last.
    """
    until = desk.now + WARNED_BEFORE
    with database.read() as db:
        if not _ending(db, desk, since, until):
            return until
    with database.begin() as db:
        for row in _ending(db, desk, since, until):
            key = f"bookings:{row.id}:hold:{row.hold_until}"
            told = Told(MessageKind.HOLD_EXPIRES, desk.now, (row.holder,), dedupe_key=key)
            tell(db, row, told)
    return until


def _ending(db: Session, desk: Desk, since: datetime | None, until: datetime) -> Sequence[Booking]:
    query = select(Booking).where(
        Booking.state == BookingState.HELD,
        col(Booking.hold_until) > (since or desk.now),
        col(Booking.hold_until) <= until,
    )
    rows = db.exec(query.order_by(col(Booking.id)).limit(AT_ONCE)).all()
    return [
        row
        for row in rows
        if row.hold_until is not None and row.hold_until - row.changed_at > WARNED_BEFORE
    ]


def _overdue(db: Session, desk: Desk) -> Sequence[Booking]:
    """As `life.is_overdue` says, in the database's words."""
    state, now = col(Booking.state), desk.now
    is_out: list[ColumnElement[bool]] = [
        and_(
            state.in_([BookingState.HELD, BookingState.REQUESTED]), col(Booking.hold_until) <= now
        ),
        and_(state == BookingState.WAITING, col(Booking.start_at) <= now),
        and_(state == BookingState.DRAFT, col(Booking.end_at) <= now),
    ]
    query = select(Booking).where(or_(*is_out)).order_by(col(Booking.id)).limit(AT_ONCE)
    return db.exec(query).all()
