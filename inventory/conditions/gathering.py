"""What conditions of a station are worked out from, gathered from the database."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.accounts.rules import Principal
from inventory.annual_reports.rules import AnnualSection
from inventory.annual_reports.table import AnnualText, TrainingBatch
from inventory.conditions.ground import AnnualReportState, Instrument, SelfCheck, StationGround
from inventory.consumables.table import Consumable
from inventory.equipment.rules import EquipmentItem, EquipmentStatus, stands_in
from inventory.equipment.use_cases import items_of
from inventory.places.keeping import all_rooms
from inventory.places.rules import Room, facts, rooms_of
from inventory.proofs.rules import ProofKind, ProofState, proof
from inventory.readiness.findings import FindingKind, Readiness
from inventory.readiness.rules import decide
from inventory.readiness.use_cases import Asked, ReadinessDesk
from inventory.staff.judging import at_station
from inventory.staff.keeping import members_of
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationFacts
from inventory.stations.table import Station
from inventory.work_orders.repairs import repairs

_LACKING = {
    FindingKind.VERIFICATION_MISSING: ProofKind.VERIFICATION,
    FindingKind.CALIBRATION_MISSING: ProofKind.CALIBRATION,
}


def self_checks(
    desk: ReadinessDesk, principal: Principal, found: Station, on: date, now: datetime
) -> list[Readiness]:
    """The equipment self-check for every module and level the station offers.

    Raises:
        UnknownStation: the station went away meanwhile.
        NotAllowed: the caller's role does not include readiness.
    """
    levels = [Level(level) for level in found.levels]
    asked = [(module, level) for module in found.modules for level in levels]
    if not asked:
        return []
    first = Asked(*asked[0], StationUse(found.use), on)
    ground = desk.ground(principal, found.code, first, now)
    return [
        decide(ground.case, replace(ground.question, module=module, level=level), ground.live)
        for module, level in asked
    ]


def ground_of(db: Session, found: Station, on: date, answers: Sequence[Readiness]) -> StationGround:
    """Everything else the conditions of a station rest on, as of a day."""
    code = found.organisation_code
    everybody = members_of(db, code)
    rooms = rooms_of(all_rooms(db, code), found.code)
    items = [item for item in items_of(db, code) if stands_in(item, found.code)]
    in_repair = {asset for owner, asset in repairs(db, {code}).of_asset if owner == code}
    in_service = [one for one in items if one.status is EquipmentStatus.IN_SERVICE]
    idle = {one.asset_number for one in items if one.status is not EquipmentStatus.IN_SERVICE}
    return StationGround(
        on=on,
        modules=found.modules,
        levels=[Level(level) for level in found.levels],
        facts=_applied(found, rooms),
        staff=at_station(everybody, found.code, on),
        is_staff_kept=bool(everybody),
        workstations=[place for room in rooms for place in room.workstations],
        out_of_use=frozenset(in_repair | idle),
        self_checks=[
            SelfCheck(one.question.module, one.question.level, one.status, one.binding_count)
            for one in answers
        ],
        instruments=list(_instruments(items, answers, on)),
        exam_minutes=found.exam_minutes,
        equipment_names=[f"{one.item_zh} {one.item_en}" for one in in_service],
        consumable_count=_consumables(db, code, found.code),
        annual_report=_annual_report(db, code, on),
    )


def _annual_report(db: Session, organisation_code: str, on: date) -> AnnualReportState | None:
    years = (on.year, on.year - 1)
    texts = select(AnnualText.year, func.count()).where(
        AnnualText.organisation_code == organisation_code,
        col(AnnualText.year).in_(years),
        AnnualText.text != "",
    )
    lists = select(TrainingBatch.year, func.count()).where(
        TrainingBatch.organisation_code == organisation_code, col(TrainingBatch.year).in_(years)
    )
    written = dict(db.exec(texts.group_by(col(AnnualText.year))).all())
    batches = dict(db.exec(lists.group_by(col(TrainingBatch.year))).all())
    told = [
        AnnualReportState(year, written.get(year, 0), len(AnnualSection), batches.get(year, 0))
        for year in years
    ]
    best = max(told, key=lambda one: (one.written, one.batches))
    return best if best.written or best.batches else None


def _consumables(db: Session, organisation_code: str, station_code: str) -> int:
    query = select(Consumable.station_codes).where(
        Consumable.organisation_code == organisation_code
    )
    return sum(not codes or station_code in codes for codes in db.exec(query).all())


def _applied(found: Station, rooms: Sequence[Room]) -> dict[str, int | None]:
    stated = StationFacts.model_validate(found).model_dump()
    return stated | {one.name: one.applied for one in facts(stated, rooms)}


def _instruments(
    items: Sequence[EquipmentItem], answers: Sequence[Readiness], on: date
) -> Iterator[Instrument]:
    """Proofs of things in service, and those that the self-check finds missing."""
    told: set[tuple[str, ProofKind]] = set()
    for item in items:
        if item.status is not EquipmentStatus.IN_SERVICE:
            continue
        for kind in {one.kind for one in item.proofs}:
            found = proof(item.proofs, kind, on)
            told.add((item.asset_number, kind))
            yield Instrument(item.asset_number, kind, found.state, found.until)
    lacking = {
        (asset, _LACKING[one.kind])
        for answer in answers
        for one in answer.findings
        if one.kind in _LACKING
        for asset in one.asset_numbers
    }
    for asset, kind in sorted(lacking - told):
        yield Instrument(asset, kind, ProofState.MISSING, None)
