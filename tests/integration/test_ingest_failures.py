import queue
import threading
from pathlib import Path

import pytest

from telemetry.contract.broker_address import BrokerAddress
from telemetry.contract.payloads import Samples
from telemetry.ingest.service import run_ingest
from telemetry.ingest.subscriber import Arrived, Subscriber
from telemetry.store.port import Batch, IngestStatus, Received
from telemetry.store.retention import Retention
from telemetry.store.sqlite import SqliteStore


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
    subscriber = Subscriber(_address(free_port), lambda: 1)
    subscriber.inbox = queue.Queue(1)
    arrived = Arrived("stationmaster/v1/b/up/samples", b"", 1, False, 1, 1, 1)
    subscriber.enqueue(arrived)
    network = threading.Thread(target=subscriber.enqueue, args=(arrived,))
    network.start()
    subscriber.stop()
    network.join(5)
    assert not network.is_alive()
    assert subscriber.inbox.qsize() == 1


def test_a_commit_that_fails_unforeseen_leaves_the_store_usable(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "telemetry.sqlite")
    # no message of the contract holds such a number: decoding refuses it
    beyond = Samples(observed_at_ms=2**63, epoch=1, seq=1, values={"u": 1.0})
    with pytest.raises(OverflowError):
        store.commit(Batch(samples=[Received("b", 1, beyond)]))
    row = Samples(observed_at_ms=1, epoch=1, seq=1, values={"u": 1.0})
    assert store.commit(Batch(samples=[Received("b", 1, row)])).watermarks == {("b", 1): 1}
    store.close()
