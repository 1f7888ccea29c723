"""Sealed rows leave the file when InfluxDB, asked again, has every one of them."""

from collections.abc import Sequence
from sqlite3 import Connection
from typing import NamedTuple

import numpy as np
import structlog

from telemetry.store.influx import bookkeeping
from telemetry.store.influx.away_rows import of_hour
from telemetry.store.influx.bookkeeping import AwayHour
from telemetry.store.influx.connection import Influx
from telemetry.store.influx.forwarding import File, Forwarder
from telemetry.store.influx.lines import ROWS, fields_of
from telemetry.store.row_tables import RowTable
from telemetry.store.sqlite_pieces import chunk_table
from telemetry.store.sqlite_room import use_reserve
from telemetry.store.sqlite_sealing import add_chunk, drop_chunks

log = structlog.get_logger()

MOST_TRIES = 3
"""After so many times that InfluxDB lacked rows it was sent the hour stays in the file."""


class Ripe(NamedTuple):
    """A sealed hour of which InfluxDB took everything it wants."""

    bench_id: int
    bench: str
    hour: int
    chunk_id: int


def ripe_hours(db: Connection, received_before_ms: int) -> list[Ripe]:
    """Hours whose last row came before, all of them sealed and sent."""
    found = db.execute(
        "SELECT bench_id, bench.code, hour, chunk.id FROM influx_hour"
        " JOIN hour USING (bench_id, hour) JOIN chunk USING (bench_id, hour)"
        " JOIN influx_sent USING (bench_id) JOIN bench ON bench.id = bench_id"
        " WHERE away = 0 AND hot_rows = 0 AND packs = 0 AND has_chunk AND part = 0"
        " AND chunk.last_position <= influx_sent.position AND last_received_ms < ?",
        (received_before_ms,),
    ).fetchall()
    return [Ripe._make(row) for row in found]


class LettingGo:
    """Lets hours go one by one; `sent_again` counts those that InfluxDB had lost rows of."""

    def __init__(self, file: File, influx: Influx, forwarder: Forwarder) -> None:
        self._file = file
        self._influx = influx
        self._forwarder = forwarder
        self.sent_again = 0

    def let_go(self, ripe: Ripe) -> bool:
        """Drop the rows of an hour from the file; False: not now.

        Raises:
            StoreUnavailable: InfluxDB can't be asked.
        """
        bench_id, bench, hour, chunk_id = ripe
        with self._file.looking() as view:
            found = view.db.execute(
                "SELECT observed, directory FROM chunk WHERE id = ?", (chunk_id,)
            ).fetchone()
            if found is None:
                return False
            table = chunk_table(view, *found)
            stays = _staying(view.db, bench_id, table)
        is_away = np.array([at not in stays for at in table.position.tolist()], bool)
        if not is_away.any():
            with self._file.noting() as db:
                bookkeeping.note_stays(db, bench_id, hour)
            return False
        away = table.taken(np.flatnonzero(is_away))
        if not self._is_there(bench, hour, away):
            self._send_again(ripe, table, stays)
            return False
        return self._swap(ripe, away, table.taken(np.flatnonzero(~is_away)))

    def _is_there(self, bench: str, hour: int, away: RowTable) -> bool:
        where = of_hour(bench, hour, (int(away.position.min()), int(away.position.max())))
        asked = 'count("seq:row") AS rows, sum("position:row") AS positions'
        found = self._influx.ask(f"SELECT {asked} FROM {ROWS} WHERE {where}", ROWS)  # noqa: S608
        answer: Sequence[object] = found[0].values[0][1:] if found else (0, 0)
        return [*answer] == [len(away), int(away.position.sum())]

    def _send_again(self, ripe: Ripe, table: RowTable, stays: frozenset[int]) -> None:
        self.sent_again += 1
        with self._file.noting() as db:
            tries = bookkeeping.note_try(db, ripe.bench_id, ripe.hour)
            if tries >= MOST_TRIES:
                bookkeeping.note_stays(db, ripe.bench_id, ripe.hour)
        log.warning("InfluxDB lacks rows it took", bench=ripe.bench, hour=ripe.hour, times=tries)
        self._forwarder.send_again(ripe.bench, table, stays)

    def _swap(self, ripe: Ripe, away: RowTable, rest: RowTable) -> bool:
        bench_id, _, hour, chunk_id = ripe
        with self._file.noting() as db:
            is_same = db.execute(
                "SELECT 1 FROM hour JOIN chunk USING (bench_id, hour)"
                " WHERE bench_id = ? AND hour = ? AND chunk.id = ? AND hot_rows = 0 AND packs = 0",
                (bench_id, hour, chunk_id),
            ).fetchone()
            if not is_same:
                return False
            use_reserve(db)
            drop_chunks(db, [chunk_id])
            if len(rest):
                columns = [(name, column.encoded()) for name, column in rest.columns.items()]
                add_chunk(db, (bench_id, hour, 0), rest, columns)
            positions = int(away.position.min()), int(away.position.max())
            known = AwayHour(len(away), *positions, fields_of(away))
            bookkeeping.note_away(db, bench_id, hour, known)
        return True


def _staying(db: Connection, bench_id: int, table: RowTable) -> frozenset[int]:
    bounds = int(table.position.min()), int(table.position.max())
    runs = bookkeeping.kept_runs(db, bench_id, bounds)
    return frozenset(
        at for at in table.position.tolist() if any(low <= at <= high for low, high in runs)
    )
