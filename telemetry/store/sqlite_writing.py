"""One batch inside one transaction of the embedded store."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from telemetry.contract.encoding import encode
from telemetry.contract.payloads import FaultReport, Samples, UsageReport
from telemetry.contract.topics import Stream
from telemetry.store.hot_rows import Layouts
from telemetry.store.port import Batch, Received
from telemetry.store.rollups import HOUR_MS
from telemetry.store.stored_runs import add_seqs
from telemetry.store.usage_spans import note_usage
from telemetry.watermarks import Received as ReceivedSpans
from telemetry.watermarks import advance

_islands = msgspec.json.Decoder(tuple[tuple[int, int], ...])
_json = msgspec.json.Encoder()
Row = tuple[int, int, int, int, int, int, int, bytes]
"""As in the table of rows."""


@dataclass(slots=True)
class Known:
    """What the writer remembers of the tables; a failed commit makes it forget."""

    bench_ids: dict[str, int] = field(default_factory=dict)
    layouts: Layouts = field(default_factory=Layouts)


@dataclass(slots=True)
class Outcome:
    """Numbers for the answer."""

    new_events: int = 0
    duplicates: int = 0


@dataclass(slots=True)
class _Hour:
    received_at_ms: int
    first: int
    rows: int = 0
    last: int = 0


class Writing:
    """One batch; call the parts in order of their definition."""

    def __init__(self, db: sqlite3.Connection, known: Known) -> None:
        self._db = db
        self._known = known
        self._spans: dict[tuple[str, int], list[tuple[int, int]]] = {}
        self._counts: dict[str, Counter[str]] = {}
        self.outcome = Outcome()

    def _bench_id(self, bench: str) -> int:
        known = self._known.bench_ids.get(bench)
        if known is None:
            self._db.execute("INSERT OR IGNORE INTO bench (code) VALUES (?)", (bench,))
            found = self._db.execute("SELECT id FROM bench WHERE code = ?", (bench,))
            known = self._known.bench_ids[bench] = int(found.fetchone()[0])
        return known

    def _count(self, bench: str, what: str, number: int = 1) -> None:
        self._counts.setdefault(bench, Counter())[what] += number

    def births_and_states(self, batch: Batch) -> None:
        """What benches said last of themselves."""
        for birth in batch.births:
            self._db.execute(
                "UPDATE bench SET birth = ? WHERE id = ?",
                (encode(birth.message), self._bench_id(birth.bench)),
            )
        for state in batch.states:
            self._db.execute(
                "UPDATE bench SET state = ?, last_seen_at_ms ="
                " CASE WHEN ? THEN max(coalesce(last_seen_at_ms, 0), ?) ELSE last_seen_at_ms END"
                " WHERE id = ?",
                (
                    encode(state.message),
                    state.message.online,
                    state.received_at_ms,
                    self._bench_id(state.bench),
                ),
            )

    def durable(self, batch: Batch) -> None:
        """Rows and events that are new, each (bench, epoch, seq) once; gaps that were given up."""
        rows = [received for received in batch.samples if not received.message.dropped]
        for received in batch.samples:
            if received.message.dropped:
                self._gap(received)
        everything: list[Received[Samples] | Received[UsageReport | FaultReport]]
        everything = [*rows, *batch.events]
        is_new = self._new_ones(everything)
        self._rows([row for row, fresh in zip(rows, is_new, strict=False) if fresh])
        for event, fresh in zip(batch.events, is_new[len(rows) :], strict=True):
            if fresh:
                self._event(event)

    def _new_ones(
        self, everything: Sequence[Received[Samples] | Received[UsageReport | FaultReport]]
    ) -> list[bool]:
        by_epoch: dict[tuple[str, int], list[int]] = {}
        for place, received in enumerate(everything):
            by_epoch.setdefault((received.bench, received.message.epoch), []).append(place)
        is_new = [False] * len(everything)
        for (bench, epoch), places in by_epoch.items():
            seqs = [everything[place].message.seq for place in places]
            answers = add_seqs(self._db, (self._bench_id(bench), epoch), seqs)
            for place, answer in zip(places, answers, strict=True):
                is_new[place] = answer
            self._spans.setdefault((bench, epoch), []).extend((seq, seq) for seq in seqs)
            self._repeated(bench, answers.count(False))
            self._seen(bench, max(everything[place].received_at_ms for place in places))
        return is_new

    def _repeated(self, bench: str, number: int) -> None:
        self.outcome.duplicates += number
        self._count(bench, "duplicate_count", number)

    def _gap(self, received: Received[Samples]) -> None:
        message, bench = received.message, received.bench
        last_seq = max(message.last_seq, message.seq)
        done = self._db.execute(
            "INSERT OR IGNORE INTO gap VALUES (?, ?, ?, ?, ?, ?)",
            (
                *(self._bench_id(bench), message.epoch, message.seq),
                *(last_seq, message.dropped, received.received_at_ms),
            ),
        )
        self._count(bench, "dropped_count", message.dropped * done.rowcount)
        self._spans.setdefault((bench, message.epoch), []).append((message.seq, last_seq))
        self._repeated(bench, 1 - done.rowcount)

    def _rows(self, new: list[Received[Samples]]) -> None:
        if not new:
            return
        found = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'frame'").fetchone()
        position = int(found[0]) if found else 0
        contents = self._known.layouts.encode([received.message.values for received in new])
        rows: list[Row] = []
        for received, (layout_id, content) in zip(new, contents, strict=True):
            position += 1
            message = received.message
            bench_id = self._known.bench_ids[received.bench]
            rows.append(
                (
                    *(position, bench_id, message.epoch, message.seq),
                    *(message.observed_at_ms, received.received_at_ms, layout_id, content),
                )
            )
        self._db.executemany(
            "INSERT INTO layout VALUES (?, ?)",
            [(layout.id, layout.encoded()) for layout in self._known.layouts.fresh],
        )
        self._known.layouts.fresh.clear()
        self._db.executemany("INSERT INTO frame VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        for bench, number in Counter(received.bench for received in new).items():
            self._count(bench, "row_count", number)
        self._note_hours(rows)

    def _note_hours(self, rows: list[Row]) -> None:
        hours: dict[tuple[int, int], _Hour] = {}
        latest: dict[int, Row] = {}
        for row in rows:
            position, bench_id, _, _, observed_at_ms, received_at_ms, _, _ = row
            latest[bench_id] = row
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
        self._db.executemany(
            "INSERT OR REPLACE INTO latest (position, bench_id, epoch, seq, observed_at_ms,"
            " received_at_ms, layout_id, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            latest.values(),
        )

    def _event(self, received: Received[UsageReport | FaultReport]) -> None:
        message, bench_id = received.message, self._bench_id(received.bench)
        stream = Stream.FAULTS if isinstance(message, FaultReport) else Stream.USAGE
        self._db.execute(
            "INSERT INTO event (bench_id, epoch, seq, received_at_ms, stream, content)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                *(bench_id, message.epoch, message.seq),
                *(received.received_at_ms, stream.value, encode(message)),
            ),
        )
        self.outcome.new_events += 1
        if isinstance(message, UsageReport):
            note_usage(self._db, bench_id, message)

    def _seen(self, bench: str, at_ms: int) -> None:
        counts = self._counts.setdefault(bench, Counter())
        counts["last_seen_at_ms"] = max(counts["last_seen_at_ms"], at_ms)

    def counters(self, rejected: dict[str, int]) -> None:
        """Totals per bench."""
        for bench, number in rejected.items():
            self._count(bench, "rejected_count", number)
        for bench, counts in self._counts.items():
            self._db.execute(
                "UPDATE bench SET row_count = row_count + ?,"
                " duplicate_count = duplicate_count + ?, rejected_count = rejected_count + ?,"
                " dropped_count = dropped_count + ?,"
                " last_seen_at_ms = coalesce(max(coalesce(last_seen_at_ms, 0), ?), last_seen_at_ms)"
                " WHERE id = ?",
                (
                    counts["row_count"],
                    counts["duplicate_count"],
                    counts["rejected_count"],
                    counts["dropped_count"],
                    counts.get("last_seen_at_ms"),
                    self._bench_id(bench),
                ),
            )

    def watermarks(self) -> dict[tuple[str, int], int]:
        """Up to where nothing is missing now."""
        reached: dict[tuple[str, int], int] = {}
        for (bench, epoch), spans in self._spans.items():
            bench_id = self._bench_id(bench)
            found = self._db.execute(
                "SELECT watermark, islands FROM received WHERE bench_id = ? AND epoch = ?",
                (bench_id, epoch),
            ).fetchone()
            before = ReceivedSpans(found[0], _islands.decode(found[1])) if found else None
            after = advance(before or ReceivedSpans(), spans)
            reached[bench, epoch] = after.watermark
            self._db.execute(
                "INSERT INTO received VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET watermark = excluded.watermark, islands = excluded.islands",
                (bench_id, epoch, after.watermark, _json.encode(after.islands).decode()),
            )
        return reached
