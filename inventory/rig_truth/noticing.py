"""Telling holders that a rig of theirs has failed, and that it is in order again; each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.audit.use_cases import SYSTEM, record
from inventory.benches.live import LiveBenches
from inventory.bookable import resource_of
from inventory.bookings.keeping import blocked, parts_of
from inventory.bookings.rules import HOLDING
from inventory.bookings.table import Booking, BookingPart
from inventory.bookings.telling import Told, named, names_of, tell
from inventory.database import Database
from inventory.notifications.outbox import MANAGERS, Everybody, Fact, Recipient
from inventory.notifications.rules import MessageKind
from inventory.notifications.texts import Pair
from inventory.rig_truth.affected import Affected, FailedPart, affected
from inventory.rig_truth.rigs import Rig
from inventory.rig_truth.rules import AHEAD, NoticeState, is_told
from inventory.rig_truth.substitutes import Gap, Substitute, substitutes
from inventory.rig_truth.table import RigNotice

_Place = tuple[int, str]
"""A booking and the key of a rig it takes."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """How many bookings were told of, and how many notices were taken back."""

    told: int = 0
    withdrawn: int = 0


def notice_failures(database: Database, live: LiveBenches, now: datetime) -> Noticed:
    """Tell holders what has failed since the last look and what is in order again.

    A look that finds nothing new makes no writer wait; looking twice tells nothing twice.

    Raises:
        SourceUnavailable: the telemetry store gives no answer; nobody is told anything.
    """
    with database.read() as db:
        if not any(_news(db, live, now)):
            return Noticed()
    with database.begin() as db:
        fresh, gone = _news(db, live, now)
        for one in fresh:
            _tell_failed(db, live, one, now)
        for booking_id, notices in gone.items():
            _take_back(db, booking_id, notices, now)
        return Noticed(len(fresh), sum(map(len, gone.values())))


def open_notices(db: Session, booking_ids: Sequence[int]) -> Mapping[_Place, RigNotice]:
    """What holders of some bookings were told and still holds."""
    query = select(RigNotice).where(
        RigNotice.state == NoticeState.OPEN, col(RigNotice.booking_id).in_(booking_ids)
    )
    return {(one.booking_id, one.resource_key): one for one in db.exec(query).all()}


def close(db: Session, notice: RigNotice, state: NoticeState, who: str, now: datetime) -> None:
    """End a notice."""
    notice.state, notice.closed_at, notice.closed_by = state, now, who
    db.add(notice)
    db.flush()


def gap_of(one: Affected, failed: FailedPart) -> Gap:
    """What a substitute of a rig of a booking has to fill."""
    part = failed.part
    rig = Rig(resource_of(part.resource_key), part.bench_code)
    keys = frozenset(each.resource_key for each in one.parts)
    return Gap(rig, blocked(one.row), one.row.start_at, keys, one.row.id)


def _news(
    db: Session, live: LiveBenches, now: datetime
) -> tuple[list[Affected], Mapping[int, list[RigNotice]]]:
    found = affected(db, live, now, AHEAD)
    failing = {
        (one.row.id or 0, each.part.resource_key): each for one in found for each in one.failed
    }
    query = select(RigNotice).where(RigNotice.state == NoticeState.OPEN)
    notices = {(one.booking_id, one.resource_key): one for one in db.exec(query).all()}
    fresh: list[Affected] = []
    for one in found:
        new = [
            each
            for each in one.failed
            if (one.row.id or 0, each.part.resource_key) not in notices
            and is_told(each.troubles, one.row.start_at, now)
        ]
        if new:
            fresh.append(Affected(one.row, one.parts, new))
    gone: dict[int, list[RigNotice]] = {}
    for place, notice in notices.items():
        if place not in failing:
            gone.setdefault(place[0], []).append(notice)
    return fresh, gone


def _tell_failed(db: Session, live: LiveBenches, one: Affected, now: datetime) -> None:
    row, proposed = one.row, []
    notices = [
        RigNotice(
            booking_id=row.id or 0,
            organisation_code=row.organisation_code,
            resource_key=each.part.resource_key,
            opened_at=now,
        )
        for each in one.failed
    ]
    db.add_all(notices)
    db.flush()
    for each in one.failed:
        proposed += _proposed(db, live, one, each, now)
    reasons = [each for failed in one.failed for each in failed.troubles]
    facts: dict[str, Fact] = {
        **named("failed", _names(db, [each.part for each in one.failed])),
        "why": [each.said.zh for each in reasons],
        "why_en": [each.said.en for each in reasons],
    }
    if proposed:
        facts |= named("substitutes", [(each.name_zh, each.name_en) for each in proposed])
    kind = MessageKind.RIG_FAILED_SUBSTITUTE_PROPOSED
    key = f"rig_truth:{notices[0].id}:failed"
    tell(db, row, Told(kind, now, _recipients(row), facts, dedupe_key=key))
    told: dict[str, object] = {
        "resources": [each.part.resource_key for each in one.failed],
        "reasons": [each.said.zh for each in reasons],
        "substitutes": [each.key for each in proposed],
    }
    _note(db, row, "rig_failed", told, now)


def _proposed(
    db: Session, live: LiveBenches, one: Affected, failed: FailedPart, now: datetime
) -> list[Substitute]:
    # what was not asked for comes with its room or workstation and can't be exchanged alone
    return substitutes(db, live, gap_of(one, failed), now) if failed.part.is_asked else []


def _take_back(db: Session, booking_id: int, notices: Sequence[RigNotice], now: datetime) -> None:
    row = db.get_one(Booking, booking_id)
    parts = {one.resource_key: one for one in parts_of(db, [row])[booking_id]}
    is_coming = row.state in HOLDING and row.start_at > now
    restored = [one for one in notices if is_coming and one.resource_key in parts]
    for one in notices:
        state = NoticeState.RESTORED if one in restored else NoticeState.OVER
        close(db, one, state, SYSTEM, now)
    if not restored:
        return
    facts = named("restored", _names(db, [parts[one.resource_key] for one in restored]))
    key = f"rig_truth:{restored[0].id}:restored"
    told = Told(MessageKind.RIG_RESTORED, now, _recipients(row), facts, dedupe_key=key)
    tell(db, row, told)
    _note(db, row, "rig_restored", {"resources": [one.resource_key for one in restored]}, now)


def _recipients(row: Booking) -> list[Recipient]:
    """The holder; of an outside use the owner's masters too, who alone can exchange rigs."""
    if row.requester_organisation_code == row.organisation_code:
        return [row.holder]
    return [row.holder, Everybody(row.organisation_code, MANAGERS)]


def _names(db: Session, parts: Sequence[BookingPart]) -> Sequence[Pair]:
    with_others = [resource_of(one.resource_key).code for one in parts if not one.is_asked]
    return [*names_of(db, parts), *((code, code) for code in with_others)]


def _note(db: Session, row: Booking, action: str, new: dict[str, object], now: datetime) -> None:
    record(
        db,
        who=SYSTEM,
        action=action,
        entity="booking",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old=None,
        new=new,
        at=now,
    )
