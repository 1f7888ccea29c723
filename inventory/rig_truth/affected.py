"""Bookings whose rigs are not in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from inventory.benches.live import LiveBenches
from inventory.bookable import BookingPurpose, ResourceKind
from inventory.bookings.guarding import holding
from inventory.bookings.keeping import parts_of
from inventory.bookings.rules import HOLDING
from inventory.bookings.table import Booking, BookingPart
from inventory.rig_truth.rigs import facts_of, rigs_of
from inventory.rig_truth.rules import RigFacts, Trouble, failures, school_day, troubles

_MAY_FAIL = (ResourceKind.BENCH, ResourceKind.EQUIPMENT, ResourceKind.PERSON)
"""People fail a booking when they leave the school before it."""


@dataclass(frozen=True, slots=True)
class FailedPart:
    """A rig that a booking takes, and what is wrong with it."""

    part: BookingPart
    troubles: Sequence[Trouble]


@dataclass(frozen=True, slots=True)
class Affected:
    """A booking with all it takes and what of it is not in order."""

    row: Booking
    parts: Sequence[BookingPart]
    failed: Sequence[FailedPart]


def affected(
    db: Session,
    live: LiveBenches,
    now: datetime,
    ahead: timedelta,
    which: Sequence[ColumnElement[bool]] = (),
) -> list[Affected]:
    """Bookings that run or begin within a time and have rigs that are not in order, by start.

    Maintenance needs no rig in order. Costs as many statements for a house as for a bench.

    Raises:
        SourceUnavailable: the telemetry store gives no answer.
    """
    wanted: list[ColumnElement[bool]] = [
        *holding(now),
        col(Booking.state).in_(sorted(HOLDING)),
        col(Booking.purpose) != BookingPurpose.MAINTENANCE,
        col(Booking.end_at) > now,
        col(Booking.start_at) <= now + ahead,
        col(BookingPart.kind).in_(_MAY_FAIL),
        col(Booking.ended_early_at).is_(None),
        *which,
    ]
    of_parts = select(BookingPart.resource_key, BookingPart.bench_code)
    joined = of_parts.join(Booking, col(Booking.id) == col(BookingPart.booking_id))
    named = db.exec(joined.where(*wanted).distinct()).all()
    rigs = rigs_of(named)
    facts = facts_of(db, live, rigs, now)
    last = school_day(now + ahead)
    # what lasts to the last day lasts to every day before
    doubtful = [key for key, known in facts.items() if failures(troubles(known, last, now))]
    if not doubtful:
        return []
    query = (
        select(Booking)
        .join(BookingPart, col(BookingPart.booking_id) == col(Booking.id))
        .where(*wanted, col(BookingPart.resource_key).in_(doubtful))
        .distinct()
        .order_by(col(Booking.start_at), col(Booking.id))
    )
    rows = db.exec(query).all()
    parts = parts_of(db, rows)
    found = [_affected(row, parts[row.id or 0], facts, now) for row in rows]
    return [one for one in found if one.failed]


def _affected(
    row: Booking, parts: Sequence[BookingPart], facts: Mapping[str, RigFacts], now: datetime
) -> Affected:
    day = school_day(max(row.start_at, now))
    failed = []
    for part in parts:
        known = facts.get(part.resource_key)
        found = failures(troubles(known, day, now)) if known is not None else ()
        if found:
            failed.append(FailedPart(part, found))
    return Affected(row, parts, failed)
