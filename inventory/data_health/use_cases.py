"""Putting together what counters, times and signs of life say of the benches' data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from inventory.accounts.rules import Principal
from inventory.alerts.use_cases import AlertQuery, alerts
from inventory.benches.live import LiveBenches, LiveState
from inventory.benches.rules import Liveness
from inventory.benches.table import Bench
from inventory.benches.use_cases import visible_benches
from inventory.data_health.rules import (
    BenchSigns,
    TransportState,
    clock_state,
    day_begins,
    local_day,
    reasons,
    state,
)
from inventory.data_health.schema import BenchHealth, DataHealthOut, IngestHealth, IngestState
from inventory.data_health.source import (
    DayFigures,
    IngestSigns,
    TransportCounters,
    TransportSource,
)
from inventory.data_health.table import TransportDay
from inventory.database import Database
from inventory.monitoring.use_cases import bench_liveness

INGEST_LATE = timedelta(seconds=10)
"""Chosen: ten of ingest's signs of life."""
KEEP_DAYS = 400
_COUNTERS = ("resends", "rejected", "dropped", "expired")
_WORST_FIRST = (
    TransportState.TROUBLE,
    TransportState.NOTICE,
    TransportState.UNKNOWN,
    TransportState.OK,
)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures come from."""

    live: LiveBenches
    transport: TransportSource


def data_health(
    database: Database, sources: Sources, principal: Principal, now: datetime
) -> DataHealthOut:
    """The way of the data of every bench the caller may see.

    Raises:
        SourceUnavailable: the telemetry store gives no answer.
    """
    day = local_day(now)
    with database.read() as db:
        seen = db.exec(
            select(Bench).where(visible_benches(principal)).order_by(col(Bench.code))
        ).all()
        codes = [bench.code for bench in seen]
        floors = day_floors(db, day)
        _, open_alerts = alerts(db, principal, AlertQuery(is_open=True), offset=0, limit=1)
    counters, states = sources.transport.counters(), sources.live.states(codes)
    days = sources.transport.day(codes, day_begins(day), now)
    rows = [
        _health(
            bench,
            states.get(bench.code),
            _since(counters.get(bench.code), floors.get(bench.code), bench.code),
            days.get(bench.code) or DayFigures(bench.code),
            now,
        )
        for bench in seen
    ]
    rows.sort(key=lambda one: (_WORST_FIRST.index(one.state), -len(one.reasons), one.code))
    return DataHealthOut(
        at=now,
        day=day,
        lost_today=sum(one.dropped + one.expired for one in rows),
        unreadable_today=sum(one.rejected for one in rows),
        missing=sum(one.missing for one in rows),
        open_alerts=open_alerts,
        ingest=_ingest(sources.transport.ingest(), now),
        benches=rows,
    )


def day_floors(db: Session, day: date) -> Mapping[str, TransportDay]:
    """By bench what its counters stood at when the day began."""
    rows = db.exec(select(TransportDay).where(TransportDay.day == day)).all()
    return {row.bench_code: row for row in rows}


def begin_day(database: Database, counters: Mapping[str, TransportCounters], now: datetime) -> bool:
    """Note the counters of benches that have no note of today; whether there was anything to do.

    A bench that is heard of for the first time since the house runs begins at zero. Whatever came
    between midnight and the first look counts to the day before.
    """
    day = local_day(now)
    with database.read() as db:
        noted = set(day_floors(db, day))
        known = set(db.exec(select(TransportDay.bench_code).distinct()).all())
    missing = [one for code, one in counters.items() if code not in noted]
    if not missing:
        return False
    with database.begin() as db:
        for one in missing:
            # an installation that is older than this table does not begin with an alarm
            is_new = bool(known) and one.bench not in known
            values = dict.fromkeys(_COUNTERS, 0) if is_new else _totals(one)
            db.merge(TransportDay(bench_code=one.bench, day=day, taken_at=now, **values))
        oldest = day - timedelta(days=KEEP_DAYS)
        db.execute(delete(TransportDay).where(col(TransportDay.day) < oldest))
    return True


def _totals(one: TransportCounters) -> dict[str, int]:
    return {name: getattr(one, name) for name in _COUNTERS}


def _since(
    total: TransportCounters | None, floor: TransportDay | None, code: str
) -> TransportCounters:
    """Counters with today's part of what only grows; a store made anew begins at zero again."""
    if total is None:
        return TransportCounters(code)
    today: dict[str, int] = {}
    for name, count in _totals(total).items():
        began_at = getattr(floor, name) if floor is not None else 0
        today[name] = count - began_at if count >= began_at else count
    return TransportCounters(
        code,
        rows=total.rows,
        quarantined=total.quarantined,
        missing=total.missing,
        spool_rows=total.spool_rows,
        spool_share=total.spool_share,
        backlog_age_s=total.backlog_age_s,
        spool_trouble=total.spool_trouble,
        clock_offset_s=total.clock_offset_s,
        **today,
    )


def _signs(liveness: Liveness, counters: TransportCounters, day: DayFigures) -> BenchSigns:
    return BenchSigns(
        liveness=liveness,
        dropped=counters.dropped,
        expired=counters.expired,
        quarantined=counters.quarantined,
        rejected=counters.rejected,
        missing=counters.missing,
        backlog_age_s=counters.backlog_age_s,
        delay_p99_s=day.delay_p99_s,
        gap_s=day.gap_s,
        clock=clock_state(counters.clock_offset_s),
    )


def _health(
    bench: Bench,
    live: LiveState | None,
    counters: TransportCounters,
    day: DayFigures,
    now: datetime,
) -> BenchHealth:
    signs = _signs(bench_liveness(bench, live, now), counters, day)
    found = reasons(signs)
    return BenchHealth(
        code=bench.code,
        organisation_code=bench.organisation_code,
        station_code=bench.station_code,
        name_zh=bench.name_zh,
        name_en=bench.name_en,
        liveness=signs.liveness,
        last_seen_at=live.last_seen_at if live else None,
        state=state(found),
        reasons=list(found),
        rows=day.rows,
        expected=day.expected,
        gap_s=day.gap_s,
        longest_gap_s=day.longest_gap_s,
        longest_gap_at=day.longest_gap_at,
        off_s=day.off_s,
        delay_p50_s=day.delay_p50_s,
        delay_p99_s=day.delay_p99_s,
        odd_rows=day.odd_rows,
        spool_rows=counters.spool_rows,
        spool_share=counters.spool_share,
        spool_trouble=counters.spool_trouble,
        backlog_age_s=counters.backlog_age_s,
        missing=counters.missing,
        resends=counters.resends,
        rejected=counters.rejected,
        expired=counters.expired,
        quarantined=counters.quarantined,
        dropped=counters.dropped,
        clock_offset_s=counters.clock_offset_s,
        clock=signs.clock,
    )


def _ingest(signs: IngestSigns, now: datetime) -> IngestHealth:
    if signs.seen_at is None:
        return IngestHealth(state=IngestState.NEVER, seen_at=None, age_s=None)
    age = max(now - signs.seen_at, timedelta(0))
    found = IngestState.OK if signs.is_connected else IngestState.DISCONNECTED
    if age > INGEST_LATE:
        found = IngestState.LATE
    return IngestHealth(state=found, seen_at=signs.seen_at, age_s=age.total_seconds())
