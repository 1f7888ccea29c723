"""Rows of the file that InfluxDB has not got yet, in order of arrival, wherever they rest."""

import numpy as np

from telemetry.store.row_tables import RowTable
from telemetry.store.sqlite_connections import View
from telemetry.store.sqlite_pieces import chunk_table, tables_of

MOST_HOT_ROWS = 2000


def unsent(view: View, bench_id: int, after: int) -> RowTable | None:
    """Some rows of a bench with positions after one, none of them left out; None: there are none.

    As many as the next chunk has, or `MOST_HOT_ROWS`.
    """
    chunk = view.db.execute(
        "SELECT last_position FROM chunk WHERE bench_id = ? AND last_position > ?"
        " ORDER BY last_position LIMIT 1",
        (bench_id, after),
    ).fetchone()
    until = int(chunk[0]) if chunk else np.iinfo(np.int64).max
    hot = view.db.execute(
        "SELECT layout_id, observed_at_ms, position, epoch, seq, received_at_ms, content"
        " FROM frame WHERE bench_id = ? AND position > ? AND position <= ?"
        " ORDER BY position LIMIT ?",
        (bench_id, after, int(until), MOST_HOT_ROWS),
    ).fetchall()
    if len(hot) == MOST_HOT_ROWS:
        until = hot[-1][2]
    tables = [*tables_of(view, hot), *_of_chunks(view, bench_id, (after, int(until)))]
    if not tables:
        return None
    table = RowTable.joined(tables)
    return table.taken(np.argsort(table.position))


def _of_chunks(view: View, bench_id: int, positions: tuple[int, int]) -> list[RowTable]:
    after, until = positions
    found = view.db.execute(
        "SELECT observed, directory FROM chunk"
        " WHERE bench_id = ? AND last_position > ? AND first_position <= ?",
        (bench_id, after, until),
    ).fetchall()
    tables = []
    for observed, directory in found:
        table = chunk_table(view, observed, directory)
        places = np.flatnonzero((table.position > after) & (table.position <= until))
        if len(places):
            tables.append(table if len(places) == len(table) else table.taken(places))
    return tables
