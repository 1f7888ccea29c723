import contextlib
import queue
import socket
import threading

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from telemetry.broker.access import INGEST_USER
from telemetry.contract.broker_address import BrokerAddress
from telemetry.ingest.service import wall_clock_ms
from telemetry.ingest.subscriber import Subscriber
from tests.rig import RunningBroker, until


def test_a_client_of_mqtt_5_is_served_or_told_at_once_that_it_is_not(
    broker: RunningBroker,
) -> None:
    said: queue.Queue[str] = queue.Queue()
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id="battery-01",
        protocol=MQTTProtocolVersion.MQTTv5,
        reconnect_on_failure=False,
    )
    client.username_pw_set("battery-01", broker.passwords["battery-01"])
    # a will and a long name: the older broker must not wait for more of a CONNECT it misread
    client.will_set("stationmaster/v1/battery-01/up/state", b"gone" * 100, qos=1, retain=True)
    client.on_connect = lambda _c, _d, _f, reason, _p: said.put(str(reason))
    client.connect("127.0.0.1", broker.port, keepalive=5)
    client.loop_start()
    try:
        answer = said.get(timeout=1.5)
    finally:
        client.disconnect()
        client.loop_stop()
    expected = {"mosquitto": "Success", "amqtt": "Unsupported protocol version"}
    assert answer == expected[broker.embedded.program]


def test_ingest_finds_the_version_of_its_broker_without_waiting(broker: RunningBroker) -> None:
    address = BrokerAddress(
        "127.0.0.1", broker.port, INGEST_USER, broker.passwords[INGEST_USER], INGEST_USER
    )
    subscriber = Subscriber(address, wall_clock_ms)
    subscriber.start()
    try:
        until(lambda: subscriber.is_connected or subscriber.is_version_refused, "an answer", 1.5)
        assert subscriber.is_version_refused is (broker.embedded.program == "amqtt")
        if subscriber.is_version_refused:
            subscriber.change_protocol()
        until(lambda: subscriber.is_connected, "connected", 1.5)
    finally:
        subscriber.stop()


@pytest.mark.parametrize("sent", [b"", b"\x10", b"GET / HTTP/1.1\r\n\r\n", b"\x10" + b"\xff" * 40])
def test_what_is_no_client_keeps_no_other_from_connecting(
    broker: RunningBroker, sent: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", broker.port), 2) as stranger:
        stranger.settimeout(3)
        # a broker that has seen enough may have closed before we are done
        with contextlib.suppress(ConnectionError):
            stranger.sendall(sent)
            with contextlib.suppress(OSError):
                stranger.shutdown(socket.SHUT_WR)
            while stranger.recv(100):
                pass
    connected = threading.Event()
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id="battery-01", protocol=MQTTProtocolVersion.MQTTv311
    )
    client.username_pw_set("battery-01", broker.passwords["battery-01"])
    client.on_connect = lambda *_: connected.set()
    client.connect("127.0.0.1", broker.port, keepalive=5)
    client.loop_start()
    assert connected.wait(3)
    client.disconnect()
    client.loop_stop()


def test_a_bench_that_connects_hears_nothing_of_other_benches(broker: RunningBroker) -> None:
    heard: queue.Queue[str] = queue.Queue()
    ready = threading.Event()

    def client(user: str) -> mqtt.Client:
        made = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=user, protocol=MQTTProtocolVersion.MQTTv311
        )
        made.username_pw_set(user, broker.passwords[user])
        made.on_subscribe = lambda *_: ready.set()
        made.on_message = lambda _c, _d, message: heard.put(message.topic)
        made.connect("127.0.0.1", broker.port, keepalive=5)
        made.loop_start()
        return made

    ingest = client(INGEST_USER)
    ingest.subscribe("stationmaster/v1/+/up/+", 1)
    assert ready.wait(5)
    first = client("battery-01")
    first.publish("stationmaster/v1/battery-01/up/birth", b"who I am", 1, retain=True)
    assert heard.get(timeout=5) == "stationmaster/v1/battery-01/up/birth"
    ready.clear()
    second = client("motor-01")
    second.subscribe("stationmaster/v1/motor-01/down/ack", 1)
    assert ready.wait(5)
    ingest.publish("stationmaster/v1/motor-01/down/ack", b"{}", 1)
    try:
        assert heard.get(timeout=5) == "stationmaster/v1/motor-01/down/ack"
    finally:
        for one in (ingest, first, second):
            one.disconnect()
            one.loop_stop()
