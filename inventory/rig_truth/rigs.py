"""What is known of rigs now, read for many at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, tuple_
from sqlmodel import Session, col, select

from inventory.benches.live import LiveBenches, LiveState
from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind, resource_of
from inventory.bookings.taking import Taken
from inventory.equipment.duties import NO_INTERVALS, Intervals, intervals_of
from inventory.equipment.rules import EquipmentItem
from inventory.equipment.table import Equipment
from inventory.errors import SourceUnavailable
from inventory.faults.rules import FaultState, is_blocking
from inventory.faults.table import Fault
from inventory.proofs.rules import ProofKind, ProofRecord, holds_until
from inventory.proofs.table import EquipmentProof
from inventory.requirements.errors import UnknownList
from inventory.requirements.use_cases import applicable_list, requirements_of
from inventory.rig_truth.rules import PROVEN, OpenFault, RigFacts, Signs, school_day
from inventory.staff.table import StaffRow
from inventory.work_orders.repairs import repairs

Asset = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rig:
    """Something that may fail: a bench, a row of the register that is none, or somebody."""

    resource: Resource
    bench_code: str | None = None

    @property
    def asset(self) -> Asset | None:
        """Its own row of the register."""
        own = self.resource
        is_row = own.kind is ResourceKind.EQUIPMENT
        return (own.organisation_code, own.code) if is_row else None

    @property
    def staff(self) -> Asset | None:
        """Their row of the staff register."""
        own = self.resource
        is_person = own.kind is ResourceKind.PERSON
        return (own.organisation_code, own.code) if is_person else None


def rigs_taken(things: Iterable[Taken]) -> list[Rig]:
    """What of an order may fail."""
    rigs = (Rig(one.resource, one.bench_code) for one in things)
    return [one for one in rigs if one.bench_code is not None or one.asset is not None]


def rigs_of(parts: Iterable[tuple[str, str | None]]) -> list[Rig]:
    """What of stored parts may fail, and who may leave; keys with the bench's code."""
    rigs = (Rig(resource_of(key), bench) for key, bench in sorted(parts))
    return [one for one in rigs if one.bench_code is not None or one.asset or one.staff]


def facts_of(
    db: Session, live: LiveBenches | None, rigs: Sequence[Rig], now: datetime
) -> Mapping[str, RigFacts]:
    """What is known of rigs, by key; at most six statements, and the list where one is needed.

    Without `live` nothing is said of silence.

    Raises:
        SourceUnavailable: the telemetry store gives no answer.
    """
    if not rigs:
        return {}
    codes = sorted({one.bench_code for one in rigs if one.bench_code is not None})
    states = live.states(codes) if live is not None and codes else None
    benches = {one.code: one for one in db.exec(select(Bench).where(col(Bench.code).in_(codes)))}
    rows = _register(db, rigs, codes)
    proofs = _proofs(db, rows.values())
    months = _months(db, rows.values(), proofs, now)
    faults = _faults(db, benches)
    known = repairs(db, {one.resource.organisation_code for one in rigs})
    leaving = _leaving(db, [one.staff for one in rigs if one.staff is not None])
    found: dict[str, RigFacts] = {}
    for rig in rigs:
        code, asset = rig.bench_code or "", rig.asset or ("", "")
        row = rows.get(code or rig.resource.key)
        facts = RigFacts(
            tuple(faults.get(code, ())),
            known.of_bench.get(code) or known.of_asset.get(asset),
            signs=_signs(benches.get(code), states),
            left_on=leaving.get(rig.staff or asset),
        )
        if row is not None:
            own = _key(row)
            facts = replace(
                facts, status=row.status, proofs=proofs.get(own, ()), intervals=months.get(own, {})
            )
        found[rig.resource.key] = facts
    return found


def facts_or_less(
    db: Session, live: LiveBenches, rigs: Sequence[Rig], now: datetime
) -> Mapping[str, RigFacts]:
    """The same, but without silence where the telemetry store gives no answer."""
    try:
        return facts_of(db, live, rigs, now)
    except SourceUnavailable:
        return facts_of(db, None, rigs, now)


def _key(row: Equipment) -> Asset:
    return row.organisation_code, row.asset_number


def _register(db: Session, rigs: Sequence[Rig], codes: Sequence[str]) -> Mapping[str, Equipment]:
    """Register rows by the code of their bench, or by the key of the thing."""
    assets = sorted({one.asset for one in rigs if one.asset is not None})
    own = tuple_(col(Equipment.organisation_code), col(Equipment.asset_number))
    wanted: list[ColumnElement[bool]] = []
    if codes:
        wanted.append(col(Equipment.bench_code).in_(codes))
    if assets:
        wanted.append(own.in_(assets))
    found: dict[str, Equipment] = {}
    for row in db.exec(select(Equipment).where(or_(*wanted))).all():
        thing = Resource(ResourceKind.EQUIPMENT, row.organisation_code, row.asset_number)
        found[row.bench_code or thing.key] = row
    return found


def _leaving(db: Session, people: Sequence[Asset]) -> Mapping[Asset, date]:
    """The last days of who leaves."""
    if not people:
        return {}
    own = tuple_(col(StaffRow.organisation_code), col(StaffRow.number))
    query = select(StaffRow).where(own.in_(sorted(people)), col(StaffRow.left_on).is_not(None))
    rows = db.exec(query).all()
    return {(one.organisation_code, one.number): one.left_on for one in rows if one.left_on}


def _proofs(db: Session, rows: Iterable[Equipment]) -> Mapping[Asset, list[ProofRecord]]:
    keys = sorted(map(_key, rows))
    found: dict[Asset, list[ProofRecord]] = {}
    if not keys:
        return found
    own = tuple_(col(EquipmentProof.organisation_code), col(EquipmentProof.asset_number))
    query = select(EquipmentProof).where(own.in_(keys), col(EquipmentProof.kind).in_(PROVEN))
    for row in db.exec(query.order_by(col(EquipmentProof.id))).all():
        record = ProofRecord(*(getattr(row, one.name) for one in fields(ProofRecord)))
        found.setdefault((row.organisation_code, row.asset_number), []).append(record)
    return found


def _months(
    db: Session,
    rows: Iterable[Equipment],
    proofs: Mapping[Asset, Sequence[ProofRecord]],
    now: datetime,
) -> Mapping[Asset, Mapping[ProofKind, int]]:
    """How often the list in force asks for proofs; looked up for records that state no end."""
    lists: dict[str, Intervals] = {}
    found: dict[Asset, Mapping[ProofKind, int]] = {}
    for row in rows:
        if all(holds_until(one) is not None for one in proofs.get(_key(row), ())):
            continue
        code = row.organisation_code
        if code not in lists:
            lists[code] = _asked(db, code, now)
        item = EquipmentItem(row.asset_number, row.item_zh, serves_rows=tuple(row.serves_rows))
        asked = {kind: lists[code].of(item, kind) for kind in PROVEN}
        found[_key(row)] = {kind: each for kind, each in asked.items() if each is not None}
    return found


def _asked(db: Session, organisation_code: str, now: datetime) -> Intervals:
    try:
        applied = applicable_list(db, school_day(now), organisation_code)
    except UnknownList:
        return NO_INTERVALS
    return intervals_of(requirements_of(db, applied.version))


def _faults(db: Session, benches: Mapping[str, Bench]) -> Mapping[str, list[OpenFault]]:
    query = select(Fault).where(
        col(Fault.bench_code).in_(sorted(benches)), Fault.state == FaultState.CONFIRMED
    )
    found: dict[str, list[OpenFault]] = {}
    rows = db.exec(query.order_by(col(Fault.severity).desc(), col(Fault.fault_id))).all()
    for row in rows if benches else ():
        if is_blocking(row.state, row.severity, benches[row.bench_code].blocking_severity):
            since = row.confirmed_at or row.first_at
            fault = OpenFault(row.dtc, row.text_zh, row.text_en, since)
            found.setdefault(row.bench_code, []).append(fault)
    return found


def _signs(bench: Bench | None, states: Mapping[str, LiveState] | None) -> Signs | None:
    if bench is None or states is None:
        return None
    state = states.get(bench.code)
    return Signs(state.last_seen_at if state else None, timedelta(seconds=bench.silence_limit_s))
