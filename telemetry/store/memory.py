"""The port in plain Python: what the other implementations are held to; forgets all when closed.

It keeps every row as it came and notes only which of them are packed or sealed, because that
decides when they go by age and what rollups were made of.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from telemetry.contract.payloads import (
    BenchState,
    Birth,
    FaultReport,
    Samples,
    UsageEvent,
    UsageReport,
)
from telemetry.store.clock_offsets import IDLE_SPOOL_ROWS, Ageing, is_expired, median, noted
from telemetry.store.committed import Committed
from telemetry.store.ingest_workers import of_workers
from telemetry.store.memory_quarantine import MemoryQuarantine
from telemetry.store.memory_reading import Bench, Hour, MemoryReader, rolled_up, together
from telemetry.store.port import (
    Batch,
    BenchSnapshot,
    IngestStatus,
    Received,
    Sealed,
    Step,
    StoredEvent,
    StoredRow,
)
from telemetry.store.quarantine import Poison, QuarantineLimits
from telemetry.store.rollups import HOUR_MS
from telemetry.store.usage_spans import heard_span
from telemetry.watermarks import Received as ReceivedSpans
from telemetry.watermarks import advance, in_order

Durable = Received[Samples] | Received[UsageReport | FaultReport]
DEFAULT_LIMITS = QuarantineLimits()


class MemoryStore(MemoryReader):
    """A `TimeSeriesStore` for one process and one thread."""

    def __init__(self, pack_rows: int = 1000, limits: QuarantineLimits = DEFAULT_LIMITS) -> None:
        super().__init__(MemoryQuarantine(limits))
        self._pack_rows = pack_rows
        self._seqs: set[tuple[str, int, int]] = set()
        self._gaps: dict[tuple[str, int, int], int] = {}
        self._positions = 0
        self._workers: dict[int, IngestStatus] = {}

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
            self._take_order(birth.bench, birth.message)
        for state in batch.states:
            self._take_state(state)
        touched: dict[tuple[str, int], None] = {}
        rows = [received for received in batch.samples if not received.message.dropped]
        gaps = [received for received in batch.samples if received.message.dropped]
        taken = [self._take_gap(gap, touched) for gap in gaps]
        given_up = [number for number in taken if number is not None]
        everything: list[Durable] = [*rows, *batch.events]
        fresh = [received for received in everything if self._is_new(received, touched)]
        young = [received for received in fresh if not self._is_too_old(received, batch.keep_ms)]
        for received in young:
            self._take(received)
        self.quarantine.replayed(batch.replayed)
        quarantined = self._take_poison(batch.poison, touched)
        new_rows = [r.message.values for r in young if isinstance(r.message, Samples)]
        return Committed(
            {key: self._spans[key].watermark for key in touched},
            len(rows) + len(batch.events) - len(fresh) + len(gaps) - len(given_up),
            len(young) - len(new_rows),
            len(new_rows),
            sum(map(len, new_rows)),
            len(fresh) - len(young),
            sum(given_up),
            quarantined,
        )

    def _take_order(self, code: str, birth: Birth) -> None:
        order = self._orders.setdefault(code, {})
        for earlier in birth.earlier:
            known = self._acknowledged.get((code, earlier.epoch), 0)
            told = earlier.acknowledged if order else 0
            self._acknowledged[code, earlier.epoch] = max(known, told)
        order.update(in_order([*(one.epoch for one in birth.earlier), birth.epoch], order))

    def _take_state(self, received: Received[BenchState]) -> None:
        state, code = received.message, received.bench
        self._note(code, state=state)
        if not state.online:
            return
        self._seen(code, received.received_at_ms)
        bench = self._bench(code)
        bench.offsets = noted(bench.offsets, state.observed_at_ms - received.received_at_ms)
        self._note(code, clock_offset_ms=median(bench.offsets))
        if state.spool_rows <= IDLE_SPOOL_ROWS:
            bench.up_to_date_at_ms = received.received_at_ms

    def _advance(self, key: tuple[str, int], span: tuple[int, int]) -> None:
        order = self._orders.setdefault(key[0], {})
        order.setdefault(key[1], max(order.values(), default=0) + 1)
        self._spans[key] = advance(self._spans.get(key, ReceivedSpans()), [span])

    def _take_gap(
        self, received: Received[Samples], touched: dict[tuple[str, int], None]
    ) -> int | None:
        """How many rows are gone that were not counted before; None: a resend."""
        message, bench = received.message, received.bench
        last_seq = max(message.seq, message.last_seq)
        self._advance((bench, message.epoch), (message.seq, last_seq))
        touched[bench, message.epoch] = None
        key = (bench, message.epoch, message.seq)
        of_epoch = (seq for code, epoch, seq in self._seqs if (code, epoch) == key[:2])
        dropped = message.dropped - sum(message.seq <= seq <= last_seq for seq in of_epoch)
        more = max(dropped, 0) - self._gaps.get(key, 0)
        if key in self._gaps and more <= 0:
            self._count(bench, "duplicates")
            return None
        self._gaps[key] = max(dropped, 0)
        self._count(bench, "dropped", more)
        return more

    def _is_new(self, received: Durable, touched: dict[tuple[str, int], None]) -> bool:
        message, code = received.message, received.bench
        self._advance((code, message.epoch), (message.seq, message.seq))
        touched[code, message.epoch] = None
        self._seen(code, received.received_at_ms)
        key = (code, message.epoch, message.seq)
        is_new = key not in self._seqs
        self._seqs.add(key)
        self._count(code, "duplicates", not is_new)
        return is_new

    def _is_too_old(self, received: Durable, keep_ms: int | None) -> bool:
        if keep_ms is None or not isinstance(received.message, Samples):
            return False
        bench = self._bench(received.bench)
        state = bench.snapshot.state
        told = None if state is None else state.observed_at_ms
        known = Ageing(bench.snapshot.clock_offset_ms, bench.up_to_date_at_ms, told)
        at = received.message.observed_at_ms
        is_old = is_expired(known, at, received.received_at_ms, keep_ms)
        self._count(received.bench, "expired", is_old)
        return is_old

    def _take(self, received: Durable) -> None:
        message, code = received.message, received.bench
        if isinstance(message, Samples):
            self._take_row(code, message, received.received_at_ms)
            return
        self._events.append(
            StoredEvent(
                *(len(self._events) + 1, code, message.epoch, message.seq),
                *(received.received_at_ms, message, self._orders[code][message.epoch]),
            )
        )
        if isinstance(message, UsageReport):
            self._take_usage(code, message)

    def _take_poison(self, poison: Sequence[Poison], touched: dict[tuple[str, int], None]) -> int:
        for one in poison:
            if one.bench:
                self._count(one.bench, "rejected")
            if one.key:
                self._advance((one.bench, one.key[0]), (one.key[1], one.key[1]))
                touched[one.bench, one.key[0]] = None
        return self.quarantine.keep(poison)

    def _take_row(self, code: str, message: Samples, received_at_ms: int) -> None:
        self._positions += 1
        at = message.observed_at_ms
        ids = (self._positions, code, message.epoch, message.seq)
        row = StoredRow(*ids, at, received_at_ms, dict(message.values))
        bench = self._bench(code)
        hour = bench.hours.setdefault(at // HOUR_MS, Hour())
        hour.hot.append(row)
        hour.last_received_ms = max(hour.last_received_ms, received_at_ms)
        order = self._orders[code]
        before = bench.latest
        if before is None or (order[before.epoch], before.seq) < (order[row.epoch], row.seq):
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
        self._workers[status.worker] = status
        self._status = of_workers(list(self._workers.values()))

    def may_keep_house(self) -> bool:
        """Nobody else is there."""
        return True

    def drop_quarantined(self, ids: Sequence[int]) -> int:
        """Forget entries."""
        return self.quarantine.drop(ids)

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
