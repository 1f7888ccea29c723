import sqlite3
from pathlib import Path

import pytest

from can_bridge.errors import SpoolUnusable
from can_bridge.spool import Spool, SpoolLimits
from telemetry.contract import encoding
from telemetry.contract.payloads import FaultReport, FaultState, Samples
from telemetry.contract.topics import Stream


def samples(size: int = 10) -> Samples:
    return Samples(observed_at_ms=1, epoch=1, seq=1, values={"text": "x" * size})


def fault() -> FaultReport:
    return FaultReport(
        observed_at_ms=1,
        epoch=1,
        seq=1,
        fault_id="f",
        dtc="P0AA6",
        severity=3,
        state=FaultState.CONFIRMED,
        first_at_ms=1,
        text_zh="甲",
        text_en="a",
    )


def test_rows_keep_their_numbers_over_restarts_and_releases(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.sqlite", "battery-01")
    epoch = spool.epoch
    assert [row.seq for row in spool.commit([samples(), fault()], {"faults": b"1"})] == [1, 2]
    assert spool.release(epoch, 2)
    assert spool.oldest(0, 10) == []
    spool.close()
    again = Spool(tmp_path / "s.sqlite", "battery-01")
    assert (again.epoch, again.last_seq, again.rows, again.state("faults")) == (epoch, 2, 0, b"1")
    assert [row.seq for row in again.commit([samples()], {})] == [3]
    assert again.first_waiting() == 3
    again.close()


def test_messages_carry_the_epoch_and_number_of_their_row(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.sqlite", "battery-01")
    row = spool.commit([fault()], {})[0]
    message = encoding.decode(Stream.FAULTS, row.payload)
    assert isinstance(message, FaultReport)
    assert (message.epoch, message.seq) == (spool.epoch, 1)
    spool.close()


def test_foreign_acknowledgements_release_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.sqlite", "battery-01")
    spool.commit([samples()], {})
    assert not spool.release(spool.epoch + 1, 1)
    assert not spool.release(spool.epoch, 2)
    assert len(spool.oldest(0, 10)) == 1
    spool.close()


def test_a_full_spool_gives_up_samples_counted_and_keeps_faults(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.sqlite", "battery-01", SpoolLimits(max_bytes=600_000))
    sent = 0
    for round_number in range(1500):
        drafts: list[Samples | FaultReport] = [samples(1000)]
        if round_number % 100 == 0:
            drafts.append(fault())
        sent += len(spool.commit(drafts, {}))
    rows = spool.oldest(0, 10_000)
    covered = 0
    for row in rows:
        message = encoding.decode(row.stream, row.payload)
        span = message.last_seq - row.seq + 1 if isinstance(message, Samples) else 1
        assert row.seq == covered + 1
        covered += max(1, span)
    assert covered == sent
    assert sum(row.stream is Stream.FAULTS for row in rows) == 15
    assert [row.seq for row in rows[:200]] == list(range(1, 201))
    dropped = sum(
        message.dropped
        for row in rows
        if isinstance(message := encoding.decode(row.stream, row.payload), Samples)
    )
    assert dropped == spool.dropped_rows > 0
    assert spool.rows == len(rows)
    assert sum(len(row.payload) for row in rows) <= 600_000
    spool.close()


def test_a_failed_commit_changes_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.sqlite", "battery-01")
    spool.commit([samples()], {"faults": b"old"})
    spool.close()
    other = sqlite3.connect(tmp_path / "s.sqlite")
    other.execute(
        "CREATE TRIGGER full BEFORE INSERT ON row WHEN new.stream = 'faults'"
        " BEGIN SELECT raise(ABORT, 'full'); END"
    )
    other.commit()
    other.close()
    spool = Spool(tmp_path / "s.sqlite", "battery-01")
    with pytest.raises(sqlite3.Error, match="full"):
        spool.commit([samples(), fault()], {"faults": b"new"})
    assert (spool.last_seq, spool.rows, spool.state("faults")) == (1, 1, b"old")
    assert spool.commit([samples()], {})[0].seq == 2
    spool.close()


def test_a_bench_runs_in_one_process_at_a_time(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.sqlite", "battery-01")
    with pytest.raises(SpoolUnusable, match="another process"):
        Spool(tmp_path / "s.sqlite", "battery-01")
    spool.close()
    Spool(tmp_path / "s.sqlite", "battery-01").close()


def test_the_accepted_log_names_what_was_committed(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.sqlite", "battery-01", accepted_log=tmp_path / "accepted.log")
    spool.commit([samples(), fault()], {})
    spool.close()
    lines = (tmp_path / "accepted.log").read_text("utf-8").splitlines()
    assert lines == [f"{spool.epoch} 1", f"{spool.epoch} 2"]


def test_a_spool_of_another_bench_is_refused(tmp_path: Path) -> None:
    Spool(tmp_path / "s.sqlite", "battery-01").close()
    with pytest.raises(SpoolUnusable, match="battery-01"):
        Spool(tmp_path / "s.sqlite", "motor-01")
