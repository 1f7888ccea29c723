"""Clocks of bench and ingest that jump by ten years: order is by number, nothing stored changes."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from can_bridge.clock import SystemClock
from telemetry.broker.access import INGEST_USER
from telemetry.contract.broker_address import BrokerAddress
from telemetry.ingest.service import run_ingest, wall_clock_ms
from telemetry.store.retention import Retention
from telemetry.store.sqlite import SqliteStore
from telemetry.store.sqlite_reading import SqliteReader
from tests.chaos.audit import ALL_TIMES_MS, CLEAN, accepted, audit, is_everything_received
from tests.chaos.bench_load import LoadPlan, bridge_under_load
from tests.rig import RunningBroker, start_broker, until

TEN_YEARS_MS = 10 * 365 * 86_400_000
BENCH = "battery-01"
JUMPS = [(TEN_YEARS_MS, 0), (0, TEN_YEARS_MS), (-TEN_YEARS_MS, 0), (0, -TEN_YEARS_MS), (0, 0)]
"""Of the bench and of ingest, in this order."""


class JumpingClock(SystemClock):
    """The computer's clock as somebody sets it; what is monotonic stays so."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return super().now_ms() + self.ahead_ms


@contextmanager
def ingesting(broker: RunningBroker, store: SqliteStore, clock: JumpingClock) -> Iterator[None]:
    stop = threading.Event()
    address = BrokerAddress.of_user(
        "127.0.0.1", broker.port, INGEST_USER, broker.passwords[INGEST_USER]
    )
    thread = threading.Thread(
        target=run_ingest,
        args=(address, store, stop),
        kwargs={"retention": Retention(), "now_ms": clock.now_ms},
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        store.close()


@contextmanager
def bench_running(tmp_path: Path, broker: RunningBroker, clock: JumpingClock) -> Iterator[None]:
    stop = threading.Event()
    plan = LoadPlan(
        benches=[BENCH],
        rows_per_s=200,
        signals=5,
        port=broker.port,
        credentials="",
        folder=str(tmp_path),
    )
    bridge = bridge_under_load(BENCH, plan, broker.passwords[BENCH], clock)
    thread = threading.Thread(target=bridge.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


def stored(reader: SqliteReader) -> int:
    found = reader.snapshot(BENCH)
    return 0 if found is None else found.rows


@pytest.mark.chaos
def test_clocks_that_jump_by_ten_years_change_nothing_stored(
    tmp_path: Path, free_port: int
) -> None:
    broker = start_broker(tmp_path, free_port, "mosquitto")
    path, log = tmp_path / "telemetry.sqlite", tmp_path / f"{BENCH}.accepted"
    bench_clock, ingest_clock = JumpingClock(), JumpingClock()
    with (
        ingesting(broker, SqliteStore(path), ingest_clock),
        closing(SqliteReader(path)) as reader,
        bench_running(tmp_path, broker, bench_clock),
    ):

        def has_grown(since: int) -> bool:
            return stored(reader) > since + 100

        for bench_clock.ahead_ms, ingest_clock.ahead_ms in JUMPS:
            until(partial(has_grown, stored(reader)), "rows go on", 20)
            threading.Event().wait(0.3)
    with ingesting(broker, SqliteStore(path), ingest_clock), closing(SqliteReader(path)) as reader:
        with bench_running(tmp_path, broker, bench_clock):
            expected = accepted(log)
            until(
                lambda: is_everything_received(path, {BENCH: expected}),
                "the rest is handed over",
                20,
            )
        found = audit(path, {BENCH: expected})
        snapshot = reader.snapshot(BENCH)
        years = {
            round((int(at) - wall_clock_ms()) / TEN_YEARS_MS)
            for rows in reader.history(BENCH, ALL_TIMES_MS, ())
            for at in rows.observed_at_ms[:: len(rows)]
        }
    broker.stop()
    assert found.verdict == CLEAN
    assert years == {-1, 0, 1}, "rows keep the moments their bench gave them"
    assert snapshot is not None
    assert (snapshot.expired, snapshot.missing, snapshot.dropped) == (0, 0, 0)
