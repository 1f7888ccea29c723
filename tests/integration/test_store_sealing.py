from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.contract.payloads import Samples, UsageEvent, UsageReport, Value
from telemetry.store.memory import MemoryStore
from telemetry.store.port import Batch, Received, Sealed, Step, TimeSeriesStore
from telemetry.store.sqlite import SqliteStore
from tests.influx_servers import INFLUXDBS, sending_store

EPOCH = 77
HOUR_MS = 3_600_000


@pytest.fixture(params=["sqlite", "memory", *INFLUXDBS])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TimeSeriesStore]:
    opened: TimeSeriesStore = MemoryStore()
    if request.param == "sqlite":
        opened = SqliteStore(tmp_path / "telemetry.sqlite")
    if request.param in INFLUXDBS:
        opened = sending_store(request, tmp_path)
    yield opened
    opened.close()


def sample(seq: int, at_ms: int = 1000, **values: Value) -> Received[Samples]:
    message = Samples(observed_at_ms=at_ms, epoch=EPOCH, seq=seq, values=dict(values))
    return Received("battery-01", at_ms + 5, message)


def test_a_sealed_row_is_still_the_row_that_came_and_its_resend_a_duplicate(
    store: TimeSeriesStore,
) -> None:
    rows = [
        sample(1, 10, u=0.1 + 0.2, on=True, mode="关", lost=None, n=7),
        sample(2, 20, u=-0.0, on=False, n=7.0),
        sample(3, 30, other=5e-324),
    ]
    store.commit(Batch(samples=rows))
    before = store.rows_after("battery-01", 0, 10)
    assert store.seal(2 * HOUR_MS, 60_000) == Sealed(1, 3)
    after = store.rows_after("battery-01", 0, 10)
    assert [repr(sorted(row.values.items())) for row in after] == [
        repr(sorted(row.message.values.items())) for row in rows
    ]
    assert after == before
    assert store.last_row("battery-01") == before[-1]
    assert store.commit(Batch(samples=rows)).duplicates == 3
    assert store.rows_after("battery-01", 0, 10) == after
    assert store.seal(2 * HOUR_MS, 60_000) == Sealed(0, 0)


def test_a_late_row_opens_its_sealed_hour_again(store: TimeSeriesStore) -> None:
    store.commit(Batch(samples=[sample(1, 10, u=1.0), sample(3, 3_599_999, u=3.0)]))
    store.seal(2 * HOUR_MS, 60_000)
    store.commit(Batch(samples=[sample(2, 20, u=9.0)]))
    for _ in range(2):
        rollup = store.rollups(["battery-01"], ["u"], (0, HOUR_MS), Step.HOUR)
        (record,) = rollup["battery-01", "u"]
        assert (record.counted, record.minimum, record.maximum) == (3, 1.0, 9.0)
        assert (record.last, record.last_at_ms, record.mean) == (3.0, 3_599_999, 13 / 3)
        window = store.window("battery-01", (0, HOUR_MS), 10, ["u"])
        assert [(p.at_ms, p.count) for p in window.series["u"]] == [(20, 2), (3_599_999, 1)]
        store.seal(2 * HOUR_MS, 60_000)
    assert [row.seq for row in store.rows_after("battery-01", 0, 10)] == [1, 3, 2]


def test_an_hour_stays_open_while_its_rows_still_come(store: TimeSeriesStore) -> None:
    store.commit(Batch(samples=[sample(1, 10, u=1.0)]))
    assert store.seal(HOUR_MS - 1, 60_000) == Sealed(0, 0), "it is the present hour"
    late = Samples(observed_at_ms=20, epoch=EPOCH, seq=2, values={"u": 1.0})
    store.commit(Batch(samples=[Received("battery-01", 2 * HOUR_MS, late)]))
    assert store.seal(2 * HOUR_MS + 59_999, 60_000) == Sealed(0, 0), "late rows still come"
    assert store.seal(2 * HOUR_MS + 60_000, 60_000) == Sealed(1, 2)


def test_when_rows_are_gone_their_rollups_answer(store: TimeSeriesStore) -> None:
    rows = [sample(n, n * 1000, u=float(n % 7), mode="on") for n in range(1, 7000)]
    store.commit(Batch(samples=rows))
    store.seal(10 * HOUR_MS, 60_000)
    assert store.forget_before(10**12) == 6999
    assert store.rows_after("battery-01", 0, 10) == []
    window = store.window("battery-01", (0, 2 * HOUR_MS), 500, ["u", "mode"])
    points = window.series["u"]
    assert sum(p.count for p in points) == 6999
    assert {p.minimum for p in points} == {0.0}
    assert {p.maximum for p in points} == {6.0}
    assert window.series["mode"][-1].last == "on"
    assert store.forget_rollups(10**12, 0) == 2
    assert sum(p.count for p in store.window("battery-01", (0, 2 * HOUR_MS), 9).series["u"]) == 6999
    assert store.forget_rollups(0, 10**12) == 2
    assert store.window("battery-01", (0, 2 * HOUR_MS), 9).series == {}
    assert store.commit(Batch(samples=rows)).duplicates == 6999, "what is forgotten was stored"


def test_utilisation_counts_overlapping_sessions_once_and_cuts_at_local_midnight(
    store: TimeSeriesStore,
) -> None:
    def usage(seq: int, name: str, event: UsageEvent, span: tuple[int, int]) -> Received:  # type: ignore[type-arg]
        end = span[1] if event is UsageEvent.ENDED else None
        message = UsageReport(
            observed_at_ms=span[1],
            epoch=EPOCH,
            seq=seq,
            usage_id=name,
            event=event,
            started_at_ms=span[0],
            ended_at_ms=end,
        )
        return Received("battery-01", 5, message)

    midnight = 16 * HOUR_MS  # in China
    steps = [
        usage(1, "a", UsageEvent.STARTED, (midnight - 3000, midnight - 2000)),
        usage(2, "b", UsageEvent.EXTENDED, (midnight - 1000, midnight + 500)),
        usage(3, "a", UsageEvent.ENDED, (midnight - 3000, midnight - 500)),
        usage(4, "a", UsageEvent.EXTENDED, (midnight - 3000, midnight + 9000)),
    ]
    store.commit(Batch(events=steps))
    used = store.utilisation(["battery-01", "none"], (midnight - 2500, 10**9), 8 * HOUR_MS)
    assert used == {("battery-01", 0): 2500, ("battery-01", 1): 500}


def test_activity_is_how_long_a_signal_was_not_zero(store: TimeSeriesStore) -> None:
    running = [n % 10 < 3 for n in range(3600)]
    rows = [sample(n + 1, n * 1000, running=on) for n, on in enumerate(running)]
    rows.append(sample(4000, 5 * HOUR_MS, running=True))
    store.commit(Batch(samples=rows))
    store.seal(10 * HOUR_MS, 60_000)
    active = store.activity(["battery-01"], "running", (0, 10 * HOUR_MS), 0)
    assert active == {("battery-01", 0): 1_080_000}
