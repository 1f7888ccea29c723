"""Whole rows of one hour of the embedded store as columns, wherever they rest."""

from collections.abc import Mapping

import numpy as np

from telemetry.store.cells import Column, Kind
from telemetry.store.columns import Integers
from telemetry.store.port import RowColumns
from telemetry.store.rollups import HOUR_MS
from telemetry.store.row_tables import RowTable
from telemetry.store.sqlite_connections import View
from telemetry.store.sqlite_pieces import Hour, chunk_table, hot_tables, rows_elsewhere


def next_hour(view: View, bench: str, after: int, span_ms: tuple[int, int]) -> Hour | None:
    """The first hour later than `after` that the span touches and of which anything is there."""
    found = view.db.execute(
        "SELECT hour, hot_rows, first_position, last_position, packs, has_chunk, has_minutes,"
        " has_hours FROM hour WHERE bench_id = ? AND hour > ? AND hour <= ? ORDER BY hour LIMIT 1",
        (view.bench_id(bench), after, (span_ms[1] - 1) // HOUR_MS),
    ).fetchone()
    return Hour._make(found) if found else None


def rows_of(
    view: View, bench: str, hour: Hour, span_ms: tuple[int, int], names: frozenset[str] | None
) -> RowColumns | None:
    """Rows of the hour that were observed in the span; None without any."""
    start = hour.hour * HOUR_MS
    bounds = max(span_ms[0], start), min(span_ms[1], start + HOUR_MS)
    bench_id = view.bench_id(bench) or 0
    chunks = view.db.execute(
        "SELECT observed, directory FROM chunk WHERE bench_id = ? AND hour = ? ORDER BY part",
        (bench_id, hour.hour),
    ).fetchall()
    tables = [chunk_table(view, times, content, names) for times, content in chunks]
    away = rows_elsewhere(view, bench_id, hour.hour, names) if hour.has_chunk else None
    if away:
        tables.append(away)
    if hour.hot_rows:
        tables += hot_tables(view, bench_id, hour, bounds, names)
    if not tables:
        return None
    return _cut(RowTable.joined(tables), bounds)


def _cut(table: RowTable, bounds: tuple[int, int]) -> RowColumns | None:
    first, last = (int(place) for place in np.searchsorted(table.observed, bounds))
    if first == last:
        return None
    observed = table.observed[first:last]
    places: Integers | slice = slice(first, last)
    if not (np.diff(observed) > 0).all():
        of_span = np.lexsort((table.seq[first:last], table.epoch[first:last], observed))
        places = of_span + first
    return RowColumns(
        table.epoch[places],
        table.seq[places],
        table.observed[places],
        table.received[places],
        _named(table.columns, places),
    )


def _named(columns: Mapping[str, Column], places: Integers | slice) -> dict[str, Column]:
    cut = ((name, column.taken(places)) for name, column in columns.items())
    return {name: column for name, column in cut if (column.kinds != Kind.ABSENT).any()}
