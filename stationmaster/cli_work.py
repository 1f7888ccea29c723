"""Commands for rectifications and reviews: `rectify`, `review`."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from inventory.accounts.rules import Action
from inventory.database import Database
from inventory.moments import today
from inventory.readiness.findings import FindingKind
from inventory.readiness.preparing import ReadinessMemory
from inventory.readiness.use_cases import ReadinessDesk
from inventory.rectifications.finding import RectificationQuery, rectifications
from inventory.rectifications.rules import RectificationState, RectificationStep
from inventory.rectifications.schema import (
    Assignment,
    RectificationOrder,
    RectificationPage,
    StepOrder,
)
from inventory.rectifications.use_cases import assign, open_rectification, take_step
from inventory.reviews import use_cases as reviewing
from inventory.reviews.finding import ReviewQuery, page_of, review, reviews
from inventory.reviews.rules import ReviewState, ReviewStep
from inventory.reviews.schema import Application, ReviewPage, ReviewStepOrder
from stationmaster.acting import MOST, As, Due, Number, Owner, Papers, Station, Text, acting
from stationmaster.evidence import StoredLiveBenches
from stationmaster.settings import Settings
from stationmaster.stores import open_reader

rectify_app = typer.Typer(no_args_is_help=True, help="Rectifications 整改")
review_app = typer.Typer(no_args_is_help=True, help="Reviews 审核流程")


@contextmanager
def _desk(database: Database) -> Iterator[ReadinessDesk]:
    with closing(open_reader(Settings())) as reader:
        yield ReadinessDesk(database, StoredLiveBenches(reader), ReadinessMemory())


@rectify_app.command("list")
def list_rectifications(
    username: As,
    station: Station = None,
    state: Annotated[RectificationState | None, typer.Option(help="state 状态")] = None,
    owner: Owner = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="only late ones 仅逾期")] = False,
) -> None:
    """List rectifications, unfinished ones first. 列出整改."""
    overdue_on = today(datetime.now(UTC)) if overdue else None
    query = RectificationQuery(station, state, owner, None, overdue_on)
    table = Table("no.", "station", "row", "finding", "state", "owner", "due", "times")
    with acting(username) as (database, caller), database.read() as db:
        rows, total = rectifications(db, caller, query, offset=0, limit=MOST)
    for row in rows:
        facts = (row.id, row.station_code, row.row_id, row.finding["item"]["zh"], row.state.value)
        table.add_row(*map(str, facts), row.owner or "", str(row.due_on or ""), str(row.times))
    Console().print(table)
    typer.echo(f"{len(rows)} / {total}")


@rectify_app.command("open")
def make_rectification(
    username: As,
    station: Annotated[str, typer.Option(help="station code 站点代码")],
    row: Annotated[str, typer.Option(help="row of the list 清单行编号")],
    kind: Annotated[FindingKind, typer.Option(help="what is the matter 不符合项类型")],
    owner: Owner = None,
    due: Due = None,
) -> None:
    """Make a finding of the check somebody's task. 将不符合项立为整改."""
    due_on = due.date() if due else None
    with acting(username) as (database, caller), _desk(database) as desk:
        order = RectificationOrder(
            station=station, row_id=row, kind=kind, owner=owner, due_on=due_on
        )
        done = open_rectification(database, desk, caller, order, now=datetime.now(UTC))
    _tell(done)


@rectify_app.command("assign")
def assign_rectification(
    number: Number, username: As, owner: Owner = None, due: Due = None
) -> None:
    """Say who mends it and until when. 指派责任人与期限."""
    facts: dict[str, object] = {} if owner is None else {"owner": owner}
    if due is not None:
        facts["due_on"] = due.date()
    with acting(username) as (database, caller):
        order = Assignment.model_validate(facts)
        _tell(assign(database, caller, number, order, now=datetime.now(UTC)))


@rectify_app.command("start")
def start_rectification(number: Number, username: As, text: Text = "") -> None:
    """Begin to mend. 开始整改."""
    _step(number, username, RectificationStep.START, text)


@rectify_app.command("submit")
def submit_rectification(
    number: Number, username: As, text: Text = "", documents: Papers = None
) -> None:
    """Hand in what was done, with evidence. 提交整改."""
    _step(number, username, RectificationStep.SUBMIT, text, documents)


@rectify_app.command("accept")
def accept_rectification(number: Number, username: As, text: Text = "") -> None:
    """Be satisfied with what somebody else submitted. 验收."""
    _step(number, username, RectificationStep.ACCEPT, text)


@rectify_app.command("return")
def return_rectification(
    number: Number, username: As, text: Annotated[str, typer.Option(help="what is missing 原因")]
) -> None:
    """Give it back with words. 退回."""
    _step(number, username, RectificationStep.RETURN, text)


@review_app.command("list")
def list_reviews(
    username: As,
    station: Station = None,
    state: Annotated[ReviewState | None, typer.Option(help="state 状态")] = None,
) -> None:
    """List reviews, the latest changed first. 列出审核流程."""
    table = Table("no.", "station", "state", "list", "binding", "changed")
    with acting(username) as (database, caller), database.read() as db:
        rows, total = reviews(db, caller, ReviewQuery(station, state), offset=0, limit=MOST)
    for row in rows:
        facts = (row.id, row.station_code, row.state.value, row.list_version, row.binding_count)
        table.add_row(*map(str, facts), f"{row.changed_at:%Y-%m-%d %H:%M}Z")
    Console().print(table)
    typer.echo(f"{len(rows)} / {total}")


@review_app.command("show")
def show_review(number: Number, username: As) -> None:
    """Show a review's steps and comments as JSON. 查看审核流程."""
    with acting(username) as (database, caller), database.read() as db:
        found = page_of(db, caller, review(db, caller, number, Action.READ_REVIEW))
    typer.echo(found.model_dump_json(indent=1))


@review_app.command("apply")
def apply_for_review(
    username: As,
    station: Annotated[str, typer.Option(help="station code 站点代码")],
    text: Text = "",
    documents: Papers = None,
) -> None:
    """Hand in a station's application. 提交申报材料."""
    with acting(username) as (database, caller), _desk(database) as desk:
        order = Application(station=station, text=text, document_ids=documents or [])
        _tell(reviewing.apply(database, desk, caller, order, now=datetime.now(UTC)))


@review_app.command("step")
def step_review(
    number: Number,
    step: Annotated[ReviewStep, typer.Argument(help="step 步骤")],
    username: As,
    text: Text = "",
    documents: Papers = None,
) -> None:
    """Take a step of the guide. 办理指南规定的步骤."""
    with acting(username) as (database, caller), _desk(database) as desk:
        order = ReviewStepOrder(step=step, text=text, document_ids=documents or [])
        done = reviewing.take_step(database, desk, caller, number, order, now=datetime.now(UTC))
    _tell(done)


def _step(
    number: int,
    username: str,
    step: RectificationStep,
    text: str,
    documents: list[str] | None = None,
) -> None:
    with acting(username) as (database, caller):
        order = StepOrder(step=step, text=text, document_ids=documents or [])
        _tell(take_step(database, caller, number, order, now=datetime.now(UTC)))


def _tell(done: RectificationPage | ReviewPage) -> None:
    typer.echo(f"{done.id}: {done.station_code} {done.state.value}")
