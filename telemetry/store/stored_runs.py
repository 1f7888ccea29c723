"""Which sequence numbers of an epoch are stored, as runs in a table: a resend is told exactly.

Runs outlive the rows: a number whose row was sealed or dropped by age is still a duplicate.
"""

import sqlite3
from collections.abc import Iterable

Runs = list[tuple[int, int]]


def added(runs: Runs, seqs: Iterable[int]) -> tuple[list[bool], Runs]:
    """Whether each number is new, in order, and the sorted inclusive runs with them (pure)."""
    is_new: list[bool] = []
    fresh: set[int] = set()
    for seq in seqs:
        known = seq in fresh or any(first <= seq <= last for first, last in runs)
        is_new.append(not known)
        if not known:
            fresh.add(seq)
    return is_new, _merged([*runs, *((seq, seq) for seq in fresh)])


def _merged(runs: Runs) -> Runs:
    merged: Runs = []
    for first, last in sorted(runs):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def add_runs(db: sqlite3.Connection, key: tuple[int, int], runs: Runs) -> None:
    """Note whole runs of (bench id, epoch)."""
    for first, last in runs:
        before = _touching(db, key, first, last)
        _replace(db, key, before, _merged([*before, (first, last)]))


def add_seqs(db: sqlite3.Connection, key: tuple[int, int], seqs: list[int]) -> list[bool]:
    """Note numbers of (bench id, epoch) and say of each whether it is new.

    Call inside a transaction.
    """
    before = _touching(db, key, min(seqs), max(seqs))
    is_new, after = added(before, seqs)
    _replace(db, key, before, after)
    return is_new


def _touching(db: sqlite3.Connection, key: tuple[int, int], first: int, last: int) -> Runs:
    # runs never touch each other, so that the one before the first is the only one to look back to
    found: Runs = db.execute(
        "SELECT first_seq, last_seq FROM stored_run WHERE bench_id = ?1 AND epoch = ?2"
        " AND first_seq >= coalesce((SELECT max(first_seq) FROM stored_run"
        " WHERE bench_id = ?1 AND epoch = ?2 AND first_seq <= ?3), ?3)"
        " AND first_seq <= ?4 ORDER BY first_seq",
        (*key, first, last + 1),
    ).fetchall()
    return found


def _replace(db: sqlite3.Connection, key: tuple[int, int], before: Runs, after: Runs) -> None:
    old, new = set(before), set(after)
    db.executemany(
        "DELETE FROM stored_run WHERE bench_id = ? AND epoch = ? AND first_seq = ?",
        [(*key, first) for first, _ in old - new],
    )
    db.executemany(
        "INSERT INTO stored_run VALUES (?, ?, ?, ?)", [(*key, *run) for run in new - old]
    )
