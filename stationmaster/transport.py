"""Figures of the way from bench to store, made from the store: hours that are over are kept."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from inventory.data_health.source import DayFigures, IngestSigns, TransportCounters
from inventory.errors import SourceUnavailable
from inventory.moments import epoch_ms, moment
from telemetry.data_health import Span, begun_at, ended_at, joined, percentile_s, quiet_ms, span_of
from telemetry.store.port import BenchSnapshot, StoreUnavailable, TimeSeriesReader

HOUR_MS = 3_600_000
OPEN_HOUR_KEPT_MS = 2_000
"""Chosen: a page that refreshes itself and its neighbour share one look at the present hour."""
HOUR_KEPT_MS = 60_000
DAY_KEPT_MS = 600_000
"""Chosen: rows that come late show within a minute in the hour before and ten in earlier ones."""
LOOK_BACK_HOURS = 12
"""How far back the last row before a day is looked for, to tell a gap over midnight."""
CLOCK_TOLERANCE_MS = 2_000
"""A bench clock that is off by more shifts the span that is asked for."""
STALE_AFTER_MS = 6_000
"""Three heartbeats: a bench that was not heard of for longer does not say that it lives."""
USUAL_PERIOD_MS = 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Asked:
    """How a bench's hours are looked at; hours looked at otherwise are looked at again."""

    bench: str
    offset_ms: int
    quiet: int
    shift_ms: int


@dataclass(frozen=True, slots=True)
class _Kept:
    asked: _Asked
    until_ms: int
    span: Span | None


class StoredTransport:
    """`TransportSource` from a time-series store that another process writes."""

    def __init__(self, reader: TimeSeriesReader) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._hours: dict[tuple[str, int], _Kept] = {}

    def counters(self) -> Mapping[str, TransportCounters]:
        """See `TransportSource`."""
        found = _answered(self._reader.snapshots)
        return {bench: _counters(snapshot) for bench, snapshot in found.items()}

    def ingest(self) -> IngestSigns:
        """See `TransportSource`."""
        status = _answered(self._reader.ingest_status)
        if status is None:
            return IngestSigns()
        return IngestSigns(
            moment(status.heartbeat_at_ms), status.is_connected, status.committed_rows
        )

    def day(
        self, benches: Sequence[str], start: datetime, now: datetime
    ) -> Mapping[str, DayFigures]:
        """See `TransportSource`; figures of the present hour are at most 2 s old."""
        snapshots = _answered(self._reader.snapshots)
        start_ms, now_ms = epoch_ms(start), epoch_ms(now)
        known = [snapshots[code] for code in benches if code in snapshots]
        # one at a time: pages that are opened together would read the same hours
        with self._lock:
            self._forget(start_ms)
            figures = {one.bench: self._of_bench(one, start_ms, now_ms) for one in known}
        return {bench: found for bench, found in figures.items() if found is not None}

    def _of_bench(self, snapshot: BenchSnapshot, start_ms: int, now_ms: int) -> DayFigures | None:
        period = snapshot.birth.publish_period_ms if snapshot.birth else USUAL_PERIOD_MS
        offset = snapshot.clock_offset_ms or 0
        shift = offset if abs(offset) > CLOCK_TOLERANCE_MS else 0
        asked = _Asked(snapshot.bench, offset, quiet_ms(period), shift)
        hours = range(start_ms, now_ms, HOUR_MS)
        spans = [self._hour(asked, begin, now_ms) for begin in hours]
        whole = joined([span for span in spans if span is not None], asked.quiet)
        if whole is None:
            return None
        before = self._before(asked, start_ms, now_ms)
        whole = begun_at(whole, start_ms, before, asked.quiet)
        whole = ended_at(whole, now_ms, asked.quiet, is_online=_says_it_lives(snapshot, now_ms))
        return _figures(snapshot.bench, whole, period)

    def _before(self, asked: _Asked, start_ms: int, now_ms: int) -> Span | None:
        for back in range(1, LOOK_BACK_HOURS + 1):
            span = self._hour(asked, start_ms - back * HOUR_MS, now_ms)
            if span is not None:
                return span
        return None

    def _hour(self, asked: _Asked, begin_ms: int, now_ms: int) -> Span | None:
        key = (asked.bench, begin_ms)
        kept = self._hours.get(key)
        if kept is not None and now_ms < kept.until_ms and _is_alike(kept.asked, asked):
            return kept.span
        end_ms = begin_ms + HOUR_MS
        asked_span = (begin_ms + asked.shift_ms, end_ms + asked.shift_ms)
        stretches = [
            span_of(
                rows.epoch,
                rows.observed_at_ms,
                rows.received_at_ms,
                offset_ms=asked.offset_ms,
                quiet=asked.quiet,
            )
            for rows in _answered(
                lambda: list(self._reader.history(asked.bench, asked_span, signals=()))
            )
            if len(rows)
        ]
        span = joined(stretches, asked.quiet)
        self._hours[key] = _Kept(asked, now_ms + _kept_ms(end_ms, now_ms, key), span)
        return span

    def _forget(self, start_ms: int) -> None:
        oldest_ms = start_ms - LOOK_BACK_HOURS * HOUR_MS
        for key in [key for key in self._hours if key[1] < oldest_ms]:
            del self._hours[key]


def _is_alike(kept: _Asked, asked: _Asked) -> bool:
    """Whether figures stand though the measured offset of the clock wandered by milliseconds."""
    return kept.quiet == asked.quiet and abs(kept.offset_ms - asked.offset_ms) < CLOCK_TOLERANCE_MS


def _kept_ms(end_ms: int, now_ms: int, key: tuple[str, int]) -> int:
    if end_ms > now_ms:
        return OPEN_HOUR_KEPT_MS
    if now_ms - end_ms < HOUR_MS:
        return HOUR_KEPT_MS
    # spread, so that not all hours of all benches are due for the same page
    return DAY_KEPT_MS + hash(key) % DAY_KEPT_MS


def _counters(snapshot: BenchSnapshot) -> TransportCounters:
    word = snapshot.state
    limit = word.spool.limit_bytes if word else 0
    offset = snapshot.clock_offset_ms
    return TransportCounters(
        bench=snapshot.bench,
        rows=snapshot.rows,
        resends=snapshot.duplicates,
        rejected=snapshot.rejected,
        dropped=snapshot.dropped,
        expired=snapshot.expired,
        quarantined=snapshot.quarantined,
        missing=snapshot.missing,
        spool_rows=word.spool_rows if word else 0,
        spool_share=word.spool.payload_bytes / limit if word and limit else None,
        backlog_age_s=word.spool.oldest_waiting_ms / 1000 if word and word.spool_rows else None,
        spool_trouble=word.spool.trouble if word else "",
        clock_offset_s=None if offset is None else offset / 1000,
    )


def _says_it_lives(snapshot: BenchSnapshot, now_ms: int) -> bool:
    seen_ms, word = snapshot.last_seen_at_ms, snapshot.state
    if seen_ms is None or word is None:
        return False
    return word.online and now_ms - seen_ms < STALE_AFTER_MS


def _figures(bench: str, span: Span, period_ms: int) -> DayFigures:
    # every run of the bridge has one row more than it has periods
    expected = round(span.on_ms / period_ms) + 1
    at_ms = span.longest_gap_at_ms
    return DayFigures(
        bench=bench,
        rows=span.rows,
        expected=max(expected, span.rows),
        gap_s=span.gap_ms / 1000,
        longest_gap_s=span.longest_gap_ms / 1000,
        longest_gap_at=None if at_ms is None else moment(at_ms),
        off_s=span.off_ms / 1000,
        delay_p50_s=percentile_s(span.delays, 0.5),
        delay_p99_s=percentile_s(span.delays, 0.99),
        odd_rows=span.odd_rows,
    )


def _answered(question: Callable[[], T]) -> T:
    try:
        return question()
    except StoreUnavailable as unavailable:
        raise SourceUnavailable("the telemetry store") from unavailable
