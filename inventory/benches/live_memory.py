"""Live benches in memory, for tests and for documents made without a store."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from inventory.benches.live import LivePoint, LiveRow, LiveState, LiveWindow, WindowQuery
from telemetry.contract.payloads import BenchState, Birth, Value


class MemoryLiveBenches:
    """Holds what it is told; it does not imitate durability or another process writing."""

    def __init__(self) -> None:
        self._states: dict[str, LiveState] = {}
        self._rows: dict[str, list[LiveRow]] = {}
        self._cursors = count(1)
        self._ingest_seen_at: datetime | None = None

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
