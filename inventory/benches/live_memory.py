"""Live benches in memory, for tests and for documents made without a store."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from inventory.benches.live import (
    LivePoint,
    LiveRollup,
    LiveRow,
    LiveState,
    LiveWindow,
    WindowQuery,
)
from telemetry.contract.payloads import BenchState, Birth, Value

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_HOLD_S = 10.0


class MemoryLiveBenches:
    """Holds what it is told; it does not imitate durability or another process writing."""

    def __init__(self) -> None:
        self._states: dict[str, LiveState] = {}
        self._rows: dict[str, list[LiveRow]] = {}
        self._cursors = count(1)
        self._ingest_seen_at: datetime | None = None
        self._used: dict[str, list[tuple[datetime, datetime]]] = {}

    def put_birth(self, bench: str, birth: Birth, at: datetime) -> None:
        """The bench says what it is."""
        self._states[bench] = replace(self._known(bench), birth=birth, last_seen_at=at)

    def put_state(self, bench: str, state: BenchState, at: datetime) -> None:
        """A heartbeat, or the will, which is no sign of life."""
        known = self._known(bench)
        seen_at = at if state.online else known.last_seen_at
        self._states[bench] = replace(known, state=state, last_seen_at=seen_at)

    def put_row(self, bench: str, values: Mapping[str, Value], at: datetime) -> None:
        """A row observed and received at once."""
        self._rows.setdefault(bench, []).append(LiveRow(next(self._cursors), at, at, dict(values)))
        known = self._known(bench)
        self._states[bench] = replace(known, last_seen_at=at, stored_rows=known.stored_rows + 1)

    def put_ingest_seen(self, at: datetime) -> None:
        """Ingest gives a sign of life."""
        self._ingest_seen_at = at

    def put_use(self, bench: str, start: datetime, end: datetime) -> None:
        """The bench was in use."""
        self._used.setdefault(bench, []).append((start, end))

    def state(self, bench: str) -> LiveState | None:
        """See `LiveBenches`."""
        return self._states.get(bench)

    def states(self, benches: Sequence[str]) -> Mapping[str, LiveState]:
        """See `LiveBenches`."""
        return {code: self._states[code] for code in benches if code in self._states}

    def latest(self, bench: str) -> LiveRow | None:
        """See `LiveBenches`."""
        rows = self._rows.get(bench)
        return rows[-1] if rows else None

    def rows_after(self, bench: str, cursor: int, limit: int) -> Sequence[LiveRow]:
        """See `LiveBenches`."""
        return [row for row in self._rows.get(bench, []) if row.cursor > cursor][:limit]

    def window(self, bench: str, query: WindowQuery) -> LiveWindow:
        """See `LiveBenches`."""
        names = set(query.signals) if query.signals is not None else None
        buckets: dict[str, dict[int, list[tuple[datetime, Value]]]] = {}
        width = (query.end - query.start) / query.points
        for row in self._rows.get(bench, []):
            if not query.start <= row.observed_at < query.end:
                continue
            index = int((row.observed_at - query.start) / width)
            for name, value in row.values.items():
                if value is not None and (names is None or name in names):
                    bucket = buckets.setdefault(name, {}).setdefault(index, [])
                    bucket.append((row.observed_at, value))
        series = {
            name: [_point(by_index[index]) for index in sorted(by_index)]
            for name, by_index in buckets.items()
        }
        empty: dict[str, list[LivePoint]] = {name: [] for name in names or ()}
        return LiveWindow(query.start, query.end, empty | series)

    def rollups(
        self,
        bench: str,
        signals: Sequence[str],
        span: tuple[datetime, datetime],
        step: timedelta,
    ) -> Mapping[str, Sequence[LiveRollup]]:
        """See `LiveBenches`."""
        rows = sorted(self._rows.get(bench, []), key=lambda row: row.observed_at)
        found: dict[str, dict[datetime, list[tuple[Value, float]]]] = {}
        for place, row in enumerate(rows):
            start = _ZERO + (row.observed_at - _ZERO) // step * step
            if not span[0] <= start < span[1]:
                continue
            for name in signals:
                value = row.values.get(name)
                if value is not None:
                    held = (value, _held_s(rows, place))
                    found.setdefault(name, {}).setdefault(start, []).append(held)
        return {
            name: [_rollup(start, by_start[start]) for start in sorted(by_start)]
            for name, by_start in found.items()
        }

    def used(
        self, benches: Sequence[str], span: tuple[datetime, datetime], offset: timedelta
    ) -> Mapping[tuple[str, date], float]:
        """See `LiveBenches`."""
        seconds: dict[tuple[str, date], float] = {}
        for bench in benches:
            for start, end in self._used.get(bench, []):
                at, until = max(start, span[0]), min(end, span[1])
                while at < until:
                    day = (at.astimezone(UTC) + offset).date()
                    midnight = datetime.combine(day, datetime.min.time(), UTC) - offset
                    step = min(until, midnight + timedelta(days=1))
                    key = (bench, day)
                    seconds[key] = seconds.get(key, 0.0) + (step - at).total_seconds()
                    at = step
        return seconds

    def ingest_seen_at(self) -> datetime | None:
        """See `LiveBenches`."""
        return self._ingest_seen_at

    def _known(self, bench: str) -> LiveState:
        return self._states.get(bench) or LiveState(bench, None, None, None)


def _point(bucket: Sequence[tuple[datetime, Value]]) -> LivePoint:
    at, last = max(bucket, key=lambda entry: entry[0])
    figures = [float(value or 0) for _, value in bucket if not isinstance(value, str)]
    if not figures:
        return LivePoint(at, None, None, None, last)
    return LivePoint(at, min(figures), sum(figures) / len(figures), max(figures), last)


def _held_s(rows: Sequence[LiveRow], place: int) -> float:
    """How long a row holds: until the next one, the last as long as the one before."""
    at = place if place + 1 < len(rows) else place - 1
    if at < 0:
        return 0.0
    step = rows[at + 1].observed_at - rows[at].observed_at
    return min(step.total_seconds(), _LONGEST_HOLD_S)


def _rollup(start: datetime, held: Sequence[tuple[Value, float]]) -> LiveRollup:
    numbers = [float(value) for value, _ in held if not isinstance(value, str | None)]
    active_s = sum(hold_s for value, hold_s in held if value and not isinstance(value, str))
    last = held[-1][0]
    if not numbers:
        return LiveRollup(start, 0, None, None, None, last, 0.0)
    mean = sum(numbers) / len(numbers)
    return LiveRollup(start, len(numbers), min(numbers), mean, max(numbers), last, active_s)
