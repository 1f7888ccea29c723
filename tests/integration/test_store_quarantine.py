"""Messages nobody can read: kept, capped, told of, and stored once when they can be read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stationmaster.__main__ import command_line
from telemetry.contract import topics
from telemetry.contract.encoding import encode
from telemetry.contract.payloads import BenchState, Samples
from telemetry.contract.topics import Stream
from telemetry.ingest.decoding import add
from telemetry.ingest.replaying import replay
from telemetry.store.memory import MemoryStore
from telemetry.store.port import Batch, Received, TimeSeriesStore
from telemetry.store.quarantine import KEPT_BYTES, Poison, QuarantineLimits
from telemetry.store.sqlite import SqliteStore

BENCH = "battery-01"
TOPIC = topics.up(BENCH, Stream.SAMPLES)
DAY_MS = 86_400_000
LIMITS = QuarantineLimits(entries=5, bytes=2000)


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TimeSeriesStore]:
    opened: TimeSeriesStore = MemoryStore(limits=LIMITS)
    if request.param == "sqlite":
        opened = SqliteStore(tmp_path / "telemetry.sqlite", limits=LIMITS)
    yield opened
    opened.close()


def poison(number: int, **changes: object) -> Poison:
    facts = {
        "bench": BENCH,
        "topic": TOPIC,
        "payload": b"nonsense %d" % number,
        "reason": "samples: no JSON",
        "received_at_ms": 1000 + number,
    }
    return Poison(**{**facts, **changes})  # type: ignore[arg-type]


def row(seq: int, observed_at_ms: int = 5, received_at_ms: int = 5) -> Received[Samples]:
    message = Samples(observed_at_ms=observed_at_ms, epoch=7, seq=seq, values={"u": 1.0})
    return Received(BENCH, received_at_ms, message)


def state(observed_at_ms: int, received_at_ms: int, spool_rows: int = 0) -> Received[BenchState]:
    message = BenchState(observed_at_ms=observed_at_ms, online=True, spool_rows=spool_rows)
    return Received(BENCH, received_at_ms, message)


def test_the_same_bytes_are_one_entry_however_often_they_come(store: TimeSeriesStore) -> None:
    store.commit(Batch(poison=[poison(1), poison(1, received_at_ms=9000, reason="new reason")]))
    committed = store.commit(Batch(poison=[poison(1), poison(2, bench="", topic="elsewhere")]))
    first, second = store.quarantined(0, 10)
    assert committed.quarantined == 1
    assert (first.times, first.first_at_ms, first.last_at_ms) == (3, 1001, 9000)
    assert (first.payload, first.is_whole, first.key) == (b"nonsense 1", True, None)
    assert (second.bench, second.topic) == ("", "elsewhere")
    snapshot = store.snapshots()[BENCH]
    assert (snapshot.rejected, snapshot.quarantined) == (3, 1)


def test_the_oldest_go_when_there_are_too_many_or_too_long_ones(store: TimeSeriesStore) -> None:
    store.commit(Batch(poison=[poison(number) for number in range(8)]))
    kept = b"".join(entry.payload[-1:] for entry in store.quarantined(0, 10))
    assert kept == b"34567"
    assert store.quarantine_totals().given_up == 3
    store.commit(Batch(poison=[poison(9, payload=b"x" * 1850)]))
    totals = store.quarantine_totals()
    assert (totals.entries, totals.given_up) == (2, 7)
    assert totals.bytes <= LIMITS.bytes
    assert store.snapshots()[BENCH].quarantined == 2


def test_a_long_message_is_cut_unless_it_was_taken_off_the_bench(tmp_path: Path) -> None:
    store, long = SqliteStore(tmp_path / "telemetry.sqlite"), b"x" * (KEPT_BYTES + 1)
    store.commit(
        Batch(poison=[poison(1, payload=long), poison(2, payload=long + b"y", key=(7, 1))])
    )
    cut, whole = store.quarantined(0, 10)
    assert (len(cut.payload), cut.payload_bytes, cut.is_whole) == (
        KEPT_BYTES,
        KEPT_BYTES + 1,
        False,
    )
    assert whole.is_whole
    assert replay(store).unreadable == 2
    assert replay(store).unreadable == 2
    assert store.quarantined(0, 1)[0].reason == (
        f"kept are {KEPT_BYTES} of {KEPT_BYTES + 1} bytes: samples: no JSON"
    )
    store.close()


def test_a_message_whose_number_can_be_read_does_not_hold_its_bench_up(
    store: TimeSeriesStore,
) -> None:
    batch = Batch(samples=[row(1), row(3)])
    spoilt = b'{"observed_at_ms":"soon","epoch":7,"seq":2,"values":{}}'
    found = add(batch, TOPIC, spoilt, 1, is_retained=False)
    assert found is not None
    assert found.key == (7, 2)
    assert store.commit(batch).watermarks == {(BENCH, 7): 3}
    assert store.commit(Batch(samples=[row(2)])).rows == 1, "the number came, the row did not"


def test_only_durable_messages_have_a_number_to_read() -> None:
    batch = Batch()
    add(batch, topics.up(BENCH, Stream.BIRTH), b'{"epoch":7,"seq":2}', 1, is_retained=True)
    add(batch, TOPIC, b'{"epoch":7,"seq":0}', 1, is_retained=False)
    add(batch, TOPIC, b'{"epoch":7,"seq":2', 1, is_retained=False)
    add(batch, TOPIC, b'{"epoch":7,"seq":' + b"[" * 100_000, 1, is_retained=False)
    add(batch, f"{topics.PREFIX}/{BENCH}/up/music", b'{"epoch":7,"seq":2}', 1, is_retained=False)
    assert [found.key for found in batch.poison] == [None] * 5
    assert [found.bench for found in batch.poison] == [BENCH] * 5


def test_what_can_be_read_after_all_is_stored_once_and_leaves(store: TimeSeriesStore) -> None:
    good = [poison(seq, payload=encode(row(seq).message), key=(7, seq)) for seq in (1, 2)]
    birth = poison(9, topic=topics.up(BENCH, Stream.STATE), payload=encode(state(1, 1).message))
    store.commit(Batch(samples=[row(1)], poison=[*good, birth, poison(4)]))
    outcome = replay(store)
    assert (outcome.stored, outcome.known, outcome.past, outcome.unreadable) == (1, 1, 1, 1)
    assert [kept.seq for kept in store.rows_after(BENCH, 0, 10)] == [1, 2]
    (left,) = store.quarantined(0, 10)
    assert (left.payload, left.times) == (b"nonsense 4", 1)
    assert "malformed" in left.reason
    again = replay(store)
    assert (again.stored, again.known, again.past, again.unreadable) == (0, 0, 0, 1)
    assert store.drop_quarantined([left.id, 999]) == 1
    assert store.quarantine_totals().bytes == 0
    assert store.snapshots()[BENCH].quarantined == 0


def test_only_the_named_entries_are_replayed(store: TimeSeriesStore) -> None:
    good = [poison(seq, payload=encode(row(seq).message), key=(7, seq)) for seq in (1, 2)]
    store.commit(Batch(poison=good))
    wanted = store.quarantined(0, 10)[1].id
    assert replay(store, frozenset([wanted])).stored == 1
    assert [kept.seq for kept in store.rows_after(BENCH, 0, 10)] == [2]


def test_numbers_in_holes_are_missing_until_they_come(store: TimeSeriesStore) -> None:
    store.commit(Batch(samples=[row(1), row(4), row(9)]))
    assert store.snapshots()[BENCH].missing == 6
    gap = Samples(observed_at_ms=1, epoch=7, seq=5, last_seq=8, dropped=4)
    store.commit(Batch(samples=[row(3), Received(BENCH, 1, gap)]))
    assert store.snapshots()[BENCH].missing == 1
    store.commit(Batch(samples=[row(2)]))
    assert store.snapshots()[BENCH].missing == 0


def test_the_clock_of_a_bench_is_the_middle_of_its_latest_states(store: TimeSeriesStore) -> None:
    store.commit(Batch(states=[state(1000 + n, 2000 + n) for n in range(3)]))
    assert store.snapshots()[BENCH].clock_offset_ms == -1000
    store.commit(Batch(states=[state(3000, 10_000)]))
    assert store.snapshots()[BENCH].clock_offset_ms == -1000, "one that was held up tells nothing"
    will = BenchState(observed_at_ms=0, online=False)
    store.commit(Batch(states=[Received(BENCH, 10**12, will)] * 9))
    assert store.snapshots()[BENCH].clock_offset_ms == -1000
    store.commit(Batch(states=[state(10**12, 20_000 + n) for n in range(5)]))
    assert store.snapshots()[BENCH].clock_offset_ms == 10**12 - 20_004


def test_a_row_older_than_the_retention_is_counted_and_not_stored(store: TimeSeriesStore) -> None:
    store.commit(Batch(states=[state(0, 0)]))
    now = 40 * DAY_MS
    store.commit(Batch(states=[state(now, now, spool_rows=5000)] * 9))
    rows = [row(1, DAY_MS, now), row(2, 20 * DAY_MS, now), row(3, now, now)]
    committed = store.commit(Batch(samples=rows, keep_ms=30 * DAY_MS))
    assert (committed.expired, committed.rows, committed.watermarks) == (1, 2, {(BENCH, 7): 3})
    again = store.commit(Batch(samples=rows, keep_ms=30 * DAY_MS))
    assert (again.expired, again.duplicates) == (0, 3)
    snapshot = store.snapshots()[BENCH]
    assert (snapshot.expired, snapshot.rows, snapshot.missing) == (1, 2, 0)


@pytest.mark.parametrize("jump_years", [-10, 10])
def test_a_clock_that_jumped_makes_no_row_expire(store: TimeSeriesStore, jump_years: int) -> None:
    now, jumped = 40 * 365 * DAY_MS, (40 + jump_years) * 365 * DAY_MS
    store.commit(Batch(states=[state(now, now)]))
    rows = [row(1, jumped, now + 1000), row(2, now, now + 1000)]
    assert store.commit(Batch(samples=rows, keep_ms=30 * DAY_MS)).rows == 2
    store.commit(Batch(states=[state(jumped, now + n) for n in range(9)]))
    late = [row(3, jumped, now + 2000), row(4, now, now + 2000)]
    assert store.commit(Batch(samples=late, keep_ms=30 * DAY_MS)).rows == 2


def test_the_clock_of_ingest_that_jumped_makes_no_row_expire(store: TimeSeriesStore) -> None:
    now = 40 * 365 * DAY_MS
    jumped = now + 10 * 365 * DAY_MS
    store.commit(Batch(states=[state(now, now)] * 9))
    rows = [row(n, now + n, jumped + n) for n in range(1, 4)]
    committed = store.commit(Batch(samples=rows, keep_ms=30 * DAY_MS))
    assert (committed.rows, committed.expired) == (3, 0)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    store = SqliteStore(tmp_path / "telemetry.sqlite")
    yield store
    store.close()


def said(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(command_line(["telemetry"]), ["telemetry", "quarantine", *words])
    assert done.exit_code == code, done.output
    return done.output


def test_the_command_line_shows_replays_and_drops(desk: SqliteStore) -> None:
    spoilt = poison(1, payload=b'\x1b[2J{"a":"\xe5\x85\xb3"}')
    good = poison(2, payload=encode(row(1).message), key=(7, 1))
    desk.commit(Batch(poison=[spoilt, good, poison(3, bench="motor-01", payload=b"\xff\x00")]))
    assert "共 3 条" in said("list")
    assert "3 in quarantine" in said("list", "--lang", "en", "--bench", "motor-01")
    shown = said("show", "1", "--lang", "en")
    assert "samples: no JSON" in shown
    assert '\\u001b[2J{"a":"关"}' in shown
    assert "ff 00" in said("show", "3")
    assert "没有条目 77" in said("show", "77", code=2)
    assert "入库 1 条" in said("replay", "2")
    assert "2 still can't" in said("replay", "--lang", "en", code=1)
    assert "编号" in said("drop", code=2)
    assert "1 dropped" in said("drop", "--bench", "motor-01", "--lang", "en")
    assert "已删除 1 条" in said("drop", "--all")
    assert [kept.seq for kept in desk.rows_after(BENCH, 0, 10)] == [1]


def test_the_command_line_makes_no_store_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    assert "not there yet" in said("list", code=2)
    assert "not there yet" in said("replay", code=2)
    assert not list(tmp_path.iterdir())
