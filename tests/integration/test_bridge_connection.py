import os
import queue
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from can_bridge.publisher import Publisher
from can_bridge.uplink import Connected
from telemetry.broker.embedded import BrokerProgram, EmbeddedBroker, find_mosquitto, prepare
from telemetry.contract.broker_address import BrokerAddress
from telemetry.contract.payloads import BenchState

PASSWORDS = {"battery-01": "right", "ingest": "other"}


@pytest.fixture(params=list(BrokerProgram))
def broker(
    request: pytest.FixtureRequest, tmp_path: Path, free_port: int
) -> Iterator[EmbeddedBroker]:
    if request.param is BrokerProgram.MOSQUITTO and find_mosquitto() is None:
        pytest.skip("no Mosquitto: apt-get install mosquitto")
    prepared = prepare(tmp_path, "127.0.0.1", free_port, PASSWORDS, request.param)
    process = subprocess.Popen(
        prepared.command,
        cwd=Path(__file__).parents[2],
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield prepared
    process.terminate()
    process.wait(10)


def publisher(broker: EmbeddedBroker, password: str) -> Publisher:
    will = BenchState(observed_at_ms=1, online=False)
    address = BrokerAddress.of_user(broker.host, broker.port, "battery-01", password)
    return Publisher("battery-01", address, will)


def test_a_bench_connects_whichever_broker_and_mqtt_version(broker: EmbeddedBroker) -> None:
    bench = publisher(broker, "right")
    bench.start()
    try:
        assert isinstance(bench.incoming.get(timeout=15), Connected)
        assert bench.is_connected
    finally:
        started = time.monotonic()
        bench.stop(BenchState(observed_at_ms=2, online=False))
    assert time.monotonic() - started < 2.0


def test_a_wrong_password_never_connects_and_still_stops(broker: EmbeddedBroker) -> None:
    bench = publisher(broker, "wrong")
    bench.start()
    with pytest.raises(queue.Empty):
        bench.incoming.get(timeout=3)
    bench.stop(BenchState(observed_at_ms=2, online=False))
    assert not bench.is_connected


def test_a_broker_that_stays_away_is_told_once_and_its_coming_too(
    free_port: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    prepared = prepare(tmp_path, "127.0.0.1", free_port, PASSWORDS, BrokerProgram.AMQTT)
    bench = publisher(prepared, "right")
    bench.start()
    try:
        with pytest.raises(queue.Empty):
            bench.incoming.get(timeout=6)
        assert [record.getMessage().partition(" (")[0] for record in caplog.records] == [
            f"battery-01: no broker at 127.0.0.1:{free_port}"
        ]
        process = subprocess.Popen(
            prepared.command,
            cwd=Path(__file__).parents[2],
            env=dict(os.environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            bench.incoming.get(timeout=20)
        finally:
            # amqtt waits for its clients before it ends
            process.kill()
            process.wait(10)
        assert caplog.messages[1] == "battery-01: connected to the broker"
    finally:
        bench.stop(BenchState(observed_at_ms=2, online=False))
