"""What the inventory wants to know of the way benches' data take; the root answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TransportCounters:
    """Totals of a bench since the store was made, and what is so now.

    `missing` counts sequence numbers not arrived yet of those below ones that did, `quarantined`
    messages kept to be looked at; `resends` are harmless. `spool_share` is 0 to 1, `backlog_age_s`
    how long the oldest row waits at the bench; both as the bench last said. `clock_offset_s` is
    positive when the bench's clock is ahead of ingest's.
    """

    bench: str
    rows: int = 0
    resends: int = 0
    rejected: int = 0
    dropped: int = 0
    expired: int = 0
    quarantined: int = 0
    missing: int = 0
    spool_rows: int = 0
    spool_share: float | None = None
    backlog_age_s: float | None = None
    spool_trouble: str = ""
    clock_offset_s: float | None = None


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What came of a bench in a span of time, by the bench's corrected clock.

    `gap_s`: pauses while its bridge ran on; `off_s`: between two runs of the bridge and after the
    last one. `odd_rows` have times that no delay can be told from.
    """

    bench: str
    rows: int = 0
    expected: int = 0
    gap_s: float = 0.0
    longest_gap_s: float = 0.0
    longest_gap_at: datetime | None = None
    off_s: float = 0.0
    delay_p50_s: float | None = None
    delay_p99_s: float | None = None
    odd_rows: int = 0


@dataclass(frozen=True, slots=True)
class IngestSigns:
    """Ingest's last sign of life; `is_connected`: with the broker."""

    seen_at: datetime | None = None
    is_connected: bool = False
    committed_rows: int = 0


class TransportSource(Protocol):
    """Figures of the way from bench to store; every method may raise `SourceUnavailable`."""

    def counters(self) -> Mapping[str, TransportCounters]:
        """Of every bench that ever sent anything."""

    def day(
        self, benches: Sequence[str], start: datetime, now: datetime
    ) -> Mapping[str, DayFigures]:
        """What came of the benches since a moment; those that sent nothing then are left out."""

    def ingest(self) -> IngestSigns:
        """Ingest itself."""


class MemoryTransport:
    """Figures in memory, for tests and for documents made without a store."""

    def __init__(self) -> None:
        self.put_counters: dict[str, TransportCounters] = {}
        self.put_days: dict[str, DayFigures] = {}
        self.put_ingest = IngestSigns()

    def counters(self) -> Mapping[str, TransportCounters]:
        """See `TransportSource`."""
        return dict(self.put_counters)

    def day(
        self, benches: Sequence[str], start: datetime, now: datetime
    ) -> Mapping[str, DayFigures]:
        """See `TransportSource`; the figures are those it was told, whatever the span."""
        return {c: self.put_days[c] for c in benches if c in self.put_days and start <= now}

    def ingest(self) -> IngestSigns:
        """See `TransportSource`."""
        return self.put_ingest
