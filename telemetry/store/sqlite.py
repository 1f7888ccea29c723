"""The embedded store: SQLite in WAL mode, one row per bench and period, fsync before the answer."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

import msgspec

from telemetry.store import sqlite_forgetting, sqlite_quarantine
from telemetry.store.committed import Committed
from telemetry.store.elsewhere import Elsewhere
from telemetry.store.lease import Lease
from telemetry.store.port import Batch, IngestStatus, Sealed, StoreUnavailable
from telemetry.store.quarantine import QuarantineLimits
from telemetry.store.sqlite_connections import file_identity
from telemetry.store.sqlite_reading import SqliteReader
from telemetry.store.sqlite_room import Room, keep_room, room_on_disk, use_reserve
from telemetry.store.sqlite_schema import prepare
from telemetry.store.sqlite_sealing import PACK_ROWS, Due, Made, due_hours, made_of, swap
from telemetry.store.sqlite_writing import Known, Writing

DEFAULT_LIMITS = QuarantineLimits()


class SqliteStore(SqliteReader):
    """A writer of the embedded store, one of several processes; others use `SqliteReader`."""

    def __init__(
        self,
        path: Path,
        pack_rows: int = PACK_ROWS,
        room: Room = room_on_disk,
        elsewhere: Elsewhere | None = None,
        limits: QuarantineLimits = DEFAULT_LIMITS,
    ) -> None:
        """Open or make the store; one of an earlier version is brought up to this one.

        Raises:
            StoreUnavailable: the folder can't be written or the file is no store.
        """
        super().__init__(path, elsewhere)
        self._elsewhere = elsewhere
        self._pack_rows = pack_rows
        self._room = room
        self._limits = limits
        self._lease = Lease(path)
        self._writer_lock = threading.Lock()
        self._known: Known | None = None
        self._writer = self._open()

    def _open(self) -> sqlite3.Connection:
        path = self._path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = sqlite3.connect(
                path, isolation_level=None, timeout=10.0, check_same_thread=False
            )
            writer.execute("PRAGMA journal_mode = WAL")
            writer.execute("PRAGMA synchronous = FULL")
            prepare(writer)
            keep_room(writer, self._room(path))
        except (OSError, sqlite3.Error) as failed:
            raise StoreUnavailable(f"{path}: {failed}") from failed
        self._identity = file_identity(path)
        return writer

    def _open_again_if_gone(self) -> None:
        # SQLite goes on writing into a deleted file: what is acknowledged then is lost
        if file_identity(self._path) != self._identity:
            self._writer.close()
            self._known = None
            self._writer = self._open()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writer_lock:
            self._open_again_if_gone()
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                if self._writer.in_transaction:
                    self._writer.execute("COMMIT")
            except sqlite3.Error as failed:
                raise StoreUnavailable(f"{self._path}: {failed}") from failed
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")

    def commit(self, batch: Batch) -> Committed:
        """Store a batch in one transaction; see the port for the promise."""
        with self._transaction() as db:
            known, self._known = self._known or Known(), None
            known.look_again(db)
            committed = Writing(db, known, self._limits).commit(batch)
        # kept only now: after a failure it may hold names and layouts that were rolled back
        self._known = known
        return committed

    def note_status(self, status: IngestStatus) -> None:
        """Keep ingest's sign of life."""
        with self._transaction() as db:
            content = msgspec.json.encode(status)
            db.execute(
                "INSERT OR REPLACE INTO ingest_worker VALUES (?, ?)", (status.worker, content)
            )

    def may_keep_house(self) -> bool:
        """Whether it is this process that seals and forgets; see the port."""
        return self._lease.is_held()

    def drop_quarantined(self, ids: Sequence[int]) -> int:
        """Forget entries of the quarantine; see the port."""
        with self._transaction() as db:
            return sqlite_quarantine.drop(db, ids)

    def seal(
        self, now_ms: int, late_ms: int, is_wanted: Callable[[], bool] = lambda: True
    ) -> Sealed:
        """Seal the hours that are over, pack the rows of long open ones; see the port."""
        self._look_at_the_disk()
        with self._reading.snapshot() as view:
            due = due_hours(view.db, now_ms, late_ms, self._pack_rows)
        hours = rows = 0
        failed: list[Exception] = []
        for one in takewhile(lambda _: is_wanted(), due):
            try:
                sealed = self._seal(one)
            except Exception as why:  # noqa: BLE001 - one hour must not keep all others open
                failed.append(why)
                continue
            if sealed and one.is_over:
                hours += 1
                rows += sealed
        if failed:
            raise failed[0]
        return Sealed(hours, rows)

    def _look_at_the_disk(self) -> None:
        with self._writer_lock:
            self._open_again_if_gone()
            try:
                keep_room(self._writer, self._room(self._path))
            except (OSError, sqlite3.Error) as failed:
                raise StoreUnavailable(f"{self._path}: {failed}") from failed

    def _seal(self, due: Due) -> int:
        with self._reading.snapshot() as view:
            made = made_of(view, due)
        if made is None:
            return 0
        with self._transaction() as db:
            use_reserve(db)  # rows of several benches share pages: these are free after the last
            is_swapped = swap(db, made) and self._came_home(db, made)
            if not is_swapped:
                db.execute("ROLLBACK")
        self._look_at_the_disk()
        return len(made.table) if is_swapped else 0

    def _came_home(self, db: sqlite3.Connection, made: Made) -> bool:
        if self._elsewhere is None or not made.due.is_over:
            return True
        return self._elsewhere.came_home(db, made.due.bench_id, made.due.hour, made.away_rows)

    def forget_before(self, received_before_ms: int) -> int:
        """Drop rows received before a moment and return their number; see the port."""
        with self._transaction() as db:
            return sqlite_forgetting.forget_rows(db, received_before_ms)

    def forget_rollups(self, minutes_before_ms: int, hours_before_ms: int) -> int:
        """Drop rollups of hours that are too old; see the port."""
        with self._transaction() as db:
            minutes = sqlite_forgetting.forget_minutes(db, minutes_before_ms)
            return minutes + sqlite_forgetting.forget_hours(db, hours_before_ms)

    def close(self) -> None:
        """Close every connection; what was committed stays."""
        super().close()
        self._lease.give_up()
        with self._writer_lock:
            self._writer.close()
