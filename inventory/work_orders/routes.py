"""Routes of work orders."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.paging import Limit, Offset, Page, page
from inventory.work_orders.finding import WorkOrderQuery, page_of, shown, work_order, work_orders
from inventory.work_orders.rules import WorkOrderState
from inventory.work_orders.schema import (
    WorkOrderAssignment,
    WorkOrderOut,
    WorkOrderPage,
    WorkOrderReport,
    WorkOrderStepOrder,
)
from inventory.work_orders.use_cases import assign, report_trouble, take_step

router = APIRouter(tags=["work orders"])
Reader = Annotated[Principal, Depends(require(Action.READ_WORK_ORDER))]
Worker = Annotated[Principal, Depends(require(Action.WORK_ON_WORK_ORDER))]
Manager = Annotated[Principal, Depends(require(Action.MANAGE_WORK_ORDER))]
WorkOrderNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Wanted:
    """Which work orders a caller asks for."""

    def __init__(  # noqa: PLR0913, PLR0917 - one argument per thing the request may say
        self,
        station: Annotated[str | None, Query(max_length=32)] = None,
        bench: Annotated[str | None, Query(max_length=32)] = None,
        asset: Annotated[str | None, Query(max_length=64)] = None,
        state: WorkOrderState | None = None,
        owner: Annotated[str | None, Query(max_length=80)] = None,
        is_unfinished: Annotated[bool | None, Query(alias="unfinished")] = None,
        is_blocking: Annotated[bool | None, Query(alias="blocking")] = None,
    ) -> None:
        self.query = WorkOrderQuery(station, bench, asset, state, owner, is_unfinished, is_blocking)


@router.get("/work-orders")
def list_work_orders(
    database: TheDatabase,
    caller: Reader,
    now: Now,
    wanted: Annotated[Wanted, Depends()],
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[WorkOrderOut]:
    """Work orders I may see: unfinished ones first, blocking ones before others, by due date."""
    with database.read() as db:
        rows, total = work_orders(db, caller, wanted.query, offset=offset, limit=limit)
        return page([shown(row, now) for row in rows], total, offset)


@router.post("/work-orders", status_code=status.HTTP_201_CREATED)
def make_work_order(
    report: WorkOrderReport, database: TheDatabase, caller: Worker, now: Now
) -> WorkOrderPage:
    """Report that something of my school is broken."""
    return report_trouble(database, caller, report, now=now)


@router.get("/work-orders/{number}")
def show_work_order(
    number: WorkOrderNumber, database: TheDatabase, caller: Reader, now: Now
) -> WorkOrderPage:
    """One work order with all that happened to it."""
    with database.read() as db:
        row = work_order(db, caller, number, Action.READ_WORK_ORDER)
        return page_of(db, caller, row, now)


@router.patch("/work-orders/{number}")
def assign_work_order(
    number: WorkOrderNumber,
    order: WorkOrderAssignment,
    database: TheDatabase,
    caller: Manager,
    now: Now,
) -> WorkOrderPage:
    """Say who repairs it and until when; what is not named stays."""
    return assign(database, caller, number, order, now=now)


@router.post("/work-orders/{number}/steps")
def step_work_order(
    number: WorkOrderNumber,
    order: WorkOrderStepOrder,
    database: TheDatabase,
    caller: Worker,
    now: Now,
) -> WorkOrderPage:
    """Triage, start, end, reject, reopen or comment, with words and photos."""
    return take_step(database, caller, number, order, now=now)
