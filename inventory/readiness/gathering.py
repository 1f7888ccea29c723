"""What a check must know of benches right now, gathered from database and telemetry."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, and_, col, select

from inventory.benches.live import LiveBenches, LiveState
from inventory.benches.table import Bench
from inventory.equipment.rules import Repair
from inventory.errors import SourceUnavailable
from inventory.faults.rules import FaultState
from inventory.faults.table import Fault
from inventory.organisations.table import Organisation
from inventory.readiness.evidence import BenchEvidence, LivePicture, OpenFault
from inventory.readiness.live import live_defects
from inventory.work_orders.repairs import Repairs


def picture(
    db: Session,
    source: LiveBenches,
    owners: Collection[Organisation],
    repairs: Repairs,
    now: datetime,
) -> LivePicture:
    """All benches of these organisations; faults only where telemetry gives no answer."""
    demonstrations = {row.code for row in owners if row.is_demonstration}
    benches, faults = _benches(db, sorted(row.code for row in owners))
    codes = [bench.code for bench in benches]
    try:
        states, is_silence_known = source.states(codes), True
    except SourceUnavailable:
        states, is_silence_known = {}, False
    return LivePicture(
        now,
        {
            bench.code: _evidence(
                bench,
                states.get(bench.code),
                faults[bench.code],
                repairs.of_bench.get(bench.code),
                is_demonstration=bench.organisation_code in demonstrations,
            )
            for bench in benches
        },
        is_silence_known,
    )


def live_stamp(bench_codes: Sequence[str], picture: LivePicture) -> tuple[object, ...]:
    """What answers depend on of all that is live: the defects of the station's own benches."""
    return (
        picture.is_silence_known,
        *(
            (code, defect.kind, defect.found, defect.bench and defect.bench.since_at)
            for code in bench_codes
            for defect in live_defects(picture, code)
        ),
    )


def _benches(db: Session, owners: Sequence[str]) -> tuple[list[Bench], dict[str, list[Fault]]]:
    """Benches, and their confirmed faults by code, the most severe first."""
    is_confirmed = and_(
        col(Fault.bench_code) == col(Bench.code), col(Fault.state) == FaultState.CONFIRMED
    )
    query = (
        select(Bench, Fault)
        .outerjoin(Fault, is_confirmed)
        .where(col(Bench.organisation_code).in_(owners))
        .order_by(
            col(Bench.code),
            col(Fault.severity).desc(),
            col(Fault.first_at).desc(),
            col(Fault.fault_id),
        )
    )
    benches: dict[str, Bench] = {}
    faults: dict[str, list[Fault]] = {}
    for bench, fault in db.exec(query).all():
        benches[bench.code] = bench
        faults.setdefault(bench.code, [])
        if fault is not None:
            faults[bench.code].append(fault)
    return list(benches.values()), faults


def _evidence(
    bench: Bench,
    state: LiveState | None,
    faults: Sequence[Fault],
    repair: Repair | None,
    *,
    is_demonstration: bool,
) -> BenchEvidence:
    birth = state.birth if state else None
    return BenchEvidence(
        bench_code=bench.code,
        blocking_severity=bench.blocking_severity,
        silence_limit_s=bench.silence_limit_s,
        identity_kind=birth.identity.kind.value if birth else None,
        last_seen_at=state.last_seen_at if state else None,
        open_faults=tuple(
            OpenFault(
                row.dtc,
                row.severity,
                row.text_zh,
                row.text_en,
                row.remedy_zh,
                row.remedy_en,
                row.first_at,
            )
            for row in faults
        ),
        counts_as_hardware_anyway=is_demonstration,
        repair=repair,
    )
