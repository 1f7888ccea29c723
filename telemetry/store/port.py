"""What a time-series store promises; every implementation passes the same contract suite."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, NamedTuple, Protocol, TypeVar

from telemetry.contract.payloads import (
    BenchState,
    Birth,
    FaultReport,
    Samples,
    UsageReport,
    Value,
)
from telemetry.downsampling import Window
from telemetry.store.cells import Column
from telemetry.store.columns import Integers
from telemetry.store.committed import Committed
from telemetry.store.quarantine import Poison, Quarantine, QuarantineReader

MessageT_co = TypeVar("MessageT_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Received(Generic[MessageT_co]):
    """A valid message with the bench it came from and the moment ingest received it."""

    bench: str
    received_at_ms: int
    message: MessageT_co


@dataclass(slots=True)
class Batch:
    """What one commit makes durable, in order of arrival.

    `replayed` are entries of the quarantine: with "" they leave it, because what they say is part
    of this batch, with a text they stay for that reason. Rows observed more than `keep_ms` before
    they came are counted as expired and not stored; None: they are stored.
    """

    births: list[Received[Birth]] = field(default_factory=list)
    states: list[Received[BenchState]] = field(default_factory=list)
    samples: list[Received[Samples]] = field(default_factory=list)
    events: list[Received[UsageReport | FaultReport]] = field(default_factory=list)
    poison: list[Poison] = field(default_factory=list)
    replayed: dict[int, str] = field(default_factory=dict)
    keep_ms: int | None = None

    def __len__(self) -> int:
        return len(self.births) + len(self.states) + len(self.samples) + len(self.events)


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
class RowColumns:
    """Rows of one bench as columns of one length; `columns` by the signals that any row names."""

    epoch: Integers
    seq: Integers
    observed_at_ms: Integers
    received_at_ms: Integers
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.seq)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A usage or fault step; `position` grows with every stored event of any bench.

    The bench made its steps in the order of (`epoch_order`, `seq`), in whichever they were stored.
    """

    position: int
    bench: str
    epoch: int
    seq: int
    received_at_ms: int
    message: UsageReport | FaultReport
    epoch_order: int = 1


@dataclass(frozen=True, slots=True)
class BenchSnapshot:
    """What is known of a bench now; None where it never said.

    `last_seen_at_ms` is when ingest last received anything the bench itself sent (a will or a
    retained message that was replayed does not count). Totals since the store was made: `rows`,
    `duplicates` (resends), `rejected` (poison, resends included), `dropped` (given up by the bench)
    and `expired` (sample rows older than the retention when they came; not stored).
    Now: `missing` numbers that never came though later ones did, `quarantined` entries, and
    `clock_offset_ms`, bench clock minus ingest clock (positive: the bench is ahead), the median of
    the latest live states.
    """

    bench: str
    birth: Birth | None
    state: BenchState | None
    last_seen_at_ms: int | None
    rows: int
    duplicates: int
    rejected: int
    dropped: int
    expired: int = 0
    missing: int = 0
    quarantined: int = 0
    clock_offset_ms: int | None = None


@dataclass(frozen=True, slots=True)
class IngestStatus:
    """A worker's sign of life, kept in the store so that other processes can read it."""

    heartbeat_at_ms: int
    is_connected: bool
    committed_rows: int
    worker: int = 1


class Step(IntEnum):
    """Width of a rollup in milliseconds; they begin at whole steps since 1970 (UTC)."""

    MINUTE = 60_000
    HOUR = 3_600_000


class RollupPoint(NamedTuple):
    """One signal of a bench over one minute or hour.

    `counted` numbers and booleans have `minimum`, `maximum` and `total`; without one these are inf,
    -inf and 0. `last` is the last value that was available, of any type. `active_ms` is
    how long the signal was not zero: each row holds until the bench's next one, at most 10 s.
    """

    start_ms: int
    counted: int
    minimum: float
    maximum: float
    total: float
    last: Value
    last_at_ms: int
    active_ms: int

    @property
    def mean(self) -> float | None:
        """None for text."""
        return self.total / self.counted if self.counted else None


Rollups = Mapping[tuple[str, str], Sequence[RollupPoint]]
"""By bench and signal, in order of time; those without a value in the span are left out."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a call of `seal` did: hours that are sealed now and were not (or were opened again)."""

    hours: int = 0
    rows: int = 0


class TimeSeriesReader(QuarantineReader, Protocol):
    """The reading half; safe to use from several threads and from another process."""

    def snapshot(self, bench: str) -> BenchSnapshot | None:
        """What is known of a bench; None when it never sent anything."""

    def snapshots(self) -> Mapping[str, BenchSnapshot]:
        """What is known of every bench that ever sent anything."""

    def last_row(self, bench: str) -> StoredRow | None:
        """The latest row in the order the bench made them: by epoch, then by seq."""

    def rows_after(self, bench: str, position: int, limit: int) -> Sequence[StoredRow]:
        """Rows stored after a position, oldest first."""

    def events_after(self, position: int, limit: int) -> Sequence[StoredEvent]:
        """Usage and fault steps of all benches stored after a position, oldest first."""

    def history(
        self, bench: str, span_ms: tuple[int, int], signals: Sequence[str] | None = None
    ) -> Iterator[RowColumns]:
        """All rows observed in `[start, end)`, in stretches of at most an hour, none of them empty.

        Stretches in order of time, rows in them by (observed, epoch, seq); signals None: all,
        (): no values. Each stretch is a state of its own: rows committed meanwhile may be in
        later ones, and nothing of the store is held between two of them.
        """

    def window(
        self,
        bench: str,
        span_ms: tuple[int, int],
        points: int,
        signals: Sequence[str] | None = None,
    ) -> Window:
        """Values observed in `[start, end)` in at most `points` buckets; None: all signals.

        The extremes of the span and its gaps are kept. Buckets of a minute or more may be made
        from rollups: a minute's or hour's values then all count to the bucket of its last one.
        Where rows are gone by age, rollups that begin in the span stand for them.
        """

    def rollups(
        self, benches: Sequence[str], signals: Sequence[str], span_ms: tuple[int, int], step: Step
    ) -> Rollups:
        """Rollups that begin in `[start, end)`; hours not sealed yet are computed from rows."""

    def activity(
        self, benches: Sequence[str], signal: str, span_ms: tuple[int, int], offset_ms: int
    ) -> Mapping[tuple[str, int], int]:
        """How long a signal was not zero, in ms by bench and local day, from sealed hours.

        `span_ms` bounds the hours by their beginning. A day is numbered from 1970-01-01 where the
        clock is `offset_ms` ahead of UTC; days without any are left out.
        """

    def utilisation(
        self, benches: Sequence[str], span_ms: tuple[int, int], offset_ms: int
    ) -> Mapping[tuple[str, int], int]:
        """How long a bench was in a usage session within `[start, end)`, in ms by bench and day.

        Days as in `activity`. A session counts from its start to its end, one that goes on to the
        last that was heard of it; overlapping ones count once.
        """

    def watermark(self, bench: str, epoch: int) -> int:
        """The highest seq below which nothing of the epoch is missing; 0 when nothing came."""

    def ingest_status(self) -> IngestStatus | None:
        """The last sign of life of ingest; None when it never ran.

        Of several workers: the latest heartbeat, whether any lately alive is connected, and their
        rows together.
        """


class TimeSeriesStore(TimeSeriesReader, Quarantine, Protocol):
    """The writing half; several processes may write at once."""

    def commit(self, batch: Batch) -> Committed:
        """Store a batch durably and at most once per (bench, epoch, seq).

        Raises:
            StoreUnavailable: nothing of the batch was stored; the same batch may be tried again.
        """

    def note_status(self, status: IngestStatus) -> None:
        """Keep ingest's sign of life."""

    def may_keep_house(self) -> bool:
        """Whether it is this process that seals and forgets: one at a time, until it ends."""

    def seal(
        self, now_ms: int, late_ms: int, is_wanted: Callable[[], bool] = lambda: True
    ) -> Sealed:
        """Seal the bench-hours that are over and got no row for `late_ms`; make their rollups.

        Between two hours `is_wanted` is asked whether to go on; the rest stays for the next call.
        May take long and be killed at any moment: rows are neither lost nor doubled, reading and
        committing go on. A row that comes later opens its hour again for the next call.

        Raises:
            StoreUnavailable: what was sealed so far stays so; the rest is done by the next call.
        """

    def forget_before(self, received_before_ms: int) -> int:
        """Drop rows received before a moment and return their number; events and rollups stay.

        Rows that are sealed go by the hour, when all of the hour were received before.
        """

    def forget_rollups(self, minutes_before_ms: int, hours_before_ms: int) -> int:
        """Drop 1 min and 1 h rollups of hours whose rows were all received before; their number."""

    def close(self) -> None:
        """Release files and connections."""


class StoreUnavailable(Exception):
    """The store can't take or give data now; the text says what failed and where."""
