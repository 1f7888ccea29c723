import gc
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from can_bridge.publisher import TOLD_AFTER_FAILURES, Publisher
from can_bridge.uplink import Connected
from stationmaster.settings import Settings
from telemetry.broker.access import EXAMINED_BENCH, EXAMINERS, INGEST_USER, read_or_make_passwords
from telemetry.broker.doctor.desk import Seats
from telemetry.broker.doctor.examination import examine
from telemetry.broker.doctor.findings import Check
from telemetry.broker.doctor.line import Line, NotAccepted
from telemetry.broker.embedded import ServerCertificate, find_mosquitto, prepare
from telemetry.contract.broker_address import BrokerAddress, UnusableAuthority, UnusableCertificate
from telemetry.contract.payloads import BenchState
from telemetry.contract.topics import Stream
from telemetry.ingest.subscriber import Subscriber
from tests.certificates import Authority, authority
from tests.rig import RunningBroker, until

BENCH = "battery-01"
Wait = Callable[..., None]


# paho drops the sockets of a failed handshake without closing them
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in.*(SSLSocket|socket.socket)")


@pytest.fixture(autouse=True)
def _what_paho_drops_is_collected_here() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("school"), "school")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("stranger"), "stranger")


def started(folder: Path, port: int, program: str, files: tuple[Path, Path]) -> RunningBroker:
    if program == "mosquitto" and find_mosquitto() is None:
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")
    users = [INGEST_USER, *EXAMINERS, EXAMINED_BENCH, BENCH]
    passwords = read_or_make_passwords(folder / "credentials.json", users)
    certificate = ServerCertificate(*files)
    prepared = prepare(folder, "127.0.0.1", port, passwords, program, certificate)
    return RunningBroker(prepared, passwords)


@pytest.fixture(params=["mosquitto", "amqtt"])
def secured(
    request: pytest.FixtureRequest, tmp_path: Path, free_port: int, school: Authority
) -> Iterator[RunningBroker]:
    files = school.issue(f"broker-{request.param}", "IP:127.0.0.1,DNS:localhost")
    broker = started(tmp_path, free_port, str(request.param), files)
    yield broker
    broker.stop()


@pytest.fixture
def misnamed(tmp_path: Path, free_port: int, school: Authority) -> Iterator[RunningBroker]:
    files = school.issue("elsewhere", "DNS:broker.elsewhere")
    broker = started(tmp_path, free_port, "mosquitto", files)
    yield broker
    broker.stop()


def address(broker: RunningBroker, user: str, ca: Path) -> BrokerAddress:
    plain = BrokerAddress.of_user("127.0.0.1", broker.port, user, broker.passwords[user])
    return replace(plain, use_tls=True, ca_path=ca)


def is_connected(subscriber: Subscriber) -> bool:
    if subscriber.is_version_refused:
        subscriber.change_protocol()
    return subscriber.is_connected


def test_a_bench_reaches_ingest_through_tls(
    secured: RunningBroker, school: Authority, wait_until: Wait
) -> None:
    subscriber = Subscriber(address(secured, INGEST_USER, school.path), lambda: 0)
    state = BenchState(observed_at_ms=1, online=False)
    publisher = Publisher(BENCH, address(secured, BENCH, school.path), state)
    subscriber.start()
    publisher.start()
    try:
        wait_until(lambda: is_connected(subscriber) and publisher.is_connected)
        assert isinstance(publisher.incoming.get(timeout=5), Connected)
        wait_until(lambda: publisher.publish(Stream.STATE, b"{}"))
        assert subscriber.inbox.get(timeout=5).payload == b"{}"
    finally:
        publisher.stop(state)
        subscriber.stop()


def test_the_examination_names_the_tls_version(secured: RunningBroker, school: Authority) -> None:
    users = (*EXAMINERS, EXAMINED_BENCH)
    seats = Seats(*(address(secured, user, school.path) for user in users))
    (verdict,) = examine(seats, (Check.CONNECTING,))
    assert "TLSv1." in verdict.measured.en


def test_a_client_in_clear_is_not_let_in(secured: RunningBroker) -> None:
    plain = BrokerAddress.of_user("127.0.0.1", secured.port, BENCH, secured.passwords[BENCH])
    with pytest.raises(NotAccepted), Line(plain):
        pass


@pytest.fixture
def authorities(school: Authority, stranger: Authority) -> Mapping[str, Path]:
    return {"school": school.path, "stranger": stranger.path}


@pytest.mark.parametrize(
    ("which", "reason"),
    [("stranger", "not from a trusted authority"), ("school", "certificate is for another host")],
)
def test_a_bench_refuses_a_broker_it_cannot_trust_tells_it_once_and_tries_again(
    which: str,
    reason: str,
    misnamed: RunningBroker,
    authorities: Mapping[str, Path],
    caplog: pytest.LogCaptureFixture,
) -> None:
    trusted = authorities[which]
    state = BenchState(observed_at_ms=1, online=False)
    publisher = Publisher(BENCH, address(misnamed, BENCH, trusted), state)
    with caplog.at_level(logging.WARNING):
        publisher.start()
        until(lambda: caplog.records, "the bench says why", within_s=15)
        publisher.stop(state)
    assert TOLD_AFTER_FAILURES > 1
    (told,) = (record.getMessage() for record in caplog.records)
    assert reason in told
    assert not publisher.is_connected


def test_ingest_refuses_a_broker_it_cannot_trust_and_tells_it_once(
    misnamed: RunningBroker, stranger: Authority, wait_until: Wait
) -> None:
    subscriber = Subscriber(address(misnamed, INGEST_USER, stranger.path), lambda: 0)
    with structlog.testing.capture_logs() as logs:
        subscriber.start()
        wait_until(lambda: logs)
        subscriber.connect_anew()
        threading.Event().wait(1.5)
        subscriber.stop()
    assert not subscriber.is_connected
    told = [str(entry.get("reason")) for entry in logs]
    assert len(told) == 1
    assert "not from a trusted authority" in told[0]


def test_a_password_never_leaves_in_clear_where_tls_is_demanded() -> None:
    taken: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def record() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(0.5)
                taken.append(connection.recv(4096))

        eavesdropper = threading.Thread(target=record)
        eavesdropper.start()
        port = listening.getsockname()[1]
        wanted = replace(
            BrokerAddress.of_user("127.0.0.1", port, BENCH, "open-sesame"), use_tls=True
        )
        with pytest.raises(NotAccepted), Line(wanted):
            pass
        eavesdropper.join()
    handshake = 0x16
    assert taken[0][0] == handshake
    assert b"open-sesame" not in taken[0]
    assert BENCH.encode() not in taken[0]


def test_files_that_are_no_certificates_are_named(tmp_path: Path, school: Authority) -> None:
    chain, key = school.issue("one", "IP:127.0.0.1")
    _, other_key = school.issue("other", "IP:127.0.0.1")
    with pytest.raises(UnusableCertificate, match=r"one\.pem with key .*other\.key"):
        prepare(tmp_path, "127.0.0.1", 1, {}, "amqtt", ServerCertificate(chain, other_key))
    wanted = BrokerAddress.of_user("127.0.0.1", 1, BENCH, "x")
    with pytest.raises(UnusableAuthority, match=r"one\.key"):
        replace(wanted, use_tls=True, ca_path=key).tls_context()
    with pytest.raises(UnusableCertificate, match=r"absent\.pem"):
        replace(wanted, use_tls=True, certificate_path=tmp_path / "absent.pem").tls_context()


def test_settings_carry_tls_to_every_address(tmp_path: Path, school: Authority) -> None:
    (tmp_path / "passwords.json").write_text(json.dumps({BENCH: "x"}), "utf-8")
    settings = Settings(broker_tls=True, broker_ca=school.path, broker_host="broker.school")
    found = settings.broker_address(BENCH, "x")
    assert (found.use_tls, found.ca_path, found.host) == (True, school.path, "broker.school")
    served = Settings(broker_certificate=school.path)
    assert served.broker_address(BENCH, "x").use_tls
    assert served.broker_server_certificate == ServerCertificate(school.path, school.path)
    assert not Settings().broker_address(BENCH, "x").use_tls
