"""Taking reported events into the inventory: batch and cursor in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.benches.table import Bench
from inventory.database import Database
from inventory.faults.use_cases import apply_fault
from inventory.monitoring.table import ProjectionCursor, UnknownBench
from inventory.usage_sessions.use_cases import apply_usage
from telemetry.contract.payloads import FaultReport, UsageReport

EVENTS = "events"


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """A usage or fault step in the order ingest stored it."""

    position: int
    bench: str
    received_at: datetime
    report: FaultReport | UsageReport


@dataclass(frozen=True, slots=True)
class Applied:
    """Outcome of a batch: steps that changed something, and where the cursor now stands."""

    changed: int
    position: int


def cursor(db: Session) -> int:
    """Position of the last event taken in; 0 at the start."""
    row = db.get(ProjectionCursor, EVENTS)
    return row.position if row else 0


def apply_events(database: Database, events: Sequence[ReportedEvent], now: datetime) -> Applied:
    """Take a batch in and move the cursor behind it, all or nothing.

    Events at or before the cursor were taken in before and are passed over, so that a batch may
    be tried again after a crash.
    """
    changed = 0
    with database.begin() as db:
        # held, so that a second projection waits where the database itself lets writers overlap
        row = db.get(ProjectionCursor, EVENTS, with_for_update=True)
        if row is None:
            row = ProjectionCursor(name=EVENTS, position=0, moved_at=now)
        fresh = [event for event in events if event.position > row.position]
        known = set(db.exec(select(Bench.code)).all()) if fresh else set()
        for event in fresh:
            if event.bench not in known:
                _count_unknown(db, event)
            changed += _apply(db, event)
            row.position, row.moved_at = event.position, now
        db.add(row)
        return Applied(changed, row.position)


def rewind(database: Database, now: datetime) -> None:
    """Start again at the first event, after the events' store was replaced; repeats do no harm."""
    with database.begin() as db:
        row = db.get(ProjectionCursor, EVENTS)
        if row is not None:
            row.position, row.moved_at = 0, now


def unknown_benches(db: Session) -> list[UnknownBench]:
    """Benches that report and are still not registered."""
    registered = select(Bench.code)
    query = select(UnknownBench).where(col(UnknownBench.code).not_in(registered))
    return list(db.exec(query.order_by(col(UnknownBench.code))).all())


def _apply(db: Session, event: ReportedEvent) -> bool:
    if isinstance(event.report, FaultReport):
        return apply_fault(db, event.bench, event.report)
    return apply_usage(db, event.bench, event.report)


def _count_unknown(db: Session, event: ReportedEvent) -> None:
    row = db.get(UnknownBench, event.bench)
    if row is None:
        row = UnknownBench(
            code=event.bench, events=0, first_at=event.received_at, last_at=event.received_at
        )
        db.add(row)
    row.events += 1
    row.last_at = event.received_at
