"""The reading half of the store in plain Python, value by value."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise

import numpy as np

from telemetry.downsampling import Bucket, Window, downsample
from telemetry.store.cells import ABSENT, Column
from telemetry.store.memory_quarantine import MemoryQuarantine
from telemetry.store.port import (
    BenchSnapshot,
    IngestStatus,
    RollupPoint,
    Rollups,
    RowColumns,
    Step,
    StoredEvent,
    StoredRow,
)
from telemetry.store.quarantine import Quarantined, QuarantineTotals
from telemetry.store.rollups import LONGEST_HOLD_MS, joined
from telemetry.store.usage_spans import DAY_MS, per_day
from telemetry.watermarks import Received as ReceivedSpans
from telemetry.watermarks import missing

Records = dict[tuple[str, int], RollupPoint]
"""By signal and beginning."""


@dataclass(slots=True)
class Hour:
    """Rows and records of a bench and hour; records are None where there are none (any more)."""

    last_received_ms: int = 0
    hot: list[StoredRow] = field(default_factory=list)
    packed: list[StoredRow] = field(default_factory=list)
    sealed: list[StoredRow] = field(default_factory=list)
    minutes: Records | None = None
    hours: Records | None = None

    def rows(self) -> list[StoredRow]:
        """All there are."""
        return in_order([*self.sealed, *self.packed, *self.hot])

    def records(self, step: Step) -> Records | None:
        """Those of sealing."""
        return self.hours if step is Step.HOUR else self.minutes

    def is_empty(self) -> bool:
        """Whether nothing of it is left."""
        return not self.rows() and self.minutes is None and self.hours is None


@dataclass(slots=True)
class Bench:
    """All that is known of a bench."""

    snapshot: BenchSnapshot
    hours: dict[int, Hour] = field(default_factory=dict)
    latest: StoredRow | None = None
    usage: dict[str, tuple[int, int, bool]] = field(default_factory=dict)
    offsets: list[int] = field(default_factory=list)
    up_to_date_at_ms: int | None = None


def in_order(rows: Iterable[StoredRow]) -> list[StoredRow]:
    """By observation, of the same moment by arrival."""
    return sorted(rows, key=lambda row: (row.observed_at_ms, row.position))


def rolled_up(rows: Sequence[StoredRow], step: Step) -> Records:
    """Records of rows in order, value by value."""
    records: Records = {}
    steps = [
        min(after.observed_at_ms - row.observed_at_ms, LONGEST_HOLD_MS)
        for row, after in pairwise(rows)
    ]
    holds = [*steps, *(steps[-1:] or [0])]
    for row, hold in zip(rows, holds, strict=False):
        at = row.observed_at_ms
        start = at // step * step
        for name, value in row.values.items():
            if value is None:
                continue
            number = None if isinstance(value, str) else float(value)
            bucket = Bucket(at, value)
            bucket.add(at, value)
            record = RollupPoint(
                *(start, bucket.count, bucket.minimum, bucket.maximum, bucket.total),
                *(value, at, hold if number else 0),
            )
            known = records.get((name, start))
            records[name, start] = joined(known, record) if known else record
    return records


def together(*parts: Records) -> Records:
    """Records of rows in several parts."""
    whole: Records = {}
    for part in parts:
        for key, record in part.items():
            whole[key] = joined(whole[key], record) if key in whole else record
    return whole


class MemoryReader:
    """A `TimeSeriesReader` over what a `MemoryStore` holds."""

    def __init__(self, quarantine: MemoryQuarantine) -> None:
        self.quarantine = quarantine
        self._benches: dict[str, Bench] = {}
        self._spans: dict[tuple[str, int], ReceivedSpans] = {}
        self._orders: dict[str, dict[int, int]] = {}
        self._acknowledged: dict[tuple[str, int], int] = {}
        self._events: list[StoredEvent] = []
        self._status: IngestStatus | None = None

    def _hours(self, bench: str) -> Mapping[int, Hour]:
        return self._benches[bench].hours if bench in self._benches else {}

    def snapshot(self, bench: str) -> BenchSnapshot | None:
        """See the port."""
        return self.snapshots().get(bench)

    def snapshots(self) -> Mapping[str, BenchSnapshot]:
        """See the port."""
        return {
            code: replace(
                bench.snapshot,
                missing=self._missing(code),
                quarantined=self.quarantine.of_bench(code),
            )
            for code, bench in self._benches.items()
        }

    def _missing(self, code: str) -> int:
        epochs = [(code, epoch) for epoch in self._orders.get(code, {})]
        empty = ReceivedSpans()
        return sum(
            missing(self._spans.get(key, empty), self._acknowledged.get(key, 0)) for key in epochs
        )

    def quarantined(self, after_id: int, limit: int) -> Sequence[Quarantined]:
        """See the port."""
        return self.quarantine.entries_after(after_id, limit)

    def quarantine_totals(self) -> QuarantineTotals:
        """See the port."""
        return self.quarantine.totals()

    def last_row(self, bench: str) -> StoredRow | None:
        """See the port."""
        return self._benches[bench].latest if bench in self._benches else None

    def rows_after(self, bench: str, position: int, limit: int) -> Sequence[StoredRow]:
        """See the port."""
        rows = [row for hour in self._hours(bench).values() for row in hour.rows()]
        later = [row for row in rows if row.position > position]
        return sorted(later, key=lambda row: row.position)[: max(limit, 0)]

    def events_after(self, position: int, limit: int) -> Sequence[StoredEvent]:
        """See the port."""
        later = (event for event in self._events if event.position > position)
        return [
            replace(event, epoch_order=self._orders[event.bench][event.epoch])
            for event in islice(later, limit)
        ]

    def history(
        self, bench: str, span_ms: tuple[int, int], signals: Sequence[str] | None = None
    ) -> Iterator[RowColumns]:
        """See the port."""
        for _, hour in sorted(self._hours(bench).items()):
            rows = [row for row in hour.rows() if span_ms[0] <= row.observed_at_ms < span_ms[1]]
            if rows:
                yield _as_columns(rows, signals)

    def window(
        self,
        bench: str,
        span_ms: tuple[int, int],
        points: int,
        signals: Sequence[str] | None = None,
    ) -> Window:
        """See the port; from rows wherever they are there."""
        hours = self._hours(bench)
        rows = in_order(row for hour in hours.values() for row in hour.rows())
        cells = [(row.observed_at_ms, row.values) for row in rows]
        found = downsample(cells, span_ms, points, signals)
        gone = [hour for hour in hours.values() if not hour.sealed]
        records = [
            (name, record)
            for hour in gone
            for (name, start), record in (hour.minutes or hour.hours or {}).items()
            if span_ms[0] <= start < span_ms[1] and (signals is None or name in signals)
        ]
        return _with_records(found, records)

    def rollups(
        self, benches: Sequence[str], signals: Sequence[str], span_ms: tuple[int, int], step: Step
    ) -> Rollups:
        """See the port."""
        found: dict[tuple[str, str], list[RollupPoint]] = {}
        for bench in benches:
            for hour in self._hours(bench).values():
                for (name, start), record in hour_records(hour, step).items():
                    if name in signals and span_ms[0] <= start < span_ms[1]:
                        found.setdefault((bench, name), []).append(record)
        return {key: sorted(records) for key, records in found.items()}

    def activity(
        self, benches: Sequence[str], signal: str, span_ms: tuple[int, int], offset_ms: int
    ) -> Mapping[tuple[str, int], int]:
        """See the port."""
        found: dict[tuple[str, int], int] = {}
        for bench in benches:
            for hour in self._hours(bench).values():
                for (name, start), record in (hour.hours or {}).items():
                    if name == signal and span_ms[0] <= start < span_ms[1] and record.active_ms:
                        key = (bench, (start + offset_ms) // DAY_MS)
                        found[key] = found.get(key, 0) + record.active_ms
        return found

    def utilisation(
        self, benches: Sequence[str], span_ms: tuple[int, int], offset_ms: int
    ) -> Mapping[tuple[str, int], int]:
        """See the port."""
        found: dict[tuple[str, int], int] = {}
        for bench in benches:
            known = self._benches[bench].usage if bench in self._benches else {}
            spans = sorted((start, until) for start, until, _ in known.values())
            days = per_day(spans, span_ms, offset_ms)
            found |= {(bench, day): used_ms for day, used_ms in days.items()}
        return found

    def watermark(self, bench: str, epoch: int) -> int:
        """See the port."""
        return self._spans.get((bench, epoch), ReceivedSpans()).watermark

    def ingest_status(self) -> IngestStatus | None:
        """See the port."""
        return self._status


def _as_columns(rows: Sequence[StoredRow], signals: Sequence[str] | None) -> RowColumns:
    ordered = sorted(rows, key=lambda row: (row.observed_at_ms, row.epoch, row.seq))
    named = dict.fromkeys(name for row in ordered for name in row.values)
    headers = [(row.epoch, row.seq, row.observed_at_ms, row.received_at_ms) for row in ordered]
    columns = {
        name: Column.of([row.values.get(name, ABSENT) for row in ordered])
        for name in named
        if signals is None or name in signals
    }
    epoch, seq, observed, received = np.array(headers, np.int64).T
    return RowColumns(epoch, seq, observed, received, columns)


def hour_records(hour: Hour, step: Step) -> Records:
    """Of sealing and of the rows since, or of all rows."""
    known = hour.records(step)
    if known is None:
        return rolled_up(hour.rows(), step)
    return together(known, rolled_up(in_order([*hour.packed, *hour.hot]), step))


def _with_records(found: Window, records: Iterable[tuple[str, RollupPoint]]) -> Window:
    series: dict[str, dict[int, Bucket]] = {}
    for name, points in found.series.items():
        of_name = series.setdefault(name, {})
        for p in points:
            index = int((p.at_ms - found.start_ms) / found.bucket_ms)
            numbers = (p.minimum, p.maximum, p.mean)
            low, high, mean = (0.0 if number is None else number for number in numbers)
            extremes = (low, high) if p.count else (math.inf, -math.inf)
            of_name[index] = Bucket(p.at_ms, p.last, p.count, mean * p.count, *extremes)
    for name, r in records:
        made = Bucket(r.last_at_ms, r.last, r.counted, r.total, r.minimum, r.maximum)
        of_name = series.setdefault(name, {})
        at = min(max(r.last_at_ms, found.start_ms), found.end_ms - 1)
        index = int((at - found.start_ms) / found.bucket_ms)
        if index in of_name:
            made.join(of_name[index])
        of_name[index] = made
    made_points = {
        name: [buckets[index].point() for index in sorted(buckets)]
        for name, buckets in series.items()
    }
    return replace(found, series=made_points)
