"""The file of a spool: how it is opened, capped, taken over from an older form and written."""

import contextlib
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from can_bridge import spool_rows
from can_bridge.errors import SpoolDamaged
from can_bridge.spool_ledger import EpochSpan, Ledger
from can_bridge.spool_rows import SpooledRow
from telemetry.contract import encoding
from telemetry.contract.payloads import Samples
from telemetry.contract.topics import Stream

OTHER_PROCESS_S = 1.0
"""How long to wait for a bridge that is just about to stop."""
PAGE_BYTES = 4096
_LEAST_BYTES = 1024 * 1024
_KEPT_TABLE = """CREATE TABLE kept (
    id INTEGER PRIMARY KEY, value BLOB NOT NULL, checksum INTEGER NOT NULL
)"""
_LEDGER, _STATES = 1, 2
_CANNOT_NOW = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
    }
)
"""Answers that say nothing about the content of a file. "Locked" is none of them: it comes when two
tables of one connection seem to lie in the same place."""
DATABASE_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""The second is what an error message becomes that quotes damaged text."""
_LEFT_FREE_BYTES = 4 * 1024 * 1024
"""Chosen: more than others write between two looks at the disk."""
_RESERVE_BYTES = 256 * 1024
_RESERVE = 3


class _States(msgspec.Struct, frozen=True):
    """States of the rules as of the commit with that number."""

    commits: int
    states: dict[str, bytes]


def is_held_elsewhere(refused: Exception) -> bool:
    """Whether another process works with the file."""
    return getattr(refused, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def says_damaged(refused: Exception) -> bool:
    """Whether an answer of the database tells of a damaged file, not of a full or locked one."""
    code = getattr(refused, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return (code & 0xFF) not in _CANNOT_NOW


class SpoolFile:
    """An open file, held for this process alone; `max_bytes` is the room for payloads."""

    def __init__(self, path: Path, bench: str, max_bytes: int) -> None:
        """Open or create.

        Raises:
            SpoolDamaged: the content is not what was written.
            sqlite3.Error: it can't be opened now, or is no database.
        """
        self.path = path
        self.db = sqlite3.connect(
            path, timeout=OTHER_PROCESS_S, isolation_level=None, check_same_thread=False
        )
        try:
            self._hold()
            self._look_over(bench)
            self.max_bytes = self._cap(max_bytes)
            self.ledger, self.states = self._read_kept()
            self._reserve()
        except BaseException:
            self.db.close()
            raise

    def _hold(self) -> None:
        db = self.db
        # two bridges of one bench would deliver one spool
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA wal_autocheckpoint=256")
        db.execute("PRAGMA journal_size_limit=2097152")
        db.execute("BEGIN IMMEDIATE")
        db.execute("ROLLBACK")

    def _cap(self, wanted_bytes: int) -> int:
        """Cap the file at twice the payload, and a quarter of the disk that is free for it."""
        disk = shutil.disk_usage(self.path.parent)
        free = disk.free + self.path.stat().st_size
        cap = max(min(wanted_bytes * 2, free // 4), _LEAST_BYTES)
        self._most_pages = self._pages = cap // PAGE_BYTES
        self._left_free = min(_LEFT_FREE_BYTES, disk.total // 8)
        self.db.execute(f"PRAGMA max_page_count={self._pages}")
        return min(wanted_bytes, cap // 2)

    def mind_the_disk(self) -> None:
        """Let the file grow only into disk that is free now; call before a transaction.

        Pages in the log for which the file has no place could never leave it on a full disk: then
        nothing could be deleted any more.
        """
        spare = max(0, shutil.disk_usage(self.path.parent).free - self._left_free)
        pages = min(self._most_pages, (self.path.stat().st_size + spare) // PAGE_BYTES)
        if pages != self._pages:
            self._pages = pages
            self.db.execute(f"PRAGMA max_page_count={pages}")

    def _reserve(self) -> None:
        """Take room in file and log now, so that a bench goes on while others fill the disk.

        What is delivered makes room in the file for what comes; only a backlog needs new disk.
        """
        try:
            self.db.execute(
                "INSERT OR REPLACE INTO kept (id, value, checksum) VALUES (?, zeroblob(?), 0)",
                (_RESERVE, _RESERVE_BYTES),
            )
            self.make_way()
        except sqlite3.Error as refused:
            is_read_only = refused.sqlite_errorcode == sqlite3.SQLITE_READONLY
            if is_read_only and os.access(self.path, os.W_OK):
                raise SpoolDamaged("its header says that it must not be written") from refused
        with contextlib.suppress(sqlite3.Error):
            self.db.execute("DELETE FROM kept WHERE id = ?", (_RESERVE,))

    def make_way(self) -> None:
        """Bring the log into the file, so that it can be written from its beginning again."""
        self.db.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()

    def _look_over(self, bench: str) -> None:
        verdict = self.db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise SpoolDamaged(str(verdict))
        found = self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {name for (name,) in found}
        if {"waiting", "kept"} <= tables:
            return
        pages = self.db.execute("PRAGMA page_count").fetchone()[0]
        if not tables and pages > 1:
            raise SpoolDamaged("its tables are gone")
        self.db.execute("BEGIN IMMEDIATE")
        try:
            self.db.execute(spool_rows.WAITING_TABLE)
            self.db.execute(_KEPT_TABLE)
            if "row" in tables:
                _take_over(self, bench)
            else:
                self.write(Ledger(bench), {})
            self.db.execute("COMMIT")
        except BaseException:
            self.roll_back()
            raise

    def roll_back(self) -> None:
        """End a transaction that failed."""
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")

    def write(self, ledger: Ledger, states: Mapping[str, bytes]) -> None:
        """Replace what is kept; call inside a transaction."""
        kept = [
            (_LEDGER, msgspec.msgpack.encode(ledger)),
            (_STATES, msgspec.msgpack.encode(_States(ledger.commits, dict(states)))),
        ]
        self.db.executemany(
            "INSERT OR REPLACE INTO kept (id, value, checksum) VALUES (?, ?, ?)",
            [(number, value, zlib.crc32(value)) for number, value in kept],
        )

    def _read_kept(self) -> tuple[Ledger, dict[str, bytes]]:
        ledger, states = read_ledger(self.db), read_states(self.db)
        if ledger is None or states is None:
            raise SpoolDamaged("the ledger of its rows or the states of the rules")
        if states.commits != ledger.commits:
            raise SpoolDamaged("the states of the rules are of another commit")
        return ledger, states.states

    def close(self) -> None:
        """Close; what is in the write-ahead log goes into the file."""
        with contextlib.suppress(sqlite3.Error):
            self.db.close()


def read_ledger(db: sqlite3.Connection) -> Ledger | None:
    """The ledger of a file; None when it is missing or damaged."""
    value = _kept(db, _LEDGER)
    return None if value is None else msgspec.msgpack.decode(value, type=Ledger)


def read_states(db: sqlite3.Connection) -> _States | None:
    """The states of the rules; None when they are missing or damaged."""
    value = _kept(db, _STATES)
    return None if value is None else msgspec.msgpack.decode(value, type=_States)


def _kept(db: sqlite3.Connection, number: int) -> bytes | None:
    found = db.execute("SELECT value, checksum FROM kept WHERE id = ?", (number,)).fetchone()
    if found is None or not isinstance(found[0], bytes) or zlib.crc32(found[0]) != found[1]:
        return None
    return found[0]


def _take_over(file: SpoolFile, bench: str) -> None:
    """Bring the rows of the first form, with one epoch for ever, into this one."""
    db = file.db
    facts = dict(db.execute("SELECT name, value FROM fact"))
    epoch = int(facts.get("epoch", 0))
    spool_rows.insert(db, _rows_of_first_form(db, epoch))
    last_seq, first = db.execute(
        "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'row'), min(seq) FROM row"
    ).fetchone()
    released = (first or (last_seq or 0) + 1) - 1
    ledger = Ledger(
        str(facts.get("bench", bench)),
        spans=(EpochSpan(epoch, 0, last_seq or 0, released),) if last_seq else (),
        given_up=int(facts.get("dropped", 0)),
    )
    file.write(ledger, dict(db.execute("SELECT name, value FROM state")))
    for table in ("row", "state", "fact"):
        db.execute(f"DROP TABLE {table}")


def _rows_of_first_form(db: sqlite3.Connection, epoch: int) -> Iterator[SpooledRow]:
    for seq, stream, payload in db.execute("SELECT seq, stream, payload FROM row ORDER BY seq"):
        message = encoding.decode(Stream(stream), payload)
        given_up = message.dropped if isinstance(message, Samples) else 0
        last_seq = max(seq, message.last_seq) if isinstance(message, Samples) else seq
        yield SpooledRow(seq, epoch, seq, last_seq, given_up, Stream(stream), payload)


def remove_file(path: Path) -> None:
    """Remove a database with what belongs to it."""
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{path}{suffix}")  # noqa: PTH108 -- a name with a suffix, not a path
