"""Labels by which anybody reports: every thing gets its code, and keeps the one it has."""

from datetime import datetime

from sqlmodel import col, select

from inventory.accounts.rules import Action, Principal
from inventory.benches.table import Bench
from inventory.database import Database
from inventory.errors import Invalid
from inventory.labels.drawing import Printed
from inventory.organisations.use_cases import organisation
from inventory.report_links.schema import ReportLabelOrder, ReportLinkOrder
from inventory.report_links.table import ReportLink
from inventory.report_links.use_cases import make_link, thing_of
from inventory.stations.use_cases import station

_TITLE = "扫码报修 Scan to report"


def report_labels(
    database: Database, principal: Principal, order: ReportLabelOrder, *, now: datetime
) -> list[Printed]:
    """What the labels say: named things in their order, else the station's benches by code.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not make links.
        UnknownBench, UnknownAsset: the school has no such thing.
        Invalid: the station has no bench and nothing is named.
    """
    with database.read() as db:
        found = station(db, principal, order.station, Action.MANAGE_WORK_ORDER)
        school = organisation(db, found.organisation_code).name_zh
        of_station = select(Bench.code).where(Bench.station_code == found.code)
        benches = list(db.exec(of_station.order_by(col(Bench.code))).all())
    is_named = bool(order.bench_codes or order.asset_numbers)
    wanted = [
        *(ReportLinkOrder(bench_code=code) for code in order.bench_codes),
        *(ReportLinkOrder(asset_number=number) for number in order.asset_numbers),
    ]
    wanted = wanted if is_named else [ReportLinkOrder(bench_code=code) for code in benches]
    if not wanted:
        raise Invalid("station", "one with benches, or the things to label by name")
    links = [make_link(database, principal, one, now=now) for one in wanted]
    with database.read() as db:
        things = [thing_of(db, db.get_one(ReportLink, link.id)) for link in links]
    return [
        Printed(link.path, _TITLE, (thing.name_zh, school), thing.code)
        for link, thing in zip(links, things, strict=True)
    ]
