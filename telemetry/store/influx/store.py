"""A time-series store whose rows come to rest in InfluxDB.

The embedded file stays its queue, index and control half: a commit is durable when the file has
it, and everything but old rows is answered from there.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import takewhile
from pathlib import Path

import structlog

from telemetry.store.committed import Committed
from telemetry.store.influx import bookkeeping
from telemetry.store.influx.away_rows import AwayRows
from telemetry.store.influx.bookkeeping import Forwarding
from telemetry.store.influx.connection import Influx
from telemetry.store.influx.forwarding import Forwarder, Limits
from telemetry.store.influx.letting_go import LettingGo, ripe_hours
from telemetry.store.influx.sending import Sender
from telemetry.store.port import Batch, Sealed, StoreUnavailable
from telemetry.store.sqlite import SqliteStore
from telemetry.store.sqlite_connections import View
from telemetry.store.sqlite_reading import SqliteReader
from telemetry.store.sqlite_room import Room, room_on_disk
from telemetry.store.sqlite_sealing import PACK_ROWS, Due

log = structlog.get_logger()


class InfluxReader(SqliteReader):
    """The reading half; what the file does not have any more it asks InfluxDB for."""

    def __init__(self, path: Path, influx: Influx) -> None:
        super().__init__(path, AwayRows(influx))
        self._influx = influx

    def forwarding(self) -> Forwarding:
        """How sending to InfluxDB goes."""
        with self._reading.snapshot() as view:
            return bookkeeping.forwarding(view.db)

    def close(self) -> None:
        """Close the connections of all threads, and those to InfluxDB."""
        super().close()
        self._influx.close()


class _File:
    def __init__(self, store: "InfluxStore") -> None:
        self.looking = store.looking
        self.noting = store.noting


class InfluxStore(SqliteStore):
    """The writing half; `start` it, or call `send` where no thread is wanted."""

    def __init__(
        self,
        path: Path,
        influx: Influx,
        limits: Limits | None = None,
        pack_rows: int = PACK_ROWS,
        room: Room = room_on_disk,
    ) -> None:
        """Open or make the file; InfluxDB need not be there yet.

        Raises:
            StoreUnavailable: the folder can't be written or the file is no store.
        """
        self._influx = influx
        self._sending_limits = limits or Limits()
        super().__init__(path, pack_rows, room, elsewhere=AwayRows(influx))
        file = _File(self)
        self._forwarder = Forwarder(file, influx, self._sending_limits)
        self._letting_go = LettingGo(file, influx, self._forwarder)
        self._sender = Sender(file, self._forwarder, self.may_keep_house)

    def _open(self) -> sqlite3.Connection:
        writer = super()._open()
        try:
            bookkeeping.prepare(writer)
        except sqlite3.Error as failed:
            raise StoreUnavailable(f"{self._path}: {failed}") from failed
        return writer

    def looking(self) -> AbstractContextManager[View]:
        """One state of the file."""
        return self._reading.snapshot()

    @contextmanager
    def noting(self) -> Iterator[sqlite3.Connection]:
        """A transaction on the file."""
        with self._transaction() as db:
            yield db

    def start(self) -> None:
        """Begin to send in a thread of its own."""
        self._sender.start()

    def send(self) -> int:
        """Send all that waits and return the number of rows.

        Raises:
            StoreUnavailable: InfluxDB does not take them now.
        """
        sent = sum(self.sending())
        while self._forwarder.send_rollups():
            pass
        return sent

    def sending(self) -> Iterator[int]:
        """Send all that waits, some rows at a time, and tell how many each time."""
        while rows := self._forwarder.send_rows():
            yield rows

    def commit(self, batch: Batch) -> Committed:
        """Store a batch in the file; see the port.

        Raises:
            StoreUnavailable: also when as many rows wait for InfluxDB as may.
        """
        if batch.samples:
            self._refuse_beyond_the_queue()
        committed = super().commit(batch)
        self._sender.wake()
        return committed

    def _refuse_beyond_the_queue(self) -> None:
        with self._reading.snapshot() as view:
            waiting = bookkeeping.waiting(view.db)
        if waiting >= self._sending_limits.queue_rows:
            self._sender.refused_commits += 1
            raise StoreUnavailable(
                f"{waiting} rows wait for InfluxDB, no more may:"
                f" {self._sender.failure or 'it takes them slower than they come'}"
            )

    def seal(
        self, now_ms: int, late_ms: int, is_wanted: Callable[[], bool] = lambda: True
    ) -> Sealed:
        """Seal what is over, then let go what InfluxDB has; see the port."""
        sealed = super().seal(now_ms, late_ms, is_wanted)
        try:
            self._let_go(now_ms, is_wanted)
        except StoreUnavailable as failed:
            log.warning("sealed hours stay in the file for now", why=str(failed))
        self._look_at_the_disk()
        self._sender.wake()
        return sealed

    def _let_go(self, now_ms: int, is_wanted: Callable[[], bool]) -> None:
        with self._reading.snapshot() as view:
            ripe = ripe_hours(view.db, now_ms - self._sending_limits.keep_ms)
        for hour in takewhile(lambda _: is_wanted(), ripe):
            self._letting_go.let_go(hour)
        self._sender.sent_again_hours = self._letting_go.sent_again

    def forget_before(self, received_before_ms: int) -> int:
        """Drop rows received before a moment and return their number; see the port."""
        with self._transaction() as db:
            away = bookkeeping.forget_away(db, received_before_ms)
        return away + super().forget_before(received_before_ms)

    def forwarding(self) -> Forwarding:
        """How sending to InfluxDB goes."""
        with self._reading.snapshot() as view:
            return bookkeeping.forwarding(view.db)

    def rows_away(self) -> int:
        """How many rows rest in InfluxDB alone."""
        with self._reading.snapshot() as view:
            return sum(rows for _, _, rows in bookkeeping.away_hours(view.db))

    def kept_reasons(self) -> list[tuple[str, str, int]]:
        """(Bench, reason, rows) of what InfluxDB did not get."""
        with self._reading.snapshot() as view:
            return bookkeeping.kept_reasons(view.db)

    def bring_home(self) -> Iterator[tuple[int, int]]:
        """Read every row back into the file, hour by hour; tells hours done and in all.

        Raises:
            StoreUnavailable: InfluxDB can't be asked, or lacks rows.
        """
        with self._reading.snapshot() as view:
            away = bookkeeping.away_hours(view.db)
        for done, (bench_id, hour, _) in enumerate(away, start=1):
            self._seal(Due(bench_id, hour, is_over=True))
            yield done, len(away)

    def leave_influxdb(self) -> None:
        """Forget that there ever was an InfluxDB: the file is an embedded store again.

        Raises:
            StoreUnavailable: some rows rest only there.
        """
        if self.rows_away():
            raise StoreUnavailable(f"{self._path}: some rows rest in InfluxDB alone")
        with self._transaction() as db:
            bookkeeping.drop(db)

    def close(self) -> None:
        """Stop sending, close every connection; what was committed stays."""
        self._sender.stop()
        super().close()
        self._influx.close()
