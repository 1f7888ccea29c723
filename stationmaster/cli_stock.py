"""Commands for consumables of a school: `stock`."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session, select

from inventory.consumables.errors import UnknownConsumable
from inventory.consumables.finding import consumables
from inventory.consumables.importing import StockUpload, export_stock, import_stock
from inventory.consumables.reading import CONSUMABLE_COLUMNS
from inventory.consumables.rules import MovementKind
from inventory.consumables.schema import MovementOrder
from inventory.consumables.table import Consumable
from inventory.consumables.use_cases import move
from inventory.requirements.writing import template
from stationmaster.acting import MOST, As, acting
from stationmaster.cli_accounts import operator
from stationmaster.cli_evidence import School
from stationmaster.cli_inventory import File, Lang, Partial, plain_refusals
from stationmaster.cli_school import Day, Owner
from stationmaster.files import read_file, write_file
from stationmaster.language import Language
from stationmaster.opening import house_database
from stationmaster.settings import Settings
from stationmaster.telling_imports import tell_counts

stock_app = typer.Typer(no_args_is_help=True, help="Consumables 耗材")


@stock_app.command("template")
def stock_template(file: File, lang: Lang = Language.ZH) -> None:
    """Write an empty file of consumables to fill in. 生成耗材模板."""
    with plain_refusals(lang):
        write_file(file, template(file.name, CONSUMABLE_COLUMNS))
    typer.echo(str(file))


@stock_app.command("import")
def import_stock_file(
    file: File, organisation: Owner, partial: Partial = False, lang: Lang = Language.ZH
) -> None:
    """Add and update consumables; a counted stock becomes a correction. 导入耗材与实盘库存."""
    with plain_refusals(lang), house_database(Settings()) as database:
        upload = StockUpload(file.name, read_file(file), organisation, partial)
        done = import_stock(database, upload, who=operator(), now=datetime.now(UTC))
    counts = (done.created, done.updated, done.unchanged, done.corrected)
    tell_counts(counts, done, lang)


@stock_app.command("export")
def export_stock_file(
    file: File, username: As, organisation: School = None, lang: Lang = Language.ZH
) -> None:
    """Write the consumables as a file that can be imported again. 导出耗材."""
    with acting(username) as (database, caller), plain_refusals(lang):
        with database.read() as db:
            code = organisation or caller.organisation_code
            content = export_stock(db, caller, code, file.name)
        write_file(file, content)
    typer.echo(str(file))


@stock_app.command("list")
def list_stock(
    username: As,
    low: Annotated[bool, typer.Option("--low", help="only below minimum 仅低于最低库存")] = False,
) -> None:
    """List consumables with their stock. 列出耗材库存."""
    with acting(username) as (database, caller), database.read() as db:
        rows, total = consumables(db, caller, is_low_only=low, offset=0, limit=MOST)
    table = Table("organisation", "code", "name", "stock", "minimum", "unit", "state", "expires")
    for row in rows:
        facts = (row.organisation_code, row.code, row.name_zh, f"{row.stock:g}")
        state = (f"{row.minimum:g}", row.unit, row.state.value, str(row.expires_on or ""))
        table.add_row(*facts, *state)
    Console().print(table)
    typer.echo(f"{len(rows)} / {total}")


@stock_app.command("move")
def move_stock(  # noqa: PLR0913, PLR0917 - the command line's options
    code: Annotated[str, typer.Argument(help="consumable 耗材编号")],
    kind: Annotated[MovementKind, typer.Argument(help="why 类型")],
    amount: Annotated[str, typer.Argument(help="how much, or what was counted 数量或实盘数")],
    username: As,
    on: Day = None,
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="last day of use 有效期至")
    ] = None,
    note: Annotated[str, typer.Option(help="words 说明")] = "",
    organisation: School = None,
) -> None:
    """Enter what came in, went out, went off or was counted. 登记出入库."""
    try:
        wanted = Decimal(amount)
    except InvalidOperation as bad:
        raise typer.BadParameter("a number 数字", param_hint="AMOUNT") from bad
    with acting(username) as (database, caller):
        with database.read() as db:
            key = (organisation or caller.organisation_code, code)
            consumable_id = _consumable_id(db, key)
        order = MovementOrder(
            kind=kind,
            amount=wanted,
            happened_on=on.date() if on else None,
            expires_on=expires.date() if expires else None,
            note=note,
        )
        done = move(database, caller, consumable_id, order, now=datetime.now(UTC))
    typer.echo(f"{done.code}: {done.stock:g} {done.unit} ({done.state.value})")


def _consumable_id(db: Session, key: tuple[str, str]) -> int:
    query = select(Consumable.id).where(
        Consumable.organisation_code == key[0], Consumable.code == key[1]
    )
    found = db.exec(query).first()
    if found is None:
        raise UnknownConsumable(key[1])
    return found
