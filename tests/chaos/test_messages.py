"""Poison among good messages, and everything sent once more: stored is what was accepted."""

import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from telemetry.contract.encoding import encode
from telemetry.contract.payloads import (
    BenchState,
    Birth,
    FaultReport,
    FaultState,
    Identity,
    IdentityKind,
    Samples,
    UsageEvent,
    UsageReport,
)
from telemetry.contract.topics import Stream
from telemetry.store.quarantine import QuarantineLimits
from telemetry.store.sqlite_reading import SqliteReader
from tests.chaos.audit import ALL_TIMES_MS
from tests.chaos.bench_load import values_of
from tests.chaos.conftest import StartLine
from tests.chaos.enrolment import enrol_benches
from tests.chaos.line import Line, Load
from tests.chaos.reporting import report
from tests.chaos.sender import Message, Sender
from tests.rig import POSIX_ONLY, until

MESSAGES = int(os.environ.get("STATIONMASTER_MESSAGES", "5000"))
POISONED = 10
"""Every tenth message is poison."""
BENCH, EPOCH = "sim-001", 7
START_MS = 1_795_000_000_000


def good_messages(count: int) -> Iterator[Message]:
    """Rows, and each hundred of them a step of a usage session and one of a fault."""
    for seq in range(1, count + 1):
        now_ms = START_MS + seq * 100
        if seq % 100 == 0:
            yield Stream.USAGE, encode(usage_step(seq, now_ms))
        elif seq % 100 == 50:
            yield Stream.FAULTS, encode(fault_step(seq, now_ms))
        else:
            row = Samples(observed_at_ms=now_ms, epoch=EPOCH, seq=seq, values=values_of(seq, 5))
            yield Stream.SAMPLES, encode(row)


def usage_step(seq: int, now_ms: int) -> UsageReport:
    is_end = seq % 200 == 0
    begun_ms = now_ms - 10_000 if is_end else now_ms
    return UsageReport(
        observed_at_ms=now_ms,
        epoch=EPOCH,
        seq=seq,
        usage_id=f"use-{begun_ms}",
        event=UsageEvent.ENDED if is_end else UsageEvent.STARTED,
        started_at_ms=begun_ms,
        ended_at_ms=now_ms if is_end else None,
    )


def fault_step(seq: int, now_ms: int) -> FaultReport:
    is_over = seq % 200 == 150
    return FaultReport(
        observed_at_ms=now_ms,
        epoch=EPOCH,
        seq=seq,
        fault_id=f"fault-{seq - 100 if is_over else seq}",
        dtc="P0AA6",
        severity=2,
        state=FaultState.CLEARED if is_over else FaultState.CONFIRMED,
        first_at_ms=now_ms - 10_000 if is_over else now_ms,
        text_zh="绝缘电阻低",
        text_en="Insulation low",
    )


def poison(number: int) -> Message:
    """Each one different from all others; no two kinds fail for the same reason."""
    good = encode(Samples(observed_at_ms=START_MS, epoch=99, seq=number + 1, values={"u": 1.5}))
    tag = str(number).encode()
    kinds: list[Message] = [
        (Stream.SAMPLES, good[:-9] + tag),
        (Stream.SAMPLES, b"\x00\xff\xfe" + tag),
        (Stream.USAGE, good),
        (Stream.FAULTS, b'{"epoch":"x","seq":-1,"n":' + tag + b"}"),
        (Stream.SAMPLES, b"[" * 3000 + tag),
        (Stream.SAMPLES, b'{"observed_at_ms":1,"epoch":98,"seq":' + tag + b',"values":[1]}'),
        (Stream.SAMPLES, b'{"observed_at_ms":1e300,"epoch":0,"seq":0,"n":' + tag + b"}"),
        (Stream.BIRTH, b'{"profile":"' + b"\xe5\x8f" + tag + b'"}'),
        (Stream.STATE, b'{"online":"maybe","n":' + tag + b"}"),
        (Stream.SAMPLES, b'{"seq":' + b"9" * 400 + tag + b"}"),
    ]
    return kinds[number % len(kinds)]


def mixed(count: int) -> Iterator[Message]:
    for number, message in enumerate(good_messages(count)):
        yield message
        if number % POISONED == POISONED - 1:
            yield poison(number // POISONED)


def taken(line: Line) -> int:
    """Messages of the bench that ingest is done with, one way or another; good ones in order."""
    with closing(SqliteReader(line.store)) as reader:
        found = reader.snapshot(BENCH)
        in_order = reader.watermark(BENCH, EPOCH)
    return 0 if found is None else in_order + found.duplicates + found.rejected


def inventory(line: Line) -> dict[str, list[tuple[object, ...]]]:
    """Everything the relational half holds."""
    with closing(sqlite3.connect(line.folder / "var" / "inventory.sqlite")) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: sorted(db.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)  # noqa: S608
            for (name,) in names
        }


def projected(line: Line) -> int:
    tables = inventory(line)
    return len(tables["usage_session"]) + len(tables["fault"])


def stored_keys(store: Path) -> set[tuple[int, int]]:
    with closing(SqliteReader(store)) as reader:
        keys = {(event.epoch, event.seq) for event in reader.events_after(0, 10**9)}
        for rows in reader.history(BENCH, ALL_TIMES_MS, ()):
            keys.update(zip(rows.epoch.tolist(), rows.seq.tolist(), strict=True))
    return keys


def introduce(sender: Sender, line: Line) -> None:
    identity = Identity(kind=IdentityKind.SIMULATOR)
    birth = Birth(
        observed_at_ms=START_MS,
        epoch=EPOCH,
        profile="battery",
        identity=identity,
        signals=[],
        publish_period_ms=100,
    )
    state = BenchState(observed_at_ms=START_MS, online=True)
    sender.introduce([(Stream.BIRTH, encode(birth)), (Stream.STATE, encode(state))])
    until(lambda: line.is_heard(BENCH), "ingest has heard of the bench", 30)


@POSIX_ONLY
@pytest.mark.chaos
@pytest.mark.timeout(180 + MESSAGES / 100)
def test_poison_is_kept_apart_and_what_comes_again_changes_nothing(start_line: StartLine) -> None:
    line = start_line("mosquitto", Load(0, benches=1, prefix="sim-"))
    enrol_benches(line, 1)
    ingest_pid = line.ingest.process.pid
    sender = Sender(line.broker.port, BENCH, line.broker.passwords[BENCH])
    introduce(sender, line)
    sender.send(mixed(MESSAGES), lambda: taken(line))
    with closing(SqliteReader(line.store)) as reader:
        first = reader.snapshot(BENCH)
        totals = reader.quarantine_totals()
    assert first is not None
    poisons = MESSAGES // POISONED
    assert first.rejected == poisons
    assert first.quarantined == totals.entries == min(poisons, QuarantineLimits().entries)
    assert stored_keys(line.store) == {(EPOCH, seq) for seq in range(1, MESSAGES + 1)}
    until(lambda: projected(line) == MESSAGES // 100, "every step is in the inventory", 60)
    before = inventory(line)

    again = list(good_messages(MESSAGES))
    random.Random(3).shuffle(again)  # noqa: S311 - chosen seed, no secret
    sender.send(again, lambda: taken(line))
    sender.stop()
    with closing(SqliteReader(line.store)) as reader:
        second = reader.snapshot(BENCH)
    assert second is not None
    assert (second.rows, second.missing) == (first.rows, first.missing)
    assert second.duplicates - first.duplicates == MESSAGES
    assert stored_keys(line.store) == {(EPOCH, seq) for seq in range(1, MESSAGES + 1)}
    assert inventory(line) == before
    assert line.ingest.is_running
    assert line.ingest.process.pid == ingest_pid
    report(
        f"messages: {MESSAGES} good and {poisons} poison: stored {len(stored_keys(line.store))}, "
        f"quarantined {totals.entries} (given up {totals.given_up}); {MESSAGES} sent again: "
        f"stored 0, counted {second.duplicates - first.duplicates}"
    )
