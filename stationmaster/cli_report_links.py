"""Commands for the codes by which anybody reports: `report-links`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from inventory.labels.drawing import Printing, sheets_pdf
from inventory.labels.schema import MOST_USED
from inventory.labels.sheets import SheetKind
from inventory.report_links.printing import report_labels
from inventory.report_links.schema import ReportLabelOrder
from inventory.report_links.use_cases import end_link, links, renew_link, shown
from inventory.typesetting.fonts import NoChineseFont, chinese_typeface
from stationmaster.acting import MOST, As, Number, acting
from stationmaster.files import write_file
from stationmaster.own_address import warn_of_own_address
from stationmaster.refusing import give_up
from stationmaster.settings import Settings

report_links_app = typer.Typer(no_args_is_help=True, help="Codes to report by 扫码报修")


@report_links_app.command("list")
def list_report_links(
    username: As,
    ended: Annotated[bool, typer.Option("--ended", help="ended ones too 含已停用")] = False,
) -> None:
    """List codes and where they lead. 列出报修码."""
    table = Table("no.", "thing", "address", "made", "ended")
    base_url = Settings().base_url
    with acting(username) as (database, caller), database.read() as db:
        rows, total = links(db, caller, is_running=not ended, offset=0, limit=MOST)
    for row in rows:
        thing = row.bench_code or row.asset_number or ""
        until = f"{row.ended_at:%Y-%m-%d}" if row.ended_at else ""
        address = f"{base_url}{shown(row).path}"
        table.add_row(str(row.id), thing, address, f"{row.created_at:%Y-%m-%d}", until)
    Console(width=160).print(table)
    typer.echo(f"{len(rows)} / {total}")


@report_links_app.command("print")
def print_report_labels(  # noqa: PLR0913, PLR0917 - the command line's options
    station: Annotated[str, typer.Argument(help="station code 站点代码")],
    output: Annotated[Path, typer.Option("--output", "-o", help="PDF file 输出文件")],
    username: As,
    sheet: Annotated[SheetKind, typer.Option(help="labels on a sheet 标签版式")] = SheetKind.A4_3X8,
    benches: Annotated[
        list[str] | None, typer.Option("--bench", help="only this bench 只限此台架")
    ] = None,
    assets: Annotated[
        list[str] | None, typer.Option("--asset", help="this asset number 资产编号")
    ] = None,
    used: Annotated[
        int, typer.Option(min=0, max=MOST_USED, help="labels gone from the first sheet 已用张数")
    ] = 0,
) -> None:
    """Print labels to report by, by default for all benches of a station. 打印报修码."""
    settings = Settings()
    try:
        typeface = chinese_typeface(settings.chinese_font)
    except NoChineseFont as missing:
        give_up(missing)
    now = datetime.now(UTC)
    with acting(username) as (database, caller):
        order = ReportLabelOrder(
            station=station,
            bench_codes=benches or [],
            asset_numbers=assets or [],
            sheet=sheet,
            used=used,
        )
        made = report_labels(database, caller, order, now=now)
        printing = Printing(sheet, settings.base_url, typeface, now, used)
        write_file(output, sheets_pdf(made, printing))
    warn_of_own_address(settings)
    typer.echo(f"{len(made)} → {output}")


@report_links_app.command("renew")
def renew_report_link(number: Number, username: As) -> None:
    """Replace a code; labels with the old one no longer work. 更换报修码."""
    with acting(username) as (database, caller):
        done = renew_link(database, caller, number, now=datetime.now(UTC))
    thing = done.bench_code or done.asset_number
    typer.echo(f"{done.id}: {thing} {Settings().base_url}{done.path}")


@report_links_app.command("end")
def end_report_link(number: Number, username: As) -> None:
    """End a code at once. 停用报修码."""
    with acting(username) as (database, caller):
        end_link(database, caller, number, now=datetime.now(UTC))
    typer.echo(f"{number}: ended 已停用")
