"""Command `utilisation`: what benches were available, booked and really used for."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from inventory.moments import today
from inventory.requirements.unreadable import UnreadableFile
from inventory.utilisation.files import report_file
from inventory.utilisation.fleet import Question
from inventory.utilisation.periods import Every
from inventory.utilisation.schema import FiguresOut, GroupBy, MoneyOut, RankBy
from inventory.utilisation.use_cases import report
from stationmaster.acting import As, acting
from stationmaster.refusing import give_up


def utilisation(  # noqa: PLR0913, PLR0917 -- every option of the command line is an argument
    username: As,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="first day, default four weeks 起始"),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="last day, default today 截止"),
    ] = None,
    by: Annotated[GroupBy, typer.Option(help="rows of what 分组")] = GroupBy.BENCH,
    every: Annotated[Every, typer.Option(help="one row, or one each of these 周期")] = Every.WHOLE,
    rank: Annotated[RankBy | None, typer.Option(help="the highest first 排名")] = None,
    station: Annotated[str | None, typer.Option(help="station code 站点代码")] = None,
    file: Annotated[Path | None, typer.Option(help="write .csv or .xlsx instead 写入文件")] = None,
) -> None:
    """查看占用率、利用率与机时。 Show occupancy, utilisation and machine hours."""
    now = datetime.now(UTC)
    until = last.date() if last else today(now)
    begin = first.date() if first else until - timedelta(days=27)
    question = Question(begin, until, station=station, by=by, every=every, rank=rank)
    with acting(username) as (database, caller), database.read() as db:
        found = report(db, caller, question, now)
    if file is not None:
        try:
            file.write_bytes(report_file(file.name, found))
        except (UnreadableFile, OSError) as refused:
            give_up(refused)
        typer.echo(f"{file}: {len(found.rows)} rows")
        return
    table = Table(
        *("group 分组", "from 起", "available h 可用", "booked h 预约", "used h 使用"),
        *(
            "occupancy 占用率",
            "utilisation 利用率",
            "shared 共享率",
            "no-shows",
            "coverage 覆盖率",
            "return 收益率",
        ),
    )
    for row in found.rows:
        table.add_row(row.group, f"{row.first}", *_cells(row.figures), _return(row.money))
    total = (*_cells(found.total), _return(found.money))
    table.add_row("total 合计", f"{found.first}", *total, style="bold")
    Console().print(table)


def _cells(figures: FiguresOut) -> list[str]:
    times = (figures.available_s, figures.booked_s, figures.used_s)
    return [
        *(f"{seconds / 3600:.1f}" for seconds in times),
        *(_percent(one) for one in (figures.occupancy, figures.utilisation, figures.shared)),
        f"{figures.no_shows}/{figures.bookings}",
        _percent(figures.coverage),
    ]


def _return(found: MoneyOut | None) -> str:
    """The rate, and of how many rigs where not all have an original value."""
    if found is None:
        return "–"
    of = "" if found.valued_rigs == found.rigs else f" ({found.valued_rigs}/{found.rigs})"
    return f"{_percent(found.return_rate)}{of}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
