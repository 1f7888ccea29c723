"""The tables of the embedded store and how a file of an earlier version becomes one of this."""

import sqlite3
from collections.abc import Callable
from importlib import resources

import msgspec

from telemetry.contract.encoding import decode
from telemetry.contract.payloads import UsageReport
from telemetry.contract.topics import Stream
from telemetry.store.port import StoreUnavailable
from telemetry.store.rollups import HOUR_MS
from telemetry.store.stored_runs import add_runs
from telemetry.store.usage_spans import note_usage

VERSION = 3
"""1: every row as JSON, never sealed. 2: hot rows by layout, sealed hours, rollups.
3: quarantine, epochs in order, clock offsets, several workers."""

_NEW_IN_3 = (
    "bench ADD COLUMN expired_count INTEGER NOT NULL DEFAULT 0",
    "bench ADD COLUMN quarantined_count INTEGER NOT NULL DEFAULT 0",
    "bench ADD COLUMN clock_offsets TEXT NOT NULL DEFAULT '[]'",
    "bench ADD COLUMN clock_offset_ms INTEGER",
    "bench ADD COLUMN up_to_date_at_ms INTEGER",
    "received ADD COLUMN ordinal INTEGER NOT NULL DEFAULT 1",
    "received ADD COLUMN acknowledged INTEGER NOT NULL DEFAULT 0",
)
_SECOND = 2

_COUNT_HOURS = (
    # floors also before 1970, where a division alone would round up
    "INSERT INTO hour (bench_id, hour, last_received_ms, hot_rows, first_position, last_position)"
    " SELECT bench_id, (observed_at_ms - ((observed_at_ms % :ms) + :ms) % :ms) / :ms,"
    " max(received_at_ms), count(*), min(position), max(position) FROM frame WHERE true"
    " GROUP BY 1, 2 ON CONFLICT DO UPDATE SET hot_rows = excluded.hot_rows,"
    " first_position = excluded.first_position, last_position = excluded.last_position,"
    " last_received_ms = max(last_received_ms, excluded.last_received_ms)"
)
_islands = msgspec.json.Decoder(list[tuple[int, int]])


def prepare(db: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an earlier version up to this one; all or nothing.

    Raises:
        StoreUnavailable: the file is of a later version.
    """
    if _version(db) == VERSION:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        # asked again, because another process may have been faster
        found = _version(db)
        if found < VERSION:
            _bring_up(db, found)
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def _version(db: sqlite3.Connection) -> int:
    found = int(db.execute("PRAGMA user_version").fetchone()[0])
    if found > VERSION:
        raise StoreUnavailable(f"store of version {found}: this program knows up to {VERSION}")
    return found


def _bring_up(db: sqlite3.Connection, found: int) -> None:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'frame'").fetchone():
        _make(db)
        return
    for change in _NEW_IN_3:
        db.execute(f"ALTER TABLE {change}")
    if found < _SECOND:
        _upgrade(db)
    else:
        _make(db)
    db.execute("INSERT INTO ingest_worker SELECT 1, content FROM ingest_status")
    db.execute("DROP TABLE ingest_status")


def _make(db: sqlite3.Connection) -> None:
    schema = resources.files("telemetry.store").joinpath("schema.sql").read_text("utf-8")
    statement = ""
    for line in schema.splitlines(keepends=True):
        statement += line
        # executescript would commit the transaction this is part of
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""


def _upgrade(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE frame RENAME TO frame_1")
    for index in ("frame_by_time", "frame_of_bench", "frame_by_arrival"):
        db.execute(f"DROP INDEX IF EXISTS {index}")
    _make(db)
    db.execute(
        "INSERT INTO frame SELECT position, bench_id, epoch, seq, observed_at_ms, received_at_ms,"
        " 0, content FROM frame_1"
    )
    # positions go on where they were, also when every row is gone
    db.execute(
        "INSERT OR REPLACE INTO sqlite_sequence (rowid, name, seq) SELECT"
        " (SELECT rowid FROM sqlite_sequence WHERE name = 'frame'), 'frame', seq"
        " FROM sqlite_sequence WHERE name = 'frame_1'"
    )
    db.execute("DROP TABLE frame_1")
    db.execute(
        "INSERT INTO latest SELECT bench_id, position, epoch, seq, observed_at_ms, received_at_ms,"
        " layout_id, content FROM frame"
        " WHERE position IN (SELECT max(position) FROM frame GROUP BY bench_id)"
    )
    recount_hours(db)
    for step in (_note_runs, _note_usage):
        _each_bench(db, step)


def recount_hours(db: sqlite3.Connection) -> None:
    """Let the table of hours tell what hot rows there are."""
    db.execute("UPDATE hour SET hot_rows = 0, first_position = 0, last_position = 0")
    db.execute(_COUNT_HOURS, {"ms": HOUR_MS})


def _each_bench(db: sqlite3.Connection, step: Callable[[sqlite3.Connection, int], None]) -> None:
    for (bench_id,) in db.execute("SELECT id FROM bench").fetchall():
        step(db, bench_id)


def _note_runs(db: sqlite3.Connection, bench_id: int) -> None:
    # what came is what lies up to the watermark and in the islands, but not in a given-up gap
    for epoch, watermark, islands in db.execute(
        "SELECT epoch, watermark, islands FROM received WHERE bench_id = ?", (bench_id,)
    ).fetchall():
        came = [*([(1, watermark)] if watermark else []), *_islands.decode(islands)]
        gaps = db.execute(
            "SELECT first_seq, last_seq FROM gap WHERE bench_id = ? AND epoch = ? ORDER BY 1",
            (bench_id, epoch),
        ).fetchall()
        for gap in gaps:
            came = [part for run in came for part in _without(run, gap)]
        add_runs(db, (bench_id, epoch), came)
        kept = db.execute(
            "SELECT seq FROM frame WHERE bench_id = ?1 AND epoch = ?2 AND ?3 UNION"
            " SELECT seq FROM event WHERE bench_id = ?1 AND epoch = ?2 AND ?3",
            (bench_id, epoch, bool(gaps)),
        ).fetchall()
        add_runs(db, (bench_id, epoch), [(seq, seq) for (seq,) in kept])


def _without(run: tuple[int, int], gap: tuple[int, int]) -> list[tuple[int, int]]:
    (first, last), (gap_first, gap_last) = run, gap
    if gap_last < first or last < gap_first:
        return [run]
    parts = [(first, gap_first - 1), (gap_last + 1, last)]
    return [(low, high) for low, high in parts if low <= high]


def _note_usage(db: sqlite3.Connection, bench_id: int) -> None:
    for (content,) in db.execute(
        "SELECT content FROM event WHERE bench_id = ? AND stream = ? ORDER BY position",
        (bench_id, Stream.USAGE.value),
    ).fetchall():
        message = decode(Stream.USAGE, content)
        if isinstance(message, UsageReport):
            note_usage(db, bench_id, message)
