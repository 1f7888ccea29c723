import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from inventory.alerts.use_cases import LEASE_LASTS, may_watch, stop_watching
from inventory.audit.table import AuditEntry
from inventory.data_health.source import IngestSigns, MemoryTransport, TransportCounters
from inventory.data_health.use_cases import Sources
from stationmaster.watching import Watcher
from telemetry.contract.payloads import BenchState
from tests.schools import NOW, WRITES, Schools, schools


@dataclass
class Watched:
    """The schools with a watcher whose looks the test decides about."""

    house: Schools
    transport: MemoryTransport
    watcher: Watcher

    def look(self, *, heard: bool = True, minutes: float = 0.0) -> None:
        self.house.clock.move(minutes=minutes)
        now = self.house.clock()
        self.transport.put_ingest = IngestSigns(now, is_connected=True)
        if heard:
            alive = BenchState(observed_at_ms=1, online=True)
            self.house.live.put_state("battery-01", alive, now)
        assert self.watcher.look()

    def book(self, **facts: object) -> int:
        start = self.house.clock() - timedelta(minutes=30)
        order = {
            "bench_code": "battery-01",
            "start_at": start.isoformat(),
            "end_at": (start + timedelta(hours=2)).isoformat(),
            "purpose": "exam",
        }
        made = self.house.client("bj-master").post(
            "/api/v1/bookings", json=order | facts, headers=WRITES
        )
        assert made.status_code == 201, made.text
        return int(made.json()["id"])

    def alerts(self, username: str = "bj-teacher", **query: str | bool) -> list[dict[str, Any]]:
        answer = self.house.client(username).get("/api/v1/alerts", params=query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture
def watched(school_url: str) -> Iterator[Watched]:
    with schools(school_url) as house:
        transport = MemoryTransport()
        house.app.state.transport = transport
        sources = Sources(house.live, transport)
        watcher = Watcher(house.database, sources, house.clock)
        watched = Watched(house, transport, watcher)
        watched.look()
        yield watched


def test_a_bench_that_falls_silent_in_an_exam_alarms_and_comes_back(watched: Watched) -> None:
    booking = watched.book()
    watched.look()
    watched.look(heard=False, minutes=4)
    assert watched.alerts() == []
    watched.look(heard=False, minutes=2)
    (alert,) = watched.alerts(open=True)
    assert (alert["kind"], alert["bench_code"], alert["booking_id"]) == (
        "bench_silent",
        "battery-01",
        booking,
    )
    watched.look(minutes=1)
    (alert,) = watched.alerts()
    assert alert["closed_because"] == "recovered"
    watched.look(heard=False, minutes=6)
    (again,) = watched.alerts()
    assert (again["id"], again["times"], again["closed_at"]) == (alert["id"], 2, None)
    with watched.house.database.read() as db:
        of_alerts = select(AuditEntry.action).where(AuditEntry.entity == "alert")
        actions = db.exec(of_alerts.order_by(AuditEntry.id)).all()  # type: ignore[arg-type]
    assert actions == ["opened", "closed", "reopened"]
    items = watched.house.client("bj-master").get("/api/v1/inbox").json()["items"]
    (told,) = (one for one in items if one["kind"] == "alert_opened")
    assert told["title"] == "警报：预约时段内台架无数据 battery-01"
    assert told["lines"] == ["台架：台架 battery-01", "预约：2026-12-01 周二 15:30–17:30"]
    assert watched.house.client("gx-master").get("/api/v1/inbox").json()["total"] == 0


def test_the_alert_ends_when_the_slot_is_given_back(watched: Watched) -> None:
    booking = watched.book()
    watched.look(heard=False, minutes=6)
    cancel = f"/api/v1/bookings/{booking}/cancellation"
    watched.house.client("bj-master").post(cancel, headers=WRITES)
    watched.look(heard=False)
    (alert,) = watched.alerts()
    assert alert["closed_because"] == "slot_over"


def test_maintenance_may_be_silent(watched: Watched) -> None:
    watched.book(purpose="maintenance")
    watched.look(heard=False, minutes=30)
    assert watched.alerts() == []


def test_an_alert_survives_the_death_of_the_watcher(watched: Watched) -> None:
    watched.book()
    watched.look(heard=False, minutes=6)
    house = watched.house
    another = Watcher(house.database, Sources(house.live, watched.transport), house.clock)
    assert not another.look()
    house.clock.move(seconds=LEASE_LASTS.total_seconds() + 1)
    watched.transport.put_ingest = IngestSigns(house.clock(), is_connected=True)
    assert another.look()
    assert len(watched.alerts(open=True)) == 1
    assert not watched.watcher.look()


def test_exactly_one_of_many_servers_watches(watched: Watched) -> None:
    database, now = watched.house.database, NOW + timedelta(hours=1)
    assert [may_watch(database, name, now) for name in "abc"] == [True, False, False]
    stop_watching(database, "a")
    assert [may_watch(database, name, now) for name in "bca"] == [True, False, False]
    set_back = now - timedelta(days=3650)
    assert may_watch(database, "c", set_back), "a lease of a clock that was wrong holds nobody up"


def test_a_person_acknowledges_and_stays_named(watched: Watched) -> None:
    watched.book()
    watched.look(heard=False, minutes=6)
    (alert,) = watched.alerts()
    path = f"/api/v1/alerts/{alert['id']}/acknowledgement"
    first = watched.house.client("bj-teacher").post(path, json={"note": "去看看"}, headers=WRITES)
    assert first.json()["acknowledged_by"] == "bj-teacher"
    second = watched.house.client("bj-master").post(path, json={"note": "电源"}, headers=WRITES)
    assert second.json()["acknowledged_by"] == "bj-teacher"
    assert second.json()["note"] == "电源"
    assert watched.house.client("evaluator").post(path, json={}, headers=WRITES).status_code == 403
    assert watched.house.client("gx-master").post(path, json={}, headers=WRITES).status_code == 404


def test_alerts_are_shown_to_whom_they_concern(watched: Watched) -> None:
    watched.book()
    watched.look(heard=False, minutes=6)
    assert len(watched.alerts("evaluator")) == 1
    assert watched.alerts("gx-master") == []
    assert watched.house.client("visitor").get("/api/v1/alerts").status_code == 403


def test_a_silent_ingest_concerns_everybody_inside(watched: Watched) -> None:
    watched.house.clock.move(minutes=1)
    assert watched.watcher.look()
    for username in ("bj-teacher", "gx-master", "evaluator"):
        (alert,) = watched.alerts(username)
        assert alert["kind"] == "ingest_silent"
    watched.look()
    assert watched.alerts("gx-master", open=True) == []


def test_counters_of_a_new_day_begin_with_the_day(watched: Watched) -> None:
    lost = TransportCounters("battery-01", dropped=7, rejected=2, spool_share=0.1)
    watched.transport.put_counters["battery-01"] = lost
    watched.look(minutes=1)
    client = watched.house.client("bj-teacher")
    (bench,) = (
        one
        for one in client.get("/api/v1/data-health").json()["benches"]
        if one["code"] == "battery-01"
    )
    assert bench["dropped"] == 0, "an older installation does not begin with an alarm"
    watched.house.clock.move(days=1)
    more = TransportCounters("battery-01", dropped=7, rejected=2)
    watched.transport.put_counters["battery-01"] = more
    watched.look()
    watched.transport.put_counters["battery-01"] = TransportCounters("battery-01", dropped=9)
    watched.look(minutes=1)
    answer = watched.house.client("bj-teacher").get("/api/v1/data-health").json()
    first = answer["benches"][0]
    assert (first["code"], first["state"], first["reasons"][0]) == (
        "battery-01",
        "trouble",
        "dropped",
    )
    assert answer["lost_today"] == 2
    assert {alert["kind"] for alert in watched.alerts(open=True)} == {"rows_dropped"}


def test_the_watcher_lives_on_when_a_look_fails(watched: Watched) -> None:
    looked = threading.Event()

    class Failing(MemoryTransport):
        def counters(self) -> dict[str, TransportCounters]:
            looked.set()
            raise RuntimeError("a defect")

    house = watched.house
    stop_watching(house.database, watched.watcher._holder)  # noqa: SLF001
    failing = Watcher(
        house.database, Sources(house.live, Failing()), house.clock, look_every_s=0.01
    )
    failing.start()
    assert looked.wait(5)
    looked.clear()
    assert looked.wait(5)
    failing.stop()
    assert may_watch(house.database, "next", house.clock())
