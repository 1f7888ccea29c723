"""Sealing: rows of a bench and hour become columns and rollups.

What is slow (reading, compressing) happens on a snapshot without any lock; what counts happens in
one short transaction that goes through only if nothing of what was read has changed. So it may be
killed or run twice, and commits only wait for the swap.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from telemetry.contract.payloads import Value
from telemetry.store.columns import encode_integers
from telemetry.store.port import RollupPoint, Step
from telemetry.store.rollups import (
    HOUR_MS,
    Groups,
    encode_groups,
    groups_of,
    hold_ms,
    joined,
    points,
    rolled_up,
)
from telemetry.store.row_tables import (
    RowTable,
    decode_directory,
    encode_directory,
    segmented,
)
from telemetry.store.sqlite_connections import View
from telemetry.store.sqlite_history import hour_records, minute_groups
from telemetry.store.sqlite_pieces import Hour, chunk_table, hot_tables

PACK_ROWS = 1000
"""Chosen: hot rows of an open hour beyond these are packed, so that an hour of 10 Hz is read from
36 packs instead of 36,000 rows, and no swap of an open hour deletes many rows."""


class Due(NamedTuple):
    """A bench and hour with rows to be sealed, or (`is_over` false) only packed."""

    bench_id: int
    hour: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class Made:
    """What will stand for the rows that were read."""

    due: Due
    replaced_chunks: Sequence[int]
    hot_rows: int
    last_position: int
    away_rows: int
    table: RowTable
    columns: Sequence[tuple[str, bytes]]
    minutes: Sequence[tuple[str, bytes]]
    hours: Sequence[tuple[str, RollupPoint]]


def due_hours(db: sqlite3.Connection, now_ms: int, late_ms: int, pack_rows: int) -> list[Due]:
    """What there is to do.

    An hour is over when no row came for `late_ms` and it is not the present one; a bench whose
    clock is wrong has its hours sealed as well.
    """
    found = db.execute(
        "SELECT bench_id, hour, last_received_ms, hot_rows FROM hour"
        " WHERE hot_rows > 0 OR packs > 0"
    ).fetchall()
    due: list[Due] = []
    for bench_id, hour, last_received_ms, hot_rows in found:
        is_over = last_received_ms <= now_ms - late_ms and hour != now_ms // HOUR_MS
        if is_over or hot_rows >= pack_rows:
            due.append(Due(bench_id, hour, is_over))
    return due


def made_of(view: View, due: Due) -> Made | None:
    """Read and compress; None when there is nothing (any more)."""
    hour = _hour(view, due)
    bounds = (due.hour * HOUR_MS, (due.hour + 1) * HOUR_MS)
    hot = hot_tables(view, due.bench_id, hour, bounds) if hour.hot_rows else []
    chunks = view.db.execute(
        "SELECT id, observed, directory FROM chunk WHERE bench_id = ? AND hour = ? AND ?",
        (due.bench_id, due.hour, due.is_over),
    ).fetchall()
    tables = [*(chunk_table(view, observed, content) for _, observed, content in chunks), *hot]
    away = _rows_elsewhere(view, due) if hour.has_chunk else None
    if away:
        tables.append(away)
    if not tables:
        return None
    table = RowTable.joined(tables)
    minutes: list[tuple[str, Groups]] = []
    hours: list[tuple[str, RollupPoint]] = []
    if due.is_over:
        minutes, hours = _rollups(view, due, hour, table)
    return Made(
        due,
        [row[0] for row in chunks],
        sum(map(len, hot)),
        max((int(part.position.max()) for part in hot), default=0),
        len(away or ()),
        table,
        [(name, column.encoded()) for name, column in table.columns.items()],
        [(name, encode_groups(groups)) for name, groups in minutes],
        hours,
    )


def _rows_elsewhere(view: View, due: Due) -> RowTable | None:
    """Rows that rest beside the file come back when their hour is made anew."""
    if view.elsewhere is None or not due.is_over:
        return None
    return view.elsewhere.rows(view.db, due.bench_id, due.hour, None, is_all_needed=True)


def _hour(view: View, due: Due) -> Hour:
    found = view.db.execute(
        "SELECT hour, hot_rows, first_position, last_position, packs, has_chunk, has_minutes,"
        " has_hours FROM hour WHERE bench_id = ? AND hour = ?",
        (due.bench_id, due.hour),
    ).fetchone()
    return Hour._make(found or (due.hour, 0, 0, 0, 0, False, False, False))


def _rollups(
    view: View, due: Due, hour: Hour, table: RowTable
) -> tuple[list[tuple[str, Groups]], list[tuple[str, RollupPoint]]]:
    holds = hold_ms(table.observed)
    minutes = {
        name: rolled_up(table.observed, column, holds, Step.MINUTE)
        for name, column in table.columns.items()
    }
    hours = {
        name: record
        for name, column in table.columns.items()
        for record in points(rolled_up(table.observed, column, holds, HOUR_MS), HOUR_MS)
    }
    if not hour.has_chunk:
        # the rows the records were made of are gone by age: late ones are added to the records
        span = (due.hour, due.hour)
        for name, before in minute_groups(view, due.bench_id, None, span):
            minutes[name] = _joined(before, minutes.get(name))
        for name, records in hour_records(view, due.bench_id, None, span).items():
            late = hours.get(name)
            hours[name] = joined(records[0], late) if late else records[0]
    kept = [(name, groups) for name, groups in minutes.items() if len(groups.group)]
    return kept, list(hours.items())


def _joined(before: Groups, late: Groups | None) -> Groups:
    if late is None:
        return before
    records = {record.start_ms: record for record in points(before, Step.MINUTE)}
    for record in points(late, Step.MINUTE):
        known = records.get(record.start_ms)
        records[record.start_ms] = joined(known, record) if known else record
    return groups_of([records[at] for at in sorted(records)], Step.MINUTE)


def swap(db: sqlite3.Connection, made: Made) -> bool:
    """Put the columns in the place of the rows; False when what was read has changed.

    Call inside a transaction, to be rolled back when False.
    """
    bench_id, hour, is_over = made.due
    if not _is_unchanged(db, made):
        return False
    parts = db.execute(
        "SELECT max(part) FROM chunk WHERE bench_id = ? AND hour = ?", (bench_id, hour)
    ).fetchone()[0]
    drop_chunks(db, made.replaced_chunks)
    part = 0 if is_over else (parts or 0) + 1
    add_chunk(db, (bench_id, hour, part), made.table, made.columns)
    if is_over:
        _keep_rollups(db, made)
    db.execute(
        "UPDATE hour SET hot_rows = hot_rows - ?, first_position = ?,"
        " packs = iif(?, 0, packs + 1), has_chunk = has_chunk OR ?,"
        " has_minutes = has_minutes OR ?, has_hours = has_hours OR ?"
        " WHERE bench_id = ? AND hour = ?",
        (
            *(made.hot_rows, made.last_position + 1, is_over),
            *(is_over, is_over, is_over, bench_id, hour),
        ),
    )
    return True


def add_chunk(
    db: sqlite3.Connection,
    key: tuple[int, int, int],
    table: RowTable,
    columns: Sequence[tuple[str, bytes]],
) -> None:
    """Keep rows as part of an hour: `key` is (bench id, hour, part)."""
    directory = [(number, encode_integers(header)) for number, header in table.headers().items()]
    directory += [(_signal_id(db, name), content) for name, content in columns]
    db.execute(
        "INSERT INTO chunk (bench_id, hour, part, row_count, first_position, last_position,"
        " observed, directory) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(*key, len(table), int(table.position.min()), int(table.position.max())),
            *(encode_integers(table.observed), _kept(db, directory)),
        ),
    )


def _is_unchanged(db: sqlite3.Connection, made: Made) -> bool:
    bench_id, hour, is_over = made.due
    found = db.execute(
        "SELECT id FROM chunk WHERE bench_id = ? AND hour = ? AND ?", (bench_id, hour, is_over)
    )
    if {row[0] for row in found} != set(made.replaced_chunks):
        return False
    gone = db.execute(
        "DELETE FROM frame WHERE bench_id = ? AND position <= ?"
        " AND observed_at_ms >= ? AND observed_at_ms < ?",
        (bench_id, made.last_position, hour * HOUR_MS, (hour + 1) * HOUR_MS),
    )
    return gone.rowcount == made.hot_rows


def _signal_id(db: sqlite3.Connection, name: str) -> int:
    found = db.execute("SELECT id FROM signal WHERE name = ?", (name,)).fetchone()
    if found is None:
        found = (db.execute("INSERT INTO signal (name) VALUES (?)", (name,)).lastrowid,)
    return int(found[0])


def _kept(db: sqlite3.Connection, columns: Sequence[tuple[int, bytes]]) -> bytes:
    directory = []
    for places, content in segmented(columns):
        added = db.execute("INSERT INTO segment (content) VALUES (?)", (content,))
        directory.append((int(added.lastrowid or 0), places))
    return encode_directory(directory)


def _keep_rollups(db: sqlite3.Connection, made: Made) -> None:
    bench_id, hour, _ = made.due
    drop_minutes(db, bench_id, hour)
    columns = [(_signal_id(db, name), content) for name, content in made.minutes]
    db.execute(
        "INSERT INTO minute_rollup (bench_id, hour, directory) VALUES (?, ?, ?)",
        (bench_id, hour, _kept(db, columns)),
    )
    db.executemany(
        "INSERT OR REPLACE INTO hour_rollup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(bench_id, _signal_id(db, name), hour, record.counted, record.minimum),
                *(record.maximum, record.total, _last(record.last)),
                *(record.last_at_ms, record.active_ms),
            )
            for name, record in made.hours
        ],
    )


def _last(value: Value) -> object:
    return bytes([value]) if isinstance(value, bool) else value


def drop_chunks(db: sqlite3.Connection, chunk_ids: Sequence[int]) -> None:
    """Delete chunks and what their directories name."""
    for chunk_id in chunk_ids:
        found = db.execute("SELECT directory FROM chunk WHERE id = ?", (chunk_id,)).fetchone()
        _drop_segments(db, found[0])
        db.execute("DELETE FROM chunk WHERE id = ?", (chunk_id,))


def drop_minutes(db: sqlite3.Connection, bench_id: int, hour: int) -> int:
    """Delete the minutes of an hour and return their hours' number: 1 or 0."""
    found = db.execute(
        "SELECT id, directory FROM minute_rollup WHERE bench_id = ? AND hour = ?", (bench_id, hour)
    ).fetchall()
    for record_id, directory in found:
        _drop_segments(db, directory)
        db.execute("DELETE FROM minute_rollup WHERE id = ?", (record_id,))
    return len(found)


def _drop_segments(db: sqlite3.Connection, directory: bytes) -> None:
    ids = [(segment_id,) for segment_id, _ in decode_directory(directory)]
    db.executemany("DELETE FROM segment WHERE id = ?", ids)
