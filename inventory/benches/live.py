"""What the inventory wants to know of live benches; the root answers it from telemetry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from telemetry.contract.payloads import BenchState, Birth, Value


@dataclass(frozen=True, slots=True)
class LiveState:
    """The latest a bench said of itself; None where it never did.

    `last_seen_at` is when ingest last received anything the bench itself sent (its will does not
    count). `dropped_rows` counts samples a full spool had to give up. `clock_offset_s` is positive
    when the bench's clock is ahead.
    """

    bench: str
    birth: Birth | None
    state: BenchState | None
    last_seen_at: datetime | None
    stored_rows: int = 0
    dropped_rows: int = 0
    clock_offset_s: float | None = None


@dataclass(frozen=True, slots=True)
class LiveRow:
    """All signals of a bench for one period; `cursor` grows with every stored row."""

    cursor: int
    observed_at: datetime
    received_at: datetime
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class LivePoint:
    """One bucket of one signal; the figures are None for text, `last` is the last value."""

    at: datetime
    minimum: float | None
    mean: float | None
    maximum: float | None
    last: Value


@dataclass(frozen=True, slots=True)
class LiveWindow:
    """Points per signal in order of time, observed in `[start, end)`; a gap has no points."""

    start: datetime
    end: datetime
    series: Mapping[str, Sequence[LivePoint]]


@dataclass(frozen=True, slots=True)
class WindowQuery:
    """Which values: observed in `[start, end)`, in at most `points` buckets; None: all signals."""

    start: datetime
    end: datetime
    points: int
    signals: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class LiveRollup:
    """One signal over one minute or hour; the figures are None for text, where `counted` is 0.

    `active_s` is how long the signal was not zero.
    """

    start: datetime
    counted: int
    minimum: float | None
    mean: float | None
    maximum: float | None
    last: Value
    active_s: float


class LiveBenches(Protocol):
    """Live evidence of benches; every method may raise `SourceUnavailable`."""

    def state(self, bench: str) -> LiveState | None:
        """The latest of one bench; None when it never sent anything."""

    def states(self, benches: Sequence[str]) -> Mapping[str, LiveState]:
        """The latest of several benches; those that never sent anything are left out."""

    def latest(self, bench: str) -> LiveRow | None:
        """The row stored last; its cursor is where a stream of new rows begins."""

    def rows_after(self, bench: str, cursor: int, limit: int) -> Sequence[LiveRow]:
        """Rows stored after a cursor, oldest first."""

    def window(self, bench: str, query: WindowQuery) -> LiveWindow:
        """Values of a span of time, thinned out but with every extreme kept."""

    def rollups(
        self,
        bench: str,
        signals: Sequence[str],
        span: tuple[datetime, datetime],
        step: timedelta,
    ) -> Mapping[str, Sequence[LiveRollup]]:
        """Rollups of a minute or an hour that begin in `[start, end)`; none without a value."""

    def used(
        self, benches: Sequence[str], span: tuple[datetime, datetime], offset: timedelta
    ) -> Mapping[tuple[str, date], float]:
        """Seconds in use by bench and day, where the clock is `offset` ahead of UTC."""

    def ingest_seen_at(self) -> datetime | None:
        """When ingest last gave a sign of life; None when it never ran."""
