"""Finding work orders, scoped to who asks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Resource, authorize
from inventory.errors import NotAllowed
from inventory.moments import today
from inventory.organisations.use_cases import organisation
from inventory.work_orders.errors import UnknownWorkOrder
from inventory.work_orders.rules import (
    UNFINISHED,
    Actor,
    WorkOrderSource,
    WorkOrderState,
    possible_steps,
    refusal,
)
from inventory.work_orders.schema import WorkOrderEntryOut, WorkOrderOut, WorkOrderPage
from inventory.work_orders.table import WorkOrder, WorkOrderEntry


@dataclass(frozen=True, slots=True)
class WorkOrderQuery:
    """Which work orders; None leaves it open."""

    station: str | None = None
    bench: str | None = None
    asset: str | None = None
    state: WorkOrderState | None = None
    owner: str | None = None
    is_unfinished: bool | None = None
    is_blocking: bool | None = None


def work_order(db: Session, principal: Principal, number: int, action: Action) -> WorkOrder:
    """The work order of a number, if the caller may do this with it.

    Raises:
        UnknownWorkOrder: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    if authorize(principal, action) is not Decision.ALLOWED:
        # the same for numbers that exist and numbers that don't
        raise NotAllowed(action.value)
    unknown = UnknownWorkOrder(str(number))
    row = db.get(WorkOrder, number)
    if row is None:
        raise unknown
    owner = organisation(db, row.organisation_code)
    demand(principal, action, Resource(owner.code, owner.evaluated_by), unknown)
    return row


def work_orders(
    db: Session, principal: Principal, query: WorkOrderQuery, *, offset: int, limit: int
) -> tuple[list[WorkOrder], int]:
    """Those the caller may see: unfinished ones first, blocking ones before others, by due date.

    Finished ones follow, what was finished last first.

    The second value is how many there are in all.
    """
    wanted = [
        col(WorkOrder.organisation_code).in_(visible_organisations(principal)),
        *_conditions(query),
    ]
    rows = db.exec(
        select(WorkOrder)
        .where(*wanted)
        .order_by(
            col(WorkOrder.state).in_(UNFINISHED).desc(),
            # none of the unfinished has one
            col(WorkOrder.finished_at).desc(),
            col(WorkOrder.is_blocking).desc(),
            col(WorkOrder.due_on).is_(None),
            col(WorkOrder.due_on),
            col(WorkOrder.id),
        )
        .offset(offset)
        .limit(limit)
    ).all()
    total = db.exec(select(func.count()).select_from(WorkOrder).where(*wanted)).one()
    return list(rows), total


def shown(row: WorkOrder, now: datetime) -> WorkOrderOut:
    """The work order as a listing shows it."""
    is_open = row.state in UNFINISHED
    is_gone = row.source is WorkOrderSource.BENCH and not row.is_fault_present
    marks = {
        "is_overdue": is_open and row.due_on is not None and row.due_on < today(now),
        "awaits_confirmation": is_open and is_gone,
    }
    return WorkOrderOut.model_validate(row, update=marks)


def page_of(db: Session, principal: Principal, row: WorkOrder, now: datetime) -> WorkOrderPage:
    """A row with its history and what the caller may do with it."""
    entries = db.exec(
        select(WorkOrderEntry)
        .where(WorkOrderEntry.work_order_id == row.id)
        .order_by(col(WorkOrderEntry.id))
    ).all()
    is_insider = row.organisation_code == principal.organisation_code
    possible = [
        step
        for step in possible_steps(row.state)
        if is_insider
        and not principal.is_read_only
        and refusal(step, actor_of(principal, row)) is None
    ]
    history = [WorkOrderEntryOut.model_validate(entry) for entry in entries]
    facts = shown(row, now).model_dump() | {"history": history, "possible": possible}
    return WorkOrderPage.model_validate(facts)


def actor_of(principal: Principal, row: WorkOrder) -> Actor:
    """Who the caller is to this work order."""
    return Actor(
        principal.role,
        is_owner=row.owner == principal.username,
        is_reporter=row.reported_by == principal.username,
        has_nobody=row.owner is None,
    )


def _conditions(query: WorkOrderQuery) -> list[ColumnElement[bool]]:
    exact = (
        (col(WorkOrder.station_code), query.station),
        (col(WorkOrder.bench_code), query.bench),
        (col(WorkOrder.asset_number), query.asset),
        (col(WorkOrder.state), query.state),
        (col(WorkOrder.owner), query.owner),
    )
    found: list[ColumnElement[bool]] = [field == value for field, value in exact if value]
    unfinished = col(WorkOrder.state).in_(UNFINISHED)
    if query.is_unfinished is not None:
        found.append(unfinished if query.is_unfinished else ~unfinished)
    if query.is_blocking is not None:
        found.append(col(WorkOrder.is_blocking).is_(query.is_blocking))
    return found
