"""Reporting what is broken and moving work orders on."""

from datetime import datetime

from sqlmodel import Session, col, select

from inventory.accounts.rules import Action, Decision, Principal, authorize
from inventory.accounts.table import User
from inventory.benches.table import Bench
from inventory.database import Database
from inventory.equipment.table import Equipment
from inventory.errors import Invalid, NotAllowed, StepNotPossible, UnknownBench
from inventory.work_orders.errors import TroubleGoesOn, UnknownAsset
from inventory.work_orders.finding import actor_of, page_of, work_order
from inventory.work_orders.keeping import Told, keep, life_of
from inventory.work_orders.rules import (
    NEEDS_WORDS,
    UNFINISHED,
    WorkOrderLife,
    WorkOrderSource,
    WorkOrderStep,
    possible_steps,
    refusal,
    taken,
)
from inventory.work_orders.schema import (
    WorkOrderAssignment,
    WorkOrderPage,
    WorkOrderReport,
    WorkOrderStepOrder,
)
from inventory.work_orders.table import WorkOrder

_ACTION = {
    WorkOrderStep.TRIAGE: Action.MANAGE_WORK_ORDER,
    WorkOrderStep.REJECT: Action.MANAGE_WORK_ORDER,
    WorkOrderStep.START: Action.WORK_ON_WORK_ORDER,
    WorkOrderStep.DONE: Action.WORK_ON_WORK_ORDER,
    WorkOrderStep.REOPEN: Action.WORK_ON_WORK_ORDER,
    WorkOrderStep.COMMENT: Action.WORK_ON_WORK_ORDER,
}
"""Steps persons take by name; assigning has an order of its own."""


def report_trouble(
    database: Database, principal: Principal, report: WorkOrderReport, *, now: datetime
) -> WorkOrderPage:
    """Open a work order for a bench or piece of the caller's own school.

    Raises:
        NotAllowed: the caller's role does not report.
        UnknownBench: the school has no such bench.
        UnknownAsset: its register has no such piece.
        UnknownDocument: it has no document of one of these ids.
        Invalid: neither bench nor piece is named.
    """
    if authorize(principal, Action.WORK_ON_WORK_ORDER) is not Decision.ALLOWED:
        raise NotAllowed(Action.WORK_ON_WORK_ORDER.value)
    with database.begin() as db:
        code = principal.organisation_code
        row = new_order(db, code, (report.bench_code, report.asset_number), now=now)
        row.text, row.reported_by = report.text, principal.username
        row.is_blocking = report.is_blocking
        photos = tuple(report.document_ids)
        told = Told(WorkOrderStep.OPEN, principal.username, now, report.text, photos)
        keep(db, row, WorkOrderLife(), told)
        return page_of(db, principal, row, now)


def new_order(
    db: Session, organisation_code: str, thing: tuple[str | None, str | None], *, now: datetime
) -> WorkOrder:
    """An order on a bench, a piece of the register or both, still to be filled in and kept.

    Raises:
        UnknownBench: the organisation has no such bench.
        UnknownAsset: its register has no such piece.
        Invalid: neither is named.
    """
    bench_code, asset_number = thing
    bench = None if bench_code is None else db.get(Bench, bench_code)
    if bench_code is not None and (bench is None or bench.organisation_code != organisation_code):
        raise UnknownBench(bench_code)
    asset = None
    if asset_number is not None:
        key = {"organisation_code": organisation_code, "asset_number": asset_number}
        asset = db.get(Equipment, key)
        if asset is None:
            raise UnknownAsset(asset_number)
    if bench is None and asset is None:
        raise Invalid("bench_code", "a bench code, or an asset number in asset_number")
    return WorkOrder(
        organisation_code=organisation_code,
        station_code=_station_of(bench, asset),
        bench_code=bench_code,
        asset_number=asset_number,
        source=WorkOrderSource.STAFF,
        text="",
        reported_by="",
        opened_at=now,
        changed_at=now,
    )


def take_step(
    database: Database,
    principal: Principal,
    number: int,
    order: WorkOrderStepOrder,
    *,
    now: datetime,
) -> WorkOrderPage:
    """Triage, start, end, reject, reopen or comment.

    Who starts what nobody has, has it from then on.

    Raises:
        UnknownWorkOrder: there is none, or the caller may not know of it.
        NotAllowed: the step is not this person's to take.
        StepNotPossible: the state does not allow it.
        TroubleGoesOn: another order has taken the fault over and is unfinished.
        UnknownDocument: the school has no document of one of these ids.
        Invalid: a step that needs words came without, or is no person's.
    """
    _demand_sense(order)
    with database.begin() as db:
        row = work_order(db, principal, number, _ACTION[order.step])
        if (refused := refusal(order.step, actor_of(principal, row))) is not None:
            raise NotAllowed(refused)
        life = _after(row, order.step)
        if order.step is WorkOrderStep.REOPEN:
            _demand_latest(db, row)
        if order.is_blocking is not None:
            row.is_blocking = order.is_blocking
        if order.step is WorkOrderStep.START and row.owner is None:
            row.owner = principal.username
        told = Told(order.step, principal.username, now, order.text, tuple(order.document_ids))
        keep(db, row, life, told)
        return page_of(db, principal, row, now)


def assign(
    database: Database,
    principal: Principal,
    number: int,
    order: WorkOrderAssignment,
    *,
    now: datetime,
) -> WorkOrderPage:
    """Say who repairs it and until when; what the order does not name stays.

    Raises:
        UnknownWorkOrder: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not assign.
        StepNotPossible: it is finished.
        Invalid: nobody of the school is called `owner`.
    """
    with database.begin() as db:
        row = work_order(db, principal, number, Action.MANAGE_WORK_ORDER)
        life = _after(row, WorkOrderStep.ASSIGN)
        _demand_owner(db, row.organisation_code, order.owner)
        row.sqlmodel_update(order.model_dump(exclude_unset=True))
        facts = f"{row.owner or '-'} · {row.due_on or '-'}"
        keep(db, row, life, Told(WorkOrderStep.ASSIGN, principal.username, now, facts))
        return page_of(db, principal, row, now)


def _demand_sense(order: WorkOrderStepOrder) -> None:
    if order.step not in _ACTION:
        raise Invalid("step", f"one of {', '.join(sorted(_ACTION))}")
    if order.step in NEEDS_WORDS and not order.text:
        raise Invalid("text", f"words: nobody can follow a step {order.step} without")
    if order.is_blocking is not None and order.step is not WorkOrderStep.TRIAGE:
        raise Invalid("is_blocking", f"to be said by step {WorkOrderStep.TRIAGE} alone")


def _after(row: WorkOrder, step: WorkOrderStep) -> WorkOrderLife:
    life = taken(life_of(row), step)
    if life is None:
        raise StepNotPossible(step, row.state, [one.value for one in possible_steps(row.state)])
    return life


def _demand_latest(db: Session, row: WorkOrder) -> None:
    query = select(WorkOrder.id).where(
        WorkOrder.bench_code == row.bench_code,
        WorkOrder.fault_key == row.fault_key,
        col(WorkOrder.fault_key).is_not(None),
        col(WorkOrder.state).in_(UNFINISHED),
    )
    if (going_on := db.exec(query).first()) is not None:
        raise TroubleGoesOn(row.state, going_on)


def _station_of(bench: Bench | None, asset: Equipment | None) -> str | None:
    """The one station it stands in; None where it serves several."""
    if bench is not None:
        return bench.station_code
    codes = asset.station_codes if asset is not None else []
    return codes[0] if len(codes) == 1 else None


def _demand_owner(db: Session, organisation_code: str, owner: str | None) -> None:
    if owner is None:
        return
    found = db.exec(select(User).where(User.username == owner)).first()
    if found is None or found.is_disabled or found.organisation_code != organisation_code:
        raise Invalid("owner", f"the user name of somebody of {organisation_code}")
