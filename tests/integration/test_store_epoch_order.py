"""The order of a bench's epochs is what its births say, whatever was heard of first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.contract.payloads import Birth, Identity, IdentityKind, Samples
from telemetry.contract.spooling import EarlierEpoch
from telemetry.store.memory import MemoryStore
from telemetry.store.port import Batch, Received, TimeSeriesStore
from telemetry.store.sqlite import SqliteStore

BENCH = "battery-01"


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TimeSeriesStore]:
    opened: TimeSeriesStore = MemoryStore()
    if request.param == "sqlite":
        opened = SqliteStore(tmp_path / "telemetry.sqlite")
    yield opened
    opened.close()


def row(epoch: int, seq: int) -> Received[Samples]:
    return Received(BENCH, 2, Samples(observed_at_ms=1, epoch=epoch, seq=seq, values={"u": 1.0}))


def birth(epoch: int, *earlier: int) -> Received[Birth]:
    message = Birth(
        observed_at_ms=1,
        epoch=epoch,
        profile="battery",
        identity=Identity(kind=IdentityKind.SIMULATOR),
        signals=[],
        publish_period_ms=200,
        earlier=[EarlierEpoch(epoch=one, last_seq=9) for one in earlier],
    )
    return Received(BENCH, 2, message)


def latest(store: TimeSeriesStore) -> tuple[int, int]:
    found = store.last_row(BENCH)
    assert found is not None
    return found.epoch, found.seq


def test_rows_that_came_before_the_birth_are_put_in_its_order(store: TimeSeriesStore) -> None:
    # with several workers a row of the present epoch may be faster than those before it
    store.commit(Batch(samples=[row(9, 1)]))
    store.commit(Batch(births=[birth(9, 8)]))
    store.commit(Batch(samples=[row(8, 5)]))
    assert latest(store) == (9, 1)
    store.commit(Batch(samples=[row(9, 2)]))
    assert latest(store) == (9, 2)


def test_an_order_that_is_right_stays_when_a_birth_names_less(store: TimeSeriesStore) -> None:
    store.commit(Batch(births=[birth(3, 1, 2)], samples=[row(3, 1)]))
    store.commit(Batch(births=[birth(2, 1)], samples=[row(2, 7), row(1, 7)]))
    assert latest(store) == (3, 1)
    store.commit(Batch(births=[birth(4, 2, 3)], samples=[row(4, 1), row(3, 2)]))
    assert latest(store) == (4, 1)
