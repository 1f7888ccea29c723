"""The bench's memory on disk: rows until ingest acknowledges them, and the rules' state with them.

A row, and the state of the rules that produced it, are committed in one transaction, so that
a killed bridge neither loses a step of a fault nor reports it twice.
"""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from can_bridge.errors import SpoolUnusable
from can_bridge.spool_overflow import Removed, give_up_oldest_samples
from telemetry.contract import encoding
from telemetry.contract.delivery import MAX_UNACKNOWLEDGED
from telemetry.contract.payloads import DurableMessage, FaultReport, Samples, UsageReport
from telemetry.contract.topics import Stream

_SCHEMA = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS row (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, payload BLOB NOT NULL
);
"""
_STREAMS: dict[type[DurableMessage], Stream] = {
    Samples: Stream.SAMPLES,
    UsageReport: Stream.USAGE,
    FaultReport: Stream.FAULTS,
}
_PAGE_BYTES = 4096
OTHER_PROCESS_S = 1.0
"""How long to wait for a bridge that is just about to stop."""


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """How large a spool may grow.

    `max_bytes` bounds the payload of waiting rows; the file itself is capped at twice that, and
    never takes more than a quarter of the free disk, because SQLite cannot even delete on a full
    disk (measured). 256 MB hold about two days of a bench with 5 messages of 300 bytes a second.
    """

    max_bytes: int = 256 * 1024 * 1024


class SpooledRow(NamedTuple):
    """A committed message as it goes to the broker."""

    seq: int
    stream: Stream
    payload: bytes


class Spool:
    """Disk queue of one bench; used by one thread."""

    def __init__(
        self,
        path: Path,
        bench: str,
        limits: SpoolLimits | None = None,
        accepted_log: Path | None = None,
    ) -> None:
        """Open or create; `accepted_log` records each committed (epoch, seq) for crash tests."""
        self._path = path
        self._limits = limits or SpoolLimits()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(
                path, timeout=OTHER_PROCESS_S, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as refused:
            raise SpoolUnusable(path, str(refused)) from refused
        try:
            self._set_up(bench)
        except sqlite3.Error as refused:
            self._db.close()
            is_locked = "locked" in str(refused)
            reason = f"bench {bench} already runs in another process" if is_locked else str(refused)
            raise SpoolUnusable(path, reason) from refused
        self._accepted = (
            os.open(accepted_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            if accepted_log
            else None
        )
        self._release_through = 0
        self._gone = Removed(0, 0)
        waiting = self._db.execute(
            "SELECT count(*), coalesce(sum(length(payload)), 0) FROM row"
        ).fetchone()
        self.rows = int(waiting[0])
        self._bytes = int(waiting[1])
        self.dropped_rows = int(self._fact("dropped") or 0)

    def _set_up(self, bench: str) -> None:
        db = self._db
        # two bridges of one bench would give the same numbers twice
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA wal_autocheckpoint=256")
        db.execute("PRAGMA journal_size_limit=2097152")
        free = shutil.disk_usage(self._path.parent).free
        cap = max(min(self._limits.max_bytes * 2, free // 4), 1024 * 1024)
        db.execute(f"PRAGMA max_page_count={cap // _PAGE_BYTES}")
        self._max_bytes = min(self._limits.max_bytes, cap // 2)
        db.executescript(_SCHEMA)
        db.execute("BEGIN IMMEDIATE")
        owner = self._fact("bench")
        if owner is None:
            self._set_fact("bench", bench)
            self._set_fact("epoch", str(secrets.randbelow(2**53 - 2) + 1))
        db.execute("COMMIT")
        if owner not in (None, bench):
            db.close()
            raise SpoolUnusable(self._path, f"is the spool of bench {owner!r}, not {bench!r}")
        self.epoch = int(self._fact("epoch") or 0)
        found = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'row'").fetchone()
        self._last_seq: int = found[0] if found else 0

    @property
    def last_seq(self) -> int:
        """The newest sequence number ever given; 0 in a new spool."""
        return self._last_seq

    def commit(
        self, drafts: Sequence[DurableMessage], states: Mapping[str, bytes]
    ) -> list[SpooledRow]:
        """Store messages and states in one durable transaction; on failure nothing changes.

        Epoch and seq of the drafts are replaced. When the spool is full the oldest sample rows are
        replaced by one record that says how many were given up; usage and fault rows are kept.

        Raises:
            sqlite3.OperationalError: the disk is full or fails.
        """
        rows = [self._row(position, draft) for position, draft in enumerate(drafts, start=1)]
        new_bytes = sum(len(row.payload) for row in rows)
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            self._apply_release()
            dropped = self._make_room(new_bytes)
            db.executemany("INSERT INTO row (seq, stream, payload) VALUES (?, ?, ?)", rows)
            db.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", list(states.items()))
            if dropped:
                self._set_fact("dropped", str(self.dropped_rows + dropped))
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        self._last_seq += len(rows)
        self.dropped_rows += dropped
        self._release_through = 0
        self._count(len(rows), new_bytes)
        if self._accepted is not None and rows:
            lines = "".join(f"{self.epoch} {row.seq}\n" for row in rows)
            os.write(self._accepted, lines.encode("ascii"))
        return rows

    def release(self, epoch: int, seq: int) -> bool:
        """Note that everything up to `seq` is stored; rows go with the next commit.

        False when the acknowledgement is for another epoch or for rows never sent.
        """
        if epoch != self.epoch or seq > self._last_seq:
            return False
        self._release_through = max(self._release_through, seq)
        return True

    def oldest(self, after_seq: int, limit: int) -> list[SpooledRow]:
        """Waiting rows after `after_seq` in order."""
        start = max(after_seq, self._release_through)
        found = self._db.execute(
            "SELECT seq, stream, payload FROM row WHERE seq > ? ORDER BY seq LIMIT ?",
            (start, limit),
        )
        return [SpooledRow(seq, Stream(stream), payload) for seq, stream, payload in found]

    def first_waiting(self) -> int:
        """Sequence number of the oldest waiting row; the next one to come when none waits."""
        found = self._db.execute("SELECT min(seq) FROM row").fetchone()
        return self._last_seq + 1 if found[0] is None else int(found[0])

    def state(self, name: str) -> bytes | None:
        """The state committed last under that name."""
        found = self._db.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return None if found is None else bytes(found[0])

    def close(self) -> None:
        """Apply what was released and close the file."""
        if self._release_through:
            self.commit([], {})
        self._db.close()
        if self._accepted is not None:
            os.close(self._accepted)

    def _row(self, position: int, draft: DurableMessage) -> SpooledRow:
        seq = self._last_seq + position
        payload = encoding.encode(msgspec.structs.replace(draft, epoch=self.epoch, seq=seq))
        return SpooledRow(seq, _STREAMS[type(draft)], payload)

    def _apply_release(self) -> None:
        self._gone = Removed(0, 0)
        if not self._release_through:
            return
        where = "FROM row WHERE seq <= ?", (self._release_through,)
        count, size = self._db.execute(
            f"SELECT count(*), coalesce(sum(length(payload)), 0) {where[0]}",
            where[1],
        ).fetchone()
        self._db.execute(f"DELETE {where[0]}", where[1])
        self._gone = Removed(count, size)

    def _make_room(self, new_bytes: int) -> int:
        excess = self._bytes - self._gone.size + new_bytes - self._max_bytes
        if excess <= 0:
            return 0
        given_up = give_up_oldest_samples(
            self._db, self.epoch, excess + self._max_bytes // 10, keep=MAX_UNACKNOWLEDGED
        )
        self._gone = Removed(
            self._gone.rows + given_up.removed.rows, self._gone.size + given_up.removed.size
        )
        return given_up.samples

    def _count(self, new_rows: int, new_bytes: int) -> None:
        self.rows += new_rows - self._gone.rows
        self._bytes += new_bytes - self._gone.size
        self._gone = Removed(0, 0)

    def _fact(self, name: str) -> str | None:
        found = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def _set_fact(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))
