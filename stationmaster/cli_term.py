"""Command `sim term`: a school term that never was, to hold measurement against the truth."""

import tempfile
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from device_sims.term.plan import SECOND, TermSettings
from stationmaster.refusing import give_up
from stationmaster.term_comparing import compared, utilisation_of
from stationmaster.term_house import schools_of, term_house
from stationmaster.term_running import TermOrder, TermResult, run_term


def sim_term(
    benches: Annotated[int, typer.Option(min=2, max=99, help="in two schools 台架数")] = 12,
    weeks: Annotated[int, typer.Option(min=1, max=30, help="how long 周数")] = 18,
    begin: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="first Monday 第一周周一")
    ] = datetime(2026, 9, 7),  # noqa: DTZ001 - a day
    seed: Annotated[int, typer.Option(help="the same seed gives the same term")] = 0,
    look_s: Annotated[
        float, typer.Option(min=0.2, max=5.0, help="seconds between looks at the signals")
    ] = 5.0,
    folder: Annotated[
        Path | None, typer.Option(help="new folder to keep databases in; none: thrown away")
    ] = None,
) -> None:
    """模拟一个学期，并与模拟器自己的账目对照。 Simulate a term; hold measurement against it."""
    if begin.weekday():
        give_up(f"--from {begin:%Y-%m-%d}: expected a Monday 应为周一")
    if folder is not None and folder.exists() and any(folder.iterdir()):
        give_up(f"--folder {folder}: expected a new or empty folder 应为空文件夹")
    schools = schools_of(benches)
    order = TermOrder(
        schools,
        begin.date(),
        weeks,
        lambda kept, idle_s: TermSettings(schools, kept, seed, idle_s),
        int(look_s * SECOND),
    )
    started_s = time.perf_counter()
    with ExitStack() as closing:
        if folder is None:
            folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        house = closing.enter_context(term_house(folder, order.first))
        result = run_term(house, order, typer.echo)
    took = timedelta(seconds=round(time.perf_counter() - started_s))
    if not _told(result, look_s, took):
        raise typer.Exit(1)


def _told(result: TermResult, look_s: float, took: timedelta) -> bool:
    """Print the comparison; whether all that differs is sampling."""
    rows = compared(result.days, look_s)
    table = Table(
        "figure 指标", "told 账目", "measured 测得", "largest per bench-day", "beyond 超差"
    )
    for row in rows:
        is_time = row.told != int(row.told) or row.told > 10 * len(result.days)
        unit, divisor = (" h", 3600) if is_time else ("", 1)
        both = (f"{value / divisor:.2f}{unit}" for value in (row.told, row.measured))
        table.add_row(row.name, *both, f"{row.largest:.1f}", str(row.beyond))
    Console().print(table)
    told, measured = utilisation_of(result.days)
    typer.echo(
        f"{len(result.days)} bench-days, {result.bookings} bookings, {result.messages} messages "
        f"in {took}; utilisation 利用率 {told:.4%} told, {measured:.4%} measured"
    )
    for line in result.refused[:10]:
        typer.echo(f"refused: {line}")
    return not result.refused and not any(row.beyond for row in rows)
