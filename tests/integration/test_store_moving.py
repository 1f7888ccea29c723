"""`stationmaster store migrate`: there and back, killed on the way, compared hour by hour."""

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from stationmaster.settings import Settings
from stationmaster.stores import open_reader, open_store
from telemetry.contract.payloads import FaultReport, FaultState, Samples, Value
from telemetry.store.influx.connection import Address, Influx
from telemetry.store.influx.digests import digests
from telemetry.store.influx.forwarding import Limits
from telemetry.store.influx.moving import Stage, to_influxdb
from telemetry.store.port import Batch, IngestStatus, Received, StoreUnavailable
from telemetry.store.sqlite import SqliteStore
from telemetry.store.sqlite_reading import SqliteReader
from tests.influx_servers import new_database, now_ms
from tests.rig import POSIX_ONLY

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EVER = (-(2**53), 2**53)
BENCHES = ("b-1", "m-2")


def filled(path: Path, rows: int = 4000) -> None:
    """A day of two benches: sealed, packed and hot rows, every type, a wrong clock, a fault."""
    start_ms = now_ms() // HOUR_MS * HOUR_MS - DAY_MS
    step_ms = (DAY_MS + HOUR_MS // 2) // rows
    with closing(SqliteStore(path, pack_rows=50)) as store:
        for bench in BENCHES:
            for first in range(0, rows, 500):
                some = range(first, first + 500)
                found = [_row(bench, n, start_ms + n * step_ms) for n in some]
                store.commit(Batch(samples=found))
            store.seal(start_ms + DAY_MS, 0)
        store.commit(Batch(events=[_fault(rows + 1)]))
        store.seal(now_ms(), DAY_MS)


def _row(bench: str, n: int, at_ms: int) -> Received[Samples]:
    values: dict[str, Value] = {"u": n / 10, "on": n % 3 == 0, "lost": None, f"s{n % 4}": "关"}
    observed_ms = 1000 if n % 500 == 7 else at_ms
    message = Samples(observed_at_ms=observed_ms, epoch=7, seq=n + 1, values=values)
    return Received(bench, at_ms, message)


def _fault(seq: int) -> Received[FaultReport]:
    report = FaultReport(
        observed_at_ms=now_ms(),
        epoch=7,
        seq=seq,
        fault_id="1",
        dtc="P0AA6",
        severity=3,
        state=FaultState.CONFIRMED,
        first_at_ms=1900,
        text_zh="绝缘故障",
        text_en="isolation fault",
    )
    return Received("b-1", now_ms(), report)


def content(reader: SqliteReader) -> tuple[object, ...]:
    hours = {bench: list(digests(reader.history(bench, EVER))) for bench in BENCHES}
    return hours, reader.snapshots(), reader.events_after(0, 99), reader.last_row("b-1")


def environment(folder: Path, address: Address, **more: str) -> dict[str, str]:
    known = {
        "STATIONMASTER_VAR": str(folder),
        "STATIONMASTER_INFLUX_URL": address.url,
        "STATIONMASTER_INFLUX_DATABASE": address.database,
    }
    return {**os.environ, **known, **more}


def run(root: Path, variables: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stationmaster", "store", *words]
    return subprocess.run(
        command, check=False, cwd=root, env=dict(variables), capture_output=True, text=True
    )


def quiet(_stage: Stage, _done: int, _total: int) -> None:
    """Show nothing."""


def test_a_school_moves_to_influxdb_and_back_with_every_row_verified(
    tmp_path: Path, influxdb: str, root: Path
) -> None:
    embedded, beside = tmp_path / "telemetry.sqlite", tmp_path / "telemetry-influxdb.sqlite"
    filled(embedded)
    before = hashlib.sha256(embedded.read_bytes()).digest()
    with closing(SqliteReader(embedded)) as reader:
        expected = content(reader)
    variables = environment(tmp_path, new_database(influxdb))
    assert "写入并读回" in run(root, variables, "init").stdout
    moved = run(root, variables, "migrate", "--to", "influxdb", "--lang", "en")
    assert moved.returncode == 0, moved.stderr
    assert "8000 rows are the same (7984 rows in InfluxDB, 16 in the file)" in moved.stdout
    assert "set STATIONMASTER_STORE=influxdb" in moved.stdout
    assert hashlib.sha256(embedded.read_bytes()).digest() == before, "the source is untouched"
    settings = Settings(
        var=tmp_path,
        store="influxdb",
        influx_url=influxdb,
        influx_database=variables["STATIONMASTER_INFLUX_DATABASE"],
    )
    with closing(open_reader(settings)) as reader:
        assert content(reader) == expected
    assert beside.stat().st_size < embedded.stat().st_size
    status = run(root, {**variables, "STATIONMASTER_STORE": "influxdb"}, "status")
    assert status.returncode == 0
    assert "留在本机（InfluxDB 未接受）: 16" in status.stdout
    with closing(open_store(settings)) as store:
        assert store.commit(Batch(samples=[_row("b-1", 0, 5)])).duplicates == 1, "a resend is known"
    embedded.rename(tmp_path / "old.sqlite")
    back = run(root, variables, "migrate", "--to", "embedded")
    assert back.returncode == 0, back.stderr
    assert "全部一致" in back.stdout
    with closing(SqliteReader(embedded)) as reader:
        hours, _, events, last = content(reader)
    assert (hours, events, last) == (expected[0], *expected[2:])


_MOVING = """
import sys
from pathlib import Path
from telemetry.store.influx.connection import Address
from telemetry.store.influx.forwarding import Limits
from telemetry.store.influx.moving import to_influxdb
folder, url, database = sys.argv[1:]
def tell(stage, done, total):
    print("at", stage.value, done, total, flush=True)
source, target = (Path(folder) / f"telemetry{name}.sqlite" for name in ("", "-influxdb"))
to_influxdb(source, target, Address(url, database=database), Limits(), tell)
"""


@POSIX_ONLY
def test_a_move_killed_anywhere_goes_on_where_it_was(
    tmp_path: Path, influxdb: str, root: Path
) -> None:
    filled(tmp_path / "telemetry.sqlite", rows=20_000)
    with closing(SqliteReader(tmp_path / "telemetry.sqlite")) as reader:
        expected = content(reader)
    address = new_database(influxdb)
    for stage in (Stage.COPY, Stage.ROWS, Stage.ROWS, Stage.HOURS, Stage.COMPARE):
        arguments = [str(tmp_path), influxdb, address.database]
        mover = subprocess.Popen(
            [sys.executable, "-c", _MOVING, *arguments], cwd=root, stdout=subprocess.PIPE, text=True
        )
        assert mover.stdout is not None
        for said in mover.stdout:
            # it may be further already when the signal comes, but not through
            word, at, *_ = said.split()
            if word == "at" and [*Stage].index(Stage(at)) >= [*Stage].index(stage):
                break
        os.kill(mover.pid, signal.SIGKILL)
        mover.wait()
        mover.stdout.close()
        assert not (tmp_path / "telemetry-influxdb.sqlite").exists(), f"killed while {stage}"
    source, target = tmp_path / "telemetry.sqlite", tmp_path / "telemetry-influxdb.sqlite"
    moved = to_influxdb(source, target, address, Limits(), quiet)
    assert moved.is_same
    assert (moved.rows, moved.in_file) == (40_000, 80)
    with closing(SqliteReader(source)) as reader:
        assert content(reader) == expected
    assert [path.name for path in tmp_path.glob("*moving*")] == []


def test_a_target_that_is_different_is_told_and_gets_no_name(tmp_path: Path, influxdb: str) -> None:
    source, target = tmp_path / "telemetry.sqlite", tmp_path / "telemetry-influxdb.sqlite"
    filled(source)
    address = new_database(influxdb)

    def falsify(stage: Stage, done: int, _total: int) -> None:
        if stage is Stage.HOURS and done == 3:
            # what a restored older backup of InfluxDB would do: same rows, other values
            _falsify(address)

    moved = to_influxdb(source, target, address, Limits(), falsify)
    assert not moved.is_same
    (hour,) = moved.different
    assert (hour.bench, hour.source_rows) == ("b-1", hour.target_rows)
    assert not target.exists()


def _falsify(address: Address) -> None:
    with closing(Influx(address)) as influx:
        found = influx.ask("SELECT u FROM samples WHERE bench = 'b-1' LIMIT 1", "samples")
        influx.write("samples", [f"samples,bench=b-1 u=99 {found[0].values[0][0]}"])


def test_nothing_moves_while_ingest_runs_or_onto_what_is_there(
    tmp_path: Path, influxdb: str, root: Path
) -> None:
    variables = environment(tmp_path, new_database(influxdb))
    missing = run(root, variables, "migrate", "--to", "influxdb")
    assert (missing.returncode, "nothing to move" in missing.stderr) == (2, True)
    with closing(SqliteStore(tmp_path / "telemetry.sqlite")) as store:
        store.note_status(IngestStatus(now_ms(), is_connected=True, committed_rows=0))
        refused = run(root, variables, "migrate", "--to", "influxdb")
    assert refused.returncode == 2
    assert "请先停止" in refused.stderr
    (tmp_path / "telemetry-influxdb.sqlite").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="there already"):
        to_influxdb(
            tmp_path / "telemetry.sqlite",
            tmp_path / "telemetry-influxdb.sqlite",
            Address(influxdb),
            Limits(),
            quiet,
        )


def test_rows_are_not_left_behind_unseen_by_a_setting(tmp_path: Path, influxdb: str) -> None:
    SqliteStore(tmp_path / "telemetry.sqlite").close()
    settings = Settings(var=tmp_path, store="influxdb", influx_url=influxdb)
    with pytest.raises(StoreUnavailable, match="store migrate --to influxdb"):
        open_store(settings)
    assert not settings.telemetry_path.exists()
