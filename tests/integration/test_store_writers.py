"""Several processes that write one embedded store."""

import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from telemetry.contract.payloads import Birth, Identity, IdentityKind, Samples
from telemetry.contract.spooling import EarlierEpoch
from telemetry.store.port import Batch, Received
from telemetry.store.sqlite import SqliteStore
from tests.rig import POSIX_ONLY

BENCH = "battery-01"
WRITER = """
import sys
from pathlib import Path
from telemetry.contract.payloads import Samples
from telemetry.store.port import Batch, Received
from telemetry.store.sqlite import SqliteStore
store, me = SqliteStore(Path(sys.argv[1])), int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for n in range(1, 121):
    # every writer brings the same rows in another order, and now and then a layout of its own
    seq = (n * (2 * me + 1)) % 127
    if not seq:
        continue
    values = {"u": seq / 10, f"of_{me if seq % 10 == 0 else 'all'}": float(seq)}
    row = Samples(observed_at_ms=seq * 50_000, epoch=7, seq=seq, values=values)
    store.commit(Batch(samples=[Received("battery-01", 5, row)]))
    if n % 40 == 0 and store.may_keep_house():
        store.seal(10**12, 0)
print("kept" if store.may_keep_house() else "stood by", flush=True)
sys.stdin.readline()
store.close()
"""


def row(seq: int, epoch: int = 7, **values: float) -> Received[Samples]:
    message = Samples(observed_at_ms=seq, epoch=epoch, seq=seq, values=dict(values))
    return Received(BENCH, 5, message)


def test_writers_at_once_store_every_row_once_and_one_keeps_the_house(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.sqlite"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    said: list[str] = []
    for expected in ("ready", None):
        for writer in writers:
            assert writer.stdout is not None
            said.append(writer.stdout.readline().strip())
            assert expected in {said[-1], None}
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("\n")
            writer.stdin.flush()
    for writer in writers:
        assert writer.wait(20) == 0
        for pipe in (writer.stdin, writer.stdout):
            assert pipe is not None
            pipe.close()
    assert Counter(said[3:])["kept"] == 1
    with closing(SqliteStore(path)) as store:
        rows = store.rows_after(BENCH, 0, 10**6)
        every = [n * (2 * me + 1) % 127 for me in range(3) for n in range(1, 121)]
        committed = [seq for seq in every if seq]
        brought = set(committed)
        assert Counter(stored.seq for stored in rows) == Counter(brought)
        assert all(stored.values["u"] == stored.seq / 10 for stored in rows)
        assert [stored.position for stored in rows] == sorted({r.position for r in rows})
        snapshot = store.snapshots()[BENCH]
        assert snapshot.rows == len(brought)
        assert snapshot.duplicates == len(committed) - len(brought)


@POSIX_ONLY
def test_the_house_passes_on_when_its_keeper_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.sqlite"
    program = (
        "import sys; from pathlib import Path; from telemetry.store.sqlite import SqliteStore\n"
        "print(SqliteStore(Path(sys.argv[1])).may_keep_house(), flush=True); sys.stdin.readline()"
    )
    keeper = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    assert keeper.stdout.readline() == b"True\n"
    with closing(SqliteStore(path)) as store:
        assert not store.may_keep_house()
        keeper.kill()
        keeper.wait()
        assert store.may_keep_house()
        assert store.may_keep_house()
    keeper.stdin.close()
    keeper.stdout.close()


def test_what_one_writer_remembers_another_one_may_have_overtaken(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.sqlite"
    with closing(SqliteStore(path)) as one, closing(SqliteStore(path)) as two:
        one.commit(Batch(samples=[row(1, u=1.0)]))
        two.commit(Batch(samples=[row(2, u=2.0), row(3, u=3.0, i=1.0)]))
        again = one.commit(Batch(samples=[row(2, u=2.0), row(4, u=4.0, i=2.0, t=1.0)]))
        assert (again.duplicates, again.watermarks) == (1, {(BENCH, 7): 4})
        last = two.commit(Batch(samples=[row(5, u=5.0, i=2.0, t=2.0)]))
        assert last.watermarks == {(BENCH, 7): 5}
        assert [stored.values["u"] for stored in one.rows_after(BENCH, 0, 10)] == [1, 2, 3, 4, 5]


def test_the_latest_row_is_the_one_made_last_not_the_one_stored_last(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "telemetry.sqlite")) as store:
        store.commit(Batch(samples=[row(1), row(5), row(2)]))
        store.commit(Batch(samples=[row(3)]))
        latest = store.last_row(BENCH)
        assert latest is not None
        assert latest.seq == 5
        store.commit(Batch(samples=[row(1, epoch=2)]))
        store.commit(Batch(samples=[row(6)]))
        latest = store.last_row(BENCH)
        assert latest is not None
        assert (latest.epoch, latest.seq) == (2, 1)


@pytest.mark.parametrize(("was_known", "missing"), [(True, 30), (False, 0)])
def test_a_store_that_was_restored_misses_what_was_acknowledged_since(
    tmp_path: Path, was_known: bool, missing: int
) -> None:
    birth = Birth(
        observed_at_ms=1,
        epoch=3,
        profile="battery",
        identity=Identity(kind=IdentityKind.SIMULATOR),
        signals=[],
        publish_period_ms=200,
        earlier=[EarlierEpoch(epoch=7, last_seq=50, acknowledged=40)],
    )
    with closing(SqliteStore(tmp_path / "telemetry.sqlite")) as store:
        if was_known:
            store.commit(Batch(samples=[row(n) for n in range(1, 11)]))
        store.commit(Batch(births=[Received(BENCH, 5, birth)]))
        assert store.snapshots()[BENCH].missing == missing
        store.commit(Batch(samples=[row(1, epoch=3)]))
        latest = store.last_row(BENCH)
        assert latest is not None
        assert latest.epoch == 3
