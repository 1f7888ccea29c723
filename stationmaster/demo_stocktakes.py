"""The demo's stocktakes: one that is being counted, one that is signed and proposes changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import select

from inventory.accounts.logins import principal_of
from inventory.accounts.rules import Principal
from inventory.accounts.use_cases import user
from inventory.database import Database
from inventory.stocktakes.ending import sign
from inventory.stocktakes.schema import (
    MOST_SCANS,
    EndOrder,
    ScanOrder,
    ScansOrder,
    StocktakeOrder,
)
from inventory.stocktakes.table import Stocktake, StocktakePiece
from inventory.stocktakes.use_cases import start, take_in

_PHONE = "demo-phone-01"
_ELSEWHERE = "旧实训楼"
_STRAY = "旧标签 A-0172"


@dataclass(frozen=True, slots=True)
class _Count:
    """How far somebody came: every `leaves`th piece was not seen, the third stood elsewhere."""

    who: str
    station: str
    title: str
    days_ago: float
    first: int | None
    leaves: int
    is_signed: bool


_COUNTS: tuple[_Count, ...] = (
    _Count("bj-master", "BJ01-T", "学期末盘点", 40, None, 60, is_signed=True),
    _Count("gx-master", "GX02-T", "期中抽查", 0.1, 64, 1000, is_signed=False),
)


def fill_stocktakes(database: Database, now: datetime) -> None:
    """Count as far as the stories go; a station that was ever counted is left alone."""
    with database.read() as db:
        known = set(db.exec(select(Stocktake.station_code)).all())
        people: Mapping[str, Principal] = {
            one.who: principal_of(user(db, one.who)) for one in _COUNTS
        }
    for one in _COUNTS:
        if one.station not in known:
            _count(database, people[one.who], one, now - timedelta(days=one.days_ago))


def _count(database: Database, person: Principal, count: _Count, at: datetime) -> None:
    order = StocktakeOrder(station=count.station, title=count.title)
    begun = start(database, person, order, now=at)
    with database.read() as db:
        query = select(StocktakePiece.asset_number).where(StocktakePiece.stocktake_id == begun.id)
        assets = sorted(db.exec(query).all())[: count.first]
    scans = _scans(assets, count, at)
    for first in range(0, len(scans), MOST_SCANS):
        sent = ScansOrder(device_id=_PHONE, scans=scans[first : first + MOST_SCANS])
        take_in(database, person, begun.id, sent, now=at + timedelta(hours=1))
    if count.is_signed:
        words = EndOrder(note="已与保管人员核对。")
        sign(database, person, begun.id, words, now=at + timedelta(hours=2))


def _scans(assets: Sequence[str], count: _Count, at: datetime) -> list[ScanOrder]:
    moved = 2
    scans = [
        ScanOrder(
            client_id=f"demo-{count.station}-{number:05}",
            scanned_at=at + timedelta(seconds=10 * number),
            code=asset,
            location=_ELSEWHERE if number == moved else "",
            note="借给二楼，尚未归还。" if number == moved else "",
        )
        for number, asset in enumerate(assets)
        if number % count.leaves != count.leaves - 1
    ]
    stray = ScanOrder(
        client_id=f"demo-{count.station}-stray",
        scanned_at=at + timedelta(minutes=50),
        code=_STRAY,
        note="柜子最下层，台账里没有。",
    )
    return [*scans, stray]
