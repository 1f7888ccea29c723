"""Where inventory meets telemetry: the inventory's live ports, answered from the store."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from inventory.benches.live import (
    LivePoint,
    LiveRollup,
    LiveRow,
    LiveState,
    LiveWindow,
    WindowQuery,
)
from inventory.errors import SourceUnavailable
from inventory.moments import epoch_ms, moment
from telemetry.store.port import (
    BenchSnapshot,
    RollupPoint,
    Step,
    StoredRow,
    StoreUnavailable,
    TimeSeriesReader,
)

T = TypeVar("T")
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class StoredLiveBenches:
    """`LiveBenches` from a time-series store that another process writes."""

    def __init__(self, reader: TimeSeriesReader) -> None:
        self._reader = reader

    def state(self, bench: str) -> LiveState | None:
        """See `LiveBenches`."""
        snapshot = _asked(lambda: self._reader.snapshot(bench))
        return None if snapshot is None else _state(snapshot)

    def states(self, benches: Sequence[str]) -> Mapping[str, LiveState]:
        """See `LiveBenches`."""
        snapshots = _asked(self._reader.snapshots)
        return {code: _state(snapshots[code]) for code in benches if code in snapshots}

    def latest(self, bench: str) -> LiveRow | None:
        """See `LiveBenches`."""
        row = _asked(lambda: self._reader.last_row(bench))
        return None if row is None else _row(row)

    def rows_after(self, bench: str, cursor: int, limit: int) -> Sequence[LiveRow]:
        """See `LiveBenches`."""
        return [_row(row) for row in _asked(lambda: self._reader.rows_after(bench, cursor, limit))]

    def window(self, bench: str, query: WindowQuery) -> LiveWindow:
        """See `LiveBenches`."""
        span = (epoch_ms(query.start), epoch_ms(query.end))
        found = _asked(lambda: self._reader.window(bench, span, query.points, query.signals))
        return LiveWindow(
            start=query.start,
            end=query.end,
            series={
                name: [
                    LivePoint(moment(p.at_ms), p.minimum, p.mean, p.maximum, p.last) for p in points
                ]
                for name, points in found.series.items()
            },
        )

    def rollups(
        self,
        bench: str,
        signals: Sequence[str],
        span: tuple[datetime, datetime],
        step: timedelta,
    ) -> Mapping[str, Sequence[LiveRollup]]:
        """See `LiveBenches`."""
        asked = epoch_ms(span[0]), epoch_ms(span[1])
        width = Step(step // _MILLISECOND)
        found = _asked(lambda: self._reader.rollups([bench], signals, asked, width))
        return {name: [_rollup(point) for point in points] for (_, name), points in found.items()}

    def used(
        self, benches: Sequence[str], span: tuple[datetime, datetime], offset: timedelta
    ) -> Mapping[tuple[str, date], float]:
        """See `LiveBenches`."""
        asked = epoch_ms(span[0]), epoch_ms(span[1])
        offset_ms = offset // _MILLISECOND
        found = _asked(lambda: self._reader.utilisation(benches, asked, offset_ms))
        return {
            (bench, _ZERO.date() + timedelta(days=day)): used_ms / 1000
            for (bench, day), used_ms in found.items()
        }

    def ingest_seen_at(self) -> datetime | None:
        """See `LiveBenches`."""
        status = _asked(self._reader.ingest_status)
        return None if status is None else moment(status.heartbeat_at_ms)


def _asked(question: Callable[[], T]) -> T:
    try:
        return question()
    except StoreUnavailable as unavailable:
        raise SourceUnavailable("the telemetry store") from unavailable


def _state(snapshot: BenchSnapshot) -> LiveState:
    seen_at_ms, offset_ms = snapshot.last_seen_at_ms, snapshot.clock_offset_ms
    return LiveState(
        bench=snapshot.bench,
        birth=snapshot.birth,
        state=snapshot.state,
        last_seen_at=None if seen_at_ms is None else moment(seen_at_ms),
        stored_rows=snapshot.rows,
        dropped_rows=snapshot.dropped,
        clock_offset_s=None if offset_ms is None else offset_ms / 1000,
    )


def _rollup(point: RollupPoint) -> LiveRollup:
    has_numbers = point.counted > 0
    return LiveRollup(
        moment(point.start_ms),
        point.counted,
        point.minimum if has_numbers else None,
        point.mean,
        point.maximum if has_numbers else None,
        point.last,
        point.active_ms / 1000,
    )


def _row(row: StoredRow) -> LiveRow:
    return LiveRow(row.position, moment(row.observed_at_ms), moment(row.received_at_ms), row.values)
