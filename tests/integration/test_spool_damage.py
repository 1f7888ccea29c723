"""One flipped byte anywhere in a spool's file: found and counted, or told; never wrong data."""

import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from can_bridge.errors import SpoolUnusable
from can_bridge.spool import Spool
from can_bridge.spool_rows import SpooledRow
from telemetry.contract import encoding
from telemetry.contract.payloads import DurableMessage, Samples, UsageEvent, UsageReport

FLIPS = int(os.environ.get("STATIONMASTER_SPOOL_FLIPS", "100"))
ROWS = 300
STATES = {"faults": b'{"a":1}' * 20, "usage": b'{"b":2}'}


def draft(number: int) -> DurableMessage:
    if number % 50 == 0:
        return UsageReport(
            observed_at_ms=number,
            epoch=1,
            seq=1,
            usage_id=str(number),
            event=UsageEvent.STARTED,
            started_at_ms=1,
        )
    return Samples(observed_at_ms=number, epoch=1, seq=1, values={"text": f"{number}" * 40})


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    # in memory where there is such a place: thousands of openings need no disk
    memory = Path("/dev/shm")  # noqa: S108
    chosen = memory / f"{tmp_path.name}-{os.getpid()}" if memory.is_dir() else tmp_path
    chosen.mkdir(exist_ok=True)
    yield chosen
    if chosen != tmp_path:
        shutil.rmtree(chosen)


@dataclass
class Original:
    """A closed spool of two epochs, partly released, and what it held."""

    content: bytes
    rows: dict[tuple[int, int], bytes]

    @classmethod
    def made(cls, path: Path) -> "Original":
        for _ in range(2):
            spool = Spool(path, "battery-01")
            for number in range(0, ROWS, 10):
                spool.commit([draft(number + n) for n in range(10)], STATES)
            spool.release(spool.epoch, 25)
            spool.close()
        spool = Spool(path, "battery-01")
        rows = {(row.epoch, row.seq): row.payload for row in read_all(spool)}
        spool.close()
        assert len(rows) == 2 * (ROWS - 25)
        return cls(path.read_bytes(), rows)


def read_all(spool: Spool) -> list[SpooledRow]:
    rows: list[SpooledRow] = []
    while found := spool.oldest(rows[-1].last_position if rows else 0, 100):
        rows += found
    return rows


def what_became_of(path: Path, original: Original) -> str:
    """Open a damaged copy and hold it against the original."""
    try:
        spool = Spool(path, "battery-01")
    except SpoolUnusable as refused:
        return f"refused: {refused}"
    rows = read_all(spool)
    covered: set[tuple[int, int]] = set()
    recorded = 0
    for row in rows:
        if row.given_up:
            recorded += row.given_up
            message = encoding.decode(row.stream, row.payload)
            assert isinstance(message, Samples)
            assert (message.seq, message.last_seq) == (row.seq, row.last_seq)
        else:
            assert original.rows[row.epoch, row.seq] == row.payload
        covered |= {(row.epoch, seq) for seq in range(row.seq, row.last_seq + 1)}
    spool.commit([draft(1)], {})
    states: dict[str, bytes | None] = {name: spool.state(name) for name in STATES}
    aside, damaged = spool.files_set_aside, spool.ledger.damaged
    spool.close()
    assert damaged == recorded
    if aside == 0:
        assert (covered, recorded) == (set(original.rows), 0)
        assert states == STATES
        return "unharmed"
    assert all(value in (None, STATES[name]) for name, value in states.items())
    if covered != original.rows.keys():
        # the ledger itself was hit: rows are missing that nobody can count, which the log tells
        return "set aside, count unknown"
    return "set aside, all counted"


def clean(path: Path) -> None:
    for other in path.parent.iterdir():
        other.unlink()


@pytest.mark.chaos
@pytest.mark.timeout(3600)
def test_a_flipped_byte_is_found_counted_or_told(folder: Path) -> None:
    path = folder / "s.sqlite"
    original = Original.made(path)
    chance = random.Random(4)  # noqa: S311 -- the same flips on every machine
    page = 4096
    starts = range(0, len(original.content), page)
    # pages of nothing are the spool's reserve
    used = [start for start in starts if any(original.content[start : start + page])]
    outcomes: dict[str, int] = {}
    for _ in range(FLIPS):
        clean(path)
        damaged = bytearray(original.content)
        place = chance.choice(used) + chance.randrange(page)
        damaged[place] ^= chance.randrange(1, 256)
        path.write_bytes(damaged)
        outcome = what_became_of(path, original)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    assert set(outcomes) <= {"unharmed", "set aside, all counted", "set aside, count unknown"}
    assert outcomes["set aside, all counted"] > FLIPS // 2
    assert outcomes.get("set aside, count unknown", 0) <= FLIPS // 100


def test_damage_in_mid_run_is_carried_over_and_the_epoch_goes_on(folder: Path) -> None:
    path = folder / "s.sqlite"
    spool = Spool(path, "battery-01")
    for number in range(0, 12_000, 20):
        spool.commit([draft(number + n) for n in range(1, 21)], STATES)
    spool.release(spool.epoch, 100)
    spool.commit([], {})
    content = path.read_bytes()
    spot = content.index(b"2001" * 40)
    with path.open("r+b") as file:
        file.seek(spot)
        file.write(b"9")
    rows = read_all(spool)
    (record,) = [row for row in rows if row.given_up]
    assert (record.seq, record.last_seq, record.given_up) == (2001, 2001, 1)
    assert [row.seq for row in rows] == list(range(101, 12_001))
    assert (spool.ledger.damaged, spool.dropped_rows, spool.files_set_aside) == (1, 1, 1)
    assert spool.rows == 11_900
    assert [row.seq for row in spool.commit([draft(1)], {})] == [12_001]
    assert spool.state("faults") == STATES["faults"]
    spool.close()


def test_a_file_that_is_no_database_is_set_aside_and_a_bench_starts_anew(folder: Path) -> None:
    path = folder / "s.sqlite"
    for number in range(1, 6):
        path.write_bytes(b"no database" * 100)
        spool = Spool(path, "battery-01")
        assert (spool.rows, spool.files_set_aside) == (0, number)
        spool.close()
    kept = {other.name for other in folder.iterdir()}
    assert kept == {"s.sqlite", *(f"s.sqlite.damaged-{number}" for number in (3, 4, 5))}


def test_a_rescue_that_was_killed_is_finished_or_begun_anew(folder: Path) -> None:
    path = folder / "s.sqlite"
    original = Original.made(path)
    (folder / "s.sqlite.rescue").write_bytes(b"half of a rescue")
    Spool(path, "battery-01").close()
    assert [other.name for other in folder.iterdir()] == ["s.sqlite"]
    # the old file is out of the way, its log is not, and the new one is complete
    path.rename(folder / "s.sqlite.rescue")
    (folder / "s.sqlite.damaged-1").write_bytes(b"what was damaged")
    (folder / "s.sqlite-wal").write_bytes(b"its log")
    spool = Spool(path, "battery-01")
    assert {(row.epoch, row.seq): row.payload for row in read_all(spool)} == original.rows
    assert spool.files_set_aside == 1
    spool.close()
    assert (folder / "s.sqlite.damaged-1-wal").read_bytes() == b"its log"
