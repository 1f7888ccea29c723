"""What the demo's schools share with others: a bench each, on afternoons."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from inventory.database import Database
from inventory.sharing.offers import set_offer_state, write_offer
from inventory.sharing.rules import OfferState
from inventory.sharing.schema import OfferHours, OfferOrder
from inventory.sharing.table import SharingOffer
from inventory.stations.schema import StationPlace
from inventory.stations.use_cases import set_place
from stationmaster.demo_people import principal_named

_WEDNESDAY, _FRIDAY = 2, 4
_HOURS = [
    OfferHours(weekday=day, opens="14:00", closes="18:00") for day in range(_WEDNESDAY, _FRIDAY + 1)
]


@dataclass(frozen=True, slots=True)
class _Shared:
    """An offer of a school and where its station is (invented addresses)."""

    who: str
    station: str
    place: StationPlace
    bench: str
    title: tuple[str, str]
    module: str


_SHARED = (
    _Shared(
        "bj-master",
        "BJ01-T",
        StationPlace(address="北京市海淀区示范路 1 号", latitude=39.96, longitude=116.30),
        "bench:BJ01/gateway-01",
        ("CAN 网关台架，含诊断工位", "CAN gateway bench with a place to diagnose"),
        "2-4",
    ),
    _Shared(
        "gx-master",
        "GX02-T",
        StationPlace(address="广西南宁市示范大道 2 号", latitude=22.82, longitude=108.32),
        "bench:GX02/battery-02",
        ("动力电池总成检修台架", "Traction battery bench"),
        "2-1",
    ),
)


def fill_sharing(database: Database, now: datetime) -> None:
    """Publish the offers; nothing where anything was ever offered."""
    with database.read() as db:
        if db.exec(select(SharingOffer.id).limit(1)).first() is not None:
            return
    for one in _SHARED:
        set_place(database, one.station, one.place, who=one.who)
        principal = principal_named(database, one.who)
        offer = write_offer(database, principal, _order(one), now=now)
        set_offer_state(database, principal, offer.id, OfferState.PUBLISHED, now=now)


def _order(one: _Shared) -> OfferOrder:
    title_zh, title_en = one.title
    return OfferOrder(
        station_code=one.station,
        title_zh=title_zh,
        title_en=title_en,
        resources=[one.bench],
        hours=_HOURS,
        modules=[one.module],
        conditions_zh="操作人员须持低压电工证，由本校教师陪同",
        conditions_en="Operators need an electrician's certificate; a teacher of ours is present",
        price_note="400 元/小时，兄弟院校减半",
    )
