"""What a time-series store promises; every implementation passes the same contract suite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from telemetry.contract.payloads import (
    BenchState,
    Birth,
    FaultReport,
    Samples,
    UsageReport,
    Value,
)
from telemetry.downsampling import Window

MessageT_co = TypeVar("MessageT_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Received(Generic[MessageT_co]):
    """A valid message with the bench it came from and the moment ingest received it."""

    bench: str
    received_at_ms: int
    message: MessageT_co


@dataclass(slots=True)
class Batch:
    """What one commit makes durable, in order of arrival."""

    births: list[Received[Birth]] = field(default_factory=list)
    states: list[Received[BenchState]] = field(default_factory=list)
    samples: list[Received[Samples]] = field(default_factory=list)
    events: list[Received[UsageReport | FaultReport]] = field(default_factory=list)
    rejected: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.births) + len(self.states) + len(self.samples) + len(self.events)


@dataclass(frozen=True, slots=True)
class Committed:
    """The outcome of a commit.

    `watermarks` maps (bench, epoch) touched by the batch to the highest seq below which nothing
    is missing; `duplicates` counts durable messages already stored before; `events` the new ones.
    """

    watermarks: Mapping[tuple[str, int], int]
    duplicates: int
    events: int


@dataclass(frozen=True, slots=True)
class StoredRow:
    """All signals of a bench for one period; `position` grows with every stored row."""

    position: int
    bench: str
    epoch: int
    seq: int
    observed_at_ms: int
    received_at_ms: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A usage or fault step; `position` grows with every stored event of any bench."""

    position: int
    bench: str
    epoch: int
    seq: int
    received_at_ms: int
    message: UsageReport | FaultReport


@dataclass(frozen=True, slots=True)
class BenchSnapshot:
    """What is known of a bench now; None where it never said.

    `last_seen_at_ms` is when ingest last received anything the bench itself sent (a will or a
    retained message that was replayed does not count). `rows`, `duplicates`, `rejected` and
    `dropped` are totals since the store was made.
    """

    bench: str
    birth: Birth | None
    state: BenchState | None
    last_seen_at_ms: int | None
    rows: int
    duplicates: int
    rejected: int
    dropped: int


@dataclass(frozen=True, slots=True)
class IngestStatus:
    """Ingest's own sign of life, kept in the store so that other processes can read it."""

    heartbeat_at_ms: int
    is_connected: bool
    committed_rows: int


class TimeSeriesReader(Protocol):
    """The reading half; safe to use from several threads and from another process."""

    def snapshot(self, bench: str) -> BenchSnapshot | None:
        """What is known of a bench; None when it never sent anything."""

    def snapshots(self) -> Mapping[str, BenchSnapshot]:
        """What is known of every bench that ever sent anything."""

    def last_row(self, bench: str) -> StoredRow | None:
        """The row that was stored last."""

    def rows_after(self, bench: str, position: int, limit: int) -> Sequence[StoredRow]:
        """Rows stored after a position, oldest first."""

    def events_after(self, position: int, limit: int) -> Sequence[StoredEvent]:
        """Usage and fault steps of all benches stored after a position, oldest first."""

    def window(
        self,
        bench: str,
        span_ms: tuple[int, int],
        points: int,
        signals: Sequence[str] | None = None,
    ) -> Window:
        """Values observed in `[start, end)` in at most `points` buckets; None: all signals."""

    def watermark(self, bench: str, epoch: int) -> int:
        """The highest seq below which nothing of the epoch is missing; 0 when nothing came."""

    def ingest_status(self) -> IngestStatus | None:
        """The last sign of life of ingest; None when it never ran."""


class TimeSeriesStore(TimeSeriesReader, Protocol):
    """The writing half; one writer at a time."""

    def commit(self, batch: Batch) -> Committed:
        """Store a batch durably and at most once per (bench, epoch, seq).

        Raises:
            StoreUnavailable: nothing of the batch was stored; the same batch may be tried again.
        """

    def note_status(self, status: IngestStatus) -> None:
        """Keep ingest's sign of life."""

    def forget_before(self, received_before_ms: int) -> int:
        """Drop rows received before a moment and return their number; events stay."""

    def close(self) -> None:
        """Release files and connections."""


class StoreUnavailable(Exception):
    """The store can't take or give data now; the text says what failed and where."""
