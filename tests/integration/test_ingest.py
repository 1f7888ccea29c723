import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from telemetry.broker.access import INGEST_USER
from telemetry.contract import topics
from telemetry.contract.broker_address import BrokerAddress
from telemetry.contract.encoding import decode_ack, encode
from telemetry.contract.payloads import Ack, Samples
from telemetry.ingest.service import run_ingest, wall_clock_ms
from telemetry.store.retention import Retention
from telemetry.store.sqlite import SqliteStore
from tests.rig import RunningBroker

Wait = Callable[..., None]


@pytest.fixture
def store(tmp_path: Path, broker: RunningBroker) -> Iterator[SqliteStore]:
    store, stop = SqliteStore(tmp_path / "telemetry.sqlite"), threading.Event()
    address = BrokerAddress(
        "127.0.0.1", broker.port, INGEST_USER, broker.passwords[INGEST_USER], INGEST_USER
    )
    ingest = threading.Thread(
        target=run_ingest,
        args=(address, store, stop),
        kwargs={"retention": Retention()},
    )
    ingest.start()
    yield store
    stop.set()
    ingest.join(10)
    store.close()


class Bench:
    def __init__(self, broker: RunningBroker, code: str) -> None:
        self.code = code
        self.acks: list[Ack] = []
        self.mqtt = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=code, protocol=MQTTProtocolVersion.MQTTv311
        )
        self.mqtt.username_pw_set(code, broker.passwords[code])
        self.mqtt.on_connect = lambda client, *_: client.subscribe(topics.ack(code), qos=1)
        self.mqtt.on_message = lambda _c, _d, m: self.acks.append(decode_ack(bytes(m.payload)))
        self.mqtt.connect("127.0.0.1", broker.port, keepalive=5)
        self.mqtt.loop_start()

    def send(self, *seqs: int) -> None:
        for seq in seqs:
            row = Samples(
                observed_at_ms=wall_clock_ms(), epoch=9, seq=seq, values={"u": float(seq)}
            )
            self.mqtt.publish(topics.up(self.code, topics.Stream.SAMPLES), encode(row), qos=1)


@pytest.fixture
def bench(broker: RunningBroker) -> Iterator[Bench]:
    bench = Bench(broker, "battery-01")
    yield bench
    bench.mqtt.disconnect()
    bench.mqtt.loop_stop()


def connected(store: SqliteStore) -> Callable[[], bool]:
    def check() -> bool:
        status = store.ingest_status()
        return status is not None and status.is_connected

    return check


def test_rows_are_acknowledged_only_up_to_the_first_gap(
    store: SqliteStore, bench: Bench, wait_until: Wait
) -> None:
    wait_until(connected(store), within_s=20)
    bench.send(1, 2, 4)
    wait_until(lambda: Ack(epoch=9, seq=2) in bench.acks)
    wait_until(lambda: len(store.rows_after("battery-01", 0, 10)) == 3)
    assert all(ack.seq <= 2 for ack in bench.acks)
    bench.send(3)
    wait_until(lambda: Ack(epoch=9, seq=4) in bench.acks)


def test_a_repeated_row_is_acknowledged_again_and_stored_once(
    store: SqliteStore, bench: Bench, wait_until: Wait
) -> None:
    wait_until(connected(store), within_s=20)
    bench.send(1)
    wait_until(lambda: len(bench.acks) == 1)
    bench.send(1)
    wait_until(lambda: len(bench.acks) == 2)
    assert len(store.rows_after("battery-01", 0, 10)) == 1


def test_a_message_nobody_can_read_is_counted_and_stops_nothing(
    store: SqliteStore, bench: Bench, wait_until: Wait
) -> None:
    wait_until(connected(store), within_s=20)
    bench.mqtt.publish(topics.up("battery-01", topics.Stream.SAMPLES), b"\x00nonsense", qos=1)
    bench.send(1)
    wait_until(lambda: Ack(epoch=9, seq=1) in bench.acks)
    snapshot = store.snapshot("battery-01")
    assert snapshot is not None
    assert snapshot.rejected == 1


def test_ingest_hears_again_after_the_broker_was_killed(
    store: SqliteStore, bench: Bench, broker: RunningBroker, wait_until: Wait
) -> None:
    wait_until(connected(store), within_s=20)
    bench.send(1)
    wait_until(lambda: bench.acks)
    broker.kill()
    broker.restart()

    def arrives_again() -> bool:
        bench.send(2)
        return Ack(epoch=9, seq=2) in bench.acks

    wait_until(arrives_again, within_s=15)
