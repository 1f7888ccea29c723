from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stationmaster.transport import StoredTransport
from telemetry.contract.payloads import BenchState, Samples
from telemetry.contract.spooling import SpoolReport
from telemetry.store.port import Batch, Received
from telemetry.store.sqlite import SqliteStore

DAY = datetime(2026, 12, 1, tzinfo=UTC)
DAY_MS = int(DAY.timestamp() * 1000)
HOUR_MS = 3_600_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "telemetry.sqlite")
    yield opened
    opened.close()


class Bench:
    """Sends a row each second, with a clock that may be off."""

    def __init__(self, store: SqliteStore, offset_ms: int = 0) -> None:
        self.store = store
        self.offset_ms = offset_ms
        self.epoch, self.seq = 1, 0

    def send(self, start_ms: int, seconds: int, *, late_ms: int = 40) -> None:
        batch = Batch()
        for second in range(seconds):
            self.seq += 1
            at_ms = start_ms + second * 1000
            row = Samples(
                observed_at_ms=at_ms + self.offset_ms,
                epoch=self.epoch,
                seq=self.seq,
                values={"u": 1.0},
            )
            batch.samples.append(Received("battery-01", at_ms + late_ms, row))
        self.store.commit(batch)

    def say(self, at_ms: int, spool: SpoolReport, rows: int) -> None:
        word = BenchState(
            observed_at_ms=at_ms + self.offset_ms, online=True, spool=spool, spool_rows=rows
        )
        self.store.commit(Batch(states=[Received("battery-01", at_ms, word)]))

    def restart(self) -> None:
        self.epoch, self.seq = self.epoch + 1, 0


def test_a_day_of_a_bench_is_told_by_its_gaps_and_pauses(store: SqliteStore) -> None:
    bench = Bench(store)
    bench.send(DAY_MS - 5_000, 5)
    bench.send(DAY_MS + 10_000, 3590)  # a gap over midnight
    bench.restart()
    bench.send(DAY_MS + 2 * HOUR_MS, 600)  # and an hour off
    store.seal(DAY_MS + 10 * HOUR_MS, 1)
    now = DAY + timedelta(hours=2, minutes=10)
    found = StoredTransport(store).day(["battery-01", "motor-01"], DAY, now)
    assert set(found) == {"battery-01"}
    day = found["battery-01"]
    assert day.rows == 4190
    assert day.gap_s == pytest.approx(10, abs=1.1)
    assert day.off_s == pytest.approx(3600, abs=2)
    assert day.delay_p99_s == pytest.approx(0.04, rel=0.05)


def test_rows_that_come_late_close_the_gap_they_left(store: SqliteStore) -> None:
    bench = Bench(store)
    bench.send(DAY_MS, 100)
    bench.seq += 100
    bench.send(DAY_MS + 200_000, 100)
    transport, now = StoredTransport(store), DAY + timedelta(seconds=300)
    assert transport.day(["battery-01"], DAY, now)["battery-01"].gap_s == pytest.approx(101)
    assert transport.counters()["battery-01"].missing == 100
    bench.seq = 100
    bench.send(DAY_MS + 100_000, 100, late_ms=150_000)
    later = transport.day(["battery-01"], DAY, now + timedelta(seconds=3))["battery-01"]
    assert (later.rows, later.gap_s) == (300, 0)
    assert later.delay_p99_s == pytest.approx(150, rel=0.05)
    assert transport.counters()["battery-01"].missing == 0


def test_a_clock_that_is_an_hour_ahead_loses_no_row_of_the_day(store: SqliteStore) -> None:
    bench = Bench(store, offset_ms=HOUR_MS)
    now = DAY + timedelta(seconds=60)
    for second in range(20):
        bench.say(DAY_MS + second * 1000, SpoolReport(), 0)
    bench.send(DAY_MS, 60)
    transport = StoredTransport(store)
    assert transport.counters()["battery-01"].clock_offset_s == pytest.approx(3600, abs=1)
    day = transport.day(["battery-01"], DAY, now)["battery-01"]
    assert (day.rows, day.odd_rows) == (60, 0)
    assert day.delay_p99_s == pytest.approx(0.04, rel=0.05)


def test_what_waits_at_the_bench_is_told(store: SqliteStore) -> None:
    bench = Bench(store)
    spool = SpoolReport(payload_bytes=50, limit_bytes=200, oldest_waiting_ms=90_000)
    bench.say(DAY_MS, spool, 12)
    found = StoredTransport(store).counters()["battery-01"]
    assert (found.spool_rows, found.spool_share, found.backlog_age_s) == (12, 0.25, 90.0)
