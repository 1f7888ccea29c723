import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from can_bridge.figures import BridgeFigures
from inventory.data_health.source import IngestSigns, MemoryTransport, TransportCounters
from inventory.data_health.use_cases import Sources
from inventory.errors import SourceUnavailable
from stationmaster.bridge_metrics import METRICS as OF_BRIDGES
from stationmaster.bridge_metrics import bridge_families, bridge_metrics, bridge_troubles
from stationmaster.house_metrics import METRICS as OF_HOUSE
from stationmaster.house_metrics import HouseFigures
from stationmaster.ingest_metrics import METRICS as OF_INGEST
from stationmaster.ingest_metrics import ingest_families, ingest_metrics, ingest_troubles
from stationmaster.process_metrics import MetricsServer, Trouble, serve_metrics, text_of
from stationmaster.settings import Settings
from telemetry.ingest.figures import Figures
from tests.schools import NOW, Schools, schools

BRIDGE = BridgeFigures("battery-01", is_connected=True, spool_limit_bytes=100)


@pytest.fixture
def settings(tmp_path: Path, free_port: int) -> Settings:
    return Settings(var=tmp_path, metrics_port=free_port)


@contextmanager
def asked(settings: Settings) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=f"http://127.0.0.1:{settings.metrics_port}") as client:
        yield client


def values(text: str) -> dict[tuple[str, str], float]:
    return {
        (sample.name, sample.labels.get("bench", sample.labels.get("le", ""))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_ingest_tells_its_figures_and_its_health(settings: Settings) -> None:
    figures = Figures(rows=7, dropped=2, connected=1, inbox_capacity=10)
    figures.delay.note(0.02)
    figures.delay.note(30.0)
    with ingest_metrics(settings, lambda: figures), asked(settings) as client:
        found = values(client.get("/metrics").text)
        assert found["stationmaster_ingest_rows_total", ""] == 7
        assert found["stationmaster_ingest_dropped_total", ""] == 2
        assert found["stationmaster_ingest_last_commit_age_seconds", ""] == -1
        assert found["stationmaster_ingest_delay_seconds_bucket", "0.025"] == 1
        assert found["stationmaster_ingest_delay_seconds_bucket", "+Inf"] == 2
        assert found["stationmaster_ingest_delay_seconds_count", ""] == 2
        assert client.get("/health").json() == {"status": "ok", "reasons": []}
        figures.connected = 0
        answer = client.get("/health")
        assert (answer.status_code, answer.json()["status"]) == (503, "failing")
        assert client.get("/healthz").status_code == 200
        assert client.get("/secret").status_code == 404
    with pytest.raises(httpx2.HTTPError):
        httpx2.get(f"http://127.0.0.1:{settings.metrics_port}/healthz")


def test_bridges_tell_their_figures_by_bench(settings: Settings) -> None:
    full = replace(BRIDGE, bench="motor-01", spool_bytes=60, spool_rows=3, trouble="no space")
    with bridge_metrics(settings, lambda: [BRIDGE, full]), asked(settings) as client:
        found = values(client.get("/metrics").text)
        assert found["stationmaster_bridge_connected", "battery-01"] == 1
        assert found["stationmaster_bridge_spool_rows", "motor-01"] == 3
        health = client.get("/health").json()
        assert health["status"] == "failing"
        assert health["reasons"] == [
            "motor-01: the disk takes no rows: no space",
            "motor-01: spool 60% full",
        ]


def test_a_bridge_without_a_broker_still_does_its_work() -> None:
    (trouble,) = bridge_troubles(lambda: [replace(BRIDGE, is_connected=False)])
    assert not trouble.is_failing


def test_a_store_that_takes_nothing_makes_ingest_fail() -> None:
    stuck = Figures(connected=1, inbox_messages=5, inbox_capacity=10, last_commit_s=-1e6)
    (trouble,) = ingest_troubles(lambda: stuck)
    assert trouble.is_failing
    assert "nothing was committed" in trouble.reason
    (slow,) = ingest_troubles(lambda: Figures(connected=1, inbox_messages=9, inbox_capacity=10))
    assert not slow.is_failing


def test_every_metric_that_is_promised_is_served() -> None:
    served: list[tuple[Sequence[Metric], Sequence[object]]] = [
        (ingest_families(Figures()), OF_INGEST),
        (bridge_families([BRIDGE]), OF_BRIDGES),
    ]
    for families, infos in served:
        assert [family.name for family in families] == [info.name for info in infos]  # type: ignore[attr-defined]
        assert all(family.samples for family in families)


def test_a_taken_port_stops_no_process(settings: Settings) -> None:
    with closing(socket.create_server(("127.0.0.1", settings.metrics_port))):
        text = text_of(list, [])
        assert serve_metrics(text, list, "127.0.0.1", settings.metrics_port) is None
    assert serve_metrics(text, list, "127.0.0.1", 0) is None


def test_figures_that_cannot_be_had_are_a_503_and_the_server_lives_on() -> None:
    def away() -> bytes:
        raise SourceUnavailable("the telemetry store")

    server = MetricsServer(away, lambda: [Trouble("x", is_failing=False)])
    server.start()
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{server.port}") as client:
            assert client.get("/metrics").status_code == 503
            answer = client.get("/health")
            assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    finally:
        server.stop()


def test_probers_that_send_nothing_hold_nobody_up() -> None:
    server = MetricsServer(lambda: b"x 1\n", list)
    server.start()
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    try:
        assert httpx2.get(f"http://127.0.0.1:{server.port}/metrics").text == "x 1\n"
    finally:
        for one in silent:
            one.close()
        server.stop()
    assert threading.active_count() < 30


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield built


def test_the_server_tells_of_every_bench_and_of_alerts(house: Schools) -> None:
    transport = MemoryTransport()
    transport.put_counters["battery-01"] = TransportCounters("battery-01", missing=4, dropped=2)
    transport.put_ingest = IngestSigns(NOW, is_connected=True)
    house.live.put_row("battery-01", {"u": 1.0}, NOW - timedelta(seconds=5))
    figures = HouseFigures(house.database, Sources(house.live, transport), house.clock)
    families = figures.families()
    assert [family.name for family in families] == [info.name for info in OF_HOUSE]
    found = {(s.name, s.labels.get("bench")): s.value for f in families for s in f.samples}
    assert found["stationmaster_bench_missing_rows", "battery-01"] == 4
    assert found["stationmaster_bench_last_seen_age_seconds", "battery-01"] == 5
    assert ("stationmaster_bench_clock_offset_seconds", "battery-01") not in found
    assert figures.troubles() == []
    house.clock.move(minutes=1)
    assert [trouble.is_failing for trouble in figures.troubles()] == [False]
