"""Commands for what a school shares with others: `sharing`."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from inventory.accounts.rules import Action
from inventory.bookings.desk import Desk
from inventory.moments import SCHOOL_ZONE
from inventory.sharing.finding import RequestQuery, requests
from inventory.sharing.offers import owned_offers, set_offer_state
from inventory.sharing.request_schema import RequestOut, SharingStepOrder
from inventory.sharing.requesting import take_sharing_step
from inventory.sharing.rules import OfferState, SharingStep
from inventory.stations.schema import StationPlace
from inventory.stations.use_cases import set_place, station
from stationmaster.acting import MOST, As, Number, Text, acting
from stationmaster.settings import Settings

sharing_app = typer.Typer(no_args_is_help=True, help="Open sharing 开放共享")


@sharing_app.command("offers")
def list_offers(username: As) -> None:
    """List my organisation's offers and their public pages. 列出本单位的共享项目."""
    table = Table("no.", "offer", "station", "state", "page")
    with acting(username) as (database, caller), database.read() as db:
        rows = owned_offers(db, caller)
    for row in rows:
        is_shown = row.state is OfferState.PUBLISHED
        page = f"{Settings().base_url}/open-sharing/{row.id}" if is_shown else ""
        table.add_row(str(row.id), row.title_zh, row.station_code, row.state.value, page)
    Console(width=160).print(table)


@sharing_app.command("publish")
def publish_offer(number: Number, username: As) -> None:
    """Show an offer to everybody. 发布共享项目."""
    _set(number, username, OfferState.PUBLISHED)


@sharing_app.command("withdraw")
def withdraw_offer(number: Number, username: As) -> None:
    """Take an offer back; what was agreed stays. 撤回共享项目."""
    _set(number, username, OfferState.WITHDRAWN)


@sharing_app.command("requests")
def list_requests(
    username: As,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="only those that go on 仅未结束")
    ] = False,
) -> None:
    """List requests at my organisation and those I made elsewhere. 列出共享申请."""
    query = RequestQuery(is_unfinished=True if unfinished else None)
    with acting(username) as (database, caller), database.read() as db:
        rows, total = requests(db, caller, query, offset=0, limit=MOST)
    _print(rows)
    typer.echo(f"{len(rows)} / {total}")


@sharing_app.command("step")
def step_request(  # noqa: PLR0913, PLR0917 - the command line's options
    number: Number,
    step: Annotated[SharingStep, typer.Argument(help="what happens 步骤")],
    username: As,
    text: Text = "",
    terms: Annotated[str, typer.Option(help="with offer_terms 条款")] = "",
    price: Annotated[str, typer.Option(help="with offer_terms 费用说明")] = "",
    terms_no: Annotated[
        int | None, typer.Option("--terms-no", help="with accept: the terms that were read 条款号")
    ] = None,
    rating: Annotated[int | None, typer.Option(min=1, max=5, help="with feedback 评分")] = None,
) -> None:
    """Move a request on. 办理共享申请."""
    order = SharingStepOrder(
        step=step, text=text, terms=terms, price_note=price, terms_no=terms_no, rating=rating
    )
    with acting(username) as (database, caller):
        desk = Desk(caller, datetime.now(UTC))
        done = take_sharing_step(database, desk, number, order)
    typer.echo(f"{done.id}: {done.state.value} · {done.terms_no}")


@sharing_app.command("place")
def place_station(
    code: Annotated[str, typer.Argument(help="station code 站点代码")],
    latitude: Annotated[float, typer.Argument(min=-90, max=90, help="degrees 纬度")],
    longitude: Annotated[float, typer.Argument(min=-180, max=180, help="degrees 经度")],
    username: As,
    address: Annotated[str, typer.Option(help="street and town 地址")] = "",
) -> None:
    """Say where a station is, so that others find it by distance. 设置站点位置."""
    place = StationPlace(address=address, latitude=latitude, longitude=longitude)
    with acting(username) as (database, caller):
        with database.read() as db:
            station(db, caller, code, Action.WRITE_STATION)
        set_place(database, code, place, who=caller.username)
    typer.echo(f"{code}: {latitude}, {longitude} {address}".rstrip())


def _set(number: int, username: str, state: OfferState) -> None:
    with acting(username) as (database, caller):
        done = set_offer_state(database, caller, number, state, now=datetime.now(UTC))
    typer.echo(f"{done.id}: {done.state.value} {done.title_zh}")
    for one in done.hindrances if state is OfferState.PUBLISHED else ():
        typer.echo(f"⚠ {one.zh} {one.en}")


def _print(rows: list[RequestOut]) -> None:
    table = Table("no.", "offer", "from", "by", "at", "state")
    for row in rows:
        start, end = (at.astimezone(SCHOOL_ZONE) for at in (row.start_at, row.end_at))
        when = f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}"
        owner, by = row.organisation_code, row.requester_organisation_code
        table.add_row(str(row.id), row.title_zh, owner, by, when, row.state.value)
    Console(width=160).print(table)
