"""The automatic pass: rectifications follow what the check says now."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.audit.use_cases import SYSTEM
from inventory.database import Database
from inventory.readiness.use_cases import ReadinessDesk
from inventory.rectifications.findings_now import FindingsNow
from inventory.rectifications.keeping import Told, keep, life_of
from inventory.rectifications.rules import RectificationStep, observed
from inventory.rectifications.table import Rectification
from inventory.stations.table import Station


def recheck(
    database: Database,
    desk: ReadinessDesk,
    now: datetime,
    organisations: Collection[str] | None = None,
) -> Mapping[int, RectificationStep]:
    """Close what the check no longer reports and reopen what came back.

    Only stations that have rectifications are checked. What nobody can tell now (benches while
    telemetry gives no answer) stays as it is.

    Args:
        database: where rectifications are.
        desk: who checks.
        now: the moment of the check.
        organisations: codes of those whose stations are looked at; None: all.

    Returns:
        The step taken by id of the rectification; most passes take none.
    """
    with database.read() as db:
        query = select(Rectification).order_by(col(Rectification.id))
        if organisations is not None:
            query = query.where(col(Rectification.organisation_code).in_(organisations))
        rows = db.exec(query).all()
        codes = {row.station_code for row in rows}
        stations = db.exec(select(Station).where(col(Station.code).in_(codes))).all()
    steps: dict[int, RectificationStep] = {}
    for organisation in sorted({one.organisation_code for one in stations}):
        own = {one.code: one for one in stations if one.organisation_code == organisation}
        findings = FindingsNow(desk, list(own.values()), organisation, now)
        presence = dict(_presence(findings, own, (row for row in rows if row.station_code in own)))
        if presence:
            with database.begin() as db:
                steps |= _apply(db, presence, now)
    return steps


def _presence(
    findings: FindingsNow, stations: Mapping[str, Station], rows: Iterable[Rectification]
) -> Iterable[tuple[int, bool]]:
    """Ids with what the check says of them, where that is not what is noted already."""
    for row in rows:
        seen = findings.of(stations[row.station_code], row.list_version)
        is_present = None if seen is None else seen.is_present((row.row_id, row.kind))
        if is_present is None or row.id is None:
            continue
        after, _ = observed(life_of(row), is_present=is_present)
        if after != life_of(row):
            yield row.id, is_present


def _apply(
    db: Session, presence: Mapping[int, bool], now: datetime
) -> dict[int, RectificationStep]:
    steps: dict[int, RectificationStep] = {}
    for rectification_id, is_present in presence.items():
        row = db.get_one(Rectification, rectification_id)
        life, step = observed(life_of(row), is_present=is_present)
        if step is None:
            row.is_present = life.is_present
            db.add(row)
            continue
        keep(db, row, life, Told(step, SYSTEM, now))
        steps[rectification_id] = step
    return steps
