"""What people are told of bookings, written with what they are told of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.benches.table import Bench
from inventory.bookable import resource_of
from inventory.bookings.calendar_events import event_of
from inventory.bookings.keeping import parts_of
from inventory.bookings.rules import BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.moments import SCHOOL_ZONE
from inventory.notifications.outbox import Everybody, Fact, Message, Recipient, put
from inventory.notifications.rules import MessageKind
from inventory.notifications.texts import Pair


@dataclass(frozen=True, slots=True)
class Told:
    """A message about a booking; `facts` go beside those every booking has."""

    kind: MessageKind
    at: datetime
    recipients: Collection[Recipient]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    done_by: str | None = None
    dedupe_key: str | None = None


_IN_CALENDARS = frozenset(
    {
        MessageKind.BOOKING_CONFIRMED,
        MessageKind.BOOKING_APPROVED,
        MessageKind.BOOKING_CHANGED,
        MessageKind.BOOKING_CANCELLED,
        MessageKind.BOOKING_DISPLACED,
        MessageKind.NO_SHOW_RELEASED,
    }
)
"""After these a calendar has to say something else than before."""


def tell(db: Session, row: Booking, told: Told) -> None:
    """Put a message about a booking in the outbox of the transaction, as mail with its event."""
    parts = parts_of(db, [row])[row.id or 0]
    about: dict[str, Fact] = {
        "booking_id": row.id,
        "title": row.title or None,
        "purpose": row.purpose.value,
        "station": row.station_code,
        "holder": row.holder,
        **named("resources", names_of(db, parts)),
        "start_at": row.start_at,
        "end_at": row.end_at,
        "note": row.note or None,
        "reason": row.reason or None,
        "hold_until": row.hold_until,
    }
    if row.requester_organisation_code != row.organisation_code:
        about["requester"] = row.requester_organisation_code
    if told.done_by is not None:
        about["by"] = told.done_by
    known = {name: value for name, value in (about | dict(told.facts)).items() if value is not None}
    put(
        db,
        Message(
            told.kind,
            row.organisation_code,
            told.recipients,
            known,
            told.at,
            told.dedupe_key,
            attach_ics=event_of(row, parts, {}) if told.kind in _IN_CALENDARS else None,
            done_by=told.done_by,
        ),
    )


def shown_span(row: Booking) -> str:
    """When a booking is, on the school's clock."""
    start, end = (at.astimezone(SCHOOL_ZONE) for at in (row.start_at, row.end_at))
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M}-{until}"


def tell_placed(
    db: Session, row: Booking, at: datetime, facts: Mapping[str, Fact] | None = None
) -> None:
    """Tell who concerns it that a booking was made: its holder, or who must say yes."""
    if row.state is BookingState.BOOKED:
        tell(db, row, Told(MessageKind.BOOKING_CONFIRMED, at, (row.holder,), facts or {}))
    elif row.state is BookingState.REQUESTED:
        deciders = [Everybody(code) for code in row.approval_by.split(",")]
        told: dict[str, Fact] = {"hold_until": row.start_at} | dict(facts or {})
        tell(db, row, Told(MessageKind.BOOKING_REQUESTED, at, deciders, told, row.holder))


def names_of(db: Session, parts: Sequence[BookingPart]) -> Sequence[Pair]:
    """What of the parts was asked for, as people call it; at most one statement."""
    asked = [part for part in parts if part.is_asked]
    codes = [part.bench_code for part in asked if part.bench_code is not None]
    query = select(Bench.code, Bench.name_zh, Bench.name_en).where(col(Bench.code).in_(codes))
    rows = db.exec(query).all() if codes else ()
    names: Mapping[str | None, Pair] = {code: (zh, en or zh) for code, zh, en in rows}
    own = [resource_of(part.resource_key).code for part in asked]
    return [names.get(part.bench_code, (code, code)) for part, code in zip(asked, own, strict=True)]


def named(fact: str, names: Sequence[Pair]) -> dict[str, Fact]:
    """Names as the facts of a message, in both languages."""
    return {fact: [zh for zh, _ in names], f"{fact}_en": [en for _, en in names]}
