"""Making, replacing, ending and finding report links."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Resource, authorize
from inventory.audit.use_cases import record
from inventory.benches.table import Bench
from inventory.database import Database
from inventory.equipment.table import Equipment
from inventory.errors import Invalid, NotAllowed, UnknownBench
from inventory.organisations.use_cases import organisation
from inventory.report_links.errors import UnknownReportLink
from inventory.report_links.schema import ReportLinkOrder, ReportLinkOut
from inventory.report_links.table import ReportLink
from inventory.work_orders.errors import UnknownAsset

_TOKEN_BYTES = 16
"""128 bits: nobody finds one by trying."""
Thing = tuple[str | None, str | None]
"""Bench code or asset number, the other None."""


@dataclass(frozen=True, slots=True)
class LinkedThing:
    """What a link is on, in the words of its owner."""

    code: str
    name_zh: str
    name_en: str


def make_link(
    database: Database, principal: Principal, order: ReportLinkOrder, *, now: datetime
) -> ReportLinkOut:
    """Give a thing of the caller's own school a code; one that has one keeps it.

    Raises:
        NotAllowed: the caller's role does not make links.
        UnknownBench: the school has no such bench.
        UnknownAsset: its register has no such piece.
        Invalid: neither or both are named.
    """
    _demand_role(principal)
    if (order.bench_code is None) == (order.asset_number is None):
        raise Invalid("bench_code", "either a bench code or an asset number")
    with database.begin() as db:
        code = principal.organisation_code
        thing = (order.bench_code, order.asset_number)
        _demand_thing(db, code, thing)
        row = _running(db, code, thing) or _new(db, code, thing, principal, now)
        return shown(row)


def renew_link(
    database: Database, principal: Principal, link_id: int, *, now: datetime
) -> ReportLinkOut:
    """Replace a link by one with another token; labels with the old one no longer work.

    Raises:
        UnknownReportLink: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include it.
    """
    with database.begin() as db:
        row = _link(db, principal, link_id)
        thing = (row.bench_code, row.asset_number)
        running = _running(db, row.organisation_code, thing)
        if running is not None:
            _end(db, running, principal, now)
        return shown(_new(db, row.organisation_code, thing, principal, now))


def end_link(database: Database, principal: Principal, link_id: int, *, now: datetime) -> None:
    """End a link at once; one that is ended stays as it is.

    Raises:
        UnknownReportLink: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include it.
    """
    with database.begin() as db:
        _end(db, _link(db, principal, link_id), principal, now)


def links(
    db: Session, principal: Principal, *, is_running: bool, offset: int, limit: int
) -> tuple[list[ReportLink], int]:
    """Links the caller may manage, by their number, and how many in all.

    Raises:
        NotAllowed: the caller's role does not include it; whoever has a token may report.
    """
    _demand_role(principal)
    wanted = [col(ReportLink.organisation_code).in_(visible_organisations(principal))]
    if is_running:
        wanted.append(col(ReportLink.ended_at).is_(None))
    query = select(ReportLink).where(*wanted).order_by(col(ReportLink.id))
    total = db.exec(select(func.count()).select_from(ReportLink).where(*wanted)).one()
    return list(db.exec(query.offset(offset).limit(limit)).all()), total


def shown(row: ReportLink) -> ReportLinkOut:
    """The link as those who manage it see it."""
    return ReportLinkOut.model_validate(row, update={"path": f"/report/{row.token}"})


def thing_of(db: Session, row: ReportLink) -> LinkedThing:
    """What a link is on; by its bare code where the register no longer has it."""
    if row.bench_code is not None:
        bench = db.get_one(Bench, row.bench_code)
        return LinkedThing(bench.code, bench.name_zh, bench.name_en or bench.name_zh)
    code = row.asset_number or ""
    asset = _asset(db, row.organisation_code, code)
    if asset is None:
        return LinkedThing(code, code, code)
    return LinkedThing(code, asset.item_zh, asset.item_en or asset.item_zh)


def _demand_role(principal: Principal) -> None:
    if authorize(principal, Action.MANAGE_WORK_ORDER) is not Decision.ALLOWED:
        raise NotAllowed(Action.MANAGE_WORK_ORDER.value)


def _demand_thing(db: Session, organisation_code: str, thing: Thing) -> None:
    bench_code, asset_number = thing
    if bench_code is not None:
        bench = db.get(Bench, bench_code)
        if bench is None or bench.organisation_code != organisation_code:
            raise UnknownBench(bench_code)
    if asset_number is not None and _asset(db, organisation_code, asset_number) is None:
        raise UnknownAsset(asset_number)


def _asset(db: Session, organisation_code: str, asset_number: str) -> Equipment | None:
    key = {"organisation_code": organisation_code, "asset_number": asset_number}
    return db.get(Equipment, key)


def _running(db: Session, organisation_code: str, thing: Thing) -> ReportLink | None:
    query = select(ReportLink).where(
        ReportLink.organisation_code == organisation_code,
        ReportLink.bench_code == thing[0],
        ReportLink.asset_number == thing[1],
        col(ReportLink.ended_at).is_(None),
    )
    return db.exec(query).first()


def _link(db: Session, principal: Principal, link_id: int) -> ReportLink:
    _demand_role(principal)
    unknown = UnknownReportLink(str(link_id))
    row = db.get(ReportLink, link_id)
    if row is None:
        raise unknown
    owner = organisation(db, row.organisation_code)
    resource = Resource(owner.code, owner.evaluated_by)
    demand(principal, Action.MANAGE_WORK_ORDER, resource, unknown)
    return row


def _new(
    db: Session, organisation_code: str, thing: Thing, principal: Principal, now: datetime
) -> ReportLink:
    row = ReportLink(
        organisation_code=organisation_code,
        bench_code=thing[0],
        asset_number=thing[1],
        token=secrets.token_urlsafe(_TOKEN_BYTES),
        created_at=now,
        created_by=principal.username,
    )
    db.add(row)
    db.flush()
    _tell(db, row, principal, "made", now)
    return row


def _end(db: Session, row: ReportLink, principal: Principal, now: datetime) -> None:
    if row.ended_at is None:
        row.ended_at = now
        db.add(row)
        db.flush()
        _tell(db, row, principal, "ended", now)


def _tell(db: Session, row: ReportLink, principal: Principal, action: str, now: datetime) -> None:
    # the token is left out: whoever reads the trail shall not be able to report by it
    facts = {"bench_code": row.bench_code, "asset_number": row.asset_number}
    record(
        db,
        who=principal.username,
        action=action,
        entity="report_link",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old=None if action == "made" else facts,
        new=facts if action == "made" else None,
        at=now,
    )
