"""Saying whose unbooked use was, and taking that back; the figures stay as measured."""

from datetime import datetime, timedelta

from sqlmodel import Session

from inventory.accounts.rules import Action, Principal
from inventory.audit.use_cases import record
from inventory.benches.table import Bench
from inventory.benches.use_cases import bench
from inventory.database import Database
from inventory.errors import UnknownBench
from inventory.intervals import Span
from inventory.moments import today
from inventory.unbooked_use.errors import NothingUnbooked, UnknownUseNote, UseGoesOn
from inventory.unbooked_use.schema import UseNoteOrder, UseNoteOut
from inventory.unbooked_use.stretches import notes_of, stretches
from inventory.unbooked_use.surrounding import sessions_in
from inventory.unbooked_use.table import UseNote
from inventory.utilisation.fleet import Question, fleet_of

_DAY = timedelta(days=1)
_TOLD = {"bench_code", "start_at", "end_at", "belongs_to", "purpose", "words"}


def settle(
    database: Database, principal: Principal, order: UseNoteOrder, *, now: datetime
) -> UseNoteOut:
    """Note whose use it was; notes on the same stretch are replaced.

    The note holds for the time the stretch has now, however it is worked out later.

    Raises:
        UnknownBench: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include it.
        NothingUnbooked: the bench was not used without a booking then.
        UseGoesOn: the stretch is not over.
    """
    with database.begin() as db:
        rig = bench(db, principal, order.bench_code, Action.APPROVE_BOOKING)
        span = _stretch_at(db, rig, order.at, now)
        for old in notes_of(db, [rig.code], span):
            _withdraw(db, old, principal, now)
        row = UseNote(
            bench_code=rig.code,
            organisation_code=rig.organisation_code,
            start_at=span.start_at,
            end_at=span.end_at,
            belongs_to=order.belongs_to,
            purpose=order.purpose,
            words=order.words,
            created_at=now,
            created_by=principal.username,
        )
        db.add(row)
        db.flush()
        _tell(db, row, principal, "explained", now)
        return UseNoteOut.model_validate(row)


def withdraw(database: Database, principal: Principal, note_id: int, *, now: datetime) -> None:
    """Take a note back; it stays as history.

    Raises:
        UnknownUseNote: there is none that stands, or the caller may not know of it.
        NotAllowed: the caller's role does not include it.
    """
    unknown = UnknownUseNote(str(note_id))
    with database.begin() as db:
        row = db.get(UseNote, note_id)
        if row is None or row.withdrawn_at is not None:
            raise unknown
        try:
            bench(db, principal, row.bench_code, Action.APPROVE_BOOKING)
        except UnknownBench:
            raise unknown from None
        _withdraw(db, row, principal, now)


def _stretch_at(db: Session, rig: Bench, at: datetime, now: datetime) -> Span:
    if at > now:
        raise NothingUnbooked
    day = today(at)
    # a stretch may begin the evening before and go on into the next morning
    fleet = fleet_of(db, [rig], Question(day - _DAY, day + _DAY), now)
    found = [one.span for one in stretches(fleet, ()) if one.span.start_at <= at < one.span.end_at]
    if not found:
        raise NothingUnbooked
    (span,) = found
    behind = sessions_in(db, [rig.code], span).get(rig.code, ())
    if any(row.ended_at is None and known.end_at >= span.end_at for row, known in behind):
        raise UseGoesOn
    return span


def _withdraw(db: Session, row: UseNote, principal: Principal, now: datetime) -> None:
    row.withdrawn_at, row.withdrawn_by = now, principal.username
    db.add(row)
    db.flush()
    _tell(db, row, principal, "withdrawn", now)


def _tell(db: Session, row: UseNote, principal: Principal, action: str, now: datetime) -> None:
    facts = row.model_dump(include=_TOLD)
    record(
        db,
        who=principal.username,
        action=action,
        entity="use_note",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old=facts if action == "withdrawn" else None,
        new=None if action == "withdrawn" else facts,
        at=now,
    )
