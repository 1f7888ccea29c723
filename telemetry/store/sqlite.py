"""The embedded store: SQLite in WAL mode, one row per bench and period, fsync before the answer."""

import sqlite3
import threading
from collections import Counter
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import msgspec

from telemetry.contract.encoding import encode
from telemetry.contract.payloads import FaultReport
from telemetry.contract.topics import Stream
from telemetry.store.port import Batch, Committed, IngestStatus, StoreUnavailable
from telemetry.store.sqlite_reading import SqliteReader, file_identity
from telemetry.watermarks import Received, advance

_islands = msgspec.json.Decoder(tuple[tuple[int, int], ...])
_values = msgspec.json.Encoder()


@dataclass(slots=True)
class _Outcome:
    new_events: int = 0
    duplicates: int = 0


class _Writing:
    """One batch inside one transaction."""

    def __init__(self, connection: sqlite3.Connection, bench_ids: dict[str, int]) -> None:
        self._connection = connection
        self._bench_ids = bench_ids
        self._spans: dict[tuple[str, int], list[tuple[int, int]]] = {}
        self._counts: dict[str, Counter[str]] = {}
        self.outcome = _Outcome()

    def _bench_id(self, bench: str) -> int:
        known = self._bench_ids.get(bench)
        if known is None:
            self._connection.execute("INSERT OR IGNORE INTO bench (code) VALUES (?)", (bench,))
            found = self._connection.execute("SELECT id FROM bench WHERE code = ?", (bench,))
            known = self._bench_ids[bench] = int(found.fetchone()[0])
        return known

    def _count(self, bench: str, what: str, number: int = 1) -> None:
        self._counts.setdefault(bench, Counter())[what] += number

    def _durable(self, bench: str, epoch: int, span: tuple[int, int], is_new: bool) -> None:
        self._spans.setdefault((bench, epoch), []).append(span)
        if not is_new:
            self.outcome.duplicates += 1
            self._count(bench, "duplicate_count")

    def births_and_states(self, batch: Batch) -> None:
        for birth in batch.births:
            self._connection.execute(
                "UPDATE bench SET birth = ? WHERE id = ?",
                (encode(birth.message), self._bench_id(birth.bench)),
            )
        for state in batch.states:
            self._connection.execute(
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

    def samples(self, batch: Batch) -> None:
        for received in batch.samples:
            message, bench = received.message, received.bench
            key = (self._bench_id(bench), message.epoch, message.seq)
            if message.dropped:
                last_seq = max(message.last_seq, message.seq)
                done = self._connection.execute(
                    "INSERT OR IGNORE INTO gap VALUES (?, ?, ?, ?, ?, ?)",
                    (*key, last_seq, message.dropped, received.received_at_ms),
                )
                self._count(bench, "dropped_count", message.dropped * done.rowcount)
                self._durable(bench, message.epoch, (message.seq, last_seq), done.rowcount > 0)
                continue
            done = self._connection.execute(
                "INSERT OR IGNORE INTO frame"
                " (bench_id, epoch, seq, observed_at_ms, received_at_ms, content)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    *key,
                    message.observed_at_ms,
                    received.received_at_ms,
                    _values.encode(message.values),
                ),
            )
            self._count(bench, "row_count", done.rowcount)
            self._durable(bench, message.epoch, (message.seq, message.seq), done.rowcount > 0)
            self._seen(bench, received.received_at_ms)

    def events(self, batch: Batch) -> None:
        for received in batch.events:
            message, bench = received.message, received.bench
            stream = Stream.FAULTS if isinstance(message, FaultReport) else Stream.USAGE
            done = self._connection.execute(
                "INSERT OR IGNORE INTO event"
                " (bench_id, epoch, seq, received_at_ms, stream, content)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    self._bench_id(bench),
                    message.epoch,
                    message.seq,
                    received.received_at_ms,
                    stream.value,
                    encode(message),
                ),
            )
            self.outcome.new_events += done.rowcount
            self._durable(bench, message.epoch, (message.seq, message.seq), done.rowcount > 0)
            self._seen(bench, received.received_at_ms)

    def _seen(self, bench: str, at_ms: int) -> None:
        counts = self._counts.setdefault(bench, Counter())
        counts["last_seen_at_ms"] = max(counts["last_seen_at_ms"], at_ms)

    def counters(self, rejected: dict[str, int]) -> None:
        for bench, number in rejected.items():
            self._count(bench, "rejected_count", number)
        for bench, counts in self._counts.items():
            self._connection.execute(
                "UPDATE bench SET row_count = row_count + ?,"
                " duplicate_count = duplicate_count + ?, rejected_count = rejected_count + ?,"
                " dropped_count = dropped_count + ?,"
                " last_seen_at_ms = max(coalesce(last_seen_at_ms, 0), ?) WHERE id = ?",
                (
                    counts["row_count"],
                    counts["duplicate_count"],
                    counts["rejected_count"],
                    counts["dropped_count"],
                    counts["last_seen_at_ms"],
                    self._bench_id(bench),
                ),
            )

    def watermarks(self) -> dict[tuple[str, int], int]:
        reached: dict[tuple[str, int], int] = {}
        for (bench, epoch), spans in self._spans.items():
            bench_id = self._bench_id(bench)
            found = self._connection.execute(
                "SELECT watermark, islands FROM received WHERE bench_id = ? AND epoch = ?",
                (bench_id, epoch),
            ).fetchone()
            before = Received(found[0], _islands.decode(found[1])) if found else Received()
            after = advance(before, spans)
            reached[bench, epoch] = after.watermark
            self._connection.execute(
                "INSERT INTO received VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET watermark = excluded.watermark, islands = excluded.islands",
                (bench_id, epoch, after.watermark, _values.encode(after.islands).decode()),
            )
        return reached


class SqliteStore(SqliteReader):
    """The one writer of the embedded store; readers in other processes use `SqliteReader`."""

    def __init__(self, path: Path) -> None:
        """Open or make the store.

        Raises:
            StoreUnavailable: the folder can't be written or the file is no store.
        """
        super().__init__(path)
        self._writer_lock = threading.Lock()
        self._bench_ids: dict[str, int] = {}
        self._writer = self._open()

    def _open(self) -> sqlite3.Connection:
        path = self._path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = sqlite3.connect(
                path, isolation_level=None, timeout=10.0, check_same_thread=False
            )
            writer.execute("PRAGMA journal_mode = WAL")
            writer.execute("PRAGMA synchronous = FULL")
            schema = resources.files("telemetry.store").joinpath("schema.sql")
            writer.executescript(f"BEGIN IMMEDIATE;{schema.read_text('utf-8')}COMMIT;")
        except (OSError, sqlite3.Error) as failed:
            raise StoreUnavailable(f"{path}: {failed}") from failed
        self._identity = file_identity(path)
        return writer

    def _open_again_if_gone(self) -> None:
        # SQLite goes on writing into a deleted file: what is acknowledged then is lost
        if file_identity(self._path) != self._identity:
            self._writer.close()
            self._bench_ids = {}
            self._writer = self._open()

    def commit(self, batch: Batch) -> Committed:
        """Store a batch in one transaction; see the port for the promise."""
        with self._writer_lock:
            self._open_again_if_gone()
            bench_ids = dict(self._bench_ids)
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                writing = _Writing(self._writer, bench_ids)
                writing.births_and_states(batch)
                writing.samples(batch)
                writing.events(batch)
                writing.counters(batch.rejected)
                reached = writing.watermarks()
                self._writer.execute("COMMIT")
            except sqlite3.Error as failed:
                raise StoreUnavailable(f"{self._path}: {failed}") from failed
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
            self._bench_ids = bench_ids
        return Committed(reached, writing.outcome.duplicates, writing.outcome.new_events)

    def note_status(self, status: IngestStatus) -> None:
        """Keep ingest's sign of life."""
        with self._writer_lock:
            self._open_again_if_gone()
            try:
                self._writer.execute(
                    "INSERT OR REPLACE INTO ingest_status VALUES (1, ?)",
                    (msgspec.json.encode(status),),
                )
            except sqlite3.Error as failed:
                raise StoreUnavailable(f"{self._path}: {failed}") from failed

    def forget_before(self, received_before_ms: int) -> int:
        """Drop rows received before a moment and return their number; events stay."""
        with self._writer_lock:
            try:
                done = self._writer.execute(
                    "DELETE FROM frame WHERE received_at_ms < ?", (received_before_ms,)
                )
            except sqlite3.Error as failed:
                raise StoreUnavailable(f"{self._path}: {failed}") from failed
            return done.rowcount

    def close(self) -> None:
        """Close every connection; what was committed stays."""
        super().close()
        with self._writer_lock:
            self._writer.close()
