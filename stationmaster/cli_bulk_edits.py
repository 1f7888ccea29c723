"""Commands that change many pieces of a register at once: `register edit`, `undo`, `edits`."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import col, select

from inventory.bulk_edits.schema import BulkEditOrder, PieceChangeOut, RegisterChange
from inventory.bulk_edits.use_cases import (
    apply_edit,
    bulk_edits,
    preview_edit,
    shown,
    undo_edit,
)
from inventory.database import Database
from inventory.equipment.rules import EquipmentStatus, Ownership
from inventory.equipment.table import Equipment
from inventory.money import amount_of
from stationmaster.acting import MOST, As, Number, acting
from stationmaster.refusing import give_up

_SHOWN = 200


def edit_register(  # noqa: PLR0913, PLR0917 - the command line's options
    username: As,
    assets: Annotated[
        list[str] | None, typer.Option("--asset", help="asset number 资产编号")
    ] = None,
    located_in: Annotated[
        str | None, typer.Option(help="all pieces of this location 该地点的全部资产")
    ] = None,
    status: Annotated[EquipmentStatus | None, typer.Option(help="status 状态")] = None,
    owner: Annotated[Ownership | None, typer.Option(help="owner 归属")] = None,
    location: Annotated[str | None, typer.Option(help="location 存放地点")] = None,
    stations: Annotated[
        list[str] | None, typer.Option("--station-code", help="stations 所属站点")
    ] = None,
    rows: Annotated[list[str] | None, typer.Option("--row", help="rows of the list 对应行")] = None,
    model: Annotated[str | None, typer.Option(help="model 型号")] = None,
    value: Annotated[
        str | None, typer.Option("--original-value", help="of each row, CNY 每行原值（元）")
    ] = None,
    do_it: Annotated[
        bool, typer.Option("--apply", help="not only show it 执行（默认仅预览）")
    ] = False,
) -> None:
    """Change many pieces at once; without --apply only shown. 批量修改台账."""
    with acting(username) as (database, caller):
        change = RegisterChange(
            status=status,
            owner=owner,
            location=location,
            station_codes=stations,
            serves_rows=rows,
            model=model,
            original_value=_amount(value),
        )
        wanted = [*(assets or []), *_located(database, caller.organisation_code, located_in)]
        if not wanted:
            give_up("没有选中资产 No piece is named: use --asset or --located-in")
        order = BulkEditOrder(asset_numbers=wanted, change=change)
        if do_it:
            done = apply_edit(database, caller, order, now=datetime.now(UTC))
            typer.echo(f"{done.id}: {done.pieces} 已修改 changed; undo: register undo {done.id}")
            return
        preview = preview_edit(database, caller, order)
    _tell(preview.changes)
    counts = (len(preview.changes), len(preview.unchanged), len(preview.unknown))
    words = ("将修改 to change", "不变 unchanged", "未知 unknown")
    typer.echo(", ".join(f"{word} {n}" for word, n in zip(words, counts, strict=True)))
    for one in preview.unknown:
        typer.secho(one, fg="yellow", err=True)


def _amount(told: str | None) -> Decimal | None:
    try:
        return None if told is None else amount_of(told)
    except ValueError as odd:
        give_up(f"--original-value: {odd} 金额不符")


def undo_edit_of_register(number: Number, username: As) -> None:
    """Take a change of many pieces back. 撤销批量修改."""
    with acting(username) as (database, caller):
        done = undo_edit(database, caller, number, now=datetime.now(UTC))
    typer.echo(f"{done.id}: {done.pieces} 已恢复 given back")


def list_edits(username: As) -> None:
    """List changes of many pieces, the latest first. 列出批量修改."""
    table = Table("no.", "made", "by", "pieces", "change", "undone", "undo until")
    now = datetime.now(UTC)
    with acting(username) as (database, caller), database.read() as db:
        found, total = bulk_edits(db, caller, offset=0, limit=MOST)
    for row in found:
        until = shown(row, now).can_undo_until
        change = "; ".join(f"{name} = {value}" for name, value in row.change.items())
        facts = (row.id, f"{row.at:%Y-%m-%d %H:%M}Z", row.who, row.pieces, change)
        ends = f"{until:%Y-%m-%d %H:%M}Z" if until else ""
        table.add_row(*map(str, facts), row.undone_by or "", ends)
    Console().print(table)
    typer.echo(f"{len(found)} / {total}")


def _located(database: Database, organisation_code: str, location: str | None) -> list[str]:
    if location is None:
        return []
    query = select(Equipment.asset_number).where(
        Equipment.organisation_code == organisation_code, Equipment.location == location
    )
    with database.read() as db:
        return list(db.exec(query.order_by(col(Equipment.asset_number))).all())


def _tell(changes: list[PieceChangeOut]) -> None:
    table = Table("asset", "field", "now", "then")
    for one in changes[:_SHOWN]:
        for name, value in one.new.items():
            table.add_row(one.asset_number, name, str(one.old[name]), str(value))
    Console().print(table)
    if len(changes) > _SHOWN:
        typer.echo(f"… +{len(changes) - _SHOWN}")
