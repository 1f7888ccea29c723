"""The real processes of a house whose relational half is on a PostgreSQL server."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from telemetry.broker.access import INGEST_USER
from telemetry.contract import topics
from telemetry.contract.encoding import decode_ack, encode
from telemetry.contract.payloads import Ack, FaultReport, FaultState
from telemetry.ingest.service import wall_clock_ms
from tests.databases import STAGES
from tests.ports import a_free_port
from tests.postgres import PASSWORD as SECRET
from tests.postgres import PostgresServer, running_postgres
from tests.rig import POSIX_ONLY, RunningBroker, start_broker
from tests.schools import PASSWORD

pytestmark = [POSIX_ONLY, pytest.mark.timeout(300)]


class Bench:
    """Reports faults as a bridge would, each until it is acknowledged."""

    def __init__(self, broker: RunningBroker) -> None:
        self.acknowledged = threading.Event()
        self.seq = 0
        self.mqtt = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id="battery-01",
            protocol=MQTTProtocolVersion.MQTTv311,
        )
        self.mqtt.username_pw_set("battery-01", broker.passwords["battery-01"])
        self.mqtt.on_connect = lambda client, *_: client.subscribe(topics.ack("battery-01"), qos=1)
        self.mqtt.on_message = lambda _c, _d, m: self._heard(decode_ack(bytes(m.payload)))
        self.mqtt.connect("127.0.0.1", broker.port)
        self.mqtt.loop_start()

    def _heard(self, ack: Ack) -> None:
        if ack.seq == self.seq:
            self.acknowledged.set()

    def report(self, fault_id: str, text: str = "绝缘电阻低") -> None:
        self.seq += 1
        self.acknowledged.clear()
        fault = FaultReport(
            observed_at_ms=wall_clock_ms(),
            epoch=9,
            seq=self.seq,
            fault_id=fault_id,
            dtc="P0AA6",
            severity=3,
            state=FaultState.CONFIRMED,
            first_at_ms=wall_clock_ms(),
            text_zh=text,
            text_en="Isolation low",
        )
        topic = topics.up("battery-01", topics.Stream.FAULTS)
        for _ in range(100):
            self.mqtt.publish(topic, encode(fault), qos=1)
            if self.acknowledged.wait(0.3):
                return
        raise AssertionError("ingest acknowledges nothing")

    def close(self) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()


class House:
    """`serve` and `ingest` as processes of their own, with what they have logged."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.log = folder / "house.log"
        self._environment = os.environ | settings
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, command: str) -> None:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "stationmaster", command],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)

    def stop(self) -> list[int]:
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        return [process.wait(20) for process in self._processes]


@contextmanager
def furnished_server() -> Iterator[tuple[PostgresServer, str]]:
    with running_postgres() as server, server.database("furnished", STAGES["furnished"]) as url:
        yield server, url


@contextmanager
def running_house(folder: Path, url: str, port: int) -> Iterator[tuple[House, Bench]]:
    broker_port = a_free_port()
    broker = start_broker(folder, broker_port, "mosquitto")
    settings = {
        "STATIONMASTER_VAR": str(folder / "var"),
        "STATIONMASTER_DATABASE_URL": url,
        "STATIONMASTER_PORT": str(port),
        "STATIONMASTER_BROKER_PORT": str(broker_port),
        "STATIONMASTER_BROKER_PASSWORD": broker.passwords[INGEST_USER],
    }
    house, bench = House(folder, settings), Bench(broker)
    try:
        house.start("ingest")
        house.start("serve")
        yield house, bench
    finally:
        bench.close()
        codes = house.stop()
        broker.stop()
    # the web server hands the signal on when it has ended
    assert codes in ([0, 0], [0, -signal.SIGTERM])


def test_faults_reach_the_pages_of_a_house_on_a_server_even_when_it_was_away(
    tmp_path: Path, free_port: int, wait_until: Callable[..., None]
) -> None:
    with (
        furnished_server() as (server, url),
        running_house(tmp_path, url, free_port) as (house, bench),
        httpx2.Client(base_url=f"http://127.0.0.1:{free_port}") as client,
    ):
        bench.report("f-1")
        wait_until(lambda: _status(client, "/healthz") == 200, within_s=90)
        login = {"username": "bj-master", "password": PASSWORD}
        assert client.post("/api/v1/login", json=login).status_code == 204
        wait_until(lambda: _faults(client) == ["f-1"], within_s=60)

        server.stop()
        assert _status(client, "/api/v1/benches/battery-01/faults") == 503
        bench.report("f-2", "带\0的文本")
        server.start_again()
        wait_until(lambda: _faults(client) == ["f-1", "f-2"], within_s=60)
    told = house.log.read_text("utf-8")
    assert SECRET not in told
    assert "Traceback" not in told, told


def _status(client: httpx2.Client, path: str) -> int:
    try:
        return client.get(path).status_code
    except httpx2.TransportError:
        return 0


def _faults(client: httpx2.Client) -> list[str]:
    answer = client.get("/api/v1/benches/battery-01/faults")
    if answer.status_code != 200:
        return []
    return sorted(fault["fault_id"] for fault in answer.json()["items"])
