"""Commands for what is to be repaired: `work-orders`."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from inventory.accounts.rules import Action
from inventory.work_orders.finding import WorkOrderQuery, page_of, work_order, work_orders
from inventory.work_orders.rules import WorkOrderState, WorkOrderStep
from inventory.work_orders.schema import (
    WorkOrderAssignment,
    WorkOrderPage,
    WorkOrderReport,
    WorkOrderStepOrder,
)
from inventory.work_orders.use_cases import assign, report_trouble, take_step
from stationmaster.acting import MOST, As, Due, Number, Owner, Papers, Station, Text, acting

work_orders_app = typer.Typer(no_args_is_help=True, help="Work orders 维修工单")
Words = Annotated[str, typer.Option("--text", help="words 说明")]
Bench = Annotated[str | None, typer.Option(help="bench code 台架代码")]
Asset = Annotated[str | None, typer.Option(help="asset number 资产编号")]


@work_orders_app.command("list")
def list_work_orders(
    username: As,
    station: Station = None,
    bench: Bench = None,
    state: Annotated[WorkOrderState | None, typer.Option(help="state 状态")] = None,
    owner: Owner = None,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="only those to be done 仅未完成")
    ] = False,
) -> None:
    """List work orders, unfinished and blocking ones first. 列出工单."""
    query = WorkOrderQuery(station, bench, None, state, owner, unfinished or None)
    table = Table("no.", "thing", "what", "state", "out of use", "owner", "due", "times")
    with acting(username) as (database, caller), database.read() as db:
        rows, total = work_orders(db, caller, query, offset=0, limit=MOST)
    for row in rows:
        thing = " ".join(filter(None, (row.bench_code, row.asset_number)))
        since = f"{row.blocking_since:%Y-%m-%d}" if row.is_blocking and row.blocking_since else ""
        facts = (row.id, thing, row.text, row.state.value, since, row.owner or "", row.due_on or "")
        table.add_row(*map(str, facts), str(row.times))
    Console().print(table)
    typer.echo(f"{len(rows)} / {total}")


@work_orders_app.command("show")
def show_work_order(number: Number, username: As) -> None:
    """Show a work order with its history as JSON. 查看工单."""
    with acting(username) as (database, caller), database.read() as db:
        row = work_order(db, caller, number, Action.READ_WORK_ORDER)
        found = page_of(db, caller, row, datetime.now(UTC))
    typer.echo(found.model_dump_json(indent=1))


@work_orders_app.command("open")
def open_work_order(
    username: As,
    text: Words,
    bench: Bench = None,
    asset: Asset = None,
    blocking: Annotated[bool, typer.Option("--blocking", help="must not be used 停用待修")] = False,
    documents: Papers = None,
) -> None:
    """Report that something is broken. 报修."""
    with acting(username) as (database, caller):
        report = WorkOrderReport(
            bench_code=bench,
            asset_number=asset,
            text=text,
            is_blocking=blocking,
            document_ids=documents or [],
        )
        _tell(report_trouble(database, caller, report, now=datetime.now(UTC)))


@work_orders_app.command("triage")
def triage_work_order(
    number: Number,
    username: As,
    blocking: Annotated[
        bool | None,
        typer.Option("--blocking/--usable", help="out of use until repaired? 是否停用"),
    ] = None,
    text: Text = "",
) -> None:
    """Take a report up and say whether the thing may be used. 受理."""
    with acting(username) as (database, caller):
        order = WorkOrderStepOrder(step=WorkOrderStep.TRIAGE, text=text, is_blocking=blocking)
        _tell(take_step(database, caller, number, order, now=datetime.now(UTC)))


@work_orders_app.command("assign")
def assign_work_order(number: Number, username: As, owner: Owner = None, due: Due = None) -> None:
    """Say who repairs it and until when. 派工."""
    facts: dict[str, object] = {} if owner is None else {"owner": owner}
    if due is not None:
        facts["due_on"] = due.date()
    with acting(username) as (database, caller):
        order = WorkOrderAssignment.model_validate(facts)
        _tell(assign(database, caller, number, order, now=datetime.now(UTC)))


@work_orders_app.command("start")
def start_work_order(number: Number, username: As, text: Text = "") -> None:
    """Begin to repair. 开工."""
    _step(number, username, WorkOrderStep.START, text)


@work_orders_app.command("done")
def end_work_order(number: Number, username: As, text: Words, documents: Papers = None) -> None:
    """Say what was done; the thing is in use again. 修复."""
    _step(number, username, WorkOrderStep.DONE, text, documents)


@work_orders_app.command("reject")
def reject_work_order(number: Number, username: As, text: Words) -> None:
    """Say why nothing is repaired. 不修."""
    _step(number, username, WorkOrderStep.REJECT, text)


@work_orders_app.command("reopen")
def reopen_work_order(number: Number, username: As, text: Text = "") -> None:
    """Say that it is not mended after all. 重新报修."""
    _step(number, username, WorkOrderStep.REOPEN, text)


@work_orders_app.command("comment")
def comment_work_order(number: Number, username: As, text: Words, documents: Papers = None) -> None:
    """Say something about it. 备注."""
    _step(number, username, WorkOrderStep.COMMENT, text, documents)


def _step(
    number: int,
    username: str,
    step: WorkOrderStep,
    text: str,
    documents: list[str] | None = None,
) -> None:
    with acting(username) as (database, caller):
        order = WorkOrderStepOrder(step=step, text=text, document_ids=documents or [])
        _tell(take_step(database, caller, number, order, now=datetime.now(UTC)))


def _tell(done: WorkOrderPage) -> None:
    thing = " ".join(filter(None, (done.bench_code, done.asset_number)))
    typer.echo(f"{done.id}: {thing} {done.state.value}")
