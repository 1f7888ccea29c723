"""Rows of the embedded store as columns, from wherever they rest: hot, packed, sealed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from telemetry.store.cells import ABSENT, Column
from telemetry.store.columns import Integers, decode_integers
from telemetry.store.hot_rows import columns_of
from telemetry.store.port import Step, StoredRow
from telemetry.store.rollups import HOUR_MS
from telemetry.store.row_tables import (
    EPOCH,
    POSITION,
    RECEIVED,
    SEQ,
    RowTable,
    decode_directory,
)
from telemetry.store.sqlite_connections import View

Row = tuple[Any, ...]
_HEADERS = (POSITION, EPOCH, SEQ, RECEIVED)


class Hour(NamedTuple):
    """In which forms the rows of a bench and hour are there."""

    hour: int
    hot_rows: int
    first_position: int
    last_position: int
    packs: int
    has_chunk: bool
    has_minutes: bool
    has_hours: bool


class Piece(NamedTuple):
    """Some rows of one hour in order of observation."""

    hour: int
    is_sealed: bool
    observed: Integers
    columns: Mapping[str, Column]


def hours_of(view: View, bench_id: int, span_ms: tuple[int, int]) -> list[Hour]:
    """What is there of the hours that `[start, end)` touches."""
    found = view.db.execute(
        "SELECT hour, hot_rows, first_position, last_position, packs, has_chunk, has_minutes,"
        " has_hours FROM hour WHERE bench_id = ? AND hour BETWEEN ? AND ? ORDER BY hour",
        (bench_id, span_ms[0] // HOUR_MS, (span_ms[1] - 1) // HOUR_MS),
    )
    return [Hour._make(row) for row in found]


_WORK = (
    "SELECT hour, hot_rows, first_position, last_position, packs, has_chunk, has_minutes,"
    " has_hours FROM hour WHERE bench_id = ? AND hour BETWEEN ? AND ?"
    " AND (hot_rows > 0 OR packs > 0 OR (has_chunk AND NOT iif(?, has_hours, has_minutes)))"
)


def unfinished_hours(
    view: View, bench_id: int, hours: tuple[int, int], step: Step
) -> Iterator[Hour]:
    """Hours, first and last given, with rows no rollup of that step was made of."""
    found = view.db.execute(_WORK, (bench_id, *hours, step is Step.HOUR)).fetchall()
    yield from map(Hour._make, found)


def segments(
    view: View, directory: bytes, keys: frozenset[int] | None
) -> Iterator[tuple[int, bytes]]:
    """Content by key for the wanted keys, None: all."""
    for segment_id, places in decode_directory(directory):
        wanted = [place for place in places if keys is None or place[0] in keys]
        if not wanted:
            continue
        found = view.db.execute("SELECT content FROM segment WHERE id = ?", (segment_id,))
        content: bytes = found.fetchone()[0]
        for key, offset, length in wanted:
            yield key, content[offset : offset + length]


def chunk_pieces(
    view: View, bench_id: int, hour: int, parts: tuple[int, int], names: frozenset[str] | None
) -> Iterator[Piece]:
    """Packed rows of an hour, parts from `parts[0]` to `parts[1]`; names None: all signals."""
    keys = None if names is None else frozenset(view.signal_ids(names))
    found = view.db.execute(
        "SELECT part, observed, directory FROM chunk"
        " WHERE bench_id = ? AND hour = ? AND part BETWEEN ? AND ? ORDER BY part",
        (bench_id, hour, *parts),
    ).fetchall()
    for part, observed, directory in found:
        columns = {
            view.signal_name(key): Column.decoded(content)
            for key, content in segments(view, directory, keys)
            if key > 0
        }
        yield Piece(hour, part == 0, decode_integers(observed), columns)
    away = rows_elsewhere(view, bench_id, hour, names, with_ids=False) if parts[0] == 0 else None
    if away:
        yield Piece(hour, True, away.observed, away.columns)


def rows_elsewhere(
    view: View,
    bench_id: int,
    hour: int,
    names: frozenset[str] | None,
    *,
    with_ids: bool = True,
) -> RowTable | None:
    """Rows of an hour that are not in the file any more but in the database beside it."""
    if view.elsewhere is None:
        return None
    return view.elsewhere.rows(view.db, bench_id, hour, names, with_ids=with_ids)


def tables_after(
    view: View, bench_id: int, position: int
) -> list[tuple[int, Callable[[], RowTable | None]]]:
    """First position and a way to all rows of each hour or part with packed rows after a position.

    In order of the first positions.
    """

    def of_chunk(chunk_id: int) -> RowTable:
        content = view.db.execute(
            "SELECT observed, directory FROM chunk WHERE id = ?", (chunk_id,)
        ).fetchone()
        return chunk_table(view, *content)

    chunks = view.db.execute(
        "SELECT first_position, id FROM chunk WHERE bench_id = ? AND last_position > ?",
        (bench_id, position),
    ).fetchall()
    away = view.elsewhere.hours_after(view.db, bench_id, position) if view.elsewhere else []
    ways: list[tuple[int, Callable[[], RowTable | None]]] = [
        *((first, partial(of_chunk, chunk_id)) for first, chunk_id in chunks),
        *((first, partial(rows_elsewhere, view, bench_id, hour, None)) for first, hour in away),
    ]
    return sorted(ways, key=itemgetter(0))


def hot_piece(
    view: View, bench_id: int, hour: Hour, span_ms: tuple[int, int], names: frozenset[str] | None
) -> Iterator[Piece]:
    """Hot rows of an hour that were observed in the span; none when there are none."""
    if not hour.hot_rows:
        return
    bounds = (
        max(span_ms[0], hour.hour * HOUR_MS),
        min(span_ms[1], (hour.hour + 1) * HOUR_MS),
    )
    tables = hot_tables(view, bench_id, hour, bounds, names)
    if tables:
        table = RowTable.joined(tables)
        yield Piece(hour.hour, False, table.observed, table.columns)


def _runs_of(rows: Sequence[Row]) -> Iterator[tuple[int, Sequence[Row]]]:
    """Rows by their first field, as long as it stays the same."""
    start = 0
    for place in range(1, len(rows) + 1):
        if place == len(rows) or rows[place][0] != rows[start][0]:
            yield int(rows[start][0]), rows[start:place]
            start = place


def chunk_table(
    view: View, observed: bytes, directory: bytes, names: frozenset[str] | None = None
) -> RowTable:
    """Rows of a chunk; names None: all signals."""
    keys = None if names is None else frozenset([*_HEADERS, *view.signal_ids(names)])
    headers: dict[int, Integers] = {}
    columns: dict[str, Column] = {}
    for key, content in segments(view, directory, keys):
        if key in _HEADERS:
            headers[key] = decode_integers(content)
        else:
            columns[view.signal_name(key)] = Column.decoded(content)
    position, epoch, seq, received = (headers[key] for key in _HEADERS)
    return RowTable(decode_integers(observed), position, epoch, seq, received, columns)


def hot_tables(
    view: View,
    bench_id: int,
    hour: Hour,
    bounds: tuple[int, int],
    names: frozenset[str] | None = None,
) -> list[RowTable]:
    """Hot rows of an hour, one table per layout; names None: all signals."""
    rows = view.db.execute(
        "SELECT layout_id, observed_at_ms, position, epoch, seq, received_at_ms, content"
        " FROM frame WHERE bench_id = ? AND position BETWEEN ? AND ?"
        " AND observed_at_ms >= ? AND observed_at_ms < ?",
        (bench_id, hour.first_position, hour.last_position, *bounds),
    ).fetchall()
    return tables_of(view, rows, names)


def tables_of(view: View, rows: list[Row], names: frozenset[str] | None = None) -> list[RowTable]:
    """Hot rows, one table per layout.

    A row is (layout id, observed, position, epoch, seq, received, content).
    """
    rows.sort(key=itemgetter(0))
    tables: list[RowTable] = []
    for layout_id, group in _runs_of(rows):
        columns = columns_of(view.layout(layout_id), layout_id, [r[-1] for r in group], names)
        headers = np.array([row[1:-1] for row in group], np.int64).T
        observed, position, epoch, seq, received = np.ascontiguousarray(headers)
        tables.append(RowTable(observed, position, epoch, seq, received, columns))
    return tables


def stored_rows(table: RowTable, bench: str, places: Sequence[int]) -> Iterator[StoredRow]:
    """Some rows of a table as they came."""
    for place in places:
        cells = ((name, column.cell(place)) for name, column in table.columns.items())
        yield StoredRow(
            int(table.position[place]),
            bench,
            int(table.epoch[place]),
            int(table.seq[place]),
            int(table.observed[place]),
            int(table.received[place]),
            {name: cell for name, cell in cells if cell is not ABSENT},  # type: ignore[misc]
        )
