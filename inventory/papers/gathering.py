"""Reading what a paper says, with the rights of who has it made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, case, col, select

from inventory.accounts.access import demand
from inventory.accounts.rules import Action, Principal, Resource
from inventory.annual_reports.use_cases import annual_report
from inventory.benches.table import Bench
from inventory.conditions.use_cases import ConditionQuestion, station_conditions
from inventory.database import Database
from inventory.documents.table import Document
from inventory.equipment.rules import stands_in
from inventory.equipment.use_cases import items_of
from inventory.errors import Invalid, UnknownOrganisation
from inventory.organisations.use_cases import organisation
from inventory.papers.annual_report import YearOfSchool, annual_report_paper
from inventory.papers.equipment_table import equipment_table
from inventory.papers.origin import Origin
from inventory.papers.rectification_report import rectification_report
from inventory.papers.rules import PaperKind
from inventory.papers.schema import PaperContent, PaperOrder
from inventory.papers.self_check import Checked, self_check
from inventory.readiness.use_cases import Asked, ReadinessDesk
from inventory.rectifications.finding import (
    RectificationQuery,
    rectification_page,
    rectifications,
)
from inventory.stations.rules import Level
from inventory.stations.schema import StationFields
from inventory.stations.table import Station
from inventory.stations.use_cases import station
from inventory.utilisation.fleet import Question
from inventory.utilisation.schema import FiguresOut, GroupBy
from inventory.utilisation.use_cases import report as utilisation

_EVERY = 1_000_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What papers are made with; `salt` is new for each paper."""

    database: Database
    readiness: ReadinessDesk
    now: datetime
    salt: str


def gathered(desk: Desk, principal: Principal, order: PaperOrder) -> PaperContent:
    """The content of a paper as the caller may see it now.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        UnknownOrganisation: likewise.
        UnknownList: no such version as was asked for.
        NotAllowed: the caller's role does not make papers, or may not see what they say.
        Invalid: the order does not say of which station or year.
    """
    if order.kind is PaperKind.ANNUAL_REPORT:
        return _annual(desk, principal, order)
    if order.station is None:
        raise Invalid("station", "the code of the station the paper is about")
    with desk.database.read() as db:
        found = station(db, principal, order.station, Action.MAKE_PAPER)
        owner = organisation(db, found.organisation_code)
    origin = Origin(
        owner.code,
        owner.name_zh,
        desk.now,
        principal.username,
        desk.salt,
        found.code,
        found.name_zh,
    )
    return _OF_STATION[order.kind](desk, principal, (order, found), origin)


def _self_check(
    desk: Desk, principal: Principal, asked: tuple[PaperOrder, Station], origin: Origin
) -> PaperContent:
    conditions = station_conditions(
        desk.database,
        desk.readiness,
        principal,
        asked[1].code,
        ConditionQuestion(),
        now=desk.now,
    )
    return self_check(origin, replace(_checked(desk, principal, asked), conditions=conditions))


def _equipment_table(
    desk: Desk, principal: Principal, asked: tuple[PaperOrder, Station], origin: Origin
) -> PaperContent:
    found = asked[1]
    checked = _checked(desk, principal, asked)
    with desk.database.read() as db:
        station(db, principal, found.code, Action.READ_REGISTER)
        items = items_of(db, origin.organisation_code)
    return equipment_table(origin, checked, [one for one in items if stands_in(one, found.code)])


def _rectifications(
    desk: Desk, principal: Principal, asked: tuple[PaperOrder, Station], origin: Origin
) -> PaperContent:
    query = RectificationQuery(station=asked[1].code)
    with desk.database.read() as db:
        rows, _ = rectifications(db, principal, query, offset=0, limit=_EVERY)
        numbers = sorted(row.id for row in rows if row.id is not None)
        pages = [rectification_page(db, principal, number, desk.now) for number in numbers]
        named = {key for one in pages for step in one.history for key in step.document_ids}
        query_of_names = select(Document.id, Document.name).where(
            Document.organisation_code == origin.organisation_code, col(Document.id).in_(named)
        )
        names = dict(db.exec(query_of_names).all())
    return rectification_report(origin, pages, names)


_OF_STATION: Mapping[
    PaperKind, Callable[[Desk, Principal, tuple[PaperOrder, Station], Origin], PaperContent]
] = {
    PaperKind.SELF_CHECK: _self_check,
    PaperKind.EQUIPMENT_TABLE: _equipment_table,
    PaperKind.RECTIFICATION_REPORT: _rectifications,
}


def _checked(desk: Desk, principal: Principal, asked: tuple[PaperOrder, Station]) -> Checked:
    order, found = asked
    answers = [
        desk.readiness.check(
            principal,
            found.code,
            Asked(module, Level(level), list_version=order.list_version),
            desk.now,
        )
        for module in found.modules
        for level in found.levels
    ]
    return Checked(StationFields.model_validate(found), answers)


def _annual(desk: Desk, principal: Principal, order: PaperOrder) -> PaperContent:
    if order.year is None:
        raise Invalid("year", "the year the report is about")
    with desk.database.read() as db:
        owner = organisation(db, order.organisation or principal.organisation_code)
        resource = Resource(owner.code, owner.evaluated_by)
        demand(principal, Action.MAKE_PAPER, resource, UnknownOrganisation(owner.code))
        report = annual_report(db, principal, owner.code, order.year)
        query = select(Station).where(Station.organisation_code == owner.code)
        stations = db.exec(query.order_by(col(Station.code))).all()
        benches = _benches(db, owner.code)
        use = _use(db, principal, (owner.code, order.year), desk.now)
    origin = Origin(owner.code, owner.name_zh, desk.now, principal.username, desk.salt)
    fields = [StationFields.model_validate(one) for one in stations]
    return annual_report_paper(origin, YearOfSchool(report, fields, benches, use))


def _use(db: Session, principal: Principal, year: tuple[str, int], now: datetime) -> FiguresOut:
    owner, number = year
    first, last = date(number, 1, 1), date(number, 12, 31)
    asked = Question(first, last, organisation=owner, by=GroupBy.ALL)
    return utilisation(db, principal, asked, now).total


def _benches(db: Session, organisation_code: str) -> dict[str, tuple[int, int]]:
    shared = func.sum(case((col(Bench.is_shared).is_(True), 1), else_=0))
    rows = db.exec(
        select(Bench.station_code, func.count(), shared)
        .where(Bench.organisation_code == organisation_code)
        .group_by(col(Bench.station_code))
    ).all()
    return {code: (int(count), int(open_ones or 0)) for code, count, open_ones in rows if code}
