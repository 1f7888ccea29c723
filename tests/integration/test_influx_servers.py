"""What each kind of server is told at `store init`, how it is written and how it answers."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from telemetry.contract.payloads import Samples, Value
from telemetry.store.influx.connection import Address, Influx
from telemetry.store.influx.preparing import Kept, prepare_server
from telemetry.store.influx.store import InfluxStore
from telemetry.store.port import Batch, Received, StoreUnavailable
from tests.influx_2_face import ORGANISATION, TOKEN, Face
from tests.influx_servers import ANY_TIME, FOR_EVER, Line, start_victoria
from tests.rig import until

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
START_MS = 400_000 * HOUR_MS
MONTHS = Kept(44 * DAY_MS, 414 * DAY_MS, 1114 * DAY_MS)


def batch(count: int) -> Batch:
    values: dict[str, Value] = {
        "u": 1.5,
        "on": True,
        "mode": "关",
        "lost": None,
        "n b,=": 0.1 + 0.2,
    }
    return Batch(
        samples=[
            Received(
                "b-1",
                START_MS + n,
                Samples(observed_at_ms=START_MS + n, epoch=7, seq=n + 1, values=values),
            )
            for n in range(count)
        ]
    )


@pytest.fixture
def face(influxdb: str) -> Iterator[Face]:
    opened = Face(influxdb)
    yield opened
    opened.close()


def test_init_makes_what_is_missing_sets_what_differs_and_may_be_repeated(influxdb: str) -> None:
    address = Address(influxdb, database="init-1")
    with closing(Influx(address)) as influx:
        first = prepare_server(influx, MONTHS)
        assert first.done == [
            "database init-1",
            "retention policy samples 44 d",
            "retention policy minutes 414 d",
            "retention policy hours 1114 d",
        ]
        assert (first.is_old, first.can_read) == (True, True)
        assert prepare_server(influx, MONTHS).done == []
        longer = Kept(60 * DAY_MS, MONTHS.minutes_ms, MONTHS.hours_ms)
        assert prepare_server(influx, longer).done == ["retention policy samples 60 d"]
        found = influx.ask('SHOW RETENTION POLICIES ON "init-1"')
        assert ["samples", "1440h0m0s"] in [row[:2] for row in found[0].values]


def test_a_2_x_gets_buckets_with_mappings_and_keeps_the_rows(face: Face, tmp_path: Path) -> None:
    address = Address(face.url, TOKEN, ORGANISATION, "init-2")
    with closing(Influx(address)) as influx:
        assert prepare_server(influx, MONTHS).can_read
        assert prepare_server(influx, MONTHS).done == []
        assert prepare_server(influx, FOR_EVER).done == [
            "bucket init-2/samples for ever",
            "bucket init-2/minutes for ever",
            "bucket init-2/hours for ever",
        ]
    kept = {(m["database"], m["retention_policy"], m["default"]) for m in face.mappings}
    assert kept == {
        ("init-2", "samples", True),
        ("init-2", "minutes", False),
        ("init-2", "hours", False),
    }
    with closing(InfluxStore(tmp_path / "t.sqlite", Influx(address), ANY_TIME)) as store:
        store.commit(batch(20))
        before = store.rows_after("b-1", 0, 99)
        store.send()
        assert store.seal(START_MS + 5 * HOUR_MS, 0).rows == 20
        assert store.rows_away() == 20
        assert store.rows_after("b-1", 0, 99) == before


@pytest.mark.parametrize(
    ("token", "organisation", "told"),
    [("wrong", ORGANISATION, "INFLUX_TOKEN"), (TOKEN, "else", "INFLUX_ORGANISATION")],
)
def test_what_a_2_x_refuses_is_told_with_the_setting(
    face: Face, token: str, organisation: str, told: str
) -> None:
    influx = Influx(Address(face.url, token, organisation, "init-3"))
    with closing(influx), pytest.raises(StoreUnavailable, match=told) as refused:
        prepare_server(influx, MONTHS)
    assert "wrong" not in str(refused.value)


def test_a_bucket_that_is_not_there_lets_rows_wait(face: Face, tmp_path: Path) -> None:
    address = Address(face.url, TOKEN, ORGANISATION, "no-init")
    with closing(InfluxStore(tmp_path / "t.sqlite", Influx(address), ANY_TIME)) as store:
        store.commit(batch(2))
        with pytest.raises(StoreUnavailable, match="store init"):
            store.send()
        assert store.forwarding().waiting == 2


def test_victoria_metrics_takes_the_same_lines(tmp_path: Path) -> None:
    server = start_victoria(tmp_path / "victoria")
    try:
        address = Address(server.url, database="vm")
        with closing(Influx(address)) as influx:
            prepared = prepare_server(influx, FOR_EVER)
        assert not prepared.can_read, "it has no InfluxQL: init says that it can't be the store"
        with closing(InfluxStore(tmp_path / "t.sqlite", Influx(address), ANY_TIME)) as store:
            store.commit(batch(500))
            assert store.send() == 500
            assert (store.forwarding().waiting, store.forwarding().kept) == (0, 0)
        httpx2.get(f"{server.url}/internal/force_flush")
        until(lambda: len(_exported(server.url, "samples_u")) == 500, "it shows the rows")
        assert _exported(server.url, "samples_u") == {START_MS + n: 1.5 for n in range(500)}
        seqs = _exported(server.url, "samples_seq:row")
        assert seqs == {START_MS + n: n + 1 for n in range(500)}
    finally:
        server.kill()


def _exported(url: str, metric: str) -> dict[int, float]:
    matching = {"match[]": f'{{__name__="{metric}",bench="b-1"}}'}
    answer = httpx2.get(f"{url}/api/v1/export", params=matching)
    found = [json.loads(line) for line in answer.text.splitlines()]
    return {at: v for one in found for at, v in zip(one["timestamps"], one["values"], strict=True)}


@pytest.mark.parametrize("url", ["influx:8086", "ftp://x", "http://", "http://a:secret@host:1"])
def test_an_address_that_is_none_is_refused_and_no_password_shown(url: str) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        Influx(Address(url))
    assert "secret" not in str(refused.value)


def test_a_server_that_does_not_answer_is_unavailable_by_name(influxdb: str) -> None:
    line = Line(influxdb)
    line.close()
    with closing(Influx(Address(line.url))) as influx, pytest.raises(StoreUnavailable, match="127"):
        influx.server()
