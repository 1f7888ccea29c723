"""Kills, other processes and earlier versions: what the embedded store must get through."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import deque
from contextlib import closing
from pathlib import Path

import pytest

from telemetry.contract.payloads import Samples
from telemetry.store.port import Batch, Received, Step, StoreUnavailable
from telemetry.store.row_tables import decode_directory
from telemetry.store.sqlite import SqliteStore
from tests.rig import POSIX_ONLY

KILLS = int(os.environ.get("STATIONMASTER_KILLS", "20"))
HOUR_MS = 3_600_000
WORKER = """
import sys, threading
from pathlib import Path
from telemetry.contract.payloads import Samples
from telemetry.store.port import Batch, Received
from telemetry.store.row_tables import decode_directory
from telemetry.store.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]), pack_rows=40)
first = store.watermark("b-1", 1) + 1
def seal():
    while True:
        store.seal(10**15, 0)
threading.Thread(target=seal, daemon=True).start()
for n in range(first, 10**7):
    # nine rows an hour in order, each tenth one late for an hour long sealed
    at = n * 400_000 if n % 10 else 1000 * n
    row = Samples(observed_at_ms=at, epoch=1, seq=n, values={"u": n / 10, "n": float(n)})
    store.commit(Batch(samples=[Received("b-1", at, row)]))
    print(n, flush=True)
"""


def rows(n: int) -> list[Received[Samples]]:
    return [
        Received("b-1", m, Samples(observed_at_ms=m * 1000, epoch=1, seq=m, values={"u": m / 10}))
        for m in range(1, n + 1)
    ]


@POSIX_ONLY
@pytest.mark.chaos
@pytest.mark.timeout(60 + 3 * KILLS)
def test_kills_while_sealing_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    path, dice = tmp_path / "telemetry.sqlite", random.Random(4)  # noqa: S311 - chosen seed
    said = 0
    for _ in range(KILLS):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert worker.stdout is not None
        worker.stdout.readline()
        threading.Event().wait(dice.uniform(0.02, 0.4))
        os.kill(worker.pid, signal.SIGKILL)
        said = max([said, *(int(line) for line in worker.stdout if line.endswith("\n"))])
        worker.wait()
        worker.stdout.close()
    store = SqliteStore(path)
    kept = store.rows_after("b-1", 0, 10**7)
    assert len(kept) >= said > KILLS
    assert [row.seq for row in kept] == list(range(1, len(kept) + 1))
    assert all(row.values == {"u": row.seq / 10, "n": float(row.seq)} for row in kept)
    store.seal(10**15, 0)
    span = (0, 10**13)
    records = store.rollups(["b-1"], ["n"], span, Step.HOUR)["b-1", "n"]
    assert sum(record.counted for record in records) == len(kept)
    assert sum(record.total for record in records) == sum(range(1, len(kept) + 1))
    store.close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT count(*) FROM frame").fetchone() == (0,)
        named = "SELECT count(*) FROM segment"
        directories = db.execute(
            "SELECT directory FROM chunk UNION ALL SELECT directory FROM minute_rollup"
        ).fetchall()
        segments = sum(len(decode_directory(directory)) for (directory,) in directories)
        assert db.execute(named).fetchone() == (segments,), "nothing is left over"


READER = """
import sys
from pathlib import Path
from telemetry.store.sqlite_reading import SqliteReader
reader = SqliteReader(Path(sys.argv[1]))
seen = 0
for look in range(10**6):
    window = reader.window("b-1", (0, 10**12), 5, ["u"]).series["u"]
    rows = reader.rows_after("b-1", 0, 10**7)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1)), "a row moved in between"
    counted = sum(point.count for point in window)
    assert seen <= counted <= len(rows), (seen, counted, len(rows))
    seen = len(rows)
    print(seen, flush=True)
"""


def test_another_process_sees_every_row_once_while_rows_come_and_are_sealed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "telemetry.sqlite"
    store = SqliteStore(path, pack_rows=30)
    everything = rows(8000)
    store.commit(Batch(samples=everything[:10]))
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    assert reader.stderr is not None
    reader.stdout.readline()
    for first in range(10, len(everything), 50):
        store.commit(Batch(samples=everything[first : first + 50]))
        store.seal(10**15, 0)
    looks = 0
    while "8000" not in reader.stdout.readline():
        looks += 1
        assert reader.poll() is None, reader.stderr.read()
    reader.kill()
    reader.wait()
    reader.stdout.close()
    reader.stderr.close()
    store.close()
    assert looks > 2


FIRST_SCHEMA = """
CREATE TABLE bench (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, birth BLOB, state BLOB,
    last_seen_at_ms INTEGER, row_count INTEGER NOT NULL DEFAULT 0,
    duplicate_count INTEGER NOT NULL DEFAULT 0, rejected_count INTEGER NOT NULL DEFAULT 0,
    dropped_count INTEGER NOT NULL DEFAULT 0);
CREATE TABLE frame (position INTEGER PRIMARY KEY AUTOINCREMENT, bench_id INTEGER NOT NULL,
    epoch INTEGER NOT NULL, seq INTEGER NOT NULL, observed_at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL, content BLOB NOT NULL, UNIQUE (bench_id, epoch, seq));
CREATE INDEX frame_by_time ON frame (bench_id, observed_at_ms);
CREATE INDEX frame_of_bench ON frame (bench_id);
CREATE INDEX frame_by_arrival ON frame (received_at_ms);
CREATE TABLE event (position INTEGER PRIMARY KEY AUTOINCREMENT, bench_id INTEGER NOT NULL,
    epoch INTEGER NOT NULL, seq INTEGER NOT NULL, received_at_ms INTEGER NOT NULL,
    stream TEXT NOT NULL, content BLOB NOT NULL, UNIQUE (bench_id, epoch, seq));
CREATE TABLE gap (bench_id INTEGER NOT NULL, epoch INTEGER NOT NULL, first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL, dropped INTEGER NOT NULL, received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (bench_id, epoch, first_seq)) WITHOUT ROWID;
CREATE TABLE received (bench_id INTEGER NOT NULL, epoch INTEGER NOT NULL,
    watermark INTEGER NOT NULL, islands TEXT NOT NULL, PRIMARY KEY (bench_id, epoch)) WITHOUT ROWID;
CREATE TABLE ingest_status (id INTEGER PRIMARY KEY CHECK (id = 1), content BLOB NOT NULL);
INSERT INTO bench (id, code, row_count) VALUES (1, 'b-1', 5);
INSERT INTO frame VALUES (4, 1, 7, 4, -5, 50, '{"u":4.0,"mode":"on","gone":null}'),
    (6, 1, 7, 6, 3600000, 60, '{"u":6.5}');
INSERT INTO event VALUES (1, 1, 7, 5, 55, 'usage', '{"observed_at_ms":90,"epoch":7,"seq":5,
    "usage_id":"a","event":"ended","started_at_ms":10,"ended_at_ms":80}');
INSERT INTO gap VALUES (1, 7, 8, 9, 2, 70);
INSERT INTO received VALUES (1, 7, 6, '[[8,9],[12,12]]');
DELETE FROM sqlite_sequence WHERE name = 'frame';
INSERT INTO sqlite_sequence VALUES ('frame', 20);
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "telemetry.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(FIRST_SCHEMA)
    return path


def sample(seq: int) -> Received[Samples]:
    return Received("b-1", 99, Samples(observed_at_ms=1, epoch=7, seq=seq, values={"u": 1.0}))


def test_a_store_of_the_first_version_is_taken_over_whole(old: Path) -> None:
    store = SqliteStore(old)
    kept = store.rows_after("b-1", 0, 10)
    for _ in range(2):
        assert store.rows_after("b-1", 0, 10) == kept
        assert [(row.position, row.seq, row.observed_at_ms) for row in kept] == [
            (4, 4, -5),
            (6, 6, 3600000),
        ]
        assert kept[0].values == {"u": 4.0, "mode": "on", "gone": None}
        store.seal(10**12, 0)
    assert store.last_row("b-1") == kept[1]
    assert store.utilisation(["b-1"], (0, 1000), 0) == {("b-1", 0): 70}
    assert store.watermark("b-1", 7) == 6
    assert len(store.events_after(0, 10)) == 1
    # 1 to 6 and 12 came, rows of them may be gone by age; 7 did not; 8 and 9 were given up
    resent = [sample(n) for n in (1, 4, 5, 6, 12)]
    assert store.commit(Batch(samples=resent)).duplicates == 5
    new = store.commit(Batch(samples=[sample(7), sample(9), sample(10)]))
    assert (new.duplicates, new.watermarks) == (0, {("b-1", 7): 10})
    positions = [row.position for row in store.rows_after("b-1", 6, 10)]
    assert positions == [21, 22, 23], "positions go on where they were"
    store.close()


@POSIX_ONLY
def test_a_kill_while_an_old_store_is_taken_over_leaves_the_old_or_the_new(old: Path) -> None:
    program = (
        "import os, signal, sqlite3, sys; from pathlib import Path\n"
        "from telemetry.store import sqlite_schema\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "left = int(sys.argv[2])\n"
        "def count(statement):\n"
        "    global left; left -= 1\n"
        "    if left == 0: os.kill(os.getpid(), signal.SIGKILL)\n"
        "db.set_trace_callback(count); sqlite_schema.prepare(db)\n"
    )
    for step in (1, 5, 20, 35, 45):
        done = subprocess.run([sys.executable, "-c", program, str(old), str(step)], check=False)
        assert done.returncode == -signal.SIGKILL, step
        with closing(sqlite3.connect(old)) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (0,)
            assert db.execute("SELECT count(*) FROM frame").fetchone() == (2,)
    store = SqliteStore(old)
    assert len(store.rows_after("b-1", 0, 10)) == 2
    store.close()


def test_a_store_of_a_later_version_is_refused_by_number(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.sqlite"
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreUnavailable, match="version 99"):
        SqliteStore(path)


def test_late_rows_that_come_while_their_hour_is_sealed_are_not_lost(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "telemetry.sqlite")
    stop = threading.Event()
    sealing = threading.Thread(target=lambda: _seal_until(store, stop))
    sealing.start()
    everything = rows(3000)
    for row in everything:
        store.commit(Batch(samples=[row]))
    stop.set()
    sealing.join()
    store.seal(10**15, 0)
    assert [row.seq for row in store.rows_after("b-1", 0, 10**6)] == list(range(1, 3001))
    store.close()


def _seal_until(store: SqliteStore, stop: threading.Event) -> None:
    while not stop.is_set():
        store.seal(10**15, 0)


def test_a_store_without_room_refuses_new_rows_and_still_seals_and_gives_up_old_ones(
    tmp_path: Path,
) -> None:
    def room(path: Path) -> int:
        return 2_000_000 - path.stat().st_size

    store, everything = SqliteStore(tmp_path / "telemetry.sqlite", room=room), rows(60_000)
    groups = (everything[first : first + 100] for first in range(0, len(everything), 100))
    with pytest.raises(StoreUnavailable, match="full"):
        deque((store.commit(Batch(samples=group)) for group in groups), 0)
    stored = len(store.rows_after("b-1", 0, 10**6))
    assert stored % 100 == 0
    assert store.forget_before(1000) == 999
    assert store.seal(10**15, 0).rows == stored - 999
    assert len(store.rows_after("b-1", 0, 10**6)) == stored - 999
    assert store.commit(Batch(samples=everything[stored : stored + 100])).duplicates == 0
    store.close()
