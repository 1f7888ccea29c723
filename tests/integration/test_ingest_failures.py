import threading
from pathlib import Path

import pytest

from telemetry.contract import topics
from telemetry.contract.broker_address import BrokerAddress
from telemetry.contract.encoding import encode
from telemetry.contract.payloads import BenchState, Samples, UpMessage
from telemetry.contract.topics import Stream
from telemetry.ingest.figures import Figures
from telemetry.ingest.service import run_ingest, wall_clock_ms
from telemetry.ingest.subscriber import Arrived, Subscriber
from telemetry.ingest.writer import Writer
from telemetry.store.memory import MemoryStore
from telemetry.store.port import Batch, IngestStatus, Received
from telemetry.store.retention import DAY_MS, Retention
from telemetry.store.sqlite import SqliteStore
from tests.rig import start_broker, until


class _BrokenStore(SqliteStore):
    """Fails as no store should: by something its port does not name."""

    def note_status(self, status: IngestStatus) -> None:
        raise ZeroDivisionError(str(status))


def _address(port: int) -> BrokerAddress:
    return BrokerAddress("127.0.0.1", port, "ingest", "", "ingest")


def test_ingest_ends_with_the_failure_when_its_writer_fails(tmp_path: Path, free_port: int) -> None:
    store, stop = _BrokenStore(tmp_path / "telemetry.sqlite"), threading.Event()
    with pytest.raises(ZeroDivisionError):
        run_ingest(_address(free_port), store, stop, retention=Retention())
    store.close()


def test_a_full_inbox_does_not_keep_ingest_from_ending(free_port: int) -> None:
    subscriber = Subscriber(_address(free_port), lambda: 1, capacity=1)
    arrived = Arrived("stationmaster/v1/b/up/samples", b"", 1, False, 1, 1, 1)
    subscriber.enqueue(arrived)
    network = threading.Thread(target=subscriber.enqueue, args=(arrived,))
    network.start()
    subscriber.stop()
    network.join(5)
    assert not network.is_alive()
    assert subscriber.inbox.qsize() == 1


def test_ingest_that_may_not_hear_the_benches_does_not_count_as_connected(
    tmp_path: Path, free_port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    broker = start_broker(tmp_path, free_port, "amqtt")
    store, stop = MemoryStore(), threading.Event()
    address = BrokerAddress.of_user(
        "127.0.0.1", broker.port, "battery-01", broker.passwords["battery-01"]
    )
    ingest = threading.Thread(
        target=run_ingest, args=(address, store, stop), kwargs={"retention": Retention()}
    )
    ingest.start()
    said = ""
    try:

        def is_told() -> bool:
            nonlocal said
            said += "".join(capfd.readouterr())
            return "subscription refused" in said

        until(is_told, "the refusal is told", 15)
        status = store.ingest_status()
        assert status is not None
        assert not status.is_connected
    finally:
        stop.set()
        ingest.join(20)
        broker.stop()


def _told(stream: Stream, message: UpMessage, received_at_ms: int) -> Arrived:
    topic = topics.up("b", stream)
    return Arrived(topic, encode(message), received_at_ms, False, 1, 1, 1)


def test_what_waited_does_not_expire_when_the_clock_of_the_only_computer_is_put_forward(
    free_port: int,
) -> None:
    store, stop, before = MemoryStore(), threading.Event(), wall_clock_ms()
    after = before + 3650 * DAY_MS
    subscriber = Subscriber(_address(free_port), wall_clock_ms)
    writer = Writer(
        subscriber, store, wall_clock_ms, figures=Figures(), keep_ms=Retention().rows_ms
    )
    for n, at in enumerate((before, *[after] * 9)):
        state = BenchState(observed_at_ms=at, online=True, spool_rows=5000 if n else 0)
        subscriber.enqueue(_told(Stream.STATE, state, at))
    row = Samples(observed_at_ms=before, epoch=1, seq=1, values={"u": 1.0})
    subscriber.enqueue(_told(Stream.SAMPLES, row, after))
    writing = threading.Thread(target=writer.run, args=(stop,))
    writing.start()
    try:
        until(lambda: store.watermark("b", 1) == 1, "the row was taken", 5)
    finally:
        stop.set()
        writing.join()
    assert (store.snapshots()["b"].rows, store.snapshots()["b"].expired) == (1, 0)


def test_a_commit_that_fails_unforeseen_leaves_the_store_usable(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "telemetry.sqlite")
    # no message of the contract holds such a number: decoding refuses it
    beyond = Samples(observed_at_ms=2**63, epoch=1, seq=1, values={"u": 1.0})
    with pytest.raises(OverflowError):
        store.commit(Batch(samples=[Received("b", 1, beyond)]))
    row = Samples(observed_at_ms=1, epoch=1, seq=1, values={"u": 1.0})
    assert store.commit(Batch(samples=[Received("b", 1, row)])).watermarks == {("b", 1): 1}
    store.close()
