"""How a booking is written: its state, what it takes, and the trail of what happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.audit.use_cases import record
from inventory.bookings.life import BookingLife, BookingStep, Refusal, possible_steps, taken
from inventory.bookings.rules import ENDED, HOLDING, BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.bookings.taking import Taken
from inventory.errors import Invalid, StepNotPossible
from inventory.intervals import Span

_TOLD = (
    "state",
    "start_at",
    "end_at",
    "set_up_s",
    "clear_up_s",
    "purpose",
    "holder",
    "requester_organisation_code",
    "title",
    "note",
    "module",
    "level",
    "headcount",
    "has_minors",
    "supervisor",
    "hold_until",
    "approval_by",
    "series_id",
    "displaced_by_id",
    "ended_early_at",
    "reason",
)
"""Fields whose changes the trail keeps; the others follow from who did what and when."""
Snapshot = Mapping[str, object]


def life_of(row: Booking) -> BookingLife:
    """A stored booking as the rules of its life take it."""
    return BookingLife(
        row.state,
        row.start_at,
        row.ended_early_at or row.end_at,
        timedelta(seconds=row.set_up_s),
        row.hold_until,
        bool(row.approval_by) and row.decided_at is None,
        row.checked_in_at is not None,
    )


def state_after(row: Booking, step: BookingStep, now: datetime) -> BookingState:
    """The state a step leads to.

    Raises:
        StepNotPossible: the state does not allow it.
        Invalid: the time does not.
    """
    found = taken(life_of(row), step, now)
    if isinstance(found, Refusal):
        if found.expected:
            raise Invalid("booking", found.expected)
        raise StepNotPossible(step, row.state, [one.value for one in possible_steps(row.state)])
    return found


def blocked(row: Booking) -> Span:
    """The span of a booking with its buffers."""
    return Span(
        row.start_at - timedelta(seconds=row.set_up_s),
        row.end_at + timedelta(seconds=row.clear_up_s),
    )


def parts_of(db: Session, rows: Sequence[Booking]) -> Mapping[int, list[BookingPart]]:
    """What some bookings take, by the booking's id, what was asked for first; one statement."""
    found: dict[int, list[BookingPart]] = {row.id or 0: [] for row in rows}
    query = select(BookingPart).where(col(BookingPart.booking_id).in_(found))
    for part in db.exec(query.order_by(col(BookingPart.id))).all() if found else ():
        found[part.booking_id].append(part)
    return found


def create(db: Session, row: Booking, things: Sequence[Taken]) -> list[BookingPart]:
    """Write a new booking with what it takes."""
    db.add(row)
    db.flush()
    parts = put_parts(db, row, things)
    doing = Doing(BookingStep.PLACE, row.created_by, row.created_at)
    _record(db, row, doing, None, snapshot(row, parts))
    return parts


def put_parts(db: Session, row: Booking, things: Sequence[Taken]) -> list[BookingPart]:
    """Write what a booking takes; it has no parts yet, or none any more."""
    span = blocked(row)
    parts = [
        BookingPart(
            booking_id=row.id or 0,
            resource_key=one.resource.key,
            kind=one.resource.kind,
            organisation_code=one.resource.organisation_code,
            bench_code=one.bench_code,
            blocked_from=span.start_at,
            blocked_to=span.end_at,
            is_asked=one.is_asked,
        )
        for one in things
    ]
    _hold(row, parts)
    db.add_all(parts)
    db.flush()
    return parts


@dataclass(frozen=True, slots=True)
class Doing:
    """A step, who takes it, and when."""

    step: BookingStep
    who: str
    at: datetime


def keep(
    db: Session, row: Booking, parts: Sequence[BookingPart], old: Snapshot, doing: Doing
) -> None:
    """Write a booking after a step; its parts hold or let go as its state says.

    `old` is its snapshot from before the step.
    """
    row.changed_at, row.changed_by = doing.at, doing.who
    row.revision += 1
    if row.state in ENDED:
        row.cancelled_at, row.cancelled_by = doing.at, doing.who
    _hold(row, parts)
    db.add(row)
    db.add_all(parts)
    db.flush()
    new = snapshot(row, parts)
    changed = [name for name in new if new[name] != old[name]]
    before, after = {name: old[name] for name in changed}, {name: new[name] for name in changed}
    _record(db, row, doing, before, after)


def let_go(db: Session, parts: Sequence[BookingPart]) -> None:
    """Free what bookings take while they are rewritten in one transaction."""
    for part in parts:
        part.is_holding = False
        db.add(part)
    db.flush()


def drop_parts(db: Session, parts: Sequence[BookingPart]) -> None:
    """Take out what a booking took, for what it takes instead; the trail keeps it."""
    for part in parts:
        db.delete(part)
    db.flush()


def snapshot(row: Booking, parts: Sequence[BookingPart]) -> Snapshot:
    """A booking as the trail keeps it."""
    told: dict[str, object] = {name: getattr(row, name) for name in _TOLD}
    told["resources"] = [part.resource_key for part in parts if part.is_asked]
    return told


def _hold(row: Booking, parts: Sequence[BookingPart]) -> None:
    if row.state is BookingState.REQUESTED:
        row.hold_until = row.start_at if row.start_at > row.changed_at else row.end_at
    elif row.state is BookingState.BOOKED:
        row.hold_until = None
    # what nobody has made firm holds nothing any more when its time is out, seen or not
    until = row.hold_until if row.state in HOLDING else None
    for part in parts:
        part.is_holding, part.held_until = row.state in HOLDING, until


def _record(db: Session, row: Booking, doing: Doing, old: Snapshot | None, new: Snapshot) -> None:
    record(
        db,
        who=doing.who,
        action=doing.step.value,
        entity="booking",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old=old,
        new=new,
        at=doing.at,
    )
