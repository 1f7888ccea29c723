"""The connection of ingest, beneath what the tests with real brokers see of it."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import structlog

from telemetry.contract.broker_address import BrokerAddress
from telemetry.ingest.line import Line
from telemetry.ingest.packets import publish
from telemetry.ingest.subscriber import Subscriber
from tests.rig import until

CONNACK, SUBACK = b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x01"
NO_LENGTH = b"\x30\xff\xff\xff\xff\x01"


@pytest.fixture
def ends() -> Iterator[tuple[Line, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    line = Line(ours, is_5=False)
    yield line, theirs
    line.close()
    theirs.close()


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        yield server


def subscriber_to(server: socket.socket) -> Subscriber:
    port = int(server.getsockname()[1])
    address = BrokerAddress("127.0.0.1", port, "ingest", "", "ingest", is_embedded=True)
    return Subscriber(address, lambda: 1)


def test_what_a_busy_broker_does_not_take_is_sent_later_and_in_order(
    ends: tuple[Line, socket.socket],
) -> None:
    line, broker = ends
    parts = [publish("a", bytes([n % 256]) * 1000, is_5=False) for n in range(3000)]
    for part in parts:
        line.put(part)
    assert not line.flush()
    taken, is_all_sent = bytearray(), False
    while len(taken) < sum(map(len, parts)):
        taken += broker.recv(1_000_000)
        is_all_sent = line.flush()
    assert is_all_sent
    assert taken == b"".join(parts)


def test_messages_go_past_paho_and_the_rest_to_it_byte_by_byte(
    ends: tuple[Line, socket.socket],
) -> None:
    line, broker = ends
    message = publish("a", b"{}", is_5=False)
    broker.sendall(CONNACK + message + SUBACK + message[:3])
    assert [(one.topic, one.payload) for one in line.receive()] == [("a", b"{}")]
    assert b"".join(line.recv(1) for _ in CONNACK + SUBACK) == CONNACK + SUBACK
    assert not line.has_for_paho()
    with pytest.raises(BlockingIOError):
        line.recv(1)
    broker.sendall(message[3:])
    assert [one.payload for one in line.receive()] == [b"{}"]


def test_paho_learns_that_the_broker_hung_up_after_all_that_came_before(
    ends: tuple[Line, socket.socket],
) -> None:
    line, broker = ends
    broker.sendall(SUBACK)
    broker.close()
    assert line.receive() == line.receive() == []
    assert line.recv(100) == SUBACK
    assert line.has_for_paho()
    assert line.recv(100) == b""


def test_a_failure_to_send_is_told_to_paho_when_it_reads(
    ends: tuple[Line, socket.socket],
) -> None:
    line, broker = ends
    broker.close()
    line.put(b"x")
    line.flush()
    with pytest.raises(ConnectionError):
        line.recv(1)


def test_ingest_leaves_a_broker_that_breaks_the_protocol_and_connects_anew(
    listening: socket.socket,
) -> None:
    subscriber = subscriber_to(listening)
    with structlog.testing.capture_logs() as logs:
        subscriber.start()
        try:
            with listening.accept()[0] as first:
                assert first.recv(1000)[:1] == b"\x10"
                first.sendall(CONNACK)
                assert first.recv(1000)[:1] == b"\x82"
                first.sendall(SUBACK)
                until(lambda: subscriber.is_connected, "connected")
                first.sendall(NO_LENGTH)
                until(lambda: not subscriber.is_connected, "left")
            with listening.accept()[0] as second:
                second.sendall(CONNACK)
                until(lambda: subscriber.reconnects == 1, "connected anew")
        finally:
            subscriber.stop()
    assert "length of at most four bytes" in str(logs)


def test_ingest_ends_at_once_though_the_broker_never_answers(listening: socket.socket) -> None:
    subscriber = subscriber_to(listening)
    subscriber.start()
    with listening.accept()[0] as silent:
        assert silent.recv(1000)[:1] == b"\x10"
        threading.Event().wait(0.1)
        before_s = time.monotonic()
        subscriber.stop()
        assert time.monotonic() - before_s < 0.5
        assert silent.recv(1000) == b"\xe0\x00"


def test_a_connection_that_nobody_attends_is_served_by_a_thread_of_its_own(
    listening: socket.socket,
) -> None:
    subscriber = subscriber_to(listening)
    subscriber.start()
    try:
        with listening.accept()[0] as broker:
            assert broker.recv(1000)[:1] == b"\x10"
            broker.sendall(CONNACK)
            assert broker.recv(1000)[:1] == b"\x82"
            until(lambda: subscriber.attend(500) is not None, "attended")
            # from now on the writer hangs, as in a store that is locked
            broker.sendall(SUBACK + publish("a", b"{}", is_5=False))
            assert subscriber.inbox.get(timeout=5).payload == b"{}"
    finally:
        subscriber.stop()


def test_who_attends_gets_what_came_and_sends_while_it_rests(listening: socket.socket) -> None:
    subscriber, stop = subscriber_to(listening), threading.Event()
    subscriber.start()
    try:
        with listening.accept()[0] as broker:
            assert broker.recv(1000)[:1] == b"\x10"
            broker.sendall(CONNACK)
            assert broker.recv(1000)[:1] == b"\x82"
            until(lambda: subscriber.attend(500) is not None, "attended")
            message = b"\x32\x07\x00\x01a\x12\x34{}"
            broker.sendall(message)
            subscriber.rest(stop, 5, has_come=False)
            arrived = subscriber.attend(500)
            assert arrived is not None
            assert [(one.topic, one.mid, one.qos) for one in arrived] == [("a", 0x1234, 1)]
            subscriber.acknowledge(arrived)
            subscriber.rest(stop, 5, has_come=True)
            assert broker.recv(1000) == b"\x40\x02\x12\x34"
            assert subscriber.inbox.empty()
    finally:
        subscriber.stop()
