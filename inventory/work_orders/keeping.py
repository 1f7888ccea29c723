"""How a step reaches the tables: state, history, photos and audit entry in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from inventory.audit.use_cases import record
from inventory.documents.use_cases import EntityRef, attach
from inventory.work_orders.rules import FINISHED, WorkOrderLife, WorkOrderStep
from inventory.work_orders.table import WorkOrder, WorkOrderEntry

ENTITY = "work_order"


@dataclass(frozen=True, slots=True)
class Told:
    """A step as it goes into the history."""

    step: WorkOrderStep
    who: str
    at: datetime
    text: str = ""
    document_ids: tuple[str, ...] = ()


def life_of(row: WorkOrder) -> WorkOrderLife:
    """Where a stored work order stands."""
    return WorkOrderLife(row.state, row.times, row.is_fault_present)


def keep(db: Session, row: WorkOrder, life: WorkOrderLife, told: Told) -> None:
    """Write a life and the step that led to it, in the caller's transaction.

    Raises:
        UnknownDocument: the organisation has no document of one of these ids.
    """
    old = None if row.id is None else {"state": row.state, "is_blocking": row.is_blocking}
    _settle(row, life, told.at)
    db.add(row)
    db.flush()
    db.add(
        WorkOrderEntry(
            work_order_id=row.id or 0,
            at=told.at,
            who=told.who,
            step=told.step,
            state=row.state,
            text=told.text,
            document_ids=list(told.document_ids),
        )
    )
    db.flush()
    for one in told.document_ids:
        belongs = EntityRef(row.organisation_code, ENTITY, str(row.id))
        attach(db, one, belongs, who=told.who, now=told.at)
    names = ("state", "times", "bench_code", "asset_number", "is_blocking", "owner", "due_on")
    record(
        db,
        who=told.who,
        action=_DONE[told.step],
        entity=ENTITY,
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old=old,
        new={name: getattr(row, name) for name in names},
        at=told.at,
    )


def block(row: WorkOrder, at: datetime, *, is_blocking: bool) -> None:
    """Take the thing out of use or give it back; it stays out since it first was."""
    row.is_blocking = is_blocking
    row.blocking_since = (row.blocking_since or at) if is_blocking else None


def _settle(row: WorkOrder, life: WorkOrderLife, at: datetime) -> None:
    is_back = row.state in FINISHED and life.state not in FINISHED
    row.state, row.times = life.state, life.times
    row.is_fault_present = life.is_fault_present
    row.changed_at = at
    if life.state in FINISHED:
        row.finished_at = row.finished_at or at
    elif is_back:
        row.finished_at = None
        row.blocking_since = at if row.is_blocking else None


_DONE = {
    WorkOrderStep.OPEN: "opened",
    WorkOrderStep.TRIAGE: "triaged",
    WorkOrderStep.ASSIGN: "assigned",
    WorkOrderStep.START: "started",
    WorkOrderStep.DONE: "done",
    WorkOrderStep.REJECT: "rejected",
    WorkOrderStep.REOPEN: "reopened",
    WorkOrderStep.COMMENT: "commented",
    WorkOrderStep.CLEAR: "cleared",
    WorkOrderStep.RECUR: "recurred",
}
