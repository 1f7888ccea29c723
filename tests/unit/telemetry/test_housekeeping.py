from collections.abc import Callable

import pytest

from telemetry.contract.payloads import Samples
from telemetry.ingest.housekeeping import Housekeeper, is_clock_in_doubt
from telemetry.store.memory import MemoryStore
from telemetry.store.port import Batch, IngestStatus, Received, Sealed
from telemetry.store.retention import DAY_MS, Retention

NOW_MS = 20_000 * DAY_MS
TEN_YEARS_MS = 3650 * DAY_MS


class Clock:
    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    for seq, age_ms in enumerate((40 * DAY_MS, DAY_MS), start=1):
        at_ms = NOW_MS - age_ms
        row = Samples(observed_at_ms=at_ms, epoch=1, seq=seq, values={"u": 1.0})
        store.commit(Batch(samples=[Received("b-1", at_ms, row)]))
    return store


def kept(store: MemoryStore) -> list[int]:
    return [row.seq for row in store.rows_after("b-1", 0, 10)]


def test_closed_hours_are_sealed_and_old_rows_dropped(store: MemoryStore) -> None:
    keeper = Housekeeper(store, Retention(), Clock())
    keeper.seal()
    assert store.seal(NOW_MS, 0).hours == 0, "the keeper left nothing to seal"
    keeper.forget()
    assert kept(store) == [2]


def test_a_clock_that_jumps_ten_years_makes_nothing_old(store: MemoryStore) -> None:
    clock = Clock()
    keeper = Housekeeper(store, Retention(rows_ms=50 * DAY_MS), clock)
    for jump_ms in (TEN_YEARS_MS, -TEN_YEARS_MS):
        clock.now_ms = NOW_MS + jump_ms
        keeper.seal()
        keeper.forget()
    assert kept(store) == [1, 2]


def test_a_start_long_after_the_last_sign_of_life_drops_nothing_at_first(
    store: MemoryStore,
) -> None:
    store.note_status(IngestStatus(NOW_MS - TEN_YEARS_MS, is_connected=True, committed_rows=2))
    keeper = Housekeeper(store, Retention(), Clock())
    store.note_status(IngestStatus(NOW_MS, is_connected=True, committed_rows=2))
    keeper.forget()
    assert kept(store) == [1, 2]


def test_a_worker_does_not_believe_a_clock_because_another_one_was_faster(
    store: MemoryStore,
) -> None:
    store.note_status(IngestStatus(NOW_MS - TEN_YEARS_MS, is_connected=True, committed_rows=2))
    is_in_doubt = is_clock_in_doubt(store, NOW_MS)
    store.note_status(IngestStatus(NOW_MS, is_connected=True, committed_rows=2, worker=2))
    Housekeeper(store, Retention(), Clock(), is_patient=is_in_doubt).forget()
    assert kept(store) == [1, 2]


def test_sealing_ends_when_it_is_not_wanted_any_more(store: MemoryStore) -> None:
    Housekeeper(store, Retention(), Clock()).seal(lambda: False)
    assert store.seal(NOW_MS, 0).hours == 2


class _Failing(MemoryStore):
    """Fails as no store should: by something its port does not name."""

    def forget_before(self, received_before_ms: int) -> int:
        raise ZeroDivisionError(received_before_ms)

    def seal(
        self, now_ms: int, late_ms: int, is_wanted: Callable[[], bool] = lambda: True
    ) -> Sealed:
        raise ZeroDivisionError(f"{now_ms} {late_ms} {is_wanted}")


def test_what_cannot_be_sealed_or_dropped_does_not_end_the_keeper() -> None:
    keeper = Housekeeper(_Failing(), Retention(), Clock())
    keeper.seal()
    keeper.forget()


class _Wordless(MemoryStore):
    """Its last sign of life can't be read."""

    def ingest_status(self) -> IngestStatus | None:
        raise ZeroDivisionError("status")


def test_while_nobody_knows_how_long_ingest_was_away_nothing_is_dropped() -> None:
    store = _Wordless()
    keeper = Housekeeper(store, Retention(rows_ms=0), Clock())
    row = Samples(observed_at_ms=5, epoch=1, seq=1, values={"u": 1.0})
    store.commit(Batch(samples=[Received("b-1", 5, row)]))
    keeper.forget()
    assert kept(store) == [1]
