"""Spools of the first form, with one epoch for ever, are taken over as they are."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from can_bridge.errors import SpoolUnusable
from can_bridge.spool import Spool
from can_bridge.spool_ledger import AckKind
from telemetry.contract import encoding
from telemetry.contract.payloads import Samples
from telemetry.contract.topics import Stream
from tests.rig import POSIX_ONLY

FIRST_FORM = """
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE state (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE row (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, payload BLOB NOT NULL
);
"""
EPOCH = 4711


def first_form(path: Path, seqs: range, dropped: int = 0) -> dict[int, bytes]:
    """A spool as the first version left it; with `dropped` its second row is a record."""
    rows = {
        seq: encoding.encode(Samples(observed_at_ms=seq, epoch=EPOCH, seq=seq, values={"u": seq}))
        for seq in seqs
    }
    if dropped:
        at = seqs[1]
        for seq in range(at + 1, at + dropped):
            del rows[seq]
        rows[at] = encoding.encode(
            Samples(
                observed_at_ms=at, epoch=EPOCH, seq=at, dropped=dropped, last_seq=at + dropped - 1
            )
        )
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.executescript(FIRST_FORM)
        facts = {"bench": "battery-01", "epoch": str(EPOCH), "dropped": str(dropped)}
        db.executemany("INSERT INTO fact VALUES (?, ?)", facts.items())
        db.execute("INSERT INTO state VALUES ('faults', x'7B7D')")
        db.executemany(
            "INSERT INTO row VALUES (?, ?, ?)",
            [(seq, Stream.SAMPLES.value, payload) for seq, payload in rows.items()],
        )
        db.commit()
    return rows


def check(path: Path, rows: dict[int, bytes], last_seq: int) -> None:
    spool = Spool(path, "battery-01")
    found = {row.seq: row.payload for row in spool.oldest(0, len(rows) + 1)}
    assert found == rows
    assert spool.epoch != EPOCH
    assert (spool.rows, spool.state("faults"), spool.files_set_aside) == (len(rows), b"{}", 0)
    (before,) = spool.ledger.earlier()
    assert (before.epoch, before.last_seq, before.acknowledged) == (EPOCH, last_seq, min(rows) - 1)
    assert spool.release(EPOCH, last_seq) is AckKind.FURTHER
    assert spool.rows == 0
    spool.close()


def test_rows_states_and_counts_of_the_first_form_are_taken_over(tmp_path: Path) -> None:
    rows = first_form(tmp_path / "s.sqlite", range(31, 331), dropped=100)
    check(tmp_path / "s.sqlite", rows, 330)
    spool = Spool(tmp_path / "s.sqlite", "battery-01")
    assert spool.dropped_rows == 100
    spool.close()


def test_an_empty_spool_of_the_first_form_is_taken_over(tmp_path: Path) -> None:
    first_form(tmp_path / "s.sqlite", range(1, 1))
    spool = Spool(tmp_path / "s.sqlite", "battery-01")
    assert (spool.rows, spool.ledger.earlier(), spool.state("faults")) == (0, [], b"{}")
    spool.close()


def test_a_first_form_of_another_bench_is_refused_and_keeps_its_rows(tmp_path: Path) -> None:
    rows = first_form(tmp_path / "s.sqlite", range(1, 20))
    with pytest.raises(SpoolUnusable, match="battery-01"):
        Spool(tmp_path / "s.sqlite", "motor-01")
    check(tmp_path / "s.sqlite", rows, 19)


@POSIX_ONLY
def test_a_take_over_may_be_killed_at_any_moment(tmp_path: Path, root: Path) -> None:
    rows = first_form(tmp_path / "first.sqlite", range(1, 8001))
    path = tmp_path / "s.sqlite"
    program = (
        "import sys; from pathlib import Path; from can_bridge.spool import Spool;"
        "print('ready', flush=True); Spool(Path(sys.argv[1]), 'battery-01')"
    )
    pause = threading.Event()
    for wait_s in (0.01, 0.04, 0.1):
        shutil.copy(tmp_path / "first.sqlite", path)
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, cwd=root
        )
        assert child.stdout is not None
        child.stdout.readline()
        pause.wait(wait_s)
        child.kill()
        child.communicate()
        check(path, rows, 8000)
        for part in tmp_path.glob("s.sqlite*"):
            part.unlink()
