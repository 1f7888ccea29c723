"""The quarantine of the embedded store; call inside a transaction."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from telemetry.store.quarantine import (
    Poison,
    Quarantined,
    QuarantineLimits,
    QuarantineTotals,
)

_COLUMNS = (
    "quarantine.id, coalesce(bench.code, ''), topic, payload, payload_bytes, reason,"
    " first_at_ms, last_at_ms, times, epoch, seq"
)


def keep(
    db: sqlite3.Connection,
    poison: Iterable[Poison],
    bench_id: Callable[[str], int],
    limits: QuarantineLimits,
) -> int:
    """Take messages in and return how many were not there yet; the oldest may have to go."""
    fresh = 0
    benches: set[int | None] = set()
    for one in poison:
        owner = bench_id(one.bench) if one.bench else None
        benches.add(owner)
        if not _came_again(db, one):
            _insert(db, one, owner)
            fresh += 1
    if fresh:
        benches |= _make_room(db, limits)
    count_per_bench(db, benches)
    return fresh


def _came_again(db: sqlite3.Connection, one: Poison) -> bool:
    return bool(
        db.execute(
            "UPDATE quarantine SET times = times + 1, last_at_ms = max(last_at_ms, ?), reason = ?"
            " WHERE topic = ? AND digest = ?",
            (one.received_at_ms, one.reason, one.topic, one.digest),
        ).rowcount
    )


def _insert(db: sqlite3.Connection, one: Poison, owner: int | None) -> None:
    db.execute(
        "INSERT INTO quarantine (bench_id, topic, digest, payload, payload_bytes, reason, weight,"
        " first_at_ms, last_at_ms, epoch, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(owner, one.topic, one.digest, one.kept, len(one.payload), one.reason, one.weight),
            *(one.received_at_ms, one.received_at_ms, *(one.key or (None, None))),
        ),
    )
    _change_totals(db, 1, one.weight, 0)


def _change_totals(db: sqlite3.Connection, entries: int, weight: int, given_up: int) -> None:
    db.execute(
        "UPDATE quarantine_totals SET entries = entries + ?, bytes = bytes + ?,"
        " given_up = given_up + ?",
        (entries, weight, given_up),
    )


def _make_room(db: sqlite3.Connection, limits: QuarantineLimits) -> set[int | None]:
    now = totals(db)
    entries, weight = now.entries - limits.entries, now.bytes - limits.bytes
    leaving: list[tuple[int, int | None, int]] = []
    oldest = db.execute("SELECT id, bench_id, weight FROM quarantine ORDER BY id")
    for entry in oldest:
        if entries <= len(leaving) and weight <= 0:
            break
        leaving.append(entry)
        weight -= entry[2]
    oldest.close()
    db.executemany("DELETE FROM quarantine WHERE id = ?", [(entry[0],) for entry in leaving])
    _change_totals(db, -len(leaving), -sum(entry[2] for entry in leaving), len(leaving))
    return {entry[1] for entry in leaving}


def count_per_bench(db: sqlite3.Connection, bench_ids: Iterable[int | None]) -> None:
    """Let the benches tell how many of theirs are in quarantine."""
    db.executemany(
        "UPDATE bench SET quarantined_count ="
        " (SELECT count(*) FROM quarantine WHERE bench_id = bench.id) WHERE id = ?",
        [(bench_id,) for bench_id in bench_ids if bench_id is not None],
    )


def replayed(db: sqlite3.Connection, outcomes: Mapping[int, str]) -> None:
    """Take out what is stored now, and keep the present reason with what still can't be read."""
    db.executemany(
        "UPDATE quarantine SET reason = ? WHERE id = ?",
        [(reason, entry_id) for entry_id, reason in outcomes.items() if reason],
    )
    drop(db, [entry_id for entry_id, reason in outcomes.items() if not reason])


def drop(db: sqlite3.Connection, ids: Sequence[int]) -> int:
    """Forget entries; how many there were."""
    number, benches = 0, set()
    for entry_id in ids:
        found = db.execute(
            "DELETE FROM quarantine WHERE id = ? RETURNING bench_id, weight", (entry_id,)
        ).fetchall()
        for bench_id, weight in found:
            benches.add(bench_id)
            _change_totals(db, -1, -weight, 0)
            number += 1
    count_per_bench(db, benches)
    return number


def totals(db: sqlite3.Connection) -> QuarantineTotals:
    """How full it is."""
    found = db.execute("SELECT entries, bytes, given_up FROM quarantine_totals").fetchone()
    return QuarantineTotals(*found)


def entries_after(db: sqlite3.Connection, after_id: int, limit: int) -> list[Quarantined]:
    """Entries by id."""
    found = db.execute(
        f"SELECT {_COLUMNS} FROM quarantine LEFT JOIN bench ON bench.id = bench_id"  # noqa: S608
        " WHERE quarantine.id > ? ORDER BY quarantine.id LIMIT ?",
        (after_id, limit),
    ).fetchall()
    return [_entry(*row) for row in found]


def _entry(*row: Any) -> Quarantined:  # noqa: ANN401 - what sqlite3 hands out is untyped
    *fields, epoch, seq = row
    return Quarantined(*[*fields, None if epoch is None else (epoch, seq)])
