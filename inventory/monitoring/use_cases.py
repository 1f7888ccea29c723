"""Bringing together what is registered, what lives and what was reported of benches."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from sqlmodel import Session, select

from inventory.accounts.rules import Action, Decision, Principal, authorize
from inventory.alerts.use_cases import open_alerts
from inventory.alerts.use_cases import shown as shown_alert
from inventory.benches.live import LiveBenches, LiveRow, LiveState, WindowQuery
from inventory.benches.rules import Liveness, liveness
from inventory.benches.table import Bench
from inventory.database import Database
from inventory.equipment.rules import Repair
from inventory.equipment.table import Equipment
from inventory.errors import Invalid
from inventory.faults.rules import is_blocking
from inventory.faults.table import Fault
from inventory.faults.use_cases import open_faults
from inventory.faults.use_cases import shown as shown_fault
from inventory.monitoring.schema import (
    BenchDetails,
    BenchOut,
    BenchPage,
    BenchPulse,
    BusOut,
    DiagnosticsOut,
    EquipmentRef,
    FramesOut,
    IdentityOut,
    RowOut,
    SeriesOut,
    SignalOut,
    SignalsOut,
)
from inventory.usage_sessions.schema import UsageSessionOut
from inventory.usage_sessions.use_cases import current_usage
from inventory.work_orders.repairs import repairs
from telemetry.contract.payloads import BusReport

MAX_SPAN = timedelta(days=31)


def bench_liveness(bench: Bench, state: LiveState | None, now: datetime) -> Liveness:
    """The bench's sign of life, by its own limit of silence."""
    word = state.state if state else None
    return liveness(
        state.last_seen_at if state else None,
        is_online=word.online if word else True,
        now=now,
        silence_limit=timedelta(seconds=bench.silence_limit_s),
    )


def summaries(
    db: Session,
    live: LiveBenches,
    principal: Principal,
    benches: Sequence[Bench],
    now: datetime,
) -> list[BenchOut]:
    """The benches with their signs of life, and with faults and use where the caller may know."""
    codes = [bench.code for bench in benches]
    states = live.states(codes)
    if authorize(principal, Action.READ_BENCH_DETAILS) is not Decision.ALLOWED:
        return [_outside(bench, states.get(bench.code), now) for bench in benches]
    used = current_usage(db, codes)
    out_of_use = repairs(db, {bench.organisation_code for bench in benches}).of_bench
    by_bench: dict[str, list[Fault]] = {}
    for fault in open_faults(db, codes):
        by_bench.setdefault(fault.bench_code, []).append(fault)
    return [
        _inside(
            _outside(bench, states.get(bench.code), now),
            bench,
            by_bench.get(bench.code, []),
            repair=out_of_use.get(bench.code),
            is_in_use=bench.code in used,
        )
        for bench in benches
    ]


def bench_page(
    db: Session, live: LiveBenches, principal: Principal, bench: Bench, now: datetime
) -> BenchPage:
    """Everything there is to say of one bench, as far as the caller may know."""
    (summary,) = summaries(db, live, principal, [bench], now)
    details = None
    if authorize(principal, Action.READ_BENCH_DETAILS) is Decision.ALLOWED:
        details = _details(db, live, bench, now)
    return BenchPage(**summary.model_dump(), details=details)


def pulse(
    db: Session, bench: Bench, state: LiveState | None, latest: LiveRow | None, now: datetime
) -> BenchPulse:
    """What changes from second to second."""
    word = state.state if state else None
    usage = current_usage(db, [bench.code]).get(bench.code)
    age = max((now - latest.received_at).total_seconds(), 0.0) if latest else None
    return BenchPulse(
        code=bench.code,
        liveness=bench_liveness(bench, state, now),
        last_seen_at=state.last_seen_at if state else None,
        data_age_s=age,
        is_online=word.online if word else False,
        bus=word.bus if word else None,
        buses=[_bus_out(bus) for bus in word.buses] if word else [],
        frames=FramesOut.model_validate(word.frames) if word else None,
        diagnostics=DiagnosticsOut.model_validate(word.diagnostics) if word else None,
        spool_rows=word.spool_rows if word else 0,
        dropped_rows=state.dropped_rows if state else 0,
        faults=[shown_fault(f, bench.blocking_severity) for f in open_faults(db, [bench.code])],
        usage_session=UsageSessionOut.model_validate(usage) if usage else None,
        alerts=[shown_alert(one) for one in open_alerts(db, bench.code)],
        clock_offset_s=state.clock_offset_s if state else None,
        at=now,
    )


def live_pulse(database: Database, live: LiveBenches, bench: Bench, now: datetime) -> BenchPulse:
    """The pulse with its own look at store and database."""
    state, latest = live.state(bench.code), live.latest(bench.code)
    with database.read() as db:
        return pulse(db, bench, state, latest, now)


def row_out(row: LiveRow) -> RowOut:
    """A live row as the API shows it."""
    return RowOut(observed_at=row.observed_at, received_at=row.received_at, values=dict(row.values))


def units_of(live: LiveBenches, code: str) -> dict[str, str]:
    """Unit by signal, as the bench told them last."""
    state = live.state(code)
    return {s.name: s.unit for s in state.birth.signals} if state and state.birth else {}


def signals(live: LiveBenches, bench: Bench, query: WindowQuery) -> SignalsOut:
    """Values of a span of time, thinned out; series as asked for, or as in the catalogue.

    Raises:
        Invalid: the span is empty or longer than `MAX_SPAN`.
    """
    if not timedelta(0) < query.end - query.start <= MAX_SPAN:
        raise Invalid("from", f"a moment before `to`, at most {MAX_SPAN.days} days earlier")
    units = units_of(live, bench.code)
    window = live.window(bench.code, query)
    # stores answer in any order; a chart's place must not depend on it
    wanted = dict.fromkeys([*(query.signals or units), *sorted(window.series)])
    return SignalsOut(
        bench=bench.code,
        start=window.start,
        end=window.end,
        points=query.points,
        series=[
            SeriesOut(
                name=name,
                unit=units.get(name, ""),
                at=[p.at for p in points],
                minimum=[p.minimum for p in points],
                mean=[p.mean for p in points],
                maximum=[p.maximum for p in points],
                last=[p.last for p in points],
            )
            for name in wanted
            if (points := window.series.get(name)) is not None
        ],
    )


def liveness_of_all(
    benches: Sequence[Bench], states: Mapping[str, LiveState], now: datetime
) -> dict[str, Liveness]:
    """The class of each bench by its code."""
    return {bench.code: bench_liveness(bench, states.get(bench.code), now) for bench in benches}


def _outside(bench: Bench, state: LiveState | None, now: datetime) -> BenchOut:
    return BenchOut(
        code=bench.code,
        organisation_code=bench.organisation_code,
        station_code=bench.station_code,
        profile=bench.profile,
        name_zh=bench.name_zh,
        name_en=bench.name_en,
        is_shared=bench.is_shared,
        liveness=bench_liveness(bench, state, now),
        last_seen_at=state.last_seen_at if state else None,
        identity_kind=state.birth.identity.kind if state and state.birth else None,
    )


def _inside(
    summary: BenchOut,
    bench: Bench,
    faults: Sequence[Fault],
    repair: Repair | None,
    *,
    is_in_use: bool,
) -> BenchOut:
    is_blocked = any(is_blocking(f.state, f.severity, bench.blocking_severity) for f in faults)
    is_alive = summary.liveness in {Liveness.ONLINE, Liveness.LATE}
    return summary.model_copy(
        update={
            "is_in_use": is_in_use,
            "open_faults": len(faults),
            "worst_severity": max((f.severity for f in faults), default=None),
            "is_working": is_alive and not is_blocked and repair is None,
            "work_order": repair.number if repair else None,
        }
    )


def _details(db: Session, live: LiveBenches, bench: Bench, now: datetime) -> BenchDetails:
    state, latest = live.state(bench.code), live.latest(bench.code)
    birth = state.birth if state else None
    return BenchDetails(
        blocking_severity=bench.blocking_severity,
        silence_limit_s=bench.silence_limit_s,
        identity=IdentityOut.model_validate(birth.identity) if birth else None,
        publish_period_ms=birth.publish_period_ms if birth else None,
        bridge_version=birth.bridge_version if birth else "",
        stored_rows=state.stored_rows if state else 0,
        pulse=pulse(db, bench, state, latest, now),
        latest=row_out(latest) if latest else None,
        equipment=_equipment(db, bench),
        signals=[SignalOut.model_validate(s) for s in birth.signals] if birth else [],
    )


def _bus_out(bus: BusReport) -> BusOut:
    at_ms = bus.last_frame_at_ms
    last = None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)
    return BusOut.model_validate({**msgspec.structs.asdict(bus), "last_frame_at": last})


def _equipment(db: Session, bench: Bench) -> EquipmentRef | None:
    query = select(Equipment).where(
        Equipment.bench_code == bench.code, Equipment.organisation_code == bench.organisation_code
    )
    found = db.exec(query).first()
    if found is None:
        return None
    return EquipmentRef(
        asset_number=found.asset_number, name_zh=found.item_zh, name_en=found.item_en
    )
