from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest

from inventory.benches.live import LiveBenches, WindowQuery
from inventory.benches.live_memory import MemoryLiveBenches
from inventory.errors import SourceUnavailable
from stationmaster.evidence import StoredLiveBenches
from telemetry.contract.payloads import (
    BenchState,
    Birth,
    Identity,
    IdentityKind,
    Samples,
    SignalInfo,
    UsageEvent,
    UsageReport,
    Value,
)
from telemetry.store.port import Batch, IngestStatus, Received
from telemetry.store.sqlite import SqliteStore
from telemetry.store.sqlite_reading import SqliteReader
from tests.schools import NOW


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def birth() -> Birth:
    return Birth(
        observed_at_ms=ms(NOW),
        epoch=1,
        profile="battery",
        identity=Identity(kind=IdentityKind.SIMULATOR),
        signals=[SignalInfo(name="soc", unit="1")],
        publish_period_ms=100,
    )


class Scene(Protocol):
    live: LiveBenches

    def born(self, bench: str, at: datetime) -> None: ...
    def said(self, bench: str, *, online: bool, at: datetime) -> None: ...
    def row(self, bench: str, values: Mapping[str, Value], at: datetime) -> None: ...
    def used(self, bench: str, start: datetime, end: datetime) -> None: ...
    def ingest_lives(self, at: datetime) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.memory = MemoryLiveBenches()
        self.live: LiveBenches = self.memory

    def born(self, bench: str, at: datetime) -> None:
        self.memory.put_birth(bench, birth(), at)

    def said(self, bench: str, *, online: bool, at: datetime) -> None:
        self.memory.put_state(bench, BenchState(observed_at_ms=ms(at), online=online), at)

    def row(self, bench: str, values: Mapping[str, Value], at: datetime) -> None:
        self.memory.put_row(bench, values, at)

    def used(self, bench: str, start: datetime, end: datetime) -> None:
        self.memory.put_use(bench, start, end)

    def ingest_lives(self, at: datetime) -> None:
        self.memory.put_ingest_seen(at)


class Stored:
    def __init__(self, store: SqliteStore, reader: SqliteReader) -> None:
        self.live: LiveBenches = StoredLiveBenches(reader)
        self._store = store
        self._seq = count(1)

    def born(self, bench: str, at: datetime) -> None:
        self._store.commit(Batch(births=[Received(bench, ms(at), birth())]))

    def said(self, bench: str, *, online: bool, at: datetime) -> None:
        state = BenchState(observed_at_ms=ms(at), online=online)
        self._store.commit(Batch(states=[Received(bench, ms(at), state)]))

    def row(self, bench: str, values: Mapping[str, Value], at: datetime) -> None:
        samples = Samples(observed_at_ms=ms(at), epoch=1, seq=next(self._seq), values=dict(values))
        self._store.commit(Batch(samples=[Received(bench, ms(at), samples)]))

    def used(self, bench: str, start: datetime, end: datetime) -> None:
        report = UsageReport(
            observed_at_ms=ms(end),
            epoch=1,
            seq=next(self._seq),
            usage_id="u",
            event=UsageEvent.ENDED,
            started_at_ms=ms(start),
            ended_at_ms=ms(end),
        )
        self._store.commit(Batch(events=[Received(bench, ms(end), report)]))

    def ingest_lives(self, at: datetime) -> None:
        self._store.note_status(IngestStatus(ms(at), is_connected=True, committed_rows=0))


@pytest.fixture(params=["memory", "stored"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    if request.param == "memory":
        yield InMemory()
        return
    store = SqliteStore(tmp_path / "telemetry.sqlite")
    reader = SqliteReader(tmp_path / "telemetry.sqlite")
    yield Stored(store, reader)
    reader.close()
    store.close()


def test_nothing_is_known_of_a_bench_that_never_reported(scene: Scene) -> None:
    assert scene.live.state("battery-01") is None
    assert scene.live.states(["battery-01"]) == {}
    assert scene.live.latest("battery-01") is None
    assert scene.live.rows_after("battery-01", 0, 10) == []
    assert scene.live.ingest_seen_at() is None


def test_the_latest_word_of_a_bench_is_known(scene: Scene) -> None:
    scene.born("battery-01", NOW)
    scene.said("battery-01", online=True, at=NOW + timedelta(seconds=2))
    state = scene.live.state("battery-01")
    assert state is not None
    assert state.birth == birth()
    assert state.state is not None
    assert state.state.online
    assert state.last_seen_at == NOW + timedelta(seconds=2)
    assert scene.live.states(["battery-01", "motor-01"]).keys() == {"battery-01"}


def test_the_will_is_no_sign_of_life(scene: Scene) -> None:
    scene.said("battery-01", online=True, at=NOW)
    scene.said("battery-01", online=False, at=NOW + timedelta(seconds=8))
    state = scene.live.state("battery-01")
    assert state is not None
    assert state.state is not None
    assert not state.state.online
    assert state.last_seen_at == NOW


def test_rows_come_in_order_after_a_cursor(scene: Scene) -> None:
    for second in range(5):
        scene.row("battery-01", {"soc": second / 10}, NOW + timedelta(seconds=second))
        scene.row("motor-01", {"speed_rpm": 1.0}, NOW)
    rows = scene.live.rows_after("battery-01", 0, 3)
    assert [row.values["soc"] for row in rows] == [0.0, 0.1, 0.2]
    more = scene.live.rows_after("battery-01", rows[-1].cursor, 10)
    assert [row.values["soc"] for row in more] == [0.3, 0.4]
    latest = scene.live.latest("battery-01")
    assert latest is not None
    assert (latest.cursor, latest.observed_at) == (more[-1].cursor, NOW + timedelta(seconds=4))
    (again,) = scene.live.rows_after("battery-01", latest.cursor - 1, 10)
    assert again.values == latest.values


def test_a_window_keeps_extremes_and_gaps(scene: Scene) -> None:
    for second in (0, 1, 2, 8, 9):
        values: dict[str, Value] = {"soc": float(second), "mode": "drive", "gone": None}
        scene.row("battery-01", values, NOW + timedelta(seconds=second))
    query = WindowQuery(NOW, NOW + timedelta(seconds=10), 5)
    window = scene.live.window("battery-01", query)
    assert set(window.series) == {"soc", "mode"}
    soc = window.series["soc"]
    assert [(p.minimum, p.maximum) for p in soc] == [(0.0, 1.0), (2.0, 2.0), (8.0, 9.0)]
    assert soc[0].mean == 0.5
    assert soc[-1].at == NOW + timedelta(seconds=9)
    assert window.series["mode"][0].last == "drive"
    assert window.series["mode"][0].mean is None


def test_a_window_is_half_open_and_shows_only_what_is_asked_for(scene: Scene) -> None:
    for second in range(3):
        scene.row("battery-01", {"soc": 1.0, "other": 2.0}, NOW + timedelta(seconds=second))
    query = WindowQuery(NOW, NOW + timedelta(seconds=2), 10, ["soc", "absent"])
    window = scene.live.window("battery-01", query)
    assert {name: len(points) for name, points in window.series.items()} == {
        "soc": 2,
        "absent": 0,
    }


def test_the_sign_of_life_of_ingest_is_known(scene: Scene) -> None:
    scene.ingest_lives(NOW)
    assert scene.live.ingest_seen_at() == NOW


def test_a_store_that_is_not_there_is_said_to_be_unavailable(tmp_path: Path) -> None:
    live = StoredLiveBenches(SqliteReader(tmp_path / "absent.sqlite"))
    with pytest.raises(SourceUnavailable, match="telemetry store"):
        live.latest("battery-01")


def test_rollups_have_figures_and_active_seconds(scene: Scene) -> None:
    for second in (0, 1, 2, 61):
        values: dict[str, Value] = {"soc": float(second), "on": second > 1, "mode": "drive"}
        scene.row("battery-01", values, NOW + timedelta(seconds=second))
    span = NOW, NOW + timedelta(minutes=5)
    wanted = ["soc", "on", "mode", "absent"]
    found = scene.live.rollups("battery-01", wanted, span, timedelta(minutes=1))
    assert found.keys() == {"soc", "on", "mode"}
    first, second_minute = found["soc"]
    assert (first.start, first.counted) == (NOW, 3)
    assert (first.minimum, first.mean, first.maximum, first.last) == (0.0, 1.0, 2.0, 2.0)
    assert [one.active_s for one in found["on"]] == [10.0, 10.0], "a gap counts 10 s at most"
    assert second_minute.start == NOW + timedelta(minutes=1)
    text = found["mode"][0]
    assert (text.counted, text.minimum, text.mean, text.last) == (0, None, None, "drive")


def test_use_is_split_at_midnight_where_the_school_is(scene: Scene) -> None:
    start = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
    scene.used("battery-01", start, start + timedelta(hours=2))
    span = start - timedelta(days=1), start + timedelta(days=1)
    found = scene.live.used(["battery-01", "motor-01"], span, timedelta(hours=8))
    assert found == {
        ("battery-01", date(2026, 12, 1)): 1800.0,
        ("battery-01", date(2026, 12, 2)): 5400.0,
    }
