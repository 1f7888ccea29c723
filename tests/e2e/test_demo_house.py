import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

import httpx2
import pytest

from telemetry.store.sqlite_reading import SqliteReader
from tests.e2e.conftest import Demo
from tests.rig import POSIX_ONLY

Wait = Callable[..., None]
FAULT_TO_ANSWER_S = 9.0
"""Beside the other tests; that it takes 3 s at most is for benchmarks/fault_round_trip.py."""
ENDS_WITHIN_S = 15.0
"""As above; alone it takes two seconds."""

pytestmark = [POSIX_ONLY, pytest.mark.timeout(240)]


def seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def status(demo: Demo, station: str = "BJ01-E", module: str = "2-1") -> str:
    return str(demo.readiness(station, module)["status"])


def stored_rows(demo: Demo) -> int:
    with closing(SqliteReader(demo.folder / "telemetry.sqlite")) as reader:
        return sum(bench.rows for bench in reader.snapshots().values())


def open_faults(demo: Demo) -> list[dict[str, str]]:
    page = demo.api.get("/benches/battery-01").json()
    found: list[dict[str, str]] = page["details"]["pulse"]["faults"]
    return found


def test_the_facts_for_scripts_open_every_door(demo: Demo) -> None:
    assert len(demo.facts["logins"]) >= 4
    assert {login["role"] for login in demo.facts["logins"]} >= {
        "stationmaster",
        "instructor",
        "evaluator",
        "visitor",
    }
    for login in demo.facts["logins"]:
        names = {name: login[name] for name in ("username", "password")}
        answer = httpx2.post(f"{demo.facts['api_url']}/login", json=names)
        assert answer.is_success, answer.text
        assert "HttpOnly" in answer.headers["set-cookie"]
    benches = demo.api.get("/benches", params={"limit": 100}).json()["items"]
    assert {bench["code"] for bench in benches} == set(demo.facts["benches"])
    stations = demo.api.get("/stations").json()["items"]
    assert {station["code"] for station in stations} == set(demo.facts["stations"])


def test_a_fault_turns_the_module_and_its_clearing_turns_it_back(
    demo: Demo, wait_until: Wait
) -> None:
    before = status(demo)
    assert before != "not_ready"
    demo.command("sim", "fault", "battery-01", "isolation-low")
    injected_s = time.time()
    wait_until(lambda: status(demo) == "not_ready", what="the module turns red")
    answered_s = time.time()
    found = demo.readiness("BJ01-E", "2-1")["findings"]
    fault = next(finding for finding in found if finding["kind"] == "bench_fault")
    assert fault["is_binding"]
    assert fault["bench"]["bench_code"] == "battery-01"
    assert "P0AA6" in fault["reason"]["zh"] + fault["found"]["zh"]
    assert "绝缘" in fault["remedy"]["zh"]
    assert "insulation" in fault["remedy"]["en"]
    [open_fault] = open_faults(demo)
    # from the first frame that shows the fault, as the bridge saw it
    assert answered_s - seconds(open_fault["first_at"]) <= FAULT_TO_ANSWER_S
    assert answered_s - injected_s <= FAULT_TO_ANSWER_S
    assert status(demo, "BJ01-E", "2-3") != "not_ready", "other modules stay as they are"
    demo.command("sim", "clear", "battery-01")
    wait_until(lambda: status(demo) == before, what="the module turns back")
    assert open_faults(demo) == []


def test_a_bench_that_stops_speaking_is_late_and_comes_back(demo: Demo, wait_until: Wait) -> None:
    def liveness() -> str:
        return str(demo.api.get("/benches/motor-02").json()["liveness"])

    notes = json.loads((demo.folder / "processes.json").read_text("utf-8"))
    pid = next(note["pid"] for note in notes if note["name"] == "benches-gx02")
    wait_until(lambda: liveness() == "online")
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_until(lambda: liveness() == "late")
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_until(lambda: liveness() == "online")


def test_ctrl_c_ends_everything_and_a_second_start_goes_on(demo: Demo, wait_until: Wait) -> None:
    rows_before = stored_rows(demo)
    assert rows_before > 0
    assert demo.interrupt() <= ENDS_WITHIN_S
    for name in ("telemetry.sqlite", "inventory.sqlite", "spool/battery-01.sqlite"):
        with closing(sqlite3.connect(demo.folder / name)) as db:
            assert db.execute("PRAGMA quick_check").fetchone() == ("ok",), name
    assert list(demo.folder.rglob("*.draft")) == []
    passwords = [login["password"] for login in demo.facts["logins"]]
    demo.start_again()
    assert stored_rows(demo) > rows_before
    assert [login["password"] for login in demo.facts["logins"]] == passwords
    wait_until(lambda: status(demo) != "not_ready")
