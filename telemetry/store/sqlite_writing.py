"""One batch inside one transaction of the embedded store."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from telemetry.contract.encoding import encode
from telemetry.contract.payloads import FaultReport, Samples, UsageReport
from telemetry.contract.topics import Stream
from telemetry.store import sqlite_quarantine
from telemetry.store.clock_offsets import is_expired
from telemetry.store.committed import Committed
from telemetry.store.hot_rows import Layout, Layouts
from telemetry.store.port import Batch, Received
from telemetry.store.quarantine import QuarantineLimits
from telemetry.store.rollups import HOUR_MS
from telemetry.store.sqlite_benches import Benches, Counted
from telemetry.store.sqlite_epochs import Epochs, KnownEpoch
from telemetry.store.stored_runs import Key, StoredRuns, stored_within
from telemetry.store.usage_spans import note_usage

Row = tuple[int, int, int, int, int, int, int, bytes]
"""As in the table of rows."""
Durable = Received[Samples] | Received[UsageReport | FaultReport]

_KEEP_LATEST = (
    "INSERT INTO latest (position, bench_id, epoch, seq, observed_at_ms, received_at_ms,"
    " layout_id, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET"
    " position = ?1, epoch = ?3, seq = ?4, observed_at_ms = ?5, received_at_ms = ?6,"
    " layout_id = ?7, content = ?8"
    " WHERE iif(epoch = ?3, seq < ?4, coalesce((SELECT ordinal FROM received"
    " WHERE received.bench_id = ?2 AND received.epoch = latest.epoch), 0) < ?9)"
)


@dataclass(slots=True)
class Known:
    """What a writer remembers of the tables; a failed commit makes it forget.

    Ids of benches never change. What came of epochs, and layouts, are also written by other
    processes: `look_again` before use.
    """

    bench_ids: dict[str, int] = field(default_factory=dict)
    layouts: Layouts = field(default_factory=Layouts)
    epochs: dict[tuple[str, int], KnownEpoch] = field(default_factory=dict)
    tails: dict[Key, tuple[int, int]] = field(default_factory=dict)
    position: int | None = None
    data_version: int | None = None

    def look_again(self, db: sqlite3.Connection) -> None:
        """Learn what other processes wrote; call inside the transaction."""
        version = db.execute("PRAGMA data_version").fetchone()[0]
        if version != self.data_version:
            found = db.execute(
                "SELECT id, content FROM layout WHERE id >= ? ORDER BY id", (self.layouts.next_id,)
            ).fetchall()
            self.layouts.learn([Layout.decoded(*one) for one in found])
            self.epochs.clear()
            self.tails.clear()
            self.position = None
            self.data_version = version


@dataclass(slots=True)
class _Hour:
    received_at_ms: int
    first: int
    rows: int = 0
    last: int = 0


class Writing:
    """One batch."""

    def __init__(self, db: sqlite3.Connection, known: Known, limits: QuarantineLimits) -> None:
        self._db = db
        self._known = known
        self._limits = limits
        self._benches = Benches(db, known.bench_ids)
        self._epochs = Epochs(db, self._benches.id, known.epochs)
        self._runs = StoredRuns(db, known.tails)
        self._points = 0
        self._events = 0

    def commit(self, batch: Batch) -> Committed:
        """Write all of it."""
        for birth in batch.births:
            self._db.execute(
                "UPDATE bench SET birth = ? WHERE id = ?",
                (encode(birth.message), self._benches.id(birth.bench)),
            )
            self._epochs.told(birth.bench, birth.message)
        for state in batch.states:
            self._benches.state(state)
        self._durable(batch)
        quarantined = self._poison(batch)
        self._benches.settle()
        self._runs.settle()
        totals = self._benches.totals()
        return Committed(
            self._epochs.settle(),
            totals[Counted.duplicate_count],
            self._events,
            totals[Counted.row_count],
            self._points,
            totals[Counted.expired_count],
            totals[Counted.dropped_count],
            quarantined,
        )

    def _poison(self, batch: Batch) -> int:
        if batch.replayed:
            sqlite_quarantine.replayed(self._db, batch.replayed)
        if not batch.poison:
            return 0
        for poison in batch.poison:
            if poison.bench:
                self._benches.count(poison.bench, Counted.rejected_count)
            if poison.key:
                epoch, seq = poison.key
                self._epochs.came(poison.bench, epoch, [(seq, seq)])
        return sqlite_quarantine.keep(self._db, batch.poison, self._benches.id, self._limits)

    def _durable(self, batch: Batch) -> None:
        rows = [received for received in batch.samples if not received.message.dropped]
        for received in batch.samples:
            if received.message.dropped:
                self._gap(received)
        everything: list[Durable] = [*rows, *batch.events]
        is_new = self._new_ones(everything)
        fresh = [row for row, is_fresh in zip(rows, is_new, strict=False) if is_fresh]
        self._rows(fresh if batch.keep_ms is None else self._young(fresh, batch.keep_ms))
        for event, is_fresh in zip(batch.events, is_new[len(rows) :], strict=True):
            if is_fresh:
                self._event(event)

    def _new_ones(self, everything: Sequence[Durable]) -> list[bool]:
        by_epoch: dict[tuple[str, int], list[int]] = {}
        for place, received in enumerate(everything):
            by_epoch.setdefault((received.bench, received.message.epoch), []).append(place)
        is_new = [False] * len(everything)
        for (bench, epoch), places in by_epoch.items():
            seqs = [everything[place].message.seq for place in places]
            answers = self._runs.add((self._benches.id(bench), epoch), seqs)
            for place, answer in zip(places, answers, strict=True):
                is_new[place] = answer
            self._epochs.came(bench, epoch, ((seq, seq) for seq in seqs))
            self._benches.count(bench, Counted.duplicate_count, answers.count(False))
            self._benches.seen(bench, max(everything[place].received_at_ms for place in places))
        return is_new

    def _young(self, rows: list[Received[Samples]], keep_ms: int) -> list[Received[Samples]]:
        young: list[Received[Samples]] = []
        for row in rows:
            observed_at_ms, received_at_ms = row.message.observed_at_ms, row.received_at_ms
            # cheap first: what the bench's own clock calls young is not too old
            if received_at_ms - observed_at_ms > keep_ms and is_expired(
                self._benches.ageing(row.bench), observed_at_ms, received_at_ms, keep_ms
            ):
                self._benches.count(row.bench, Counted.expired_count)
            else:
                young.append(row)
        return young

    def _gap(self, received: Received[Samples]) -> None:
        message, bench = received.message, received.bench
        last_seq = max(message.last_seq, message.seq)
        key = self._benches.id(bench), message.epoch
        # a bench that was killed, or a store that was restored, may give up what came after all
        stored = stored_within(self._db, key, message.seq, last_seq)
        dropped = max(message.dropped - stored, 0)
        known = self._db.execute(
            "SELECT dropped FROM gap WHERE bench_id = ? AND epoch = ? AND first_seq = ?",
            (*key, message.seq),
        ).fetchone()
        if known and dropped <= known[0]:
            self._benches.count(bench, Counted.duplicate_count)
        else:
            self._db.execute(
                "INSERT OR REPLACE INTO gap VALUES (?, ?, ?, ?, ?, ?)",
                (*key, message.seq, last_seq, dropped, received.received_at_ms),
            )
            self._benches.count(bench, Counted.dropped_count, dropped - (known[0] if known else 0))
        self._epochs.came(bench, message.epoch, [(message.seq, last_seq)])

    def _rows(self, new: list[Received[Samples]]) -> None:
        if not new:
            return
        position = self._known.position
        if position is None:
            found = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'frame'")
            position = next((int(seq) for (seq,) in found), 0)
        layouts, ids = self._known.layouts, self._known.bench_ids
        contents = layouts.encode([received.message.values for received in new])
        rows: list[Row] = []
        for received, (layout_id, content) in zip(new, contents, strict=True):
            position += 1
            message = received.message
            self._points += len(message.values)
            rows.append(
                (
                    *(position, ids[received.bench], message.epoch, message.seq),
                    *(message.observed_at_ms, received.received_at_ms, layout_id, content),
                )
            )
        self._known.position = position
        if layouts.fresh:
            self._db.executemany(
                "INSERT INTO layout VALUES (?, ?)",
                [(layout.id, layout.encoded()) for layout in layouts.fresh],
            )
            layouts.fresh.clear()
        self._db.executemany("INSERT INTO frame VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        for bench, number in Counter(received.bench for received in new).items():
            self._benches.count(bench, Counted.row_count, number)
        self._note_hours(rows)
        self._note_latest(new, rows)

    def _note_hours(self, rows: list[Row]) -> None:
        hours: dict[tuple[int, int], _Hour] = {}
        for position, bench_id, _, _, observed_at_ms, received_at_ms, _, _ in rows:
            key = (bench_id, observed_at_ms // HOUR_MS)
            hour = hours.get(key)
            if hour is None:
                hour = hours[key] = _Hour(received_at_ms, position)
            hour.rows += 1
            hour.last = position
            hour.received_at_ms = max(hour.received_at_ms, received_at_ms)
        self._db.executemany(
            "INSERT INTO hour (bench_id, hour, last_received_ms, hot_rows, first_position,"
            " last_position) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " last_received_ms = max(last_received_ms, excluded.last_received_ms),"
            " first_position = iif(hot_rows > 0, first_position, excluded.first_position),"
            " last_position = excluded.last_position, hot_rows = hot_rows + excluded.hot_rows",
            [(*key, h.received_at_ms, h.rows, h.first, h.last) for key, h in hours.items()],
        )

    def _note_latest(self, new: list[Received[Samples]], rows: list[Row]) -> None:
        latest: dict[str, tuple[int, int, Row]] = {}
        for received, row in zip(new, rows, strict=True):
            bench, epoch = received.bench, received.message.epoch
            place = (self._epochs.ordinal(bench, epoch), received.message.seq)
            known = latest.get(bench)
            if known is None or known[:2] < place:
                latest[bench] = (*place, row)
        self._db.executemany(_KEEP_LATEST, [(*row, ordinal) for ordinal, _, row in latest.values()])

    def _event(self, received: Received[UsageReport | FaultReport]) -> None:
        message, bench_id = received.message, self._benches.id(received.bench)
        stream = Stream.FAULTS if isinstance(message, FaultReport) else Stream.USAGE
        self._db.execute(
            "INSERT INTO event (bench_id, epoch, seq, received_at_ms, stream, content)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                *(bench_id, message.epoch, message.seq),
                *(received.received_at_ms, stream.value, encode(message)),
            ),
        )
        self._events += 1
        if isinstance(message, UsageReport):
            note_usage(self._db, bench_id, message)
