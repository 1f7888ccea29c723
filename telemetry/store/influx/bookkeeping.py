"""What the file knows of InfluxDB: what was sent, what rests there, what stays here and why.

Call what writes inside a transaction of the store.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import NamedTuple

import msgspec

HERE, AWAY, STAYS = 0, 1, 2
"""Where the rows of an hour are that were sent: here as well, only there, only here for good."""

_names = msgspec.msgpack.Decoder(list[str])


class Backlog(NamedTuple):
    """A bench with rows that were not sent: what was up to `position`, and how many more wait."""

    bench_id: int
    bench: str
    position: int
    row_count: int
    waiting: int


class AwayHour(NamedTuple):
    """Rows of a bench and hour that rest in InfluxDB alone."""

    row_count: int
    first_position: int
    last_position: int
    fields: Sequence[str]


class KeptRun(NamedTuple):
    """Rows of a bench, next to each other in order of arrival, that InfluxDB did not get."""

    first_position: int
    last_position: int
    row_count: int
    last_received_ms: int
    reason: str


class Forwarding(msgspec.Struct, frozen=True):
    """How sending to InfluxDB goes.

    `waiting` rows are not sent yet, `kept` ones stay in the file because InfluxDB did not take
    them; `failure` is empty while it takes what it gets, else it did not since `failing_since_ms`.
    `refused_commits` counts commits that found the queue full.
    """

    waiting: int = 0
    sent: int = 0
    kept: int = 0
    sent_again_hours: int = 0
    refused_commits: int = 0
    failure: str = ""
    failing_since_ms: int | None = None


_status = msgspec.json.Decoder(Forwarding)


def prepare(db: sqlite3.Connection) -> None:
    """Make the tables where they are missing; all rows there are then wait to be sent."""
    schema = resources.files("telemetry.store.influx").joinpath("schema.sql").read_text("utf-8")
    all_due = "" if _has_tables(db) else _ALL_DUE
    db.executescript(f"BEGIN IMMEDIATE; {schema} {all_due} COMMIT;")


_ALL_DUE = (
    "INSERT OR IGNORE INTO influx_rollup_due (bench_id, hour)"
    " SELECT bench_id, hour FROM minute_rollup;"
)


def _has_tables(db: sqlite3.Connection) -> bool:
    found = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'influx_sent'").fetchone()
    return found is not None


def drop(db: sqlite3.Connection) -> None:
    """Take the tables away again."""
    db.execute("DROP TRIGGER influx_rollup_made")
    tables = db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'influx_*'"
    ).fetchall()
    for (table,) in tables:
        db.execute(f"DROP TABLE {table}")


_BACKLOG = (
    "SELECT bench.id, bench.code, coalesce(influx_sent.position, 0), bench.row_count,"
    " bench.row_count - coalesce(influx_sent.row_count, 0) AS waiting"
    " FROM bench LEFT JOIN influx_sent ON influx_sent.bench_id = bench.id"
)


def backlog(db: sqlite3.Connection) -> list[Backlog]:
    """Benches with rows that wait to be sent."""
    return [Backlog._make(row) for row in db.execute(f"{_BACKLOG} WHERE waiting > 0").fetchall()]


def waiting(db: sqlite3.Connection) -> int:
    """How many rows wait to be sent."""
    found = db.execute(f"SELECT coalesce(sum(waiting), 0) FROM ({_BACKLOG})")  # noqa: S608
    return int(found.fetchone()[0])


def note_sent(db: sqlite3.Connection, bench_id: int, position: int, rows: int) -> None:
    """So many more rows of a bench, up to a position, were sent or kept."""
    db.execute(
        "INSERT INTO influx_sent VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET"
        " row_count = row_count + iif(?2 > position, ?3, 0), position = max(position, ?2)",
        (bench_id, position, rows),
    )


def note_nothing_left(db: sqlite3.Connection, bench_id: int, row_count: int) -> None:
    """Rows that were counted as waiting went by age."""
    db.execute(
        "INSERT INTO influx_sent VALUES (?1, 0, ?2) ON CONFLICT DO UPDATE SET row_count = ?2",
        (bench_id, row_count),
    )


def highest(db: sqlite3.Connection, bench_id: int, hours: Iterable[int]) -> dict[int, int]:
    """The latest moment of each hour of which rows were sent, in ms."""
    found: dict[int, int] = {}
    for hour in hours:
        row = db.execute(
            "SELECT highest_ms FROM influx_hour WHERE bench_id = ? AND hour = ?", (bench_id, hour)
        ).fetchone()
        if row:
            found[hour] = int(row[0])
    return found


def note_highest(db: sqlite3.Connection, bench_id: int, moments: Mapping[int, int]) -> None:
    """Rows up to these moments were sent, by hour."""
    db.executemany(
        "INSERT INTO influx_hour (bench_id, hour, highest_ms) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET highest_ms = max(highest_ms, excluded.highest_ms)",
        [(bench_id, hour, at_ms) for hour, at_ms in moments.items()],
    )


def note_kept(db: sqlite3.Connection, bench_id: int, runs: Iterable[KeptRun]) -> None:
    """Rows that stay here; the hours they are in may be looked at again."""
    db.executemany(
        "INSERT OR REPLACE INTO influx_kept VALUES (?, ?, ?, ?, ?, ?)",
        [(bench_id, *run) for run in runs],
    )


def kept_runs(
    db: sqlite3.Connection, bench_id: int, positions: tuple[int, int]
) -> list[tuple[int, int]]:
    """First and last positions of the runs that touch these positions."""
    return db.execute(
        "SELECT first_position, last_position FROM influx_kept"
        " WHERE bench_id = ? AND last_position >= ? AND first_position <= ?",
        (bench_id, *positions),
    ).fetchall()


def kept_reasons(db: sqlite3.Connection) -> list[tuple[str, str, int]]:
    """(Bench, reason, rows) of what stays here."""
    return db.execute(
        "SELECT bench.code, reason, sum(influx_kept.row_count) FROM influx_kept"
        " JOIN bench ON bench.id = bench_id GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()


def away_hour(db: sqlite3.Connection, bench_id: int, hour: int) -> AwayHour | None:
    """None when no row of the hour rests in InfluxDB alone."""
    found = db.execute(
        "SELECT row_count, first_position, last_position, content FROM influx_hour"
        " JOIN influx_fields ON influx_fields.id = fields_id"
        " WHERE bench_id = ? AND hour = ? AND away = 1",
        (bench_id, hour),
    ).fetchone()
    if found is None:
        return None
    rows, first, last, names = found
    return AwayHour(rows, first, last, _names.decode(names))


def away_hours(db: sqlite3.Connection) -> list[tuple[int, int, int]]:
    """(Bench id, hour, rows) of all that rests in InfluxDB alone."""
    return db.execute(
        "SELECT bench_id, hour, row_count FROM influx_hour WHERE away = 1 ORDER BY 1, 2"
    ).fetchall()


def note_away(db: sqlite3.Connection, bench_id: int, hour: int, rows: AwayHour) -> None:
    """Rows of an hour that InfluxDB alone has from now on."""
    content = msgspec.msgpack.encode(sorted(rows.fields))
    db.execute("INSERT OR IGNORE INTO influx_fields (content) VALUES (?)", (content,))
    fields_id = db.execute("SELECT id FROM influx_fields WHERE content = ?", (content,)).fetchone()
    db.execute(
        "UPDATE influx_hour SET away = 1, tries = 0, row_count = ?, first_position = ?,"
        " last_position = ?, fields_id = ? WHERE bench_id = ? AND hour = ?",
        (*rows[:3], *fields_id, bench_id, hour),
    )


def note_here(db: sqlite3.Connection, bench_id: int, hour: int) -> None:
    """The rows of an hour are in the file again, or some came that change what is known of it."""
    db.execute(
        "UPDATE influx_hour SET away = 0, tries = 0, row_count = 0, fields_id = 0"
        " WHERE bench_id = ? AND hour = ?",
        (bench_id, hour),
    )


def note_stays(db: sqlite3.Connection, bench_id: int, hour: int) -> None:
    """The rows of an hour are not to be let go, unless new ones come."""
    db.execute("UPDATE influx_hour SET away = 2 WHERE bench_id = ? AND hour = ?", (bench_id, hour))


def note_try(db: sqlite3.Connection, bench_id: int, hour: int) -> int:
    """Count that InfluxDB lacked rows of an hour, and return how often it did."""
    found = db.execute(
        "UPDATE influx_hour SET tries = tries + 1 WHERE bench_id = ? AND hour = ? RETURNING tries",
        (bench_id, hour),
    ).fetchall()
    return int(found[0][0]) if found else 0


def forget_away(db: sqlite3.Connection, before_ms: int) -> int:
    """Forget hours that rest in InfluxDB by the age of the embedded store; their rows' number.

    InfluxDB itself drops them by its retention policy.
    """
    old = db.execute(
        "SELECT bench_id, hour, iif(away = 1, influx_hour.row_count, 0) FROM influx_hour"
        " JOIN hour USING (bench_id, hour) WHERE last_received_ms < ?",
        (before_ms,),
    ).fetchall()
    for bench_id, hour, rows in old:
        key = (bench_id, hour)
        db.execute("DELETE FROM influx_hour WHERE bench_id = ? AND hour = ?", key)
        if rows:
            db.execute("UPDATE hour SET has_chunk = 0 WHERE bench_id = ? AND hour = ?", key)
    db.execute("DELETE FROM influx_kept WHERE last_received_ms < ?", (before_ms,))
    return sum(int(rows) for _, _, rows in old)


def rollups_due(db: sqlite3.Connection, most: int) -> list[tuple[int, int, str, int]]:
    """(Number, bench id, bench, hour) of hours whose rollups are to be sent."""
    return db.execute(
        "SELECT influx_rollup_due.id, bench_id, bench.code, hour FROM influx_rollup_due"
        " JOIN bench ON bench.id = bench_id ORDER BY 1 LIMIT ?",
        (most,),
    ).fetchall()


def note_rollups_sent(db: sqlite3.Connection, number: int) -> None:
    """Unless they were made anew meanwhile."""
    db.execute("DELETE FROM influx_rollup_due WHERE id = ?", (number,))


def note_forwarding(db: sqlite3.Connection, status: Forwarding) -> None:
    """Keep how sending goes, for other processes."""
    content = msgspec.json.encode(status)
    db.execute("INSERT OR REPLACE INTO influx_status VALUES (1, ?)", (content,))


def forwarding(db: sqlite3.Connection) -> Forwarding:
    """How sending went when it was last noted; `waiting` and `kept` as they are now."""
    found = db.execute("SELECT content FROM influx_status").fetchone()
    kept = db.execute("SELECT coalesce(sum(row_count), 0) FROM influx_kept").fetchone()[0]
    status = _status.decode(found[0]) if found else Forwarding()
    return msgspec.structs.replace(status, waiting=waiting(db), kept=int(kept))
