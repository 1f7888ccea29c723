"""What InfluxDB refuses, loses or must not get stays in the file; what rests there is read."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from telemetry.contract.payloads import Samples
from telemetry.store.influx.connection import Address, Influx
from telemetry.store.influx.forwarding import WRONG_CLOCK, Limits
from telemetry.store.influx.store import InfluxReader, InfluxStore
from telemetry.store.port import Batch, Received, Step, StoreUnavailable
from tests.influx_rows import HOUR_MS, START_MS, in_influxdb, over, rows, seqs
from tests.influx_servers import ANY_TIME, Line, Server, new_database, now_ms, start_influxdb


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
