"""How rows of the embedded store become typed answers; each thread reads by its own connection."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from telemetry.contract.encoding import decode
from telemetry.contract.payloads import BenchState, Birth, FaultReport, UsageReport
from telemetry.contract.topics import Stream
from telemetry.downsampling import Window
from telemetry.store import sqlite_history, sqlite_quarantine, sqlite_rows
from telemetry.store.elsewhere import Elsewhere
from telemetry.store.hot_rows import values_of
from telemetry.store.ingest_workers import of_workers
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
from telemetry.store.rollups import HOUR_MS
from telemetry.store.sqlite_connections import Connections, View
from telemetry.store.sqlite_epochs import missing_of
from telemetry.store.sqlite_pieces import stored_rows, tables_after
from telemetry.store.usage_spans import per_day, spans_in

status_decoder = msgspec.json.Decoder(IngestStatus)

_SNAPSHOT = (
    "SELECT id, code, birth, state, last_seen_at_ms, row_count, duplicate_count, rejected_count,"
    " dropped_count, expired_count, quarantined_count, clock_offset_ms FROM bench"
)
_ROW = "SELECT position, epoch, seq, observed_at_ms, received_at_ms, layout_id, content"

Row = tuple[Any, ...]
"""What sqlite3 hands out is untyped; the constructors below are where it becomes typed."""


def _row(view: View, bench: str, found: Row) -> StoredRow:
    position, epoch, seq, observed_at_ms, received_at_ms, layout_id, content = found
    values = values_of(view.layout(layout_id), layout_id, content)
    return StoredRow(position, bench, epoch, seq, observed_at_ms, received_at_ms, values)


def _snapshot(found: Row, missing: Mapping[int, int]) -> BenchSnapshot:
    bench_id, code, birth_content, state_content, *counts, quarantined, offset_ms = found
    birth = decode(Stream.BIRTH, birth_content) if birth_content else None
    state = decode(Stream.STATE, state_content) if state_content else None
    return BenchSnapshot(
        code,
        birth if isinstance(birth, Birth) else None,
        state if isinstance(state, BenchState) else None,
        *(*counts, missing.get(bench_id, 0), quarantined, offset_ms),
    )


def _packed_rows_after(
    view: View, bench: str, bench_id: int, after: tuple[int, int], hot: list[StoredRow]
) -> list[StoredRow]:
    position, limit = after
    found = hot
    for first, table_of in tables_after(view, bench_id, position):
        if len(found) >= limit and found[limit - 1].position < first:
            break
        table = table_of()
        if table is None:
            continue
        order = np.argsort(table.position)
        places = order[table.position[order] > position][:limit].tolist()
        rows = list(stored_rows(table, bench, places))
        found = heapq.nsmallest(limit, [*found, *rows], key=lambda row: row.position)
    return found


class SqliteReader:
    """Reads the embedded store while another process writes it (WAL: a consistent view)."""

    def __init__(self, path: Path, elsewhere: Elsewhere | None = None) -> None:
        self._path = path
        self._reading = Connections(path, elsewhere)

    def _fetch(self, sql: str, parameters: tuple[object, ...] = ()) -> list[Row]:
        with self._reading.snapshot() as view:
            return view.db.execute(sql, parameters).fetchall()

    def snapshot(self, bench: str) -> BenchSnapshot | None:
        """What is known of a bench; None when it never sent anything."""
        with self._reading.snapshot() as view:
            found = view.db.execute(f"{_SNAPSHOT} WHERE code = ?", (bench,)).fetchone()
            return _snapshot(found, missing_of(view.db)) if found else None

    def snapshots(self) -> Mapping[str, BenchSnapshot]:
        """What is known of every bench that ever sent anything."""
        with self._reading.snapshot() as view:
            missing = missing_of(view.db)
            known = [_snapshot(found, missing) for found in view.db.execute(_SNAPSHOT).fetchall()]
        return {snapshot.bench: snapshot for snapshot in known}

    def last_row(self, bench: str) -> StoredRow | None:
        """The row that was stored last, whatever its age."""
        with self._reading.snapshot() as view:
            found = view.db.execute(
                f"{_ROW} FROM latest WHERE bench_id = ?",
                (view.bench_id(bench),),
            ).fetchone()
            return _row(view, bench, found) if found else None

    def rows_after(self, bench: str, position: int, limit: int) -> Sequence[StoredRow]:
        """Rows stored after a position, oldest first."""
        with self._reading.snapshot() as view:
            bench_id = view.bench_id(bench)
            if bench_id is None or limit < 1:
                return []
            hot = view.db.execute(
                f"{_ROW} FROM frame WHERE bench_id = ? AND position > ? ORDER BY position LIMIT ?",
                (bench_id, position, limit),
            ).fetchall()
            rows = [_row(view, bench, found) for found in hot]
            return _packed_rows_after(view, bench, bench_id, (position, limit), rows)

    def events_after(self, position: int, limit: int) -> Sequence[StoredEvent]:
        """Usage and fault steps of all benches stored after a position, oldest first."""
        found = self._fetch(
            "SELECT event.position, bench.code, event.epoch, event.seq, event.received_at_ms,"
            " event.stream, event.content, coalesce(received.ordinal, 0) FROM event"
            " JOIN bench ON bench.id = event.bench_id LEFT JOIN received"
            " ON received.bench_id = event.bench_id AND received.epoch = event.epoch"
            " WHERE event.position > ? ORDER BY event.position LIMIT ?",
            (position, limit),
        )
        events: list[StoredEvent] = []
        for at, bench, epoch, seq, received_at_ms, stream, content, order in found:
            message = decode(Stream(stream), content)
            if isinstance(message, UsageReport | FaultReport):
                events.append(StoredEvent(at, bench, epoch, seq, received_at_ms, message, order))
        return events

    def history(
        self, bench: str, span_ms: tuple[int, int], signals: Sequence[str] | None = None
    ) -> Iterator[RowColumns]:
        """All rows observed in `[start, end)`, an hour at a time; see the port."""
        names = None if signals is None else frozenset(signals)
        after = span_ms[0] // HOUR_MS - 1
        while True:
            # a snapshot per hour: a reader that lasts would keep the write-ahead log growing
            with self._reading.snapshot() as view:
                hour = sqlite_rows.next_hour(view, bench, after, span_ms)
                rows = hour and sqlite_rows.rows_of(view, bench, hour, span_ms, names)
            if hour is None:
                return
            if rows:
                yield rows
            after = hour.hour

    def window(
        self,
        bench: str,
        span_ms: tuple[int, int],
        points: int,
        signals: Sequence[str] | None = None,
    ) -> Window:
        """Values observed in `[start, end)` in at most `points` buckets; None: all signals."""
        with self._reading.snapshot() as view:
            bench_id = view.bench_id(bench)
            return sqlite_history.window(view, bench_id, span_ms, points, signals)

    def rollups(
        self, benches: Sequence[str], signals: Sequence[str], span_ms: tuple[int, int], step: Step
    ) -> Rollups:
        """Rollups that begin in `[start, end)`; hours not sealed yet are computed from rows."""
        found: dict[tuple[str, str], Sequence[RollupPoint]] = {}
        with self._reading.snapshot() as view:
            for bench in benches:
                bench_id = view.bench_id(bench)
                if bench_id is None:
                    continue
                of_bench = sqlite_history.rollups(view, bench_id, signals, span_ms, step)
                found |= {(bench, name): records for name, records in of_bench.items()}
        return found

    def activity(
        self, benches: Sequence[str], signal: str, span_ms: tuple[int, int], offset_ms: int
    ) -> Mapping[tuple[str, int], int]:
        """How long a signal was not zero, in ms by bench and local day, from sealed hours."""
        found: dict[tuple[str, int], int] = {}
        with self._reading.snapshot() as view:
            for bench in benches:
                bench_id = view.bench_id(bench)
                if bench_id is not None:
                    days = sqlite_history.activity(view, bench_id, signal, span_ms, offset_ms)
                    found |= {(bench, day): active_ms for day, active_ms in days}
        return found

    def utilisation(
        self, benches: Sequence[str], span_ms: tuple[int, int], offset_ms: int
    ) -> Mapping[tuple[str, int], int]:
        """How long a bench was in a usage session within `[start, end)`, in ms by bench and day."""
        found: dict[tuple[str, int], int] = {}
        with self._reading.snapshot() as view:
            for bench in benches:
                bench_id = view.bench_id(bench)
                spans = [] if bench_id is None else spans_in(view.db, bench_id, span_ms)
                days = per_day(spans, span_ms, offset_ms)
                found |= {(bench, day): used_ms for day, used_ms in days.items()}
        return found

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
        found = self._fetch("SELECT content FROM ingest_worker")
        return of_workers([status_decoder.decode(content) for (content,) in found])

    def quarantined(self, after_id: int, limit: int) -> Sequence[Quarantined]:
        """Entries of the quarantine by id."""
        with self._reading.snapshot() as view:
            return sqlite_quarantine.entries_after(view.db, after_id, limit)

    def quarantine_totals(self) -> QuarantineTotals:
        """How full the quarantine is."""
        with self._reading.snapshot() as view:
            return sqlite_quarantine.totals(view.db)

    def close(self) -> None:
        """Close the connections of all threads."""
        self._reading.close()
