"""Keeping what benches report as broken."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.audit.use_cases import record
from inventory.benches.table import Bench
from inventory.errors import UnknownFreeze
from inventory.faults.rules import (
    OPEN_STATES,
    FaultLife,
    FaultState,
    FaultStep,
    brings_state,
    is_blocking,
    step,
)
from inventory.faults.schema import FaultOut, FreezeOut
from inventory.faults.table import Fault, FaultFreeze
from inventory.moments import moment
from inventory.step_order import Order, order_in
from telemetry.contract.payloads import FaultReport, FreezeFrame


def apply_fault(db: Session, bench_code: str, report: FaultReport, *, epoch_order: int = 1) -> bool:
    """Take a reported step into the fault's record, in the caller's transaction.

    Steps may come in any order: the bench made them in that of (`epoch_order`, the report's seq).
    A freeze of the signals comes with a repeated step; the first one is kept. A repeated step also
    tells when an open fault has become more severe.

    Returns:
        Whether anything changed; late and repeated steps mostly change nothing.
    """
    row = db.get(Fault, (bench_code, report.fault_id))
    order = (epoch_order, report.seq)
    reported = FaultStep(
        FaultState(report.state.value),
        moment(report.first_at_ms),
        moment(report.observed_at_ms),
        order,
    )
    known = None if row is None else _life(row)
    life = step(known, reported)
    is_changed = life is not None
    if life is not None and (row is None or brings_state(known, reported)):
        row = _take_state(db, row, _reported_facts(bench_code, report) | _columns(life), life)
    elif life is not None and row is not None:
        _correct(db, row, life)
    if row is None:
        return False
    return is_changed | _worsen(db, row, report, order) | _keep_freeze(db, row, report, order)


def _take_state(db: Session, row: Fault | None, facts: dict[str, object], life: FaultLife) -> Fault:
    old: dict[str, object] | None = None if row is None else {"state": row.state.value}
    orders: dict[str, object] = {} if row is None else dict(row.orders)
    if row is not None and row.state is life.state:
        # an earlier step to the same state: how severe it became meanwhile is known already
        facts = {**facts, "severity": row.severity, "status": row.status}
    else:
        orders["severity"] = life.order
    facts["orders"] = {**orders, "state": life.order, "confirmed": life.confirmed_order}
    fault = Fault.model_validate(facts) if row is None else row.sqlmodel_update(facts)
    db.add(fault)
    new: dict[str, object] = {
        "state": life.state.value,
        "dtc": fault.dtc,
        "severity": fault.severity,
    }
    _note(db, fault, life.state.value, old=old, new=new)
    return fault


def _correct(db: Session, fault: Fault, life: FaultLife) -> None:
    """Take in what a step tells that came after a later one: since when, and when confirmed."""
    old: dict[str, object] = {"first_at": fault.first_at, "confirmed_at": fault.confirmed_at}
    fault.first_at, fault.confirmed_at = life.first_at, life.confirmed_at
    fault.orders = {**fault.orders, "confirmed": life.confirmed_order}
    db.add(fault)
    new: dict[str, object] = {"first_at": life.first_at, "confirmed_at": life.confirmed_at}
    _note(db, fault, "corrected", old=old, new=new)


def freeze(db: Session, bench_code: str, fault_id: str) -> FreezeOut:
    """The values around the confirmation of a fault.

    Raises:
        UnknownFreeze: no such fault, or nothing was kept with it.
    """
    row = db.get(FaultFreeze, (bench_code, fault_id))
    if row is None:
        raise UnknownFreeze(fault_id)
    kept = msgspec.convert(row.record, FreezeFrame)
    return FreezeOut(
        at=moment(kept.at_ms),
        offsets_ms=kept.offsets_ms,
        signals=kept.signals,
        is_complete=kept.is_complete,
    )


def open_faults(db: Session, bench_codes: Sequence[str]) -> list[Fault]:
    """Faults that are not cleared, the most severe first."""
    return list(
        db.exec(
            select(Fault)
            .where(col(Fault.bench_code).in_(bench_codes), col(Fault.state).in_(OPEN_STATES))
            .order_by(
                col(Fault.severity).desc(),
                col(Fault.first_at).desc(),
                col(Fault.bench_code),
                col(Fault.fault_id),
            )
        ).all()
    )


def faults(db: Session, bench_code: str, *, offset: int, limit: int) -> tuple[list[Fault], int]:
    """All faults of a bench, the latest first, and how many there are."""
    of_bench = Fault.bench_code == bench_code
    rows = db.exec(
        select(Fault)
        .where(of_bench)
        .order_by(col(Fault.first_at).desc(), col(Fault.fault_id))
        .offset(offset)
        .limit(limit)
    ).all()
    return list(rows), db.exec(select(func.count()).select_from(Fault).where(of_bench)).one()


def shown(fault: Fault, blocking_severity: int) -> FaultOut:
    """The fault with its weight for the bench it belongs to."""
    blocks = is_blocking(fault.state, fault.severity, blocking_severity)
    return FaultOut.model_validate(fault, update={"is_blocking": blocks})


def _note(
    db: Session,
    fault: Fault,
    action: str,
    *,
    old: dict[str, object] | None,
    new: dict[str, object],
) -> None:
    owner = db.get(Bench, fault.bench_code)
    record(
        db,
        who=f"bench:{fault.bench_code}",
        action=action,
        entity="fault",
        entity_id=f"{fault.bench_code}/{fault.fault_id}",
        organisation_code=owner.organisation_code if owner else None,
        old=old,
        new=new,
    )


def _worsen(db: Session, fault: Fault, report: FaultReport, order: Order) -> bool:
    is_earlier = order < order_in(fault.orders, "severity")
    if fault.state.value != report.state.value or not (
        report.severity > fault.severity or (report.severity == fault.severity and is_earlier)
    ):
        return False
    is_worse = report.severity > fault.severity
    old: dict[str, object] = {"severity": fault.severity}
    fault.severity, fault.status = report.severity, report.status
    fault.orders = {**fault.orders, "severity": order}
    db.add(fault)
    if is_worse:
        _note(db, fault, "worsened", old=old, new={"severity": report.severity, "dtc": report.dtc})
    return True


def _keep_freeze(db: Session, fault: Fault, report: FaultReport, order: Order) -> bool:
    if report.freeze is None:
        return False
    if fault.has_freeze and order >= order_in(fault.orders, "freeze"):
        return False
    record = msgspec.to_builtins(report.freeze)
    known = db.get(FaultFreeze, (fault.bench_code, fault.fault_id))
    fault.has_freeze = True
    fault.orders = {**fault.orders, "freeze": order}
    db.add(fault)
    if known is None:
        known = FaultFreeze(bench_code=fault.bench_code, fault_id=fault.fault_id, record=record)
    known.record = record
    db.add(known)
    return True


def _life(row: Fault) -> FaultLife:
    return FaultLife(
        *(row.state, row.first_at, row.observed_at, row.confirmed_at, row.cleared_at),
        order=order_in(row.orders, "state"),
        confirmed_order=order_in(row.orders, "confirmed"),
    )


def _columns(life: FaultLife) -> dict[str, object]:
    return {
        "state": life.state,
        "first_at": life.first_at,
        "observed_at": life.observed_at,
        "confirmed_at": life.confirmed_at,
        "cleared_at": life.cleared_at,
    }


def _reported_facts(bench_code: str, report: FaultReport) -> dict[str, object]:
    return {
        "bench_code": bench_code,
        "fault_id": report.fault_id,
        "dtc": report.dtc,
        "failure_type": report.failure_type,
        "status": report.status,
        "severity": report.severity,
        "text_zh": report.text_zh,
        "text_en": report.text_en,
        "remedy_zh": report.remedy_zh,
        "remedy_en": report.remedy_en,
        "signals": dict(report.signals),
        "source": report.source,
        "ecu": report.ecu,
    }
