"""The automatic pass: work orders follow the faults that benches report."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from inventory.benches.table import Bench
from inventory.database import Database
from inventory.faults.rules import FaultState, is_blocking
from inventory.faults.table import Fault
from inventory.work_orders.keeping import Told, keep, life_of
from inventory.work_orders.rules import (
    SAME_TROUBLE_WITHIN,
    UNFINISHED,
    WorkOrderLife,
    WorkOrderSource,
    WorkOrderStep,
    is_same_trouble,
    observed,
)
from inventory.work_orders.table import WorkOrder
from inventory.work_orders.use_cases import new_order

FaultKey = tuple[str, str]
"""Bench code and cause."""
MOST_FAULT_IDS = 100
"""Chosen: a flickering fault must not make an order grow without end."""


def follow_faults(database: Database, now: datetime) -> Mapping[int, WorkOrderStep]:
    """Open, clear and bring back the orders of faults; a fault has one unfinished order at most.

    A fault counts while it takes its bench out of working order: confirmed and severe enough by
    the bench's own limit. May be called as often as one likes and by several at once.

    Returns:
        The step taken by number of the order; most passes take none.
    """
    with database.read() as db:
        if not _differences(_blocking_faults(db, None), _orders(db, None, now), now):
            return {}
    with database.begin() as db:
        return follow_within(db, None, now)


def follow_within(
    db: Session, benches: Collection[str] | None, now: datetime
) -> Mapping[int, WorkOrderStep]:
    """The same for some benches, None for all, in the transaction that took their faults in."""
    present = _blocking_faults(db, benches)
    steps: dict[int, WorkOrderStep] = {}
    for key, order in _differences(present, _orders(db, benches, now), now).items():
        step = _follow(db, present.get(key, []), order, now)
        if step is not None:
            steps[step[0]] = step[1]
    return steps


def _blocking_faults(
    db: Session, benches: Collection[str] | None
) -> Mapping[FaultKey, list[Fault]]:
    """Faults that take their bench out of working order, by cause; the earliest first."""
    query = (
        select(Fault, Bench.blocking_severity)
        .join(Bench, col(Bench.code) == col(Fault.bench_code))
        .where(col(Fault.state) == FaultState.CONFIRMED)
        .order_by(col(Fault.first_at), col(Fault.fault_id))
    )
    if benches is not None:
        query = query.where(col(Fault.bench_code).in_(sorted(benches)))
    found: dict[FaultKey, list[Fault]] = {}
    for fault, limit in db.exec(query).all():
        if is_blocking(fault.state, fault.severity, limit):
            found.setdefault((fault.bench_code, cause_of(fault)), []).append(fault)
    return found


def cause_of(fault: Fault) -> str:
    """What is the same in every occurrence: code, failure type and the control unit that has it."""
    failure_type = f"-{fault.failure_type:02X}" if fault.failure_type else ""
    unit = f"@{fault.ecu}" if fault.ecu else ""
    return f"{fault.dtc}{failure_type}{unit}"[:200]


def _orders(
    db: Session, benches: Collection[str] | None, now: datetime
) -> Mapping[FaultKey, WorkOrder]:
    """The latest order of every cause that may still matter, an unfinished one before others."""
    query = (
        select(WorkOrder)
        .where(
            col(WorkOrder.fault_key).is_not(None),
            or_(
                col(WorkOrder.state).in_(UNFINISHED),
                col(WorkOrder.is_fault_present),
                col(WorkOrder.finished_at) >= now - SAME_TROUBLE_WITHIN,
            ),
        )
        .order_by(col(WorkOrder.id))
    )
    if benches is not None:
        query = query.where(col(WorkOrder.bench_code).in_(sorted(benches)))
    found: dict[FaultKey, WorkOrder] = {}
    for row in db.exec(query).all():
        key = (row.bench_code or "", row.fault_key or "")
        known = found.get(key)
        if known is None or known.state not in UNFINISHED:
            found[key] = row
    return found


def _differences(
    present: Mapping[FaultKey, Sequence[Fault]],
    orders: Mapping[FaultKey, WorkOrder],
    now: datetime,
) -> dict[FaultKey, WorkOrder | None]:
    """What must be written, with the order it concerns; None: a new one."""
    found: dict[FaultKey, WorkOrder | None] = {}
    for key in [*present, *(key for key in orders if key not in present)]:
        faults, order = present.get(key, ()), orders.get(key)
        if order is None:
            found[key] = None
            continue
        fresh = _fresh(order, faults)
        after, step = observed(life_of(order), is_present=bool(faults), is_new=bool(fresh))
        if step is WorkOrderStep.RECUR and not is_same_trouble(order.finished_at, now):
            found[key] = None
        elif fresh or after != life_of(order):
            found[key] = order
    return found


def _fresh(order: WorkOrder, faults: Sequence[Fault]) -> list[Fault]:
    return [fault for fault in faults if fault.fault_id not in order.fault_ids]


def _follow(
    db: Session, faults: Sequence[Fault], order: WorkOrder | None, now: datetime
) -> tuple[int, WorkOrderStep] | None:
    if order is None:
        return _open(db, faults, now)
    fresh = _fresh(order, faults)
    life, step = observed(life_of(order), is_present=bool(faults), is_new=bool(fresh))
    if fresh:
        _note(order, fresh)
    if step is None:
        order.is_fault_present = life.is_fault_present
        db.add(order)
        return None
    keep(db, order, life, Told(step, order.reported_by, now, _words(fresh)))
    return order.id or 0, step


def _open(db: Session, faults: Sequence[Fault], now: datetime) -> tuple[int, WorkOrderStep]:
    latest = faults[-1]
    bench = db.get_one(Bench, latest.bench_code)
    row = new_order(db, bench.organisation_code, (bench.code, None), now=now)
    row.source, row.fault_key = WorkOrderSource.BENCH, cause_of(latest)
    row.reported_by = f"bench:{bench.code}"
    _note(row, faults)
    row.is_blocking = True
    told = Told(WorkOrderStep.OPEN, row.reported_by, now, _words(faults))
    keep(db, row, WorkOrderLife(is_fault_present=True), told)
    return row.id or 0, WorkOrderStep.OPEN


def _note(order: WorkOrder, faults: Collection[Fault]) -> None:
    seen = [*order.fault_ids, *(fault.fault_id for fault in faults)]
    order.fault_ids = seen[-MOST_FAULT_IDS:]
    latest = list(faults)[-1]
    order.text = (latest.text_zh or latest.text_en or latest.dtc)[:2000]
    names = ("fault_id", "dtc", "failure_type", "ecu", "severity", "first_at")
    texts = ("text_zh", "text_en", "remedy_zh", "remedy_en")
    order.fault = latest.model_dump(mode="json", include={*names, *texts})


def _words(faults: Sequence[Fault]) -> str:
    return "; ".join(f"{fault.dtc} {fault.text_zh}" for fault in faults)[:2000]
