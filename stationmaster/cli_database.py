"""Commands for the relational database as a whole: `database`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from inventory.copying import Copied, copy_database
from inventory.database import Database, open_database
from inventory.errors import InventoryError
from stationmaster.opening import house_database, told_plainly
from stationmaster.refusing import give_up
from stationmaster.settings import Settings

database_app = typer.Typer(no_args_is_help=True, help="Database 数据库")


@database_app.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to this version. 升级数据库."""
    with house_database(Settings()):
        typer.echo("database is up to date 数据库已是最新")


@database_app.command("copy")
def copy_to(
    to: Annotated[
        str,
        typer.Option(
            help="postgresql://USER@HOST/NAME or sqlite:///FILE, empty; a password may stand in "
            "PGPASSWORD or ~/.pgpass 空的目标数据库",
            metavar="URL",
        ),
    ],
) -> None:
    """Copy everything into an empty database, read it back, all or nothing. 整库迁移到另一数据库.

    Stop `serve` and `ingest` before, set STATIONMASTER_DATABASE_URL afterwards and start them
    again. The old database stays as it is. 迁移前停止服务，完成后设置 STATIONMASTER_DATABASE_URL.
    """
    with house_database(Settings()) as source, told_plainly():
        target = open_database(to)
        try:
            if target.engine.url == source.engine.url:
                give_up("--to: expected another database than the present one 应为另一个数据库")
            done = _copied(source, target)
        except InventoryError as refused:
            give_up(refused)
        finally:
            target.close()
    rows, tables = sum(done.rows.values()), len(done.rows)
    typer.echo(
        f"已复制并核对 {rows} 行，{tables} 张表  copied and verified: {rows} rows, {tables} tables"
    )
    if done.cleaned:
        typer.secho(
            f"{done.cleaned} texts held a NUL, now U+FFFD 处文本含 NUL 字符，已替换",
            fg="yellow",
            err=True,
        )
    typer.echo("接下来设置 STATIONMASTER_DATABASE_URL 并重新启动  now set it and start again")


def _copied(source: Database, target: Database) -> Copied:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        known = bars.add_task("", total=None)

        def show(table: str, done: int, total: int) -> None:
            bars.update(known, description=table, completed=done, total=total)

        return copy_database(source, target, show)
