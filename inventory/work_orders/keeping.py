"""How a step reaches the tables: state, history, photos and audit entry in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from inventory.audit.use_cases import record
from inventory.documents.use_cases import EntityRef, attach
from inventory.work_orders.rules import FINISHED, WorkOrderLife, WorkOrderStep
from inventory.work_orders.table import WorkOrder, WorkOrderEntry
from inventory.work_orders.telling import tell_of_step

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
    was_out = row.blocking_since is not None
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
    _tell_register(db, row, told, was_out=was_out)
    tell_of_step(db, row, told.step, told.who, told.at)


def _settle(row: WorkOrder, life: WorkOrderLife, at: datetime) -> None:
    row.state, row.times = life.state, life.times
    row.is_fault_present = life.is_fault_present
    row.changed_at = at
    is_finished = life.state in FINISHED
    row.finished_at = (row.finished_at or at) if is_finished else None
    is_out = row.is_blocking and not is_finished
    row.blocking_since = (row.blocking_since or at) if is_out else None


def _tell_register(db: Session, row: WorkOrder, told: Told, *, was_out: bool) -> None:
    """The piece's own history says when it was out of use; checks on paper go by it too."""
    is_out = row.blocking_since is not None
    if row.asset_number is None or was_out == is_out:
        return
    record(
        db,
        who=told.who,
        action="taken_out_of_use" if is_out else "back_in_use",
        entity="equipment",
        entity_id=f"{row.organisation_code}/{row.asset_number}",
        organisation_code=row.organisation_code,
        old={"repair": None if is_out else row.id},
        new={"repair": row.id if is_out else None},
        at=told.at,
    )


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
