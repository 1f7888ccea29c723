import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.contract.payloads import (
    BenchState,
    Birth,
    FaultReport,
    FaultState,
    Identity,
    IdentityKind,
    Samples,
    SignalInfo,
    Value,
)
from telemetry.store.cells import ABSENT
from telemetry.store.memory import MemoryStore
from telemetry.store.port import (
    Batch,
    IngestStatus,
    Received,
    StoreUnavailable,
    TimeSeriesStore,
)
from telemetry.store.sqlite import SqliteStore
from telemetry.store.sqlite_reading import SqliteReader
from tests.influx_servers import INFLUXDBS, sending_store
from tests.rig import POSIX_ONLY

EPOCH = 77


@pytest.fixture(params=["sqlite", "memory", *INFLUXDBS])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TimeSeriesStore]:
    opened: TimeSeriesStore = MemoryStore()
    if request.param == "sqlite":
        opened = SqliteStore(tmp_path / "telemetry.sqlite")
    if request.param in INFLUXDBS:
        opened = sending_store(request, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "telemetry.sqlite")
    yield opened
    opened.close()


def sample(seq: int, at_ms: int = 1000, **values: Value) -> Received[Samples]:
    message = Samples(observed_at_ms=at_ms, epoch=EPOCH, seq=seq, values=dict(values))
    return Received("battery-01", at_ms + 5, message)


def fault(seq: int) -> Received[FaultReport]:
    return Received(
        "battery-01",
        2000,
        FaultReport(
            observed_at_ms=1990,
            epoch=EPOCH,
            seq=seq,
            fault_id="1",
            dtc="P0AA6",
            severity=3,
            state=FaultState.CONFIRMED,
            first_at_ms=1900,
            text_zh="绝缘故障",
            text_en="isolation fault",
        ),
    )


def test_a_row_is_stored_once_however_often_it_comes(store: TimeSeriesStore) -> None:
    store.commit(Batch(samples=[sample(1, u=1.0)]))
    committed = store.commit(Batch(samples=[sample(1, u=1.0), sample(2, u=2.0)]))
    assert committed.duplicates == 1
    assert [row.seq for row in store.rows_after("battery-01", 0, 10)] == [1, 2]
    snapshot = store.snapshot("battery-01")
    assert snapshot is not None
    assert (snapshot.rows, snapshot.duplicates) == (2, 1)


def test_the_watermark_waits_for_what_is_missing(store: TimeSeriesStore) -> None:
    assert store.commit(Batch(samples=[sample(2)])).watermarks == {("battery-01", EPOCH): 0}
    assert store.watermark("battery-01", EPOCH) == 0
    reached = store.commit(Batch(samples=[sample(1)], events=[fault(3)])).watermarks
    assert reached == {("battery-01", EPOCH): 3}


def test_dropped_rows_are_counted_and_do_not_hold_the_watermark(store: TimeSeriesStore) -> None:
    gap = Samples(observed_at_ms=1, epoch=EPOCH, seq=1, last_seq=40, dropped=38)
    reached = store.commit(Batch(samples=[Received("battery-01", 2, gap)])).watermarks
    store.commit(Batch(samples=[Received("battery-01", 2, gap)]))
    snapshot = store.snapshot("battery-01")
    assert reached == {("battery-01", EPOCH): 40}
    assert snapshot is not None
    assert (snapshot.dropped, snapshot.rows) == (38, 0)


def test_events_come_back_whole_and_in_order(store: TimeSeriesStore) -> None:
    committed = store.commit(Batch(events=[fault(1), fault(2)]))
    events = store.events_after(0, 10)
    assert committed.events == 2
    assert [event.seq for event in events] == [1, 2]
    assert events[0].message == fault(1).message
    assert store.events_after(events[0].position, 10) == events[1:]


def test_birth_and_state_are_the_last_ones_told(store: TimeSeriesStore) -> None:
    birth = Birth(
        observed_at_ms=1,
        epoch=EPOCH,
        profile="battery",
        identity=Identity(kind=IdentityKind.SIMULATOR, vin="SIM0"),
        signals=[SignalInfo(name="u", unit="V")],
        publish_period_ms=200,
    )
    here = BenchState(observed_at_ms=5, online=True, spool_rows=3)
    gone = BenchState(observed_at_ms=9, online=False)
    store.commit(
        Batch(
            births=[Received("battery-01", 5, birth)],
            states=[Received("battery-01", 6, here), Received("battery-01", 99, gone)],
        )
    )
    snapshot = store.snapshots()["battery-01"]
    assert snapshot.birth == birth
    assert snapshot.state == gone
    assert snapshot.last_seen_at_ms == 6, "a will is not a sign of life"


def test_a_window_keeps_extremes_gaps_and_text(store: TimeSeriesStore) -> None:
    rows = [sample(n, at_ms=n * 10, u=float(n % 7), mode="on", lost=None) for n in range(1, 50)]
    store.commit(Batch(samples=rows))
    window = store.window("battery-01", (0, 1000), 10)
    assert min(p.minimum for p in window.series["u"] if p.minimum is not None) == 0
    assert max(p.maximum for p in window.series["u"] if p.maximum is not None) == 6
    assert len(window.series["u"]) == 5, "the second half of the span is a gap"
    assert window.series["mode"][-1].last == "on"
    assert "lost" not in window.series


def test_history_gives_every_row_of_a_span_in_order(store: TimeSeriesStore) -> None:
    late = sample(4, at_ms=20, u=4.0, mode="off")
    store.commit(
        Batch(
            samples=[
                sample(1, at_ms=10, u=1.0),
                sample(3, at_ms=30, u=True),
                sample(2, at_ms=30, u=None),
                late,
                sample(5, at_ms=3_600_000, u=5),
                sample(6, at_ms=7_200_000, u=6.0),
            ]
        )
    )
    first, second = store.history("battery-01", (11, 7_200_000))
    assert first.seq.tolist() == [4, 2, 3]
    assert first.observed_at_ms.tolist() == [20, 30, 30]
    assert first.received_at_ms.tolist() == [25, 35, 35]
    assert first.columns["u"].cells() == [4.0, None, True]
    assert first.columns["mode"].cells() == ["off", ABSENT, ABSENT]
    assert (second.columns["u"].cells(), list(second.columns)) == ([5], ["u"])
    assert [list(one.columns) for one in store.history("battery-01", (0, 40), ["mode"])] == [
        ["mode"]
    ]
    times_only = list(store.history("battery-01", (0, 10**9), ()))
    assert [(len(one), dict(one.columns)) for one in times_only] == [(4, {}), (1, {}), (1, {})]
    assert list(store.history("nobody", (0, 10**9))) == []


def test_history_goes_on_while_rows_come_and_are_sealed(store: TimeSeriesStore) -> None:
    hour = 3_600_000
    store.commit(Batch(samples=[sample(n, at_ms=n * hour, u=float(n)) for n in range(1, 4)]))
    rows = store.history("battery-01", (0, 100 * hour))
    assert next(rows).seq.tolist() == [1]
    store.seal(200 * hour, 0)
    store.commit(Batch(samples=[sample(4, at_ms=3 * hour, u=4.0)]))
    assert [one.seq.tolist() for one in rows] == [[2], [3, 4]]


def test_another_process_reads_while_rows_are_written(
    embedded: SqliteStore, tmp_path: Path
) -> None:
    embedded.commit(Batch(samples=[sample(1, u=1.5)]))
    embedded.note_status(IngestStatus(4, is_connected=True, committed_rows=1))
    program = (
        "import sys; from pathlib import Path;"
        "from telemetry.store.sqlite_reading import SqliteReader;"
        "r = SqliteReader(Path(sys.argv[1]));"
        "print(r.last_row('battery-01').values['u'], r.ingest_status().heartbeat_at_ms)"
    )
    path = str(tmp_path / "telemetry.sqlite")
    said = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["1.5", "4"]


def test_old_rows_go_and_the_watermark_stays(store: TimeSeriesStore) -> None:
    store.commit(Batch(samples=[sample(1, at_ms=10), sample(2, at_ms=5000)]))
    assert store.forget_before(1000) == 1
    assert [row.seq for row in store.rows_after("battery-01", 0, 10)] == [2]
    assert store.watermark("battery-01", EPOCH) == 2


@POSIX_ONLY
def test_what_was_committed_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.sqlite"
    program = (
        "import sys; from pathlib import Path\n"
        "from telemetry.contract.payloads import Samples\n"
        "from telemetry.store.port import Batch, Received\n"
        "from telemetry.store.sqlite import SqliteStore\n"
        "store = SqliteStore(Path(sys.argv[1]))\n"
        "for n in range(1, 100000):\n"
        "    row = Samples(observed_at_ms=n, epoch=1, seq=n, values={'u': 1.0})\n"
        "    store.commit(Batch(samples=[Received('battery-01', n, row)]))\n"
        "    print(n, flush=True)\n"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    said = [int(writer.stdout.readline()) for _ in range(50)]
    os.kill(writer.pid, signal.SIGKILL)
    said += [int(line) for line in writer.stdout]
    writer.wait()
    writer.stdout.close()
    reader = SqliteReader(path)
    assert reader.watermark("battery-01", 1) >= said[-1]
    assert len(reader.rows_after("battery-01", 0, 10**6)) >= said[-1]
    reader.close()


def test_threads_read_side_by_side(store: TimeSeriesStore) -> None:
    store.commit(Batch(samples=[sample(n, u=float(n)) for n in range(1, 200)]))
    seen: list[int] = []
    threads = [
        threading.Thread(target=lambda: seen.append(len(store.rows_after("battery-01", 0, 1000))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [199] * 8


def test_a_folder_that_cannot_hold_the_store_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(StoreUnavailable, match="file"):
        SqliteStore(blocked / "telemetry.sqlite")


def test_reading_before_ingest_ever_ran_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="ingest makes it"):
        SqliteReader(tmp_path / "none.sqlite").snapshots()


def test_positions_grow_also_after_every_row_was_forgotten(store: TimeSeriesStore) -> None:
    store.commit(Batch(samples=[sample(1), sample(2)]))
    before = store.rows_after("battery-01", 0, 10)[-1].position
    assert store.forget_before(10**15) == 2
    store.commit(Batch(samples=[sample(3)]))
    assert [row.seq for row in store.rows_after("battery-01", before, 10)] == [3]


@POSIX_ONLY
def test_a_store_deleted_under_way_is_made_anew_and_read_by_all(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.sqlite"
    store, reader = SqliteStore(path), SqliteReader(path)
    store.commit(Batch(samples=[sample(1), sample(2)]))
    assert len(reader.rows_after("battery-01", 0, 10)) == 2
    for file in tmp_path.glob("telemetry.sqlite*"):
        file.unlink()
    with pytest.raises(StoreUnavailable, match="not there"):
        reader.last_row("battery-01")
    assert store.commit(Batch(samples=[sample(3)])).watermarks == {("battery-01", EPOCH): 0}
    assert [row.seq for row in reader.rows_after("battery-01", 0, 10)] == [3]
    reader.close()
    store.commit(Batch(samples=[sample(4)]))
    another = SqliteReader(path)
    assert [row.seq for row in another.rows_after("battery-01", 0, 10)] == [3, 4]
    another.close()
    store.close()
