"""InfluxDB away or killed, a process killed, a queue full: no row is lost or doubled."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from telemetry.store.influx.connection import Address, Influx
from telemetry.store.influx.forwarding import Limits
from telemetry.store.influx.store import InfluxStore
from telemetry.store.port import StoreUnavailable
from tests.influx_rows import HOUR_MS, START_MS, in_influxdb, over, rows, seqs
from tests.influx_servers import ANY_TIME, Line, new_database, start_influxdb
from tests.rig import POSIX_ONLY, until

LIVE_ROWS_PER_S = 400
"""40 benches at 10 Hz."""


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
from tests.influx_rows import START_MS, rows
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
            until(lambda: first.forwarding().sent == 10, "the first sends them and notes it")
            assert not first.forwarding().waiting
        second.commit(rows(11, 10))
        until(lambda: not second.forwarding().waiting, "the second sends them")
        assert second.may_keep_house()
    assert in_influxdb(address) == 20
