"""Taking reported events into the inventory: batch and cursor in one transaction."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec
from sqlalchemy import update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from inventory.audit.use_cases import SYSTEM, record
from inventory.benches.table import Bench
from inventory.database import Database
from inventory.errors import Invalid
from inventory.faults.table import Fault
from inventory.faults.use_cases import apply_fault
from inventory.monitoring.table import ProjectionCursor, UnknownBench
from inventory.usage_sessions.table import UsageSession
from inventory.usage_sessions.use_cases import apply_usage
from inventory.work_orders.following import follow_within
from telemetry.contract.payloads import FaultReport, UsageReport

EVENTS = "events"
MAX_ID = 200
"""Chosen: PostgreSQL can't index what is much longer; bridges make ids of 40 characters."""
REFUSALS = (DataError, IntegrityError, Invalid)
"""What is said to values that can't be held; trying again would not help."""
Taker = Callable[[Session, "ReportedEvent"], bool | None]
Report = TypeVar("Report", bound=FaultReport | UsageReport)


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """A usage or fault step in the order ingest stored it.

    The bench made its steps in the order of (`epoch_order`, the report's seq).
    """

    position: int
    bench: str
    received_at: datetime
    report: FaultReport | UsageReport
    epoch_order: int = 1


@dataclass(frozen=True, slots=True)
class Applied:
    """Outcome of a batch: steps that changed something, and where the cursor now stands.

    `refused` steps can't be stored as they are; each left an audit entry that says so.
    """

    changed: int
    position: int
    refused: int = 0


def cursor(db: Session) -> int:
    """Position of the last event taken in; 0 at the start."""
    row = db.get(ProjectionCursor, EVENTS)
    return row.position if row else 0


def apply_events(database: Database, events: Sequence[ReportedEvent], now: datetime) -> Applied:
    """Take a batch in and move the cursor behind it, all or nothing.

    Events at or before the cursor were taken in before and are passed over, so that a batch may
    be tried again after a crash. One that the database refuses does not hold up those behind it.
    """
    try:
        return _apply_batch(database, events, now, _take_in)
    except REFUSALS:
        return _apply_batch(database, events, now, _take_in_or_refuse)


def _apply_batch(
    database: Database, events: Sequence[ReportedEvent], now: datetime, take: Taker
) -> Applied:
    changed = refused = 0
    with database.begin() as db:
        row = db.get(ProjectionCursor, EVENTS)
        if row is None:
            row = ProjectionCursor(name=EVENTS, position=0, moved_at=now)
        fresh = [event for event in events if event.position > row.position]
        known = set(db.exec(select(Bench.code)).all()) if fresh else set()
        faulty: set[str] = set()
        for event in fresh:
            if event.bench not in known:
                _count_unknown(db, event)
            outcome = take(db, event)
            changed += outcome is True
            if outcome and isinstance(event.report, FaultReport):
                faulty.add(event.bench)
            refused += outcome is None
            row.position, row.moved_at = event.position, now
        db.add(row)
        _follow(db, faulty, now)
        return Applied(changed, row.position, refused)


def _follow(db: Session, benches: Collection[str], now: datetime) -> None:
    """Open and clear work orders with the faults they are of, so that no check sees one alone."""
    if not benches:
        return
    # what fails here must not hold up faults; the server that watches tries again
    with suppress(*REFUSALS), db.begin_nested():
        follow_within(db, benches, now)


def rewind(database: Database, now: datetime) -> None:
    """Start again at the first event, after the events' store was replaced; repeats do no harm.

    The new store counts epochs from one again: what is known already counts as earlier than all.
    """
    with database.begin() as db:
        row = db.get(ProjectionCursor, EVENTS)
        if row is not None:
            row.position, row.moved_at = 0, now
        for table in (Fault, UsageSession):
            db.exec(update(table).values(orders={}))


def unknown_benches(db: Session) -> list[UnknownBench]:
    """Benches that report and are still not registered."""
    registered = select(Bench.code)
    query = select(UnknownBench).where(col(UnknownBench.code).not_in(registered))
    return list(db.exec(query.order_by(col(UnknownBench.code))).all())


def _take_in(db: Session, event: ReportedEvent) -> bool:
    report = without_nul(event.report)
    named = report.fault_id if isinstance(report, FaultReport) else report.usage_id
    if len(named) > MAX_ID:
        raise Invalid("id", f"at most {MAX_ID} characters")
    if isinstance(report, FaultReport):
        return apply_fault(db, event.bench, report, epoch_order=event.epoch_order)
    return apply_usage(db, event.bench, report, epoch_order=event.epoch_order)


def _take_in_or_refuse(db: Session, event: ReportedEvent) -> bool | None:
    """Whether the step changed something; None when it can't be stored."""
    try:
        with db.begin_nested():
            changed = _take_in(db, event)
            db.flush()
    except REFUSALS as refusal:
        record(
            db,
            who=SYSTEM,
            action="refused",
            entity="fault" if isinstance(event.report, FaultReport) else "usage_session",
            entity_id=f"{event.bench}/event {event.position}",
            new={"reason": _first_line(refusal)},
        )
        return None
    return changed


def without_nul(report: Report) -> Report:
    """The report with every NUL in its texts shown as U+FFFD: no database of ours takes one."""
    plain = msgspec.to_builtins(report)
    shown = _shown(plain)
    return report if shown == plain else msgspec.convert(shown, type(report))


def _shown(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, dict):
        return {_shown(name): _shown(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return value


def _first_line(refusal: Exception) -> str:
    said = refusal.orig if isinstance(refusal, DBAPIError) else refusal
    return str(said).splitlines()[0]


def _count_unknown(db: Session, event: ReportedEvent) -> None:
    row = db.get(UnknownBench, event.bench)
    if row is None:
        row = UnknownBench(
            code=event.bench, events=0, first_at=event.received_at, last_at=event.received_at
        )
        db.add(row)
    row.events += 1
    row.last_at = event.received_at
