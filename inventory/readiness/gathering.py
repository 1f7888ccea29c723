"""What a check must know of benches right now, gathered from database and telemetry."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.benches.live import LiveBenches, LiveState
from inventory.benches.table import Bench
from inventory.errors import SourceUnavailable
from inventory.faults.rules import FaultState
from inventory.faults.table import Fault
from inventory.faults.use_cases import open_faults
from inventory.organisations.table import Organisation
from inventory.readiness.evidence import BenchEvidence, LivePicture, OpenFault
from inventory.readiness.live import live_defects


def picture(
    db: Session, source: LiveBenches, owners: Collection[Organisation], now: datetime
) -> LivePicture:
    """All benches of these organisations; faults only where telemetry gives no answer."""
    demonstrations = {row.code for row in owners if row.is_demonstration}
    of_schools = col(Bench.organisation_code).in_(sorted(row.code for row in owners))
    benches = db.exec(select(Bench).where(of_schools)).all()
    codes = [bench.code for bench in benches]
    faults: dict[str, list[Fault]] = {}
    for row in open_faults(db, codes) if codes else ():
        if row.state is FaultState.CONFIRMED:
            faults.setdefault(row.bench_code, []).append(row)
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
                faults.get(bench.code, ()),
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
            (code, defect.kind, defect.bench and (defect.bench.dtc, defect.bench.since_at))
            for code in bench_codes
            for defect in live_defects(picture, code)
        ),
    )


def _evidence(
    bench: Bench, state: LiveState | None, faults: Sequence[Fault], *, is_demonstration: bool
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
    )
