"""A store that can't keep up, behind a broker that drops what it can't queue."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from telemetry.broker.access import HOUSE_USERS, INGEST_USER, read_or_make_passwords
from telemetry.broker.embedded import prepare
from telemetry.contract.broker_address import BrokerAddress
from telemetry.ingest.service import Worker, run_ingest
from telemetry.store.committed import Committed
from telemetry.store.port import Batch
from telemetry.store.retention import Retention
from telemetry.store.sqlite import SqliteStore
from tests.integration.numbered_bench import NumberedBench
from tests.rig import RunningBroker

Wait = Callable[..., None]
MESSAGES = 800
MOST_GROWTH = 60_000_000


class SlowStore(SqliteStore):
    """Takes its time as long as it is told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.is_quick = threading.Event()

    def commit(self, batch: Batch) -> Committed:
        self.is_quick.wait(2.0)
        return super().commit(batch)


@pytest.fixture
def forgetful(tmp_path: Path, free_port: int) -> Iterator[RunningBroker]:
    passwords = read_or_make_passwords(tmp_path / "credentials.json", [*HOUSE_USERS, "bench-1"])
    embedded = prepare(tmp_path / "broker", "127.0.0.1", free_port, passwords, "mosquitto")
    config = tmp_path / "broker" / "mosquitto.conf"
    lines = [line for line in config.read_text().splitlines() if "_messages" not in line]
    config.write_text("\n".join([*lines, "max_inflight_messages 20", "max_queued_messages 100"]))
    running = RunningBroker(embedded, passwords)
    yield running
    running.stop()


def test_what_a_broker_drops_while_the_store_is_slow_comes_again(
    tmp_path: Path, forgetful: RunningBroker, wait_until: Wait
) -> None:
    store, stop, worker = SlowStore(tmp_path / "telemetry.sqlite"), threading.Event(), Worker()
    address = BrokerAddress.of_user(
        "127.0.0.1", forgetful.port, INGEST_USER, forgetful.passwords[INGEST_USER]
    )
    ingest = threading.Thread(
        target=run_ingest,
        args=(address, store, stop),
        kwargs={"retention": Retention(), "worker": worker},
    )
    ingest.start()
    wait_until(lambda: worker.figures.connected, within_s=20)
    bench, before = NumberedBench(forgetful, "bench-1"), psutil.Process().memory_info().rss
    try:
        bench.send(MESSAGES)
        wait_until(bench.is_sent, within_s=20)
        threading.Event().wait(1.0)
        assert bench.acknowledged < MESSAGES, "nothing was dropped: this proves nothing"
        store.is_quick.set()

        def everything_is_acknowledged() -> bool:
            until = min(MESSAGES, bench.acknowledged + 80)
            bench.resend(bench.acknowledged, until)
            bench.wait_for(until, 0.5)
            return bench.acknowledged == MESSAGES

        wait_until(everything_is_acknowledged, within_s=40)
        grown = psutil.Process().memory_info().rss - before
    finally:
        bench.stop()
        stop.set()
        ingest.join(10)
    stored = Counter(row.seq for row in store.rows_after("bench-1", 0, 10**6))
    stored.update(event.seq for event in store.events_after(0, 10**6))
    store.close()
    assert stored == Counter(dict.fromkeys(range(1, MESSAGES + 1), 1))
    assert worker.figures.store_failures == 0
    assert grown < MOST_GROWTH
