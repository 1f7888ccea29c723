"""How rows of the embedded store become typed answers; each thread reads by its own connection."""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from telemetry.contract.encoding import decode
from telemetry.contract.payloads import BenchState, Birth, FaultReport, UsageReport, Value
from telemetry.contract.topics import Stream
from telemetry.downsampling import Window, downsample
from telemetry.store.port import (
    BenchSnapshot,
    IngestStatus,
    StoredEvent,
    StoredRow,
    StoreUnavailable,
)

values_decoder = msgspec.json.Decoder(dict[str, Value])
status_decoder = msgspec.json.Decoder(IngestStatus)

_SNAPSHOT = (
    "SELECT code, birth, state, last_seen_at_ms, row_count, duplicate_count, rejected_count,"
    " dropped_count FROM bench"
)
_ROW = (
    "SELECT frame.position, bench.code, frame.epoch, frame.seq, frame.observed_at_ms,"
    " frame.received_at_ms, frame.content FROM frame JOIN bench ON bench.id = frame.bench_id"
)


_LAST_ROW = _ROW + (  # noqa: S608 - constant text only
    " WHERE frame.bench_id = (SELECT id FROM bench WHERE code = ?)"
    " ORDER BY frame.position DESC LIMIT 1"
)
_ROWS_AFTER = _ROW + (  # noqa: S608 - constant text only
    " WHERE frame.bench_id = (SELECT id FROM bench WHERE code = ?)"
    " AND frame.position > ? ORDER BY frame.position LIMIT ?"
)


def file_identity(path: Path) -> tuple[int, int] | None:
    """Which file lies there now; a store that was deleted and made again is another one."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


Row = tuple[Any, ...]
"""What sqlite3 hands out is untyped; the constructors below are where it becomes typed."""


def _row(found: Row) -> StoredRow:
    position, bench, epoch, seq, observed_at_ms, received_at_ms, content = found
    values = values_decoder.decode(content)
    return StoredRow(position, bench, epoch, seq, observed_at_ms, received_at_ms, values)


def _snapshot(found: Row) -> BenchSnapshot:
    code, birth_content, state_content, *rest = found
    birth = decode(Stream.BIRTH, birth_content) if birth_content else None
    state = decode(Stream.STATE, state_content) if state_content else None
    return BenchSnapshot(
        code,
        birth if isinstance(birth, Birth) else None,
        state if isinstance(state, BenchState) else None,
        *rest,
    )


class SqliteReader:
    """Reads the embedded store while another process writes it (WAL: a consistent view)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def _connection(self) -> sqlite3.Connection:
        identity = file_identity(self._path)
        if identity is None:
            raise StoreUnavailable(f"{self._path}: not there yet; ingest makes it")
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None or self._local.identity != identity:
            # opened for reading only: closing it can't take away another file's write-ahead log
            connection = sqlite3.connect(
                f"{self._path.resolve().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
                timeout=5.0,
                check_same_thread=False,
            )
            self._local.connection, self._local.identity = connection, identity
            with self._lock:
                self._opened.append(connection)
        return connection

    def _fetch(self, sql: str, parameters: tuple[object, ...] = ()) -> list[Row]:
        try:
            return self._connection().execute(sql, parameters).fetchall()
        except sqlite3.Error as failed:
            raise StoreUnavailable(f"{self._path}: {failed}") from failed

    def snapshot(self, bench: str) -> BenchSnapshot | None:
        """What is known of a bench; None when it never sent anything."""
        found = self._fetch(f"{_SNAPSHOT} WHERE code = ?", (bench,))
        return _snapshot(found[0]) if found else None

    def snapshots(self) -> Mapping[str, BenchSnapshot]:
        """What is known of every bench that ever sent anything."""
        known = [_snapshot(found) for found in self._fetch(_SNAPSHOT)]
        return {snapshot.bench: snapshot for snapshot in known}

    def last_row(self, bench: str) -> StoredRow | None:
        """The row that was stored last."""
        found = self._fetch(_LAST_ROW, (bench,))
        return _row(found[0]) if found else None

    def rows_after(self, bench: str, position: int, limit: int) -> Sequence[StoredRow]:
        """Rows stored after a position, oldest first."""
        found = self._fetch(_ROWS_AFTER, (bench, position, limit))
        return [_row(row) for row in found]

    def events_after(self, position: int, limit: int) -> Sequence[StoredEvent]:
        """Usage and fault steps of all benches stored after a position, oldest first."""
        found = self._fetch(
            "SELECT event.position, bench.code, event.epoch, event.seq, event.received_at_ms,"
            " event.stream, event.content FROM event JOIN bench ON bench.id = event.bench_id"
            " WHERE event.position > ? ORDER BY event.position LIMIT ?",
            (position, limit),
        )
        events: list[StoredEvent] = []
        for at, bench, epoch, seq, received_at_ms, stream, content in found:
            message = decode(Stream(stream), content)
            if isinstance(message, UsageReport | FaultReport):
                events.append(StoredEvent(at, bench, epoch, seq, received_at_ms, message))
        return events

    def window(
        self,
        bench: str,
        span_ms: tuple[int, int],
        points: int,
        signals: Sequence[str] | None = None,
    ) -> Window:
        """Values observed in `[start, end)` in at most `points` buckets; None: all signals."""
        found = self._fetch(
            "SELECT observed_at_ms, content FROM frame"
            " WHERE bench_id = (SELECT id FROM bench WHERE code = ?)"
            " AND observed_at_ms >= ? AND observed_at_ms < ? ORDER BY observed_at_ms, position",
            (bench, *span_ms),
        )
        rows = ((at, values_decoder.decode(content)) for at, content in found)
        return downsample(rows, span_ms, points, signals)

    def watermark(self, bench: str, epoch: int) -> int:
        """The highest seq below which nothing of the epoch is missing; 0 when nothing came."""
        found = self._fetch(
            "SELECT watermark FROM received WHERE epoch = ?"
            " AND bench_id = (SELECT id FROM bench WHERE code = ?)",
            (epoch, bench),
        )
        return int(found[0][0]) if found else 0

    def ingest_status(self) -> IngestStatus | None:
        """The last sign of life of ingest; None when it never ran."""
        found = self._fetch("SELECT content FROM ingest_status")
        return status_decoder.decode(found[0][0]) if found else None

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._local = threading.local()
