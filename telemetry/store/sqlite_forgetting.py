"""Age: what of the embedded store goes when, level by level; call inside a transaction."""

import sqlite3

from telemetry.store.sqlite_schema import recount_hours
from telemetry.store.sqlite_sealing import drop_chunks, drop_minutes


def forget_rows(db: sqlite3.Connection, before_ms: int) -> int:
    """Hot rows received before, and packed ones of hours all of whose rows were; their number."""
    number = db.execute("DELETE FROM frame WHERE received_at_ms < ?", (before_ms,)).rowcount
    if number:
        recount_hours(db)
    for chunk_id, bench_id, hour, row_count in db.execute(
        "SELECT chunk.id, chunk.bench_id, chunk.hour, chunk.row_count FROM hour JOIN chunk"
        " USING (bench_id, hour) WHERE hour.last_received_ms < ?",
        (before_ms,),
    ).fetchall():
        drop_chunks(db, [chunk_id])
        db.execute(
            "UPDATE hour SET packs = 0, has_chunk = 0 WHERE bench_id = ? AND hour = ?",
            (bench_id, hour),
        )
        number += int(row_count)
    _forget_empty_hours(db)
    return number


def forget_minutes(db: sqlite3.Connection, before_ms: int) -> int:
    """1 min rollups of hours whose rows were all received before; how many hours."""
    old = db.execute(
        "SELECT bench_id, hour FROM hour WHERE has_minutes AND last_received_ms < ?", (before_ms,)
    ).fetchall()
    for bench_id, hour in old:
        drop_minutes(db, bench_id, hour)
    db.execute("UPDATE hour SET has_minutes = 0 WHERE last_received_ms < ?", (before_ms,))
    _forget_empty_hours(db)
    return len(old)


def forget_hours(db: sqlite3.Connection, before_ms: int) -> int:
    """1 h rollups of hours whose rows were all received before; how many hours."""
    old = "SELECT hour FROM hour WHERE has_hours AND bench_id = ?1 AND last_received_ms < ?2"
    number = 0
    for (bench_id,) in db.execute("SELECT id FROM bench").fetchall():
        count = f"SELECT count(*) FROM ({old})"  # noqa: S608 - constant text
        found = db.execute(count, (bench_id, before_ms)).fetchone()[0]
        if found:
            db.execute(
                f"DELETE FROM hour_rollup WHERE bench_id = ?1 AND hour IN ({old})",  # noqa: S608
                (bench_id, before_ms),
            )
        number += int(found)
    db.execute("UPDATE hour SET has_hours = 0 WHERE last_received_ms < ?", (before_ms,))
    _forget_empty_hours(db)
    return number


def _forget_empty_hours(db: sqlite3.Connection) -> None:
    db.execute(
        "DELETE FROM hour WHERE hot_rows = 0 AND packs = 0"
        " AND NOT (has_chunk OR has_minutes OR has_hours)"
    )
