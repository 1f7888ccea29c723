"""The port in plain Python: what the other implementations are held to; forgets all when closed.

It keeps every row as it came and notes only which of them are packed or sealed, because that
decides when they go by age and what rollups were made of.
"""

from collections.abc import Callable
from dataclasses import replace

from telemetry.contract.payloads import Samples, UsageEvent, UsageReport
from telemetry.store.memory_reading import Bench, Hour, MemoryReader, rolled_up, together
from telemetry.store.port import (
    Batch,
    BenchSnapshot,
    Committed,
    IngestStatus,
    Received,
    Sealed,
    Step,
    StoredEvent,
    StoredRow,
)
from telemetry.store.rollups import HOUR_MS
from telemetry.store.usage_spans import heard_span
from telemetry.watermarks import Received as ReceivedSpans
from telemetry.watermarks import advance


class MemoryStore(MemoryReader):
    """A `TimeSeriesStore` for one process and one thread."""

    def __init__(self, pack_rows: int = 1000) -> None:
        super().__init__()
        self._pack_rows = pack_rows
        self._seqs: set[tuple[str, int, int]] = set()
        self._gaps: set[tuple[str, int, int]] = set()
        self._positions = 0

    def _bench(self, code: str) -> Bench:
        empty = BenchSnapshot(code, None, None, None, 0, 0, 0, 0)
        return self._benches.setdefault(code, Bench(empty))

    def _note(self, code: str, **changes: object) -> None:
        bench = self._bench(code)
        bench.snapshot = replace(bench.snapshot, **changes)  # type: ignore[arg-type]

    def _count(self, code: str, what: str, number: int = 1) -> None:
        self._note(code, **{what: getattr(self._bench(code).snapshot, what) + number})

    def _seen(self, code: str, at_ms: int) -> None:
        before = self._bench(code).snapshot.last_seen_at_ms
        self._note(code, last_seen_at_ms=max(before or 0, at_ms))

    def commit(self, batch: Batch) -> Committed:
        """Store a batch; see the port."""
        for birth in batch.births:
            self._note(birth.bench, birth=birth.message)
        for state in batch.states:
            self._note(state.bench, state=state.message)
            if state.message.online:
                self._seen(state.bench, state.received_at_ms)
        touched: dict[tuple[str, int], None] = {}
        rows = [received for received in batch.samples if not received.message.dropped]
        gaps = [received for received in batch.samples if received.message.dropped]
        duplicates = sum(not self._take_gap(gap, touched) for gap in gaps)
        before = len(self._events)
        duplicates += sum(not self._take(received, touched) for received in rows)
        duplicates += sum(not self._take(received, touched) for received in batch.events)
        for bench, number in batch.rejected.items():
            self._count(bench, "rejected", number)
        marks = {key: self._spans[key].watermark for key in touched}
        return Committed(marks, duplicates, len(self._events) - before)

    def _advance(self, key: tuple[str, int], span: tuple[int, int]) -> None:
        self._spans[key] = advance(self._spans.get(key, ReceivedSpans()), [span])

    def _take_gap(self, received: Received[Samples], touched: dict[tuple[str, int], None]) -> bool:
        message, bench = received.message, received.bench
        self._advance((bench, message.epoch), (message.seq, max(message.seq, message.last_seq)))
        touched[bench, message.epoch] = None
        key = (bench, message.epoch, message.seq)
        is_new = key not in self._gaps
        self._gaps.add(key)
        self._count(bench, "dropped" if is_new else "duplicates", message.dropped if is_new else 1)
        return is_new

    def _take(self, received: Received, touched: dict[tuple[str, int], None]) -> bool:  # type: ignore[type-arg]
        message, code = received.message, received.bench
        self._advance((code, message.epoch), (message.seq, message.seq))
        touched[code, message.epoch] = None
        self._seen(code, received.received_at_ms)
        key = (code, message.epoch, message.seq)
        if key in self._seqs:
            self._count(code, "duplicates")
            return False
        self._seqs.add(key)
        if isinstance(message, Samples):
            self._take_row(code, message, received.received_at_ms)
        else:
            position = len(self._events) + 1
            event = StoredEvent(position, *key, received.received_at_ms, message)
            self._events.append(event)
        if isinstance(message, UsageReport):
            self._take_usage(code, message)
        return True

    def _take_row(self, code: str, message: Samples, received_at_ms: int) -> None:
        self._positions += 1
        at = message.observed_at_ms
        ids = (self._positions, code, message.epoch, message.seq)
        row = StoredRow(*ids, at, received_at_ms, dict(message.values))
        bench = self._bench(code)
        hour = bench.hours.setdefault(at // HOUR_MS, Hour())
        hour.hot.append(row)
        hour.last_received_ms = max(hour.last_received_ms, received_at_ms)
        bench.latest = row
        self._count(code, "rows")

    def _take_usage(self, code: str, report: UsageReport) -> None:
        start, until = heard_span(report)
        is_end = report.event is UsageEvent.ENDED
        known = self._bench(code).usage.get(report.usage_id)
        if known is not None:
            if known[2]:
                return
            start, until = min(start, known[0]), until if is_end else max(until, known[1])
        self._bench(code).usage[report.usage_id] = (start, until, is_end)

    def note_status(self, status: IngestStatus) -> None:
        """Keep ingest's sign of life."""
        self._status = status

    def seal(
        self, now_ms: int, late_ms: int, is_wanted: Callable[[], bool] = lambda: True
    ) -> Sealed:
        """Seal and pack; see the port."""
        hours = rows = 0
        for bench in self._benches.values():
            for number, hour in bench.hours.items():
                if not is_wanted() or not (hour.hot or hour.packed):
                    continue
                if hour.last_received_ms <= now_ms - late_ms and number != now_ms // HOUR_MS:
                    hours += 1
                    rows += self._seal(hour)
                elif len(hour.hot) >= self._pack_rows:
                    hour.packed, hour.hot = [*hour.packed, *hour.hot], []
        return Sealed(hours, rows)

    def _seal(self, hour: Hour) -> int:
        for step in Step:
            kept = None if hour.sealed else hour.records(step)
            records = together(kept or {}, rolled_up(hour.rows(), step))
            if step is Step.HOUR:
                hour.hours = records
            else:
                hour.minutes = records
        hour.sealed, hour.packed, hour.hot = hour.rows(), [], []
        return len(hour.sealed)

    def forget_before(self, received_before_ms: int) -> int:
        """Drop old rows; see the port."""
        number = 0
        for bench in self._benches.values():
            for hour in bench.hours.values():
                before = len(hour.rows())
                hour.hot = [row for row in hour.hot if row.received_at_ms >= received_before_ms]
                if hour.last_received_ms < received_before_ms:
                    hour.sealed, hour.packed = [], []
                number += before - len(hour.rows())
        self._drop_empty_hours()
        return number

    def forget_rollups(self, minutes_before_ms: int, hours_before_ms: int) -> int:
        """Drop old rollups; see the port."""
        number = 0
        for bench in self._benches.values():
            for hour in bench.hours.values():
                if hour.minutes is not None and hour.last_received_ms < minutes_before_ms:
                    hour.minutes = None
                    number += 1
                if hour.hours is not None and hour.last_received_ms < hours_before_ms:
                    hour.hours = None
                    number += 1
        self._drop_empty_hours()
        return number

    def _drop_empty_hours(self) -> None:
        for bench in self._benches.values():
            kept = {n: hour for n, hour in bench.hours.items() if not hour.is_empty()}
            bench.hours = kept

    def close(self) -> None:
        """Nothing to release."""
