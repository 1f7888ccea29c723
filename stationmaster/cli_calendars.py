"""Commands for calendars people use: `calendars`, `timetable`."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from inventory.bookings.desk import Desk
from inventory.calendar_feeds.rules import FeedKind
from inventory.calendar_feeds.schema import FeedOrder
from inventory.calendar_feeds.use_cases import end_feed, feeds, make_feed
from inventory.requirements.writing import template
from inventory.school_calendar.keeping import calendar_of
from inventory.timetables.deciding import decisions_of, weeks_of
from inventory.timetables.importing import import_timetable, try_timetable
from inventory.timetables.template import TIMETABLE_COLUMNS, grid_template
from inventory.timetables.trying import TimetableUpload
from stationmaster.acting import As, Number, acting
from stationmaster.cli_inventory import File, Lang, plain_refusals
from stationmaster.files import read_file, write_file
from stationmaster.language import Language
from stationmaster.own_address import warn_of_own_address
from stationmaster.readiness_printing import problem_lines
from stationmaster.refusing import BAD_INPUT
from stationmaster.settings import Settings

calendars_app = typer.Typer(no_args_is_help=True, help="Calendars to subscribe to 日历订阅")
timetable_app = typer.Typer(no_args_is_help=True, help="Timetables 课表")


@calendars_app.command("list")
def list_calendars(username: As) -> None:
    """List my calendars; addresses were shown when they were made. 列出日历订阅."""
    table = Table("no.", "name", "shows", "made", "last used", "ended")
    with acting(username) as (database, caller), database.read() as db:
        rows = feeds(db, caller)
    for row in rows:
        of = row.resource_key or row.station_code or row.kind.value
        days = (row.created_at, row.last_used_at, row.ended_at)
        table.add_row(str(row.id), row.name, of, *(f"{at:%Y-%m-%d}" if at else "" for at in days))
    Console(width=160).print(table)


@calendars_app.command("add")
def add_calendar(
    name: Annotated[str, typer.Argument(help="what to call it 名称")],
    username: As,
    resource: Annotated[
        str | None, typer.Option(help="of one thing, such as bench:BJ01/battery-01 资源")
    ] = None,
    station: Annotated[str | None, typer.Option(help="of a station 站点代码")] = None,
    people: Annotated[
        bool, typer.Option("--people", help="with names and notes 含姓名与备注")
    ] = False,
    lang: Lang = Language.ZH,
) -> None:
    """Make a calendar: of my bookings, of one thing or of a station. 新建日历订阅."""
    kind = FeedKind.RESOURCE if resource else FeedKind.STATION if station else FeedKind.MINE
    order = FeedOrder(
        name=name,
        kind=kind,
        resource_key=resource,
        station_code=station,
        language="en" if lang is Language.EN else "zh",
        has_people=people,
    )
    settings = Settings()
    with acting(username) as (database, caller):
        made = make_feed(database, caller, order, settings.base_url, now=datetime.now(UTC))
    warn_of_own_address(settings)
    typer.echo(f"{made.id}: {made.url}")


@calendars_app.command("end")
def end_calendar(number: Number, username: As) -> None:
    """End a calendar; its address no longer answers. 停用日历订阅."""
    with acting(username) as (database, caller):
        end_feed(database, caller, number, now=datetime.now(UTC))
    typer.echo(f"{number}: ended 已停用")


@timetable_app.command("template")
def timetable_template(
    file: File,
    username: Annotated[
        str | None, typer.Option("--as", help="for a grid: with the periods of whose school 用户名")
    ] = None,
    lang: Lang = Language.ZH,
) -> None:
    """Write an empty timetable: a list, or for somebody's school a weekday grid. 生成课表模板."""
    with plain_refusals(lang):
        if username is None:
            content = template(file.name, TIMETABLE_COLUMNS)
        else:
            with acting(username) as (database, caller), database.read() as db:
                content = grid_template(calendar_of(db, caller.organisation_code))
        write_file(file, content)
    typer.echo(str(file))


@timetable_app.command("import")
def import_timetable_file(  # noqa: PLR0913, PLR0917 - the command line's options
    file: File,
    username: As,
    term: Annotated[str, typer.Option(help="default: that runs or is next 学期")] = "",
    columns: Annotated[
        str, typer.Option(help='what headings mean, such as {"科目": "title"} 列的含义')
    ] = "{}",
    settled: Annotated[
        str,
        typer.Option(help='words and cells, such as {"people": {"张老师": "zhang.wei"}} 已确认'),
    ] = "{}",
    weeks: Annotated[str, typer.Option(help="of lessons that name none 未写周次时")] = "",
    only_known: Annotated[
        bool, typer.Option("--only-known", help="leave out what is held elsewhere 跳过其他场地")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only try it 仅试导入")] = False,
    lang: Lang = Language.ZH,
) -> None:
    """Book a timetable, a list or weekday grids; bad files book nothing. 导入课表."""
    with acting(username) as (database, caller), plain_refusals(lang):
        upload = TimetableUpload(
            file.name,
            read_file(file),
            term,
            *decisions_of(columns, settled),
            weeks=weeks_of(weeks),
            only_known=only_known,
        )
        desk = Desk(caller, _now())
        if dry_run:
            done = try_timetable(database, desk, upload)
        else:
            done = import_timetable(database, desk, upload, _now)
    for line in problem_lines(done.problems, lang):
        typer.echo(line)
    word = "tried 试导入" if done.is_dry_run else "booked 已预约"
    left_out = f", {len(done.left_out)} left out 跳过" if done.left_out else ""
    typer.echo(f"{done.term}: {len(done.rows)} rows, {done.bookings} times {word}{left_out}")
    if done.problems:
        raise typer.Exit(BAD_INPUT)


def _now() -> datetime:
    return datetime.now(UTC)
