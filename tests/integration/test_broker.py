import queue
import threading
from collections.abc import Callable, Iterator

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from telemetry.broker.access import INGEST_USER
from tests.rig import RunningBroker

PREFIX = "stationmaster/v1"
Connect = Callable[..., "Client"]


class Client:
    def __init__(self, port: int, user: str, password: str, client_id: str, will: str) -> None:
        self.heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.answered = threading.Event()
        self.refused = False
        self.mqtt = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id or user,
            protocol=MQTTProtocolVersion.MQTTv311,
        )
        self.mqtt.username_pw_set(user, password)
        if will:
            self.mqtt.will_set(will, b"gone", qos=1, retain=True)
        self.mqtt.on_connect = self._on_connect
        self.mqtt.on_disconnect = lambda *_: self.answered.set()
        self.mqtt.on_message = lambda _client, _data, m: self.heard.put((m.topic, bytes(m.payload)))
        self.mqtt.connect(port=port, host="127.0.0.1", keepalive=5)
        self.mqtt.loop_start()
        assert self.answered.wait(5)

    def _on_connect(self, *arguments: object) -> None:
        self.refused = bool(getattr(arguments[3], "is_failure", False))
        self.answered.set()

    def send(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self.mqtt.publish(topic, payload, qos=1, retain=retain).wait_for_publish(5)

    def hear(self, within_s: float = 3.0) -> tuple[str, bytes] | None:
        try:
            return self.heard.get(timeout=within_s)
        except queue.Empty:
            return None

    def listen(self, topic_filter: str) -> None:
        done = threading.Event()
        self.mqtt.on_subscribe = lambda *_: done.set()
        self.mqtt.subscribe(topic_filter, qos=1)
        assert done.wait(5)


@pytest.fixture
def connect(broker: RunningBroker) -> Iterator[Connect]:
    opened: list[Client] = []

    def one(user: str, password: str | None = None, client_id: str = "", will: str = "") -> Client:
        secret = broker.passwords[user] if password is None else password
        opened.append(Client(broker.port, user, secret, client_id, will))
        return opened[-1]

    yield one
    for client in opened:
        client.mqtt.disconnect()
        client.mqtt.loop_stop()


def test_a_bench_reaches_ingest_and_ingest_reaches_the_bench(connect: Connect) -> None:
    ingest, bench = connect(INGEST_USER), connect("battery-01")
    ingest.listen(f"{PREFIX}/+/up/+")
    bench.listen(f"{PREFIX}/battery-01/down/#")
    bench.send(f"{PREFIX}/battery-01/up/samples", b"1")
    assert ingest.hear() == (f"{PREFIX}/battery-01/up/samples", b"1")
    ingest.send(f"{PREFIX}/battery-01/down/ack", b"2")
    assert bench.hear() == (f"{PREFIX}/battery-01/down/ack", b"2")


def test_a_wrong_password_is_refused(connect: Connect) -> None:
    assert connect("battery-01", password="wrong").refused


def test_an_unknown_user_is_refused(connect: Connect) -> None:
    assert connect("battery-99", password="").refused


def test_a_bench_can_neither_speak_nor_listen_for_another(connect: Connect) -> None:
    ingest, bench = connect(INGEST_USER), connect("battery-01")
    ingest.listen(f"{PREFIX}/+/up/+")
    bench.listen(f"{PREFIX}/+/up/+")
    bench.listen(f"{PREFIX}/motor-01/down/#")
    bench.mqtt.publish(f"{PREFIX}/motor-01/up/samples", b"false", qos=1)
    bench.mqtt.publish(f"{PREFIX}/motor-01/down/ack", b"false", qos=1)
    bench.send(f"{PREFIX}/battery-01/up/samples", b"own")
    assert ingest.hear() == (f"{PREFIX}/battery-01/up/samples", b"own")
    assert ingest.hear(0.3) is None
    assert bench.hear(0.3) is None


def test_a_retained_birth_and_the_will_reach_a_late_listener(connect: Connect) -> None:
    state = f"{PREFIX}/battery-01/up/state"
    bench = connect("battery-01", will=state)
    bench.send(f"{PREFIX}/battery-01/up/birth", b"born", retain=True)
    bench.send(state, b"here", retain=True)
    bench.mqtt.socket().close()  # type: ignore[union-attr]
    bench.mqtt.loop_stop()
    ingest = connect(INGEST_USER)
    ingest.listen(f"{PREFIX}/+/up/+")
    heard = {ingest.hear(10), ingest.hear(10)}
    while (state, b"gone") not in heard:
        following = ingest.hear(10)
        assert following is not None, "the will never came"
        heard.add(following)
    assert (f"{PREFIX}/battery-01/up/birth", b"born") in heard
