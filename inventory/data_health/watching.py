"""One look at the whole house: today's counters begin, alerts open and close."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from inventory.alerts.rules import Change, HouseSigns, WatchedBench
from inventory.alerts.use_cases import update_alerts, watched_slots
from inventory.benches.live import LiveState
from inventory.benches.table import Bench
from inventory.data_health.rules import day_begins, local_day
from inventory.data_health.source import TransportCounters
from inventory.data_health.table import TransportDay
from inventory.data_health.use_cases import Sources, begin_day, day_floors
from inventory.database import Database


def look_at_house(
    database: Database, sources: Sources, watched_since: datetime, now: datetime
) -> Sequence[Change]:
    """See what is so now and let the alerts say it; returns what changed.

    Args:
        database: inventory.
        sources: where signs of life and figures come from.
        watched_since: when this process began to watch; silence before that is not held against
            anybody.
        now: the moment of the look.

    Raises:
        SourceUnavailable: the telemetry store gives no answer; nothing was changed.
    """
    counters = sources.transport.counters()
    ingest = sources.transport.ingest()
    begin_day(database, counters, now)
    with database.read() as db:
        benches = db.exec(select(Bench).order_by(col(Bench.code))).all()
        slots = watched_slots(db, now)
        floors = day_floors(db, local_day(now))
    states = sources.live.states([bench.code for bench in benches])
    signs = HouseSigns(
        now=now,
        watched_since=watched_since,
        ingest_seen_at=ingest.seen_at,
        benches=tuple(_watched(bench, states, counters, floors) for bench in benches),
        slots=slots,
    )
    return update_alerts(database, signs)


def refresh_day(sources: Sources, now: datetime) -> None:
    """Ask for today's figures of all benches, so that nobody waits for hours nobody looked at.

    Raises:
        SourceUnavailable: the telemetry store gives no answer.
    """
    codes = sorted(sources.transport.counters())
    sources.transport.day(codes, day_begins(local_day(now)), now)


def _watched(
    bench: Bench,
    states: Mapping[str, LiveState],
    counters: Mapping[str, TransportCounters],
    floors: Mapping[str, TransportDay],
) -> WatchedBench:
    live = states.get(bench.code)
    total = counters.get(bench.code) or TransportCounters(bench.code)
    floor = floors.get(bench.code)
    return WatchedBench(
        code=bench.code,
        organisation_code=bench.organisation_code,
        silence_limit=timedelta(seconds=bench.silence_limit_s),
        last_seen_at=live.last_seen_at if live else None,
        spool_share=total.spool_share,
        dropped=total.dropped,
        dropped_floor=floor.dropped if floor else 0,
        rejected=total.rejected,
        rejected_floor=floor.rejected if floor else 0,
        clock_offset_s=total.clock_offset_s,
    )
