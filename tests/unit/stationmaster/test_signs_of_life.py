"""When a bench reported, told from the times of its rows."""

from datetime import timedelta

from inventory.intervals import Span
from inventory.moments import moment
from stationmaster.signs_of_life import StoredSigns
from telemetry.contract.payloads import Birth, Identity, IdentityKind, Samples
from telemetry.store.memory import MemoryStore
from telemetry.store.port import Batch, Received

HOUR_MS = 3_600_000
START_MS = 1_790_000_000_000 // HOUR_MS * HOUR_MS
MINUTE_MS = 60_000


def store(*minutes: range, late_ms: int = 0) -> MemoryStore:
    """A bench that sends a row a minute, in the given minutes of the first hours."""
    kept = MemoryStore()
    birth = Birth(
        observed_at_ms=START_MS,
        epoch=1,
        profile="battery",
        identity=Identity(kind=IdentityKind.SIMULATOR),
        signals=[],
        publish_period_ms=MINUTE_MS,
    )
    at = [START_MS + minute * MINUTE_MS for one in minutes for minute in one]
    rows = [
        Received("b", one + late_ms, Samples(observed_at_ms=one, epoch=1, seq=number))
        for number, one in enumerate(at, start=1)
    ]
    kept.commit(Batch(births=[Received("b", START_MS, birth)], samples=rows))
    return kept


def span(start_min: float, end_min: float) -> Span:
    start, end = (moment(round(START_MS + one * MINUTE_MS)) for one in (start_min, end_min))
    return Span(start, end)


def test_a_longer_pause_than_three_rows_is_silence() -> None:
    signs = StoredSigns(store(range(10), range(12, 20), range(30, 40)))
    assert signs.known() == {"b"}
    assert list(signs.heard("b", span(0, 60))) == [span(0, 20), span(30, 40)]


def test_rows_go_on_over_the_edges_of_what_is_asked_for() -> None:
    signs = StoredSigns(store(range(0, 180, 2)))
    whole = signs.heard("b", span(0, 180))
    assert list(whole) == [span(0, 179)]
    assert list(signs.heard("b", span(61, 120.5))) == [span(61, 120.5)]


def test_rows_that_came_late_are_signs_of_life_of_their_own_time() -> None:
    signs = StoredSigns(store(range(5), late_ms=3 * HOUR_MS))
    assert list(signs.heard("b", span(0, 60))) == [span(0, 5)]


def test_a_bench_that_never_sent_anything_was_not_heard() -> None:
    signs = StoredSigns(MemoryStore())
    assert signs.known() == frozenset()
    assert list(signs.heard("b", span(0, 60))) == []
    assert span(0, 60).length == timedelta(hours=1)
