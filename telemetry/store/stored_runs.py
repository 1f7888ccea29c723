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


Key = tuple[int, int]
"""Bench id and epoch."""


def follow(tail: tuple[int, int] | None, seqs: list[int]) -> bool:
    """Whether numbers go on exactly where the last run ends, as they mostly do (pure)."""
    return tail is not None and seqs == list(range(tail[1] + 1, tail[1] + 1 + len(seqs)))


class StoredRuns:
    """Numbers a batch adds; call inside a transaction, `settle` before its end.

    `tails` are the last runs as the caller remembers them from before, to be kept for the next
    batch unless this one fails or another process wrote.
    """

    def __init__(self, db: sqlite3.Connection, tails: dict[Key, tuple[int, int]]) -> None:
        self._db = db
        self._tails = tails
        self._longer: list[tuple[int, int, int, int]] = []

    def add(self, key: Key, seqs: list[int]) -> list[bool]:
        """Note numbers of an epoch, once a batch, and say of each whether it is new."""
        tail = self._tails.get(key)
        if tail is not None and follow(tail, seqs):
            self._tails[key] = tail[0], seqs[-1]
            self._longer.append((seqs[-1], *key, tail[0]))
            return [True] * len(seqs)
        before = _touching(self._db, key, min(seqs), max(seqs))
        is_new, after = added(before, seqs)
        _replace(self._db, key, before, after)
        last = self._db.execute(
            "SELECT first_seq, last_seq FROM stored_run WHERE bench_id = ? AND epoch = ?"
            " ORDER BY first_seq DESC LIMIT 1",
            key,
        ).fetchone()
        self._tails[key] = last
        return is_new

    def settle(self) -> None:
        """Write the runs that only became longer."""
        self._db.executemany(
            "UPDATE stored_run SET last_seq = ? WHERE bench_id = ? AND epoch = ? AND first_seq = ?",
            self._longer,
        )


def add_runs(db: sqlite3.Connection, key: tuple[int, int], runs: Runs) -> None:
    """Note whole runs of (bench id, epoch)."""
    for first, last in runs:
        before = _touching(db, key, first, last)
        _replace(db, key, before, _merged([*before, (first, last)]))


def stored_within(db: sqlite3.Connection, key: Key, first: int, last: int) -> int:
    """How many numbers of an inclusive span are stored."""
    return sum(
        max(0, min(last, run_last) - max(first, run_first) + 1)
        for run_first, run_last in _touching(db, key, first, last)
    )


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
