"""Rows that rest in InfluxDB, read back by InfluxQL for what the file asks."""

import sqlite3
from collections.abc import Sequence

import structlog

from telemetry.store.influx.bookkeeping import away_hour, note_here
from telemetry.store.influx.connection import Influx
from telemetry.store.influx.lines import HEADERS, MS, ROWS, SEQ, Answer, signal_of, table_of
from telemetry.store.port import StoreUnavailable
from telemetry.store.rollups import HOUR_MS
from telemetry.store.row_tables import RowTable

log = structlog.get_logger()


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def of_hour(bench: str, hour: int, positions: tuple[int, int]) -> str:
    """The condition for a bench's rows of an hour from one position to another."""
    start = hour * HOUR_MS * MS
    return (
        f"bench = {_literal(bench)} AND time >= {start} AND time < {start + HOUR_MS * MS}"
        f' AND "position:row" >= {positions[0]} AND "position:row" <= {positions[1]}'
    )


def _within_ms(at: Answer) -> int:
    """The last digits of a row's position, which its nanosecond ends with."""
    return int(at or 0) % MS


class AwayRows:
    """An `Elsewhere` in one InfluxDB."""

    def __init__(self, influx: Influx) -> None:
        self._influx = influx

    def hours_after(
        self, db: sqlite3.Connection, bench_id: int, position: int
    ) -> list[tuple[int, int]]:
        """See `Elsewhere`."""
        return db.execute(
            "SELECT first_position, hour FROM influx_hour"
            " WHERE bench_id = ? AND away = 1 AND last_position > ?",
            (bench_id, position),
        ).fetchall()

    def rows(
        self,
        db: sqlite3.Connection,
        bench_id: int,
        hour: int,
        names: frozenset[str] | None,
        *,
        with_ids: bool = True,
        is_all_needed: bool = False,
    ) -> RowTable | None:
        """See `Elsewhere`."""
        known = away_hour(db, bench_id, hour)
        if known is None:
            return None
        (bench,) = db.execute("SELECT code FROM bench WHERE id = ?", (bench_id,)).fetchone()
        wanted = [f for f in known.fields if names is None or signal_of(f)[0] in names]
        where = of_hour(bench, hour, (known.first_position, known.last_position))
        table = self._read(wanted, where) if with_ids else self._read_values(wanted, where)
        if len(table) != known.row_count:
            told = f"InfluxDB has {len(table)} of {known.row_count} rows of {bench}, hour {hour}"
            if is_all_needed:
                raise StoreUnavailable(told)
            log.warning("rows are missing", told=told)
        return table if len(table) else None

    def _read(self, wanted: Sequence[str], where: str) -> RowTable:
        return table_of(wanted, self._asked((*HEADERS, *wanted), where))

    def _read_values(self, wanted: Sequence[str], where: str) -> RowTable:
        # of the ids only what every row has, so that every row comes
        rows = self._asked((SEQ, *wanted), where)
        return table_of(
            wanted, [(at, 0, seq, _within_ms(at), 0, *cells) for at, seq, *cells in rows]
        )

    def _asked(self, fields: Sequence[str], where: str) -> list[Sequence[Answer]]:
        chosen = ", ".join(f'"{field}"' for field in fields)
        found = self._influx.ask(f"SELECT {chosen} FROM {ROWS} WHERE {where}", ROWS)  # noqa: S608
        return [row for series in found for row in series.values]

    def came_home(self, db: sqlite3.Connection, bench_id: int, hour: int, rows: int) -> bool:
        """See `Elsewhere`."""
        known = away_hour(db, bench_id, hour)
        if rows != (known.row_count if known else 0):
            return False
        note_here(db, bench_id, hour)
        return True
