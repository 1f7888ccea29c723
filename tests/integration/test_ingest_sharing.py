"""Several workers on one broker and one store."""

import contextlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from telemetry.broker.access import INGEST_USERS
from telemetry.contract.broker_address import BrokerAddress
from telemetry.ingest.sharing import Sharing, try_sharing
from telemetry.store.sqlite_reading import SqliteReader
from tests.integration.numbered_bench import NumberedBench
from tests.rig import BENCHES, POSIX_ONLY, RunningBroker, start_broker

Wait = Callable[..., None]


@pytest.fixture
def mosquitto(tmp_path: Path, free_port: int) -> Iterator[RunningBroker]:
    running = start_broker(tmp_path, free_port, "mosquitto")
    yield running
    running.stop()


def addresses(broker: RunningBroker, workers: int) -> list[BrokerAddress]:
    return [
        BrokerAddress.of_user("127.0.0.1", broker.port, user, broker.passwords[user])
        for user in INGEST_USERS[:workers]
    ]


def test_a_broker_is_believed_to_share_when_it_does(mosquitto: RunningBroker) -> None:
    assert try_sharing(addresses(mosquitto, 3), threading.Event(), 0.7) is Sharing.WORKS


def test_a_broker_that_grants_a_share_and_never_delivers_is_found_out(
    tmp_path: Path, free_port: int
) -> None:
    amqtt = start_broker(tmp_path, free_port, "amqtt")
    try:
        assert try_sharing(addresses(amqtt, 2), threading.Event(), 0.7) is Sharing.NOT_DELIVERED
    finally:
        amqtt.stop()


def test_workers_that_throw_each_other_out_are_found_out(mosquitto: RunningBroker) -> None:
    first = addresses(mosquitto, 1)[0]
    twins = [first, replace(first, client_id="another")]
    assert try_sharing(twins, threading.Event(), 0.7) is Sharing.NOT_TOGETHER
    stranger = replace(first, user="ingest.9", client_id="ingest.9")
    assert try_sharing([first, stranger], threading.Event(), 0.7) is Sharing.NOT_TOGETHER


def test_a_broker_that_is_away_is_no_answer(free_port: int) -> None:
    nobody = BrokerAddress.of_user("127.0.0.1", free_port, "ingest", "")
    assert try_sharing([nobody, nobody], threading.Event(), 0.7) is Sharing.UNREACHABLE


class House:
    """`stationmaster ingest` with several workers, as a process a test may kill."""

    def __init__(self, folder: Path, broker: RunningBroker, workers: int) -> None:
        self.var = folder / "var"
        self.output = folder / "ingest.log"
        credentials = self.var / "broker" / "credentials.json"
        credentials.parent.mkdir(parents=True)
        credentials.write_text(json.dumps(broker.passwords))
        environment = {
            "STATIONMASTER_VAR": str(self.var),
            "STATIONMASTER_BROKER_PORT": str(broker.port),
            "STATIONMASTER_INGEST_WORKERS": str(workers),
        }
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "stationmaster", "ingest"],
                env={**os.environ, **environment},
                stdout=output,
                stderr=output,
            )

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "spawn_main" in " ".join(child.cmdline())]

    def connected(self) -> int:
        path = self.var / "telemetry.sqlite"
        if not path.exists():
            return 0
        with closing(sqlite3.connect(path)) as db, contextlib.suppress(sqlite3.Error):
            found = db.execute("SELECT content FROM ingest_worker").fetchall()
            return sum(json.loads(content)["is_connected"] for (content,) in found)
        return 0

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def benches(mosquitto: RunningBroker) -> Iterator[list[NumberedBench]]:
    made = [NumberedBench(mosquitto, code) for code in BENCHES]
    yield made
    for bench in made:
        bench.stop()


def stored(house: House, bench: str) -> Counter[int]:
    with closing(SqliteReader(house.var / "telemetry.sqlite")) as reader:
        found = Counter(row.seq for row in reader.rows_after(bench, 0, 10**6))
        found.update(event.seq for event in reader.events_after(0, 10**6) if event.bench == bench)
    return found


@POSIX_ONLY
@pytest.mark.chaos
@pytest.mark.timeout(180)
def test_workers_that_are_killed_lose_nothing_and_store_nothing_twice(
    tmp_path: Path, mosquitto: RunningBroker, benches: list[NumberedBench], wait_until: Wait
) -> None:
    house, dice = House(tmp_path, mosquitto, 3), random.Random(3)  # noqa: S311 - chosen seed
    try:
        wait_until(lambda: house.connected() == 3, within_s=30)
        for _ in range(3):
            for bench in benches:
                bench.send(300)
            victim = dice.choice(house.workers())
            victim.kill()
            threading.Event().wait(dice.uniform(0.2, 0.8))
            for bench in benches:
                bench.send(50)
            wait_until(lambda: len(house.workers()) == 3, within_s=20)

        def everything_is_acknowledged() -> bool:
            for bench in benches:
                bench.resend(bench.acknowledged, min(bench.last_seq, bench.acknowledged + 200))
            threading.Event().wait(0.3)
            return all(bench.acknowledged == bench.last_seq for bench in benches)

        wait_until(everything_is_acknowledged, within_s=60)
        for bench in benches:
            once = Counter(dict.fromkeys(range(1, bench.last_seq + 1), 1))
            assert stored(house, bench.code) == once
        assert house.process.poll() is None
    finally:
        house.end()
    assert "Traceback" not in house.output.read_text()


@POSIX_ONLY
def test_workers_end_when_the_process_that_holds_them_is_killed(
    tmp_path: Path, mosquitto: RunningBroker, wait_until: Wait
) -> None:
    house = House(tmp_path, mosquitto, 2)
    wait_until(lambda: house.connected() == 2, within_s=30)
    workers = house.workers()
    house.process.kill()
    house.process.wait()
    wait_until(lambda: not any(worker.is_running() for worker in workers), within_s=10)
