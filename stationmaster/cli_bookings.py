"""Commands for bookings: `bookings`."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from inventory.bookable import BookingPurpose, resource_of
from inventory.bookings.desk import Desk
from inventory.bookings.finding import BookingQuery, bookings
from inventory.bookings.keeping import parts_of
from inventory.bookings.life import BookingStep
from inventory.bookings.orders import BookingOrder
from inventory.bookings.rules import BookingState
from inventory.bookings.stepping import Wanted
from inventory.bookings.telling import shown_span
from inventory.bookings.use_cases import book, take_step
from inventory.moments import SCHOOL_ZONE
from stationmaster.acting import MOST, As, Number, acting

bookings_app = typer.Typer(no_args_is_help=True, help="Bookings 预约")
Moment = Annotated[
    datetime, typer.Option(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help="local time 当地时间")
]


def _keys(named: list[str]) -> list[str]:
    for one in named:
        try:
            resource_of(one)
        except ValueError as bad:
            raise typer.BadParameter(f"{one}: {bad}") from None
    return named


@bookings_app.command("list")
def list_bookings(
    username: As,
    station: Annotated[str | None, typer.Option(help="station code 站点代码")] = None,
    resource: Annotated[str | None, typer.Option(help="bench:BJ01/battery-01 资源")] = None,
    state: Annotated[list[BookingState] | None, typer.Option(help="state 状态")] = None,
    past: Annotated[bool, typer.Option("--past", help="also those that are over 含已结束")] = False,
) -> None:
    """List bookings, the next first. 列出预约."""
    start = None if past else datetime.now(UTC)
    query = BookingQuery(resource, None, station, start, states=state or ())
    table = Table("no.", "when", "what", "purpose", "state", "holder", "title")
    with acting(username) as (database, caller), database.read() as db:
        rows, total = bookings(db, caller, query, offset=0, limit=MOST)
        parts = parts_of(db, rows)
    for row in rows:
        asked = [one.resource_key for one in parts[row.id or 0] if one.is_asked]
        facts = (row.purpose.value, row.state.value, row.holder, row.title)
        table.add_row(str(row.id), shown_span(row), ", ".join(asked), *facts)
    Console().print(table)
    typer.echo(f"{len(rows)} / {total}")


@bookings_app.command("place")
def place_booking(
    username: As,
    resources: Annotated[
        list[str], typer.Argument(help="bench:BJ01/battery-01 … 资源", callback=_keys)
    ],
    start: Moment,
    end: Moment,
    purpose: Annotated[BookingPurpose, typer.Option(help="what for 用途")] = BookingPurpose.CLASS,
    title: Annotated[str, typer.Option(help="title 事项")] = "",
) -> None:
    """Book a set of resources, all of it or nothing. 预约一组资源."""
    order = BookingOrder(
        resources=resources,
        start_at=start.replace(tzinfo=SCHOOL_ZONE),
        end_at=end.replace(tzinfo=SCHOOL_ZONE),
        purpose=purpose,
        title=title,
    )
    with acting(username) as (database, caller):
        done = book(database, Desk(caller, datetime.now(UTC)), order)
    typer.echo(f"{done.id}: {done.state.value}")
    for warning in done.warnings:
        typer.echo(f"! {warning.zh} {warning.en}")


@bookings_app.command("cancel")
def cancel_booking(
    number: Number,
    username: As,
    reason: Annotated[str, typer.Option(help="why 原因")] = "",
) -> None:
    """Give a slot back. 取消预约."""
    wanted = Wanted(BookingStep.CANCEL, reason)
    with acting(username) as (database, caller):
        done = take_step(database, Desk(caller, datetime.now(UTC)), number, wanted)
    typer.echo(f"{done.id}: {done.state.value}")
