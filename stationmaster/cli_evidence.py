"""Commands for documents and for what becomes due: `documents`, `due`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import col, select

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action
from inventory.documents.table import Document
from inventory.documents.use_cases import (
    document,
    documents,
    receive,
    store_document,
)
from inventory.due.rules import WITHIN_DAYS, DueState
from inventory.due.schema import DueOut
from inventory.due.use_cases import DueQuery, due_calendar
from inventory.due_entries import DueKind
from inventory.equipment.proving import attach_document
from inventory.errors import SourceUnavailable
from inventory.requirements.unreadable import UnreadableFile
from stationmaster.acting import MOST, As, Station, acting
from stationmaster.cli_accounts import opened_database
from stationmaster.document_files import documents_of
from stationmaster.files import write_file
from stationmaster.language import Language
from stationmaster.refusing import give_up
from stationmaster.settings import Settings

documents_app = typer.Typer(no_args_is_help=True, help="Documents 文件与照片")
DocumentKey = Annotated[str, typer.Argument(help="document id 文件编号")]
School = Annotated[str | None, typer.Option("--organisation", help="default: your own 机构代码")]
Asset = Annotated[str, typer.Option(help="asset number 资产编号")]
Lang = Annotated[Language, typer.Option(help="zh | en")]
_STATES = {
    DueState.OVERDUE: ("已到期", "overdue", "red"),
    DueState.SOON: ("即将到期", "soon", "yellow"),
    DueState.LATER: ("未到期", "later", ""),
    DueState.UNDATED: ("未写明", "undated", ""),
}
_KINDS = {
    DueKind.CALIBRATION: ("校准", "calibration"),
    DueKind.VERIFICATION: ("检定", "verification"),
    DueKind.SAFETY_TEST: ("预防性试验", "safety test"),
    DueKind.FUNCTIONAL_CHECK: ("点检", "functional check"),
    DueKind.AGREEMENT: ("借用协议", "agreement"),
    DueKind.LIST_VERSION: ("清单版本", "list version"),
    DueKind.STAFF_CERTIFICATE: ("人员证书", "staff certificate"),
    DueKind.CONSUMABLE: ("耗材", "consumable"),
    DueKind.CONDITION_EVIDENCE: ("条件证明", "evidence of a condition"),
}


@documents_app.command("add")
def add_document(
    file: Annotated[Path, typer.Argument(help="PDF, JPEG, PNG or WebP 文件")],
    username: As,
    organisation: School = None,
) -> None:
    """Hand in a file and print its document id. 上传文件."""
    settings = Settings()
    with acting(username) as (database, caller):
        code = organisation or caller.organisation_code
        with database.read() as db:
            demand_organisation(db, caller, code, Action.WRITE_DOCUMENT)
        try:
            with file.open("rb") as content:
                received = receive(documents_of(settings), file.name, content)
        except OSError as refused:
            give_up(f"{file}: {refused.strerror}")
        row = store_document(database, caller, code, received, now=datetime.now(UTC))
    typer.echo(f"{row.id}  {row.media_type.value}  {row.name}")


@documents_app.command("list")
def list_documents(
    username: As,
    asset: Annotated[str | None, typer.Option(help="asset number 资产编号")] = None,
) -> None:
    """List documents, the latest first. 列出文件."""
    with acting(username) as (database, caller), database.read() as db:
        of = (None, None) if asset is None else ("equipment", f"{caller.organisation_code}/{asset}")
        rows, total = documents(db, caller, of, offset=0, limit=MOST)
    for row in rows:
        facts = f"{row.uploaded_at:%Y-%m-%d}  {row.uploaded_by}  {row.size_bytes:>9}"
        typer.echo(f"{row.id}  {row.organisation_code}  {facts}  {row.name}")
    typer.echo(f"{len(rows)} / {total}")


@documents_app.command("get")
def get_document(
    key: DocumentKey,
    username: As,
    out: Annotated[Path | None, typer.Option("-o", help="default: its own name 另存为")] = None,
) -> None:
    """Save a document. 下载文件."""
    with acting(username) as (database, caller):
        with database.read() as db:
            row = document(db, caller, key, Action.READ_DOCUMENT)
        target = out or Path(row.name)
        try:
            write_file(target, documents_of(Settings()).get(row.sha256))
        except UnreadableFile as refused:
            give_up(refused)
    typer.echo(str(target))


@documents_app.command("attach")
def attach_to_equipment(
    key: DocumentKey, username: As, asset: Asset, organisation: School = None
) -> None:
    """Say that a document belongs to a thing in the register. 关联到设备."""
    with acting(username) as (database, caller):
        thing = (organisation or caller.organisation_code, asset)
        attach_document(database, caller, thing, key, now=datetime.now(UTC))
    typer.echo(f"{thing[0]}/{thing[1]}: {key}")


@documents_app.command("check")
def check_documents() -> None:
    """Is every document there and what it was? Exit 1 if not. 校验文件."""
    files = documents_of(Settings())
    with opened_database() as database, database.read() as db:
        known = db.exec(select(Document).order_by(col(Document.id))).all()
    bad = 0
    for row in known:
        try:
            files.get(row.sha256)
        except SourceUnavailable:
            bad += 1
            typer.secho(f"{row.id}  {row.organisation_code}  {row.name}", fg="red", err=True)
    surplus = set(files.kept()) - {row.sha256 for row in known}
    typer.echo(f"sound 完好 {len(known) - bad}, lost or damaged 丢失或损坏 {bad}")
    typer.echo(f"files nobody names 无人引用 {len(surplus)}")
    if bad:
        raise typer.Exit(1)


def due(  # noqa: PLR0913, PLR0917 - the command line's options
    username: As,
    station: Station = None,
    organisation: School = None,
    kind: Annotated[DueKind | None, typer.Option(help="what ends 类型")] = None,
    state: Annotated[DueState | None, typer.Option(help="how pressing 状态")] = None,
    within: Annotated[int, typer.Option(min=0, max=3660, help="days 天数")] = WITHIN_DAYS,
    everything: Annotated[
        bool, typer.Option("--all", help="also later and undated 含未到期与未写明")
    ] = False,
    lang: Lang = Language.ZH,
) -> None:
    """What becomes due; exit 1 when something is overdue. 到期日历."""
    query = DueQuery(organisation, station, kind, state, within)
    with acting(username) as (database, caller), database.read() as db:
        found = due_calendar(db, caller, query, datetime.now(UTC), offset=0, limit=MOST)
    is_zh = lang is Language.ZH
    table = Table(*_HEADINGS[0 if is_zh else 1])
    pressing = {DueState.OVERDUE, DueState.SOON}
    shown = [one for one in found.items if everything or state or one.state in pressing]
    for one in shown:
        table.add_row(*_cells(one, is_zh=is_zh), style=_STATES[one.state][2])
    Console().print(table)
    words = (f"{_STATES[one][0 if is_zh else 1]} {n}" for one, n in found.counts.items())
    typer.echo(", ".join(words))
    if found.total > len(found.items):
        typer.echo(f"{len(found.items)} / {found.total}")
    if found.counts[DueState.OVERDUE]:
        raise typer.Exit(1)


_HEADINGS = (
    ("状态", "日期", "类型", "名称", "编号", "站点", "说明"),
    ("state", "day", "what", "name", "which", "stations", "detail"),
)


def _cells(one: DueOut, *, is_zh: bool) -> tuple[str, ...]:
    language = 0 if is_zh else 1
    return (
        str(_STATES[one.state][language]),
        str(one.due_on or ""),
        _KINDS[one.kind][language],
        one.name_zh if is_zh else one.name_en,
        one.entity_id,
        " ".join(one.station_codes),
        one.detail,
    )
