"""Keeping when benches were really used."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.audit.use_cases import record
from inventory.benches.table import Bench
from inventory.moments import moment
from inventory.step_order import Order, order_in
from inventory.usage_sessions.rules import UsageEvent, UsageLife, UsageStep, step
from inventory.usage_sessions.table import UsageSession
from telemetry.contract.payloads import UsageReport


def apply_usage(db: Session, bench_code: str, report: UsageReport, *, epoch_order: int = 1) -> bool:
    """Take a reported step into the session's record, in the caller's transaction.

    Steps may come in any order: the bench made them in that of (`epoch_order`, the report's seq).
    Starts and ends are audited; extensions only move `observed_at` and the evidence.

    Returns:
        Whether anything changed; late and repeated steps change nothing.
    """
    row = db.get(UsageSession, (bench_code, report.usage_id))
    known = None if row is None else _life(row)
    reported = _step_of(report, (epoch_order, report.seq))
    life = step(known, reported)
    if life is None:
        return False
    session = row or UsageSession(
        bench_code=bench_code,
        usage_id=report.usage_id,
        started_at=life.started_at,
        observed_at=life.observed_at,
    )
    session.started_at = life.started_at
    session.observed_at, session.ended_at = life.observed_at, life.ended_at
    session.orders = {"latest": life.order, "ended": life.ended_order}
    if life.order == reported.order:
        session.evidence = dict(report.evidence)
    db.add(session)
    if known is None or life.ended_at != known.ended_at:
        _note(db, session, is_new=row is None)
    return True


def current_usage(db: Session, bench_codes: Sequence[str]) -> dict[str, UsageSession]:
    """The open usage session of each bench that has one; the latest where several are open."""
    rows = db.exec(
        select(UsageSession)
        .where(col(UsageSession.bench_code).in_(bench_codes), col(UsageSession.ended_at).is_(None))
        .order_by(col(UsageSession.started_at), col(UsageSession.usage_id))
    ).all()
    return {row.bench_code: row for row in rows}


def usage_sessions(
    db: Session, bench_code: str, *, offset: int, limit: int
) -> tuple[list[UsageSession], int]:
    """All usage sessions of a bench, the latest first, and how many there are."""
    of_bench = UsageSession.bench_code == bench_code
    rows = db.exec(
        select(UsageSession)
        .where(of_bench)
        .order_by(col(UsageSession.started_at).desc(), col(UsageSession.usage_id))
        .offset(offset)
        .limit(limit)
    ).all()
    total = db.exec(select(func.count()).select_from(UsageSession).where(of_bench)).one()
    return list(rows), total


def _life(row: UsageSession) -> UsageLife:
    return UsageLife(
        row.started_at,
        row.observed_at,
        row.ended_at,
        order_in(row.orders, "latest"),
        order_in(row.orders, "ended"),
    )


def _step_of(report: UsageReport, order: Order) -> UsageStep:
    return UsageStep(
        UsageEvent(report.event.value),
        moment(report.started_at_ms),
        moment(report.observed_at_ms),
        None if report.ended_at_ms is None else moment(report.ended_at_ms),
        order,
    )


def _note(db: Session, session: UsageSession, *, is_new: bool) -> None:
    owner = db.get(Bench, session.bench_code)
    record(
        db,
        who=f"bench:{session.bench_code}",
        action="started" if session.ended_at is None else "ended",
        entity="usage_session",
        entity_id=f"{session.bench_code}/{session.usage_id}",
        organisation_code=owner.organisation_code if owner else None,
        old=None if is_new else {"started_at": session.started_at},
        new={"started_at": session.started_at, "ended_at": session.ended_at},
    )
