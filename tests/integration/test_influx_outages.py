"""InfluxDB away, killed, forgetful or choosy: rows wait, go again or stay, and none is lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from telemetry.contract.payloads import Samples, Value
from telemetry.store.influx.connection import Address, Influx
from telemetry.store.influx.forwarding import WRONG_CLOCK, Limits
from telemetry.store.influx.store import InfluxReader, InfluxStore
from telemetry.store.port import Batch, Received, Step, StoreUnavailable
from tests.influx_servers import ANY_TIME, Line, Server, new_database, now_ms, start_influxdb
from tests.rig import POSIX_ONLY, until

HOUR_MS = 3_600_000
START_MS = 400_000 * HOUR_MS
LIVE_ROWS_PER_S = 400
"""40 benches at 10 Hz."""


def rows(first: int, count: int, at_ms: int = START_MS, **values: Value) -> Batch:
    found = values or {f"s{n}": n / 10 for n in range(20)}
    return Batch(
        samples=[
            Received(
                "b-1",
                at_ms + n,
                Samples(observed_at_ms=at_ms + n * 100, epoch=7, seq=n, values=found),
            )
            for n in range(first, first + count)
        ]
    )


def seqs(store: InfluxReader | InfluxStore) -> list[int]:
    found = store.history("b-1", (-(2**53), 2**53), ())
    return sorted(seq for stretch in found for seq in stretch.seq.tolist())


def in_influxdb(address: Address) -> int:
    with closing(Influx(address)) as influx:
        found = influx.ask('SELECT count("seq:row") FROM samples', "samples")
    return int(found[0].values[0][1] or 0) if found else 0


@pytest.fixture
def line(influxdb: str) -> Iterator[Line]:
    opened = Line(influxdb)
    yield opened
    opened.close()


@pytest.fixture
def address(influxdb: str) -> Address:
    return new_database(influxdb)


@pytest.fixture
def opened(tmp_path: Path, address: Address) -> Iterator[InfluxStore]:
    with closing(InfluxStore(tmp_path / "t.sqlite", Influx(address), ANY_TIME)) as store:
        yield store


def over(address: Address, line: Line) -> Address:
    return Address(line.url, address.token, address.organisation, address.database)


def test_rows_wait_while_influxdb_is_away_and_go_at_many_times_the_live_rate(
    tmp_path: Path, address: Address, line: Line
) -> None:
    store = InfluxStore(tmp_path / "t.sqlite", Influx(over(address, line)), ANY_TIME, 1000)
    with closing(store):
        store.start()
        store.commit(rows(1, 10))
        until(lambda: not store.forwarding().waiting, "the first rows are sent")
        line.cut()
        for first in range(11, 20_011, 500):
            store.commit(rows(first, 500))
            store.seal(START_MS, HOUR_MS)
        until(lambda: store.forwarding().failure, "the outage is told")
        assert store.forwarding().waiting == 20_000
        assert store.last_row("b-1") is not None, "what is in the file is answered meanwhile"
        line.mend()
        until(lambda: store.forwarding().waiting < 20_000, "it is found again", within_s=20)
        began_s = time.monotonic()
        left = store.forwarding().waiting
        until(lambda: not store.forwarding().waiting, "all is sent", within_s=60)
        rate = left / (time.monotonic() - began_s)
        assert rate > 10 * LIVE_ROWS_PER_S
        until(lambda: not store.forwarding().failure, "health is told")
    assert in_influxdb(address) == 20_010


def test_a_killed_influxdb_gets_every_row_once(tmp_path: Path) -> None:
    server = start_influxdb(tmp_path / "influxdb")
    address = new_database(server.url)
    try:
        with closing(InfluxStore(tmp_path / "t.sqlite", Influx(address), ANY_TIME)) as store:
            store.start()
            for n in range(60):
                store.commit(rows(1 + n * 500, 500))
                if n % 25 == 10:
                    server.kill()
                    server.restart()
            until(lambda: not store.forwarding().waiting, "all is sent", within_s=60)
            assert store.seal(START_MS + 5 * HOUR_MS, 0).rows == 30_000
            assert store.rows_away() == 30_000
            assert in_influxdb(address) == 30_000
            assert seqs(store) == list(range(1, 30_001))
    finally:
        server.kill()


_SENDING = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from telemetry.store.influx.connection import Address, Influx
from telemetry.store.influx.store import InfluxStore
from tests.influx_servers import ANY_TIME
from tests.integration.test_influx_outages import START_MS, rows
store = InfluxStore(Path(sys.argv[2]), Influx(Address(sys.argv[3], database=sys.argv[4])), ANY_TIME)
store.start()
first = int(sys.argv[5])
while True:
    store.commit(rows(first, 50))
    first += 50
    print(first - 1, flush=True)
    if first % 1000 == 1:
        store.seal(START_MS + first * 100, 0)
"""


@POSIX_ONLY
def test_a_process_killed_while_it_sends_and_lets_go_loses_and_doubles_nothing(
    tmp_path: Path, address: Address, root: Path
) -> None:
    path, last = tmp_path / "t.sqlite", 0
    for kill in range(3):
        arguments = [str(root), str(path), address.url, address.database, str(last + 1)]
        sender = subprocess.Popen(
            [sys.executable, "-c", _SENDING, *arguments], stdout=subprocess.PIPE, text=True
        )
        assert sender.stdout is not None
        for _ in range(40 + 37 * kill):
            last = int(sender.stdout.readline())
        os.kill(sender.pid, signal.SIGKILL)
        last = max([last, *map(int, sender.stdout)])
        sender.wait()
        sender.stdout.close()
    with closing(InfluxStore(path, Influx(address), ANY_TIME)) as store:
        known = store.watermark("b-1", 7)
        assert known >= last, "what was said to be committed is there"
        store.send()
        store.seal(START_MS + 50 * HOUR_MS, 0)
        assert seqs(store) == list(range(1, known + 1))
        assert store.rows_away() == in_influxdb(address) == known


def test_rows_that_influxdb_does_not_want_stay_and_are_counted_with_the_reason(
    opened: InfluxStore, address: Address
) -> None:
    with closing(Influx(address)) as influx:
        influx.write("samples", [f"samples,bench=else u=t {START_MS * 1_000_000}"])
    opened.commit(rows(1, 40, s=1.0))
    opened.commit(rows(41, 2, u=2.5))
    opened.commit(rows(43, 40, s=3.0))
    assert opened.send() == 82
    assert opened.forwarding().kept == 2
    ((bench, reason, number),) = opened.kept_reasons()
    assert (bench, number) == ("b-1", 2)
    assert "field type conflict" in reason
    opened.seal(START_MS + 5 * HOUR_MS, 0)
    assert opened.rows_away() == 80
    assert seqs(opened) == list(range(1, 83))
    window = opened.window("b-1", (START_MS, START_MS + HOUR_MS), 10, ["u"])
    assert window.series["u"][0].count == 2
    opened.commit(rows(83, 1, s=1.0))
    opened.send()
    opened.seal(START_MS + 5 * HOUR_MS, 0)
    assert opened.rows_away() == 81
    assert seqs(opened) == list(range(1, 84))


def test_a_database_that_is_gone_makes_no_row_look_bad(
    opened: InfluxStore, address: Address
) -> None:
    opened.commit(rows(1, 5))
    with closing(Influx(address)) as influx:
        influx.ask(f'DROP DATABASE "{address.database}"')
    with pytest.raises(StoreUnavailable, match="stationmaster store init"):
        opened.send()
    assert (opened.forwarding().waiting, opened.forwarding().kept) == (5, 0)


def test_a_full_queue_takes_no_more_rows_until_some_are_sent(
    tmp_path: Path, address: Address
) -> None:
    few = Limits(ANY_TIME.behind_ms, ANY_TIME.ahead_ms, queue_rows=30, keep_ms=0)
    with closing(InfluxStore(tmp_path / "t.sqlite", Influx(address), few)) as store:
        store.commit(rows(1, 30))
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="30 rows wait for InfluxDB"):
                store.commit(rows(31, 1))
        assert store.watermark("b-1", 7) == 30
        assert store.send() == 30
        store.commit(rows(31, 1))
        assert store.watermark("b-1", 7) == 31


def test_rows_that_influxdb_lost_are_sent_again_before_they_leave_the_file(
    opened: InfluxStore, address: Address
) -> None:
    opened.commit(rows(1, 100))
    opened.send()
    with closing(Influx(address)) as influx:
        some = f"time < {(START_MS + 5000) * 1_000_000}"
        influx.ask(f"DELETE FROM samples WHERE {some}")  # noqa: S608
    assert in_influxdb(address) < 100
    opened.seal(START_MS + 5 * HOUR_MS, 0)
    assert opened.rows_away() == 0
    opened.seal(START_MS + 5 * HOUR_MS, 0)
    assert opened.rows_away() == in_influxdb(address) == 100
    assert seqs(opened) == list(range(1, 101))


def test_rows_of_a_wrong_clock_stay_in_the_file(tmp_path: Path, address: Address) -> None:
    limits = Limits(keep_ms=0)
    with closing(InfluxStore(tmp_path / "t.sqlite", Influx(address), limits)) as store:
        now = now_ms() // HOUR_MS * HOUR_MS
        for n, years in enumerate((0, -10, 10, 0)):
            at_ms = now - 4 * HOUR_MS + years * 365 * 24 * HOUR_MS
            message = Samples(observed_at_ms=at_ms, epoch=7, seq=n + 1, values={"u": float(n)})
            store.commit(Batch(samples=[Received("b-1", now - 3 * HOUR_MS, message)]))
        store.send()
        assert store.kept_reasons() == [("b-1", WRONG_CLOCK, 2)]
        assert store.seal(now, 0).rows == 4
        assert store.rows_away() == 2
        assert [row.values["u"] for row in store.rows_after("b-1", 0, 9)] == [0.0, 1.0, 2.0, 3.0]


def test_of_several_processes_one_sends_and_another_takes_over_when_it_ends(
    tmp_path: Path, address: Address
) -> None:
    first, second = (
        InfluxStore(tmp_path / "t.sqlite", Influx(address), ANY_TIME) for _ in range(2)
    )
    with closing(second):
        with closing(first):
            assert (first.may_keep_house(), second.may_keep_house()) == (True, False)
            first.start()
            second.start()
            second.commit(rows(1, 10))
            until(lambda: not second.forwarding().waiting, "the first sends them")
            assert first.forwarding().sent == 10
        second.commit(rows(11, 10))
        until(lambda: not second.forwarding().waiting, "the second sends them")
        assert second.may_keep_house()
    assert in_influxdb(address) == 20


def test_rollups_are_in_influxdb_as_they_are_in_the_file(
    opened: InfluxStore, address: Address
) -> None:
    opened.commit(rows(1, 2000, u=1.5, mode="on"))
    opened.seal(START_MS + 5 * HOUR_MS, 0)
    opened.send()
    span = (START_MS, START_MS + HOUR_MS)
    for step, policy in ((Step.MINUTE, "minutes"), (Step.HOUR, "hours")):
        for signal_name in ("u", "mode"):
            known = opened.rollups(["b-1"], [signal_name], span, step)["b-1", signal_name]
            with closing(Influx(address)) as influx:
                asked = f'"count", active_ms, last_at_ms FROM {policy} WHERE signal = '
                found = influx.ask(f"SELECT {asked}'{signal_name}'", policy)
            assert [tuple(row) for row in found[0].values] == [
                (r.start_ms * 1_000_000, r.counted, r.active_ms, r.last_at_ms) for r in known
            ]


def test_another_reader_sees_what_rests_in_influxdb_and_says_when_it_cannot(
    tmp_path: Path, address: Address, line: Line, opened: InfluxStore
) -> None:
    opened.commit(rows(1, 50, u=1.0))
    opened.send()
    opened.seal(START_MS + 5 * HOUR_MS, 0)
    opened.commit(rows(51, 1, u=2.0))
    with closing(InfluxReader(tmp_path / "t.sqlite", Influx(over(address, line)))) as reader:
        assert seqs(reader) == list(range(1, 52))
        assert [row.seq for row in reader.rows_after("b-1", 48, 9)] == [49, 50, 51]
        line.cut()
        with pytest.raises(StoreUnavailable, match="InfluxDB"):
            seqs(reader)
        last = reader.last_row("b-1")
        assert last is not None
        assert last.values == {"u": 2.0}
        hours = reader.rollups(["b-1"], ["u"], (START_MS, START_MS + HOUR_MS), Step.HOUR)
        assert hours["b-1", "u"][0].counted == 51, "rollups are in the file"


def test_a_refused_token_is_told_and_never_shown(tmp_path: Path) -> None:
    server = start_influxdb(tmp_path / "influxdb", with_accounts=True)
    try:
        _accounts(server)
        good = new_database(server.url, token="keeper:secret-1")
        bad = Address(server.url, "keeper:wrong-9", "-", good.database)
        told: list[str] = []
        for one in (good, bad):
            file = tmp_path / f"{len(told)}.sqlite"
            with closing(InfluxStore(file, Influx(one), ANY_TIME)) as store:
                store.commit(rows(1, 3))
                told.append(_failure(store.send))
        assert told[0] == ""
        assert "STATIONMASTER_INFLUX_TOKEN" in told[1]
        assert not any(word in f"{told} {good!r}" for word in ("secret-1", "wrong-9"))
    finally:
        server.kill()


def _accounts(server: Server) -> None:
    with closing(Influx(Address(server.url))) as influx:
        influx.ask("CREATE USER keeper WITH PASSWORD 'secret-1' WITH ALL PRIVILEGES")


def _failure(call: Callable[[], object]) -> str:
    try:
        call()
    except StoreUnavailable as failed:
        return str(failed)
    return ""
