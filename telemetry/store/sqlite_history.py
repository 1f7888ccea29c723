"""Questions to the past of benches: windows, rollups and activity from rows and rollups."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from telemetry.downsampling import Bucket, SignalPoint, Window, bucket_width
from telemetry.store.cells import Column
from telemetry.store.columns import Integers
from telemetry.store.port import RollupPoint, Step
from telemetry.store.rollups import (
    HOUR_MS,
    Groups,
    decode_groups,
    grouped,
    hold_ms,
    joined,
    points,
    rolled_up,
)
from telemetry.store.sqlite_connections import View
from telemetry.store.sqlite_pieces import (
    Hour,
    Piece,
    chunk_pieces,
    hot_piece,
    hours_of,
    segments,
    unfinished_hours,
)
from telemetry.store.usage_spans import DAY_MS

_LAST_PART = 2**62
_Records = dict[str, list[RollupPoint]]


def pieces(
    view: View,
    bench_id: int,
    hour: Hour,
    span_ms: tuple[int, int],
    names: frozenset[str] | None,
    *,
    with_sealed: bool,
) -> Iterator[Piece]:
    """Rows of an hour by age of arrival: sealed, packed, hot; uncut where they are columns."""
    first = 0 if with_sealed else 1
    if hour.packs or (with_sealed and hour.has_chunk):
        yield from chunk_pieces(view, bench_id, hour.hour, (first, _LAST_PART), names)
    yield from hot_piece(view, bench_id, hour, span_ms, names)


def _record(row: tuple[Any, ...]) -> RollupPoint:
    if type(row[5]) is bytes:
        return RollupPoint._make(row)._replace(last=bool(row[5][0]))
    return RollupPoint._make(row)


def hour_records(
    view: View, bench_id: int, names: frozenset[str] | None, hours: tuple[int, int]
) -> _Records:
    """1 h rollups by signal; `hours` first and last."""
    records: _Records = {}
    for signal_id in view.signal_ids(names):
        found = view.db.execute(
            "SELECT hour * ?, number_count, minimum, maximum, total, last, last_at_ms, active_ms"
            " FROM hour_rollup WHERE bench_id = ? AND signal_id = ? AND hour BETWEEN ? AND ?"
            " ORDER BY hour",
            (HOUR_MS, bench_id, signal_id, *hours),
        )
        made = [_record(row) for row in found]
        if made:
            records[view.signal_name(signal_id)] = made
    return records


def minute_groups(
    view: View, bench_id: int, names: frozenset[str] | None, hours: tuple[int, int]
) -> Iterator[tuple[str, Groups]]:
    """1 min rollups, hour by hour."""
    keys = None if names is None else frozenset(view.signal_ids(names))
    found = view.db.execute(
        "SELECT directory FROM minute_rollup WHERE bench_id = ? AND hour BETWEEN ? AND ?"
        " ORDER BY hour",
        (bench_id, *hours),
    ).fetchall()
    for (directory,) in found:
        for key, content in segments(view, directory, keys):
            yield view.signal_name(key), decode_groups(content)


class _Buckets:
    """Buckets of a window, per signal, filled from rows and rollups in any order of time."""

    def __init__(self, span_ms: tuple[int, int], width: float) -> None:
        self._span_ms = span_ms
        self._width = width
        self._series: dict[str, dict[int, Bucket]] = {}

    def _put(self, name: str, groups: Groups) -> None:
        buckets = self._series.setdefault(name, {})
        for place, index in enumerate(groups.group.tolist()):
            made = Bucket(
                int(groups.last_at[place]),
                groups.last.value(place),
                int(groups.count[place]),
                float(groups.total[place]),
                float(groups.minimum[place]),
                float(groups.maximum[place]),
            )
            known = buckets.get(index)
            if known is None:
                buckets[index] = made
            else:
                known.join(made)

    def add_rows(self, piece: Piece) -> None:
        first, last = np.searchsorted(piece.observed, self._span_ms)
        if first == last:
            return
        observed = piece.observed[first:last]
        group = ((observed - self._span_ms[0]) / self._width).astype(np.int64)
        for name, column in piece.columns.items():
            found = grouped(observed, column.taken(slice(first, last)), group)
            if len(found.group):
                self._put(name, found)

    def add_records(self, name: str, records: Iterable[RollupPoint]) -> None:
        start, end = self._span_ms
        for r in records:
            if not start <= r.start_ms < end:
                continue
            made = Bucket(r.last_at_ms, r.last, r.counted, r.total, r.minimum, r.maximum)
            buckets = self._series.setdefault(name, {})
            # a rollup that begins in the span may end after it
            index = int((min(r.last_at_ms, end - 1) - start) / self._width)
            if index in buckets:
                buckets[index].join(made)
            else:
                buckets[index] = made

    def points(self, signals: Sequence[str] | None) -> dict[str, list[SignalPoint]]:
        names = dict.fromkeys([*(signals or ()), *self._series])
        return {
            name: [made[index].point() for index in sorted(made)]
            for name in names
            for made in (self._series.get(name, {}),)
        }


def _form(hour: Hour, span_ms: tuple[int, int], width: float) -> str:
    """Which form of a sealed hour answers best: rows where they are needed and there."""
    start = hour.hour * HOUR_MS
    is_whole = span_ms[0] <= start and start + HOUR_MS <= span_ms[1]
    if is_whole and width >= Step.HOUR and hour.has_hours:
        return "hours"
    if is_whole and width >= Step.MINUTE and hour.has_minutes:
        return "minutes"
    if hour.has_chunk or not (hour.has_minutes or hour.has_hours):
        return "rows"
    return "minutes" if hour.has_minutes else "hours"


def _stretches(hours: Iterable[tuple[Hour, str]], form: str) -> Iterator[tuple[int, int]]:
    # neighbours in the list: what lies between them has no rollups to be fetched by mistake
    first: int | None = None
    last = 0
    for hour, of_form in hours:
        if of_form == form:
            first, last = (hour.hour if first is None else first), hour.hour
        elif first is not None:
            yield first, last
            first = None
    if first is not None:
        yield first, last


def window(
    view: View,
    bench_id: int | None,
    span_ms: tuple[int, int],
    most_points: int,
    signals: Sequence[str] | None,
) -> Window:
    """See the port."""
    width = bucket_width(span_ms, most_points)
    buckets = _Buckets(span_ms, width)
    names = None if signals is None else frozenset(signals)
    hours = [] if bench_id is None else hours_of(view, bench_id, span_ms)
    forms = [(hour, _form(hour, span_ms, width)) for hour in hours]
    for records in _records(view, bench_id or 0, forms, names):
        for name, of_name in records.items():
            buckets.add_records(name, of_name)
    for hour, form in forms:
        is_rows = form == "rows"
        for piece in pieces(view, bench_id or 0, hour, span_ms, names, with_sealed=is_rows):
            buckets.add_rows(piece)
    return Window(*span_ms, width, buckets.points(signals))


def _records(
    view: View, bench_id: int, forms: list[tuple[Hour, str]], names: frozenset[str] | None
) -> Iterator[_Records]:
    for stretch in _stretches(forms, "hours"):
        yield hour_records(view, bench_id, names, stretch)
    for stretch in _stretches(forms, "minutes"):
        for name, groups in minute_groups(view, bench_id, names, stretch):
            yield {name: list(points(groups, Step.MINUTE))}


def _unsealed(view: View, bench_id: int, hour: Hour, names: frozenset[str], step: Step) -> _Records:
    """Records of the rows no rollup has yet."""
    span = (hour.hour * HOUR_MS, (hour.hour + 1) * HOUR_MS)
    has_records = hour.has_hours if step is Step.HOUR else hour.has_minutes
    rows = list(pieces(view, bench_id, hour, span, names, with_sealed=not has_records))
    if not rows:
        return {}
    observed: Integers = np.concatenate([piece.observed for piece in rows])
    order = np.argsort(observed, kind="stable")
    holds = hold_ms(observed[order])
    records: _Records = {}
    for name in names:
        columns = [p.columns.get(name) or Column.absent(len(p.observed)) for p in rows]
        column = Column.joined(columns).taken(order)
        made = list(points(rolled_up(observed[order], column, holds, step), step))
        if made:
            records[name] = made
    return records


def _into(
    all_records: dict[str, dict[int, RollupPoint]], found: Mapping[str, list[RollupPoint]]
) -> None:
    for name, records in found.items():
        known = all_records.setdefault(name, {})
        for record in records:
            before = known.get(record.start_ms)
            known[record.start_ms] = record if before is None else joined(before, record)


def rollups(
    view: View, bench_id: int, signals: Sequence[str], span_ms: tuple[int, int], step: Step
) -> dict[str, list[RollupPoint]]:
    """Of one bench; see the port."""
    names = frozenset(signals)
    first, last = span_ms[0] // HOUR_MS, (span_ms[1] - 1) // HOUR_MS
    unfinished = list(unfinished_hours(view, bench_id, (first, last), step))
    found: dict[str, dict[int, RollupPoint]] = {}
    if step is Step.HOUR:
        of_hours = hour_records(view, bench_id, names, (-(-span_ms[0] // HOUR_MS), last))
        if not unfinished:
            return of_hours
        _into(found, of_hours)
    else:
        for name, groups in minute_groups(view, bench_id, names, (first, last)):
            _into(found, {name: list(points(groups, step))})
    for hour in unfinished:
        _into(found, _unsealed(view, bench_id, hour, names, step))
    chosen = {
        name: [records[at] for at in sorted(records) if span_ms[0] <= at < span_ms[1]]
        for name, records in found.items()
    }
    return {name: records for name, records in chosen.items() if records}


def activity(
    view: View, bench_id: int, signal: str, span_ms: tuple[int, int], offset_ms: int
) -> list[tuple[int, int]]:
    """(day, ms) of one bench; see the port."""
    first, last = -(-span_ms[0] // HOUR_MS), (span_ms[1] - 1) // HOUR_MS
    days: dict[int, int] = {}
    found = view.db.execute(
        "SELECT hour, active_ms FROM hour_rollup WHERE bench_id = ? AND signal_id = ?"
        " AND hour BETWEEN ? AND ? AND active_ms > 0",
        (bench_id, view.signal_id(signal), first, last),
    )
    for hour, active_ms in found:
        day = (hour * HOUR_MS + offset_ms) // DAY_MS
        days[day] = days.get(day, 0) + active_ms
    return sorted(days.items())
