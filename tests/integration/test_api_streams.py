import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import uvicorn
from sqlmodel import select

from inventory.accounts.table import User
from inventory.accounts.use_cases import disable_user
from inventory.faults.use_cases import apply_fault
from inventory.monitoring.streams import MAX_LAG, MAX_STREAMS_EACH, ROWS_AT_ONCE
from telemetry.contract.payloads import BenchState, FaultReport, FaultState
from tests.schools import NOW, PASSWORD, Schools, schools

NOW_MS = int(NOW.timestamp() * 1000)


@dataclass
class Listener:
    """Reads a stream in a thread and keeps what came."""

    events: list[tuple[str, Any]] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)
    is_over: bool = False

    def listen(self, client: httpx2.Client, path: str) -> None:
        with client.stream("GET", path) as answer:
            name = ""
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    with self.news:
                        self.events.append((name, json.loads(line.removeprefix("data: "))))
                        self.news.notify_all()
        with self.news:
            self.is_over = True
            self.news.notify_all()

    def of(self, name: str) -> list[Any]:
        return [data for event, data in self.events if event == name]

    def wait(self, condition: Callable[[], object], within_s: float = 5.0) -> None:
        with self.news:
            assert self.news.wait_for(condition, within_s), self.events


@dataclass
class Served:
    house: Schools
    url: str
    clients: list[httpx2.Client] = field(default_factory=list)
    listeners: list[threading.Thread] = field(default_factory=list)

    def listen(self, username: str, path: str) -> Listener:
        listener = Listener()
        thread = threading.Thread(target=listener.listen, args=(self.client(username), path))
        thread.start()
        self.listeners.append(thread)
        return listener

    def client(self, username: str) -> httpx2.Client:
        client = httpx2.Client(base_url=self.url, timeout=10)
        self.clients.append(client)
        body = {"username": username, "password": PASSWORD}
        assert client.post("/api/v1/login", json=body).status_code == 204
        return client


@pytest.fixture
def served(school_url: str, free_port: int) -> Iterator[Served]:
    with schools(school_url) as house:
        config = uvicorn.Config(house.app, port=free_port, log_level="warning", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        pause = threading.Event()
        while not server.started:
            pause.wait(0.02)
        served = Served(house, f"http://127.0.0.1:{free_port}")
        yield served
        house.app.state.streams.stop()
        for listener in served.listeners:
            listener.join(timeout=5)
            assert not listener.is_alive()
        for client in served.clients:
            client.close()
        server.should_exit = True
        thread.join(timeout=10)
        assert not thread.is_alive()


def put_row(served: Served, volts: float) -> None:
    served.house.live.put_row("battery-01", {"pack_voltage_v": volts}, NOW)


def confirm_fault(served: Served, bench: str = "battery-01") -> None:
    report = FaultReport(
        observed_at_ms=NOW_MS,
        epoch=1,
        seq=1,
        fault_id="f-1",
        dtc="P0AA6",
        severity=3,
        state=FaultState.CONFIRMED,
        first_at_ms=NOW_MS,
        text_zh="绝缘电阻低",
        text_en="Isolation low",
    )
    with served.house.database.begin() as db:
        apply_fault(db, bench, report)


def test_rows_and_faults_arrive_as_they_happen(served: Served) -> None:
    put_row(served, 350.0)
    stream = served.listen("bj-master", "/api/v1/benches/battery-01/live")
    stream.wait(lambda: stream.of("row"))
    put_row(served, 351.0)
    put_row(served, 352.0)
    stream.wait(lambda: len(stream.of("row")) == 3)
    assert [row["values"]["pack_voltage_v"] for row in stream.of("row")] == [350.0, 351.0, 352.0]
    confirm_fault(served)
    stream.wait(lambda: any(state["faults"] for state in stream.of("state")))
    assert stream.of("state")[-1]["faults"][0]["dtc"] == "P0AA6"


def test_a_bench_without_rows_streams_its_state(served: Served) -> None:
    stream = served.listen("bj-master", "/api/v1/benches/motor-01/live")
    stream.wait(lambda: len(stream.of("state")) >= 2)
    assert stream.of("state")[0]["liveness"] == "never"


def test_pages_are_told_when_they_are_out_of_date(served: Served) -> None:
    stream = served.listen("bj-master", "/api/v1/changes")
    stream.wait(lambda: len(stream.of("changed")) == 1)
    confirm_fault(served)
    stream.wait(lambda: len(stream.of("changed")) == 2, within_s=1.0)
    served.house.live.put_state("motor-01", BenchState(observed_at_ms=NOW_MS, online=True), NOW)
    stream.wait(lambda: len(stream.of("changed")) == 3, within_s=1.0)
    served.house.clock.move(seconds=10)
    stream.wait(lambda: len(stream.of("changed")) == 4, within_s=1.0)


def test_what_happens_in_another_school_is_not_told(served: Served) -> None:
    stream = served.listen("gx-master", "/api/v1/changes")
    stream.wait(lambda: len(stream.of("changed")) == 1)
    confirm_fault(served)
    served.client("bj-teacher")
    threading.Event().wait(0.8)
    assert len(stream.of("changed")) == 1


def test_a_stream_ends_when_its_login_does(served: Served) -> None:
    stream = served.listen("bj-teacher", "/api/v1/changes")
    stream.wait(lambda: stream.of("changed"))
    disable_user(served.house.database, "bj-teacher", who="test")
    stream.wait(lambda: stream.is_over, within_s=3.0)


def test_streams_that_are_left_are_given_up(served: Served) -> None:
    client = served.client("bj-master")
    with client.stream("GET", "/api/v1/changes") as answer:
        lines = answer.iter_lines()  # kept: closing it would end the stream
        assert next(lines)
        assert served.house.app.state.streams.open_count == 1
    client.close()
    pause = threading.Event()
    for _ in range(100):
        if served.house.app.state.streams.open_count == 0:
            break
        pause.wait(0.05)
    assert served.house.app.state.streams.open_count == 0


@pytest.mark.parametrize(("code", "status"), [("battery-02", 404), ("nothing-01", 404)])
def test_a_foreign_bench_has_no_stream(served: Served, code: str, status: int) -> None:
    answer = served.client("bj-master").get(f"/api/v1/benches/{code}/live")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_visitor_has_no_stream_of_a_shared_bench(served: Served) -> None:
    assert served.client("visitor").get("/api/v1/benches/battery-01/live").status_code == 403


def volts_of(stream: Listener) -> list[float]:
    return [row["values"]["pack_voltage_v"] for row in stream.of("row")]


def test_a_stream_goes_on_behind_the_last_row_one_had(served: Served) -> None:
    for volts in range(1, 6):
        put_row(served, float(volts))
    first = served.house.live.rows_after("battery-01", 0, 9)[1]
    stream = served.listen("bj-master", f"/api/v1/benches/battery-01/live?after={first.cursor}")
    stream.wait(lambda: len(stream.of("row")) == 3)
    assert volts_of(stream) == [3.0, 4.0, 5.0]


def test_a_number_of_another_store_begins_behind_the_latest_row(served: Served) -> None:
    put_row(served, 1.0)
    stream = served.listen("bj-master", "/api/v1/benches/battery-01/live?after=999999999")
    stream.wait(lambda: len(stream.of("state")) >= 1)
    put_row(served, 2.0)
    stream.wait(lambda: stream.of("row"))
    assert volts_of(stream) == [2.0]


def test_who_was_away_for_long_is_told_what_was_skipped(served: Served) -> None:
    for _ in range(ROWS_AT_ONCE + 5):
        put_row(served, 1.0)
    later = NOW + MAX_LAG + timedelta(seconds=1)
    served.house.live.put_row("battery-01", {"pack_voltage_v": 2.0}, later)
    stream = served.listen("bj-master", "/api/v1/benches/battery-01/live?after=0")
    stream.wait(lambda: stream.of("row"))
    assert volts_of(stream) == [2.0]
    assert len(stream.of("skipped")) == 1


def test_one_caller_does_not_hold_every_stream(served: Served) -> None:
    streams = served.house.app.state.streams
    with ExitStack() as held:
        for _ in range(MAX_STREAMS_EACH):
            held.enter_context(streams.place(user_id(served, "bj-master")))
        refused = served.client("bj-master").get("/api/v1/changes")
        assert refused.status_code == 429
        assert refused.headers["retry-after"]
        assert refused.json()["type"].endswith("too-many-open")
        stream = served.listen("bj-teacher", "/api/v1/changes")
        stream.wait(lambda: stream.of("changed"))
    again = served.listen("bj-master", "/api/v1/changes")
    again.wait(lambda: again.of("changed"))


def user_id(served: Served, username: str) -> int:
    with served.house.database.read() as db:
        found = db.exec(select(User).where(User.username == username)).one()
    assert found.id is not None
    return found.id
