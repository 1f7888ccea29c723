"""When an alert opens, opens again and closes (pure)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

Fact = str | int | float | None
Facts = Mapping[str, Fact]


class AlertKind(StrEnum):
    """What an alert is about; all but a silent ingest are about one bench."""

    BENCH_SILENT = "bench_silent"
    INGEST_SILENT = "ingest_silent"
    SPOOL_FILLING = "spool_filling"
    ROWS_DROPPED = "rows_dropped"
    QUARANTINE_GROWING = "quarantine_growing"
    CLOCK_OFF = "clock_off"


class AlertEnd(StrEnum):
    """Why an alert closed by itself."""

    RECOVERED = "recovered"
    SLOT_OVER = "slot_over"


BOOKED_SILENCE = timedelta(minutes=5)
"""Chosen: time to switch a bench on when the class begins; a bench's shorter limit goes before."""
INGEST_SILENCE = timedelta(seconds=30)
"""Chosen: ingest gives a sign of life each second, and a restart takes less than 10 s."""
SPOOL_OPENS, SPOOL_CLOSES = 0.5, 0.4
"""Shares of a spool's capacity; apart, so that an alert does not flicker."""
CLOCK_OPENS_S, CLOCK_CLOSES_S = 60.0, 30.0
"""Chosen: a minute is what an exam's record can bear; a clock that is set by a server is far below.
"""
COUNTER_REST = timedelta(hours=1)
"""An alert on a growing counter closes when it has not grown for so long."""
REOPENS_WITHIN = timedelta(minutes=10)
"""What comes back within this is the same alert; in a booking it always is."""


@dataclass(frozen=True, slots=True)
class WatchedBench:
    """What is known of a bench now; None where it is not known.

    `dropped` and `rejected` are totals, the `…_floor` what they were when the day began.
    `clock_offset_s` is positive when the bench's clock is ahead. `spool_share` is 0 to 1.
    """

    code: str
    organisation_code: str
    silence_limit: timedelta
    last_seen_at: datetime | None = None
    spool_share: float | None = None
    dropped: int = 0
    dropped_floor: int = 0
    rejected: int = 0
    rejected_floor: int = 0
    clock_offset_s: float | None = None


@dataclass(frozen=True, slots=True)
class RunningSlot:
    """A booked slot that runs now and in which the bench is expected to live."""

    booking_id: int
    bench_code: str
    organisation_code: str
    start_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True)
class KnownAlert:
    """The latest alert of a key."""

    id: int
    kind: AlertKind
    key: str
    closed_at: datetime | None
    facts: Facts = field(default_factory=dict)
    slot_end_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is not closed."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is so now and deserves an alert; `key` names it over time."""

    kind: AlertKind
    key: str
    bench_code: str | None = None
    organisation_code: str | None = None
    booking_id: int | None = None
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """A new alert."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Reopened:
    """An alert that had closed is open again."""

    alert_id: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class Renewed:
    """An open alert's facts moved on."""

    alert_id: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class Closed:
    """An alert closes by itself."""

    alert_id: int
    because: AlertEnd


Change = Opened | Reopened | Renewed | Closed


@dataclass(frozen=True, slots=True)
class HouseSigns:
    """All that alerts are made from; `watched_since` is when the watching process began."""

    now: datetime
    watched_since: datetime
    ingest_seen_at: datetime | None
    benches: tuple[WatchedBench, ...] = ()
    slots: tuple[RunningSlot, ...] = ()


def silence_key(bench: str, booking_id: int) -> str:
    """Key of the one alert a booking can have for its bench's silence."""
    return f"{AlertKind.BENCH_SILENT.value}:{bench}:{booking_id}"


def conditions(signs: HouseSigns, latest: Mapping[str, KnownAlert]) -> list[Condition]:
    """What deserves an alert now; `latest` is the latest alert by key, open or closed."""
    found = list(_ingest(signs))
    by_code = {bench.code: bench for bench in signs.benches}
    for slot in signs.slots:
        bench = by_code.get(slot.bench_code)
        if bench is not None:
            known = latest.get(silence_key(bench.code, slot.booking_id))
            found += _silence(bench, slot, signs, is_open=known is not None and known.is_open)
    for bench in signs.benches:
        found += _of_bench(bench, signs.now, latest)
    return found


def step(
    signs: HouseSigns, latest: Mapping[str, KnownAlert], holding: Iterable[Condition]
) -> list[Change]:
    """What has to change so that the open alerts are those that hold."""
    by_key = {condition.key: condition for condition in holding}
    changes: list[Change] = []
    for key, condition in by_key.items():
        known = latest.get(key)
        if known is None or not _is_same(known, signs.now):
            changes.append(Opened(condition))
        elif not known.is_open:
            changes.append(Reopened(known.id, condition.facts))
        elif dict(known.facts) != dict(condition.facts):
            changes.append(Renewed(known.id, condition.facts))
    over = (
        known
        for known in latest.values()
        if known.is_open and known.key not in by_key and not _must_wait(known, signs)
    )
    changes += [Closed(known.id, _end(known, signs.now)) for known in over]
    return changes


def _is_same(known: KnownAlert, now: datetime) -> bool:
    if known.closed_at is None or known.kind is AlertKind.BENCH_SILENT:
        return True
    return now - known.closed_at < REOPENS_WITHIN


def _must_wait(known: KnownAlert, signs: HouseSigns) -> bool:
    """While ingest is silent nothing is heard of benches, so none is known to be well again."""
    is_of_bench = known.kind is not AlertKind.INGEST_SILENT
    return (
        is_of_bench
        and _is_ingest_silent(signs)
        and _end(known, signs.now) is not (AlertEnd.SLOT_OVER)
    )


def _end(known: KnownAlert, now: datetime) -> AlertEnd:
    is_over = known.slot_end_at is not None and known.slot_end_at <= now
    return AlertEnd.SLOT_OVER if is_over else AlertEnd.RECOVERED


def _is_ingest_silent(signs: HouseSigns) -> bool:
    # a house that has just been started gives its ingest the same time to come up
    heard_at = max(signs.ingest_seen_at or signs.watched_since, signs.watched_since)
    return signs.now - heard_at > INGEST_SILENCE


def _ingest(signs: HouseSigns) -> Iterator[Condition]:
    if _is_ingest_silent(signs):
        seen = signs.ingest_seen_at
        facts: Facts = {"last_seen_at": seen.isoformat() if seen else None}
        yield Condition(AlertKind.INGEST_SILENT, AlertKind.INGEST_SILENT.value, facts=facts)


def _silence(
    bench: WatchedBench, slot: RunningSlot, signs: HouseSigns, *, is_open: bool
) -> Iterator[Condition]:
    if _is_ingest_silent(signs):
        # then every bench looks silent, and there is one alert that says why
        return
    limit = min(bench.silence_limit, BOOKED_SILENCE)
    expected_since = max(bench.last_seen_at or slot.start_at, slot.start_at)
    if not is_open:
        # a house that has just been started gives its benches time, but forgets no silence
        expected_since = max(expected_since, signs.watched_since)
    if signs.now - expected_since > limit:
        seen = bench.last_seen_at
        yield Condition(
            AlertKind.BENCH_SILENT,
            silence_key(bench.code, slot.booking_id),
            bench.code,
            slot.organisation_code,
            slot.booking_id,
            {"last_seen_at": seen.isoformat() if seen else None, "limit_s": limit.total_seconds()},
        )


def _of_bench(
    bench: WatchedBench, now: datetime, latest: Mapping[str, KnownAlert]
) -> Iterator[Condition]:
    def condition(kind: AlertKind, facts: Facts) -> Condition:
        key = f"{kind.value}:{bench.code}"
        return Condition(kind, key, bench.code, bench.organisation_code, facts=facts)

    def is_open(kind: AlertKind) -> bool:
        known = latest.get(f"{kind.value}:{bench.code}")
        return known is not None and known.is_open

    limit = SPOOL_CLOSES if is_open(AlertKind.SPOOL_FILLING) else SPOOL_OPENS
    if bench.spool_share is not None and bench.spool_share >= limit:
        share = round(bench.spool_share, 2)
        yield condition(AlertKind.SPOOL_FILLING, {"share": share})
    offset_limit = CLOCK_CLOSES_S if is_open(AlertKind.CLOCK_OFF) else CLOCK_OPENS_S
    if bench.clock_offset_s is not None and abs(bench.clock_offset_s) > offset_limit:
        yield condition(AlertKind.CLOCK_OFF, {"offset_s": round(bench.clock_offset_s)})
    counters = (
        (AlertKind.ROWS_DROPPED, bench.dropped, bench.dropped_floor),
        (AlertKind.QUARANTINE_GROWING, bench.rejected, bench.rejected_floor),
    )
    for kind, count, floor in counters:
        facts = _grown(latest.get(f"{kind.value}:{bench.code}"), count, floor, now)
        if facts is not None:
            yield condition(kind, facts)


def _grown(known: KnownAlert | None, count: int, floor: int, now: datetime) -> Facts | None:
    """The facts of a counter that grew of late; None when it rests.

    What an alert has told of does not open another one. A count below the known one is that of a
    store made anew.
    """
    told = known.facts.get("count") if known else None
    if isinstance(told, int | float) and told <= count:
        floor = max(floor, int(told))
    if count > floor:
        return {"count": count, "grew_at": now.isoformat()}
    if known is None or not known.is_open:
        return None
    grew_at = datetime.fromisoformat(str(known.facts.get("grew_at", now.isoformat())))
    return known.facts if now - grew_at < COUNTER_REST else None
