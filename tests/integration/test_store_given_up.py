"""Records of rows that a bench gave up: each lost row is counted once, and no stored one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.contract.payloads import Samples
from telemetry.store.memory import MemoryStore
from telemetry.store.port import Batch, Received, TimeSeriesStore
from telemetry.store.sqlite import SqliteStore

BENCH, EPOCH = "battery-01", 7


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TimeSeriesStore]:
    opened: TimeSeriesStore = MemoryStore()
    if request.param == "sqlite":
        opened = SqliteStore(tmp_path / "telemetry.sqlite")
    yield opened
    opened.close()


def row(seq: int) -> Received[Samples]:
    return Received(BENCH, 2, Samples(observed_at_ms=1, epoch=EPOCH, seq=seq, values={"u": 1.0}))


def given_up(first: int, last: int, dropped: int) -> Received[Samples]:
    gap = Samples(observed_at_ms=1, epoch=EPOCH, seq=first, last_seq=last, dropped=dropped)
    return Received(BENCH, 2, gap)


def test_a_record_that_grew_counts_what_it_covers_more(store: TimeSeriesStore) -> None:
    assert store.commit(Batch(samples=[given_up(1, 10, 10)])).dropped == 10
    grown = store.commit(Batch(samples=[given_up(1, 30, 30)]))
    assert (grown.dropped, grown.duplicates) == (20, 0)
    late = store.commit(Batch(samples=[given_up(1, 10, 10)]))
    assert (late.dropped, late.duplicates) == (0, 1)
    assert store.watermark(BENCH, EPOCH) == 30


def test_rows_that_are_stored_are_not_counted_as_dropped(store: TimeSeriesStore) -> None:
    store.commit(Batch(samples=[row(3), row(4), row(6), row(9), row(12)]))
    committed = store.commit(Batch(samples=[given_up(4, 11, 8)]))
    assert (committed.dropped, committed.duplicates) == (5, 0)
    snapshot = store.snapshot(BENCH)
    assert snapshot is not None
    assert (snapshot.rows, snapshot.dropped) == (5, 5)


def test_rows_the_disk_refused_never_had_a_number_and_count_all(store: TimeSeriesStore) -> None:
    store.commit(Batch(samples=[row(1)]))
    assert store.commit(Batch(samples=[given_up(2, 2, 500)])).dropped == 500
