"""Commands for labels and stocktakes: `labels`, `stocktake`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text as Cell

from inventory.accounts.rules import Action
from inventory.labels.drawing import Printing, labels_pdf
from inventory.labels.schema import MOST_USED, LabelOrder
from inventory.labels.sheets import SheetKind
from inventory.labels.use_cases import make_labels
from inventory.stocktakes import ending
from inventory.stocktakes.finding import (
    StocktakeQuery,
    page_of,
    stocktake,
    stocktakes,
    tally_of,
)
from inventory.stocktakes.proposing import decide, proposals_of
from inventory.stocktakes.rules import PieceResult, StocktakeState, Tally
from inventory.stocktakes.schema import (
    DecisionOrder,
    EndOrder,
    ProposalOut,
    StocktakeOrder,
    StocktakePage,
)
from inventory.stocktakes.use_cases import start
from inventory.typesetting.fonts import NoChineseFont, chinese_typeface
from stationmaster.acting import MOST, As, Number, Station, Text, acting
from stationmaster.files import write_file
from stationmaster.own_address import warn_of_own_address
from stationmaster.refusing import give_up
from stationmaster.settings import Settings

stocktake_app = typer.Typer(no_args_is_help=True, help="Stocktakes 盘点")
Rooms = Annotated[list[str] | None, typer.Option("--room", help="only this room 只限此地点")]


def labels(  # noqa: PLR0913, PLR0917 - one parameter an option
    station: Annotated[str, typer.Argument(help="station code 站点代码")],
    output: Annotated[Path, typer.Option("--output", "-o", help="PDF file 输出文件")],
    username: As,
    sheet: Annotated[SheetKind, typer.Option(help="labels on a sheet 标签版式")] = SheetKind.A4_3X8,
    rooms: Rooms = None,
    assets: Annotated[
        list[str] | None, typer.Option("--asset", help="only this asset number 只限此资产")
    ] = None,
    used: Annotated[
        int, typer.Option(min=0, max=MOST_USED, help="labels gone from the first sheet 已用张数")
    ] = 0,
) -> None:
    """打印设备标签。 Print labels for the pieces of a station."""
    settings = Settings()
    try:
        typeface = chinese_typeface(settings.chinese_font)
    except NoChineseFont as missing:
        give_up(missing)
    now = datetime.now(UTC)
    with acting(username) as (database, caller):
        order = LabelOrder(
            station=station, asset_numbers=assets or [], locations=rooms or [], used=used
        )
        made = make_labels(database, caller, order, now=now)
        printing = Printing(sheet, settings.base_url, typeface, now, used)
        write_file(output, labels_pdf(made, printing))
    warn_of_own_address(settings)
    typer.echo(f"{len(made)} → {output}")


@stocktake_app.command("list")
def list_stocktakes(
    username: As,
    station: Station = None,
    state: Annotated[StocktakeState | None, typer.Option(help="state 状态")] = None,
) -> None:
    """列出盘点。 List stocktakes, the latest first."""
    query = StocktakeQuery(station, state)
    table = Table("no.", "station", "state", "title", "rooms", "started", "by")
    with acting(username) as (database, caller), database.read() as db:
        rows, total = stocktakes(db, caller, query, offset=0, limit=MOST)
    for row in rows:
        facts = (row.id, row.station_code, row.state.value, row.title, "、".join(row.locations))
        table.add_row(*map(_cell, facts), f"{row.started_at:%Y-%m-%d %H:%M}Z", row.started_by)
    Console().print(table)
    typer.echo(f"{len(rows)} / {total}")


@stocktake_app.command("start")
def start_stocktake(
    station: Annotated[str, typer.Argument(help="station code 站点代码")],
    username: As,
    title: Annotated[str, typer.Option(help="name 名称")] = "",
    rooms: Rooms = None,
) -> None:
    """新建盘点。 Start to count a station; phones go on at /stocktake/."""
    with acting(username) as (database, caller):
        order = StocktakeOrder(station=station, title=title, locations=rooms or [])
        done = start(database, caller, order, now=datetime.now(UTC))
    _tell(done)
    typer.echo(f"{Settings().base_url}/stocktake/{done.id}")


@stocktake_app.command("show")
def show_stocktake(
    number: Number,
    username: As,
    result: Annotated[PieceResult | None, typer.Option(help="only these 只列此类")] = None,
) -> None:
    """查看盘点结果。 Show what was found, by room."""
    with acting(username) as (database, caller), database.read() as db:
        row = stocktake(db, caller, number, Action.READ_STOCKTAKE)
        found = tally_of(db, row)
        shown = page_of(db, caller, row, found)
        proposed = proposals_of(db, caller, number)
    _tell(shown)
    Console().print(_rows(found, result))
    for one in found.unknown if result in {None, PieceResult.UNKNOWN} else ():
        typer.echo(f"unknown 未知 {one.code} · {one.location} · {one.who} · {one.note}")
    if shown.late:
        typer.echo(f"late 结束后到达 {shown.late}")
    _tell_proposals(proposed)
    if shown.sha256:
        typer.echo(f"SHA-256 {shown.sha256}")


@stocktake_app.command("record")
def save_record(
    number: Number,
    output: Annotated[Path, typer.Option("--output", "-o", help="JSON file 输出文件")],
    username: As,
) -> None:
    """保存签字记录。 Save the signed record as it was frozen."""
    with acting(username) as (database, caller), database.read() as db:
        record = ending.record_of(db, caller, number)
        write_file(output, record.text.encode())
    typer.echo(f"{record.sha256} {'intact 完好' if record.is_intact else 'CHANGED 已被改动'}")
    if not record.is_intact:
        raise typer.Exit(1)


@stocktake_app.command("close")
def close_stocktake(
    number: Number,
    username: As,
    text: Text = "",
    despite_unsent: Annotated[
        bool, typer.Option("--despite-unsent", help="do not wait for phones 不等待未发送的扫码")
    ] = False,
) -> None:
    """结束并签字。 Sign the record; the register is left as it is."""
    with acting(username) as (database, caller):
        order = EndOrder(note=text, despite_unsent=despite_unsent)
        done = ending.sign(database, caller, number, order, now=datetime.now(UTC))
        with database.read() as db:
            proposed = proposals_of(db, caller, number)
    _tell(done)
    _tell_proposals(proposed)


@stocktake_app.command("cancel")
def cancel_stocktake(number: Number, username: As, text: Text = "") -> None:
    """取消盘点。 Give a stocktake up."""
    with acting(username) as (database, caller):
        _tell(ending.cancel(database, caller, number, EndOrder(note=text), now=datetime.now(UTC)))


@stocktake_app.command("apply")
def apply_proposals(
    number: Number,
    username: As,
    is_declined: Annotated[bool, typer.Option("--decline", help="do not apply 不采纳")] = False,
) -> None:
    """将全部待定建议写入登记册。 Apply all open proposals to the register."""
    order = DecisionOrder(is_applied=not is_declined)
    with acting(username) as (database, caller):
        done = decide(database, caller, number, order, now=datetime.now(UTC))
    _tell_proposals(done)
    typer.echo(f"{len(done)}")


def _rows(found: Tally, result: PieceResult | None) -> Table:
    table = Table("result", "registered at", "asset", "item", "seen at", "by", "note")
    wanted = [row for row in found.rows if result is None or row.result is result]
    for row in sorted(wanted, key=lambda row: (row.piece.location, row.piece.asset_number)):
        piece, seen = row.piece, row.seen
        facts = (row.result.value, piece.location, piece.asset_number, piece.item_zh)
        told = (seen.location, seen.who, seen.note) if seen else ("", "", "")
        table.add_row(*map(_cell, (*facts, *told)))
    return table


def _cell(value: object) -> Cell:
    """What somebody wrote is not taken for the table's own markup."""
    return Cell(str(value))


def _tell(done: StocktakePage) -> None:
    figures = " ".join(f"{name.value}={number}" for name, number in done.counts.items())
    typer.echo(f"{done.id}: {done.station_code} {done.state.value} {figures}")


def _tell_proposals(found: list[ProposalOut]) -> None:
    for one in found:
        change = f"{one.old or '-'} → {one.new}"
        typer.echo(f"{one.state.value} {one.kind.value} {one.asset_number} {one.item_zh}: {change}")
