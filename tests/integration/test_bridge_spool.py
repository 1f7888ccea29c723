from pathlib import Path

import pytest

from can_bridge.errors import SpoolRefused, SpoolUnusable
from can_bridge.spool import Spool, SpoolLimits
from can_bridge.spool_ledger import AckKind
from telemetry.contract import encoding
from telemetry.contract.payloads import FaultReport, FaultState, Samples
from telemetry.contract.spooling import EarlierEpoch
from telemetry.contract.topics import Stream


def samples(size: int = 10) -> Samples:
    return Samples(observed_at_ms=1, epoch=1, seq=1, values={"text": "x" * size})


def fault(size: int = 1) -> FaultReport:
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
        text_en="a" * size,
    )


def test_every_opening_begins_an_epoch_and_rows_keep_theirs(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.sqlite", "battery-01")
    first = spool.epoch
    assert [row.seq for row in spool.commit([samples(), fault()], {"faults": b"1"})] == [1, 2]
    assert spool.release(first, 1) is AckKind.FURTHER
    spool.close()
    again = Spool(tmp_path / "s.sqlite", "battery-01")
    assert again.epoch != first
    assert (again.last_seq, again.rows, again.state("faults")) == (0, 1, b"1")
    again.commit([samples()], {})
    waiting = [(row.epoch, row.seq) for row in again.oldest(0, 10)]
    assert waiting == [(first, 2), (again.epoch, 1)]
    assert again.ledger.earlier() == [EarlierEpoch(epoch=first, last_seq=2, acknowledged=1)]
    assert again.release(again.epoch, 1) is AckKind.FURTHER
    assert [row.epoch for row in again.oldest(0, 10)] == [first]
    assert again.release(first, 2) is AckKind.FURTHER
    assert (again.oldest(0, 10), again.rows, again.payload_bytes) == ([], 0, 0)
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
    assert spool.release(spool.epoch + 1, 1) is AckKind.FOREIGN
    assert spool.release(spool.epoch, 2) is AckKind.FOREIGN
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


def test_a_refused_commit_changes_nothing_and_its_samples_are_told_later(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.sqlite", "battery-01", SpoolLimits(max_bytes=400_000))
    count = 0
    with pytest.raises(SpoolRefused, match="full"):  # noqa: PT012 -- which commit, nobody knows
        while True:
            spool.commit([samples(), fault(50_000)], {"faults": str(count).encode()})
            count += 1
    assert count > 5
    assert (spool.last_seq, spool.rows) == (2 * count, 2 * count)
    assert spool.state("faults") == str(count - 1).encode()
    assert "full" in spool.trouble
    assert (spool.refused_commits, spool.refused_rows, spool.dropped_rows) == (1, 1, 1)
    spool.release(spool.epoch, count)
    assert [row.seq for row in spool.commit([samples()], {})] == [2 * count + 2]
    told = encoding.decode(Stream.SAMPLES, spool.oldest(2 * count, 1)[0].payload)
    assert isinstance(told, Samples)
    assert (told.seq, told.last_seq, told.dropped) == (2 * count + 1, 2 * count + 1, 1)
    assert (spool.trouble, spool.dropped_rows) == ("", 1)
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
