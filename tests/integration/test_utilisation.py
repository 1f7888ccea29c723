"""Utilisation as the API tells it, from bookings and usage sessions, on both databases."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import event
from typer.testing import CliRunner

from inventory.bookings.rules import BookingPurpose, BookingState
from inventory.faults.rules import FaultState
from inventory.faults.table import Fault
from inventory.intervals import Span
from inventory.utilisation.evidence import MemorySigns
from inventory.utilisation.keeping import looks_due, take_looks
from inventory.utilisation.table import HeardDay
from inventory.work_orders.rules import WorkOrderState, WorkOrderStep
from stationmaster.cli_utilisation import utilisation
from tests.measured_use import MONDAY, at, book, repair, used
from tests.schools import NOW, Schools, schools

DAY = f"from={MONDAY}&to={MONDAY}"
BENCH = "battery-01"


@pytest.fixture(scope="module")
def house(shared_school_url: str) -> Iterator[Schools]:
    with schools(shared_school_url) as built:
        fill(built)
        yield built


def fill(house: Schools) -> None:
    fault = {
        "bench_code": BENCH,
        "fault_id": "f",
        "dtc": "P0AA6",
        "severity": 3,
        "state": FaultState.CLEARED,
        "first_at": at(16),
        "observed_at": at(17),
        "confirmed_at": at(16),
        "cleared_at": at(17),
        "text_zh": "绝缘",
        "text_en": "isolation",
    }
    with house.database.begin() as db:
        for row in (
            used(BENCH, -200, -199),
            used(BENCH, 8.5, 10.25),
            used(BENCH, 9, 9.5),
            used(BENCH, 12, 12.5),
            used(BENCH, 20, None, heard=21.5),
            used("battery-02", 8, 9),
            Fault.model_validate(fault),
            HeardDay(
                bench_code=BENCH, day=MONDAY, until_s=86_400, looked_at=NOW, heard=[[0, 36_000]]
            ),
        ):
            db.add(row)
    book(house, BENCH, (8, 10))
    book(house, BENCH, (10.5, 11.5), module="2-2")
    book(house, BENCH, (14, 15), purpose=BookingPurpose.MAINTENANCE)
    book(house, BENCH, (20, 21), purpose=BookingPurpose.OPEN_SHARING)
    book(house, BENCH, (12, 13), state=BookingState.CANCELLED)
    book(house, "battery-02", (8, 9))


def ask(house: Schools, path: str, username: str = "bj-master", status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = house.client(username).get(f"/api/v1/utilisation/{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_day_of_a_bench_is_told_in_all_its_figures(house: Schools) -> None:
    (row,) = ask(house, f"figures?bench={BENCH}&{DAY}")["rows"]
    assert (row["group"], row["first"]) == (BENCH, "2026-11-30")
    figures = {name: value for name, value in row["figures"].items() if name.endswith("_s")}
    hours = {name: value / 3600 for name, value in figures.items() if value}
    assert hours == {
        "opening_s": 13,
        "available_s": 11,
        "booked_s": 4,
        "booked_available_s": 4,
        "used_s": 3.75,
        "used_available_s": 3.25,
        "booked_used_s": 2.5,
        "unbooked_used_s": 1.25,
        "effective_s": 3.75,
        "outside_used_s": 1,
        "no_show_s": 1,
        "overrun_s": 0.75,
        # heard from 08:00 to 18:00, of which maintenance and the fault took an hour each
        "observable_s": 11,
        "observed_s": 8,
    }
    assert (row["figures"]["bookings"], row["figures"]["no_shows"]) == (3, 1)
    assert row["figures"]["shared"] == pytest.approx(1 / 3.75)
    assert row["figures"]["occupancy"] == pytest.approx(4 / 11)
    assert row["figures"]["coverage"] == pytest.approx(8 / 11)


def test_modules_stations_days_and_the_rank_are_ways_to_group(house: Schools) -> None:
    modules = {
        row["group"]: row["figures"] for row in ask(house, f"figures?by=module&{DAY}")["rows"]
    }
    assert modules["2-1"]["used_s"] == (1.5 + 1) * 3600
    assert modules["2-2"]["used_s"] == 0
    report = ask(house, f"figures?by=station&every=day&from=2026-11-29&to={MONDAY}")
    assert [(row["group"], row["first"]) for row in report["rows"]] == [
        ("BJ01-T", "2026-11-29"),
        ("BJ01-T", "2026-11-30"),
    ]
    assert report["rows"][0]["figures"]["available_s"] == 0
    assert report["rows"][0]["name_zh"] == "站 BJ01-T"
    assert (report["benches"], report["modules_used"], report["modules_offered"]) == (2, 1, 10)
    ranked = ask(house, f"figures?rank=used&{DAY}")["rows"]
    assert [row["group"] for row in ranked] == [BENCH, "motor-01"]
    (term,) = ask(house, f"figures?by=organisation&every=term&{DAY}")["rows"]
    assert "第一学期" in term["period"]


def test_a_figure_opens_down_to_bookings_and_sessions(house: Schools) -> None:
    found = ask(house, f"benches/{BENCH}?{DAY}")
    outcomes = [
        (one["outcome"], one["used_s"] / 60, one["after_s"] / 60) for one in found["bookings"]
    ]
    idle = ("no_show", 0, 0)
    assert outcomes == [("used", 60, 30), idle, idle, ("used", 90, 15)]
    assert found["booking_total"] == 4
    latest, visit, *_ = found["usage_sessions"]
    assert latest["is_open"]
    assert latest["end_at"] == "2026-11-30T13:30:00Z"
    assert latest["booking_ids"] == [found["bookings"][0]["booking_id"]]
    assert visit["booking_ids"] == []
    timeline = house.client("bj-master").get(visit["timeline"]).json()
    assert [one["usage_id"] for one in timeline["usage_sessions"]] == [visit["usage_id"]]


def test_the_hours_of_the_week_show_when_a_bench_is_used(house: Schools) -> None:
    grid = ask(house, f"hours?bench={BENCH}&{DAY}")
    assert grid["used_s"][0][8:11] == [1800, 3600, 900]
    assert grid["available_s"][0][16] == 0
    assert not any(map(any, grid["available_s"][1:]))


def test_the_report_is_a_table_for_a_spreadsheet(house: Schools) -> None:
    answer = house.client("bj-master").get(f"/api/v1/utilisation/figures/file?format=csv&{DAY}")
    heading, *rows = answer.content.decode("utf-8-sig").splitlines()
    assert heading.startswith("分组 group,名称 name")
    assert rows[0].startswith(f"{BENCH},台架 {BENCH},2026-11-30,2026-11-30,,11.00,4.00,3.75")
    assert rows[-1].startswith("合计 total")


def test_everybody_sees_the_own_benches_alone_and_visitors_nothing(house: Schools) -> None:
    def groups(username: str) -> list[str]:
        return [row["group"] for row in ask(house, f"figures?{DAY}", username)["rows"]]

    assert groups("bj-teacher") == groups("evaluator") == [BENCH, "motor-01"]
    assert groups("gx-master") == ["battery-02"]
    for path in ("figures", "figures/file", "hours", f"benches/{BENCH}"):
        ask(house, path, "visitor", 403)
    for path in (f"benches/{BENCH}", f"figures?bench={BENCH}", "hours?station=BJ01-T"):
        ask(house, path, "gx-master", 404)
    ask(house, "figures?organisation=BJ01", "gx-master", 404)


def test_a_bench_under_repair_is_not_there_to_be_used_and_back_when_it_is_mended(
    house: Schools,
) -> None:
    def available() -> float:
        (row,) = ask(house, f"figures?bench=motor-01&{DAY}")["rows"]
        return float(row["figures"]["available_s"]) / 3600

    with house.database.begin() as db:
        db.add(used("motor-01", -300, -299))
    reported, done = WorkOrderState.REPORTED, WorkOrderState.DONE
    repair(
        house,
        "motor-01",
        (9, WorkOrderStep.OPEN, reported),
        (9.5, WorkOrderStep.DONE, done),
        (10, WorkOrderStep.REOPEN, WorkOrderState.TRIAGED),
        (12, WorkOrderStep.DONE, done),
    )
    assert available() == 13 - 2.5
    repair(house, "motor-01", (-50, WorkOrderStep.OPEN, reported), (-49, WorkOrderStep.DONE, done))
    assert available() == 13 - 2.5
    repair(house, "motor-01", (20, WorkOrderStep.OPEN, reported))
    assert available() == 13 - 3.5


def test_days_the_wrong_way_round_are_refused(house: Schools) -> None:
    ask(house, "figures?from=2026-12-01&to=2026-11-30", status=422)


def test_any_number_of_benches_takes_the_same_few_statements(house: Schools) -> None:
    client, seen = house.client("bj-master"), []

    def count(*facts: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        if "user_session" not in facts[2] and facts[2].startswith("SELECT"):
            seen.append(facts[2])

    event.listen(house.database.engine, "before_cursor_execute", count)
    try:
        client.get(f"/api/v1/utilisation/figures?every=day&{DAY}")
    finally:
        event.remove(house.database.engine, "before_cursor_execute", count)
    assert len(seen) <= 14


def test_signs_of_life_are_kept_hour_by_hour_and_looked_for_again(house: Schools) -> None:
    signs = MemorySigns({"motor-01": [Span(at(8), at(9.5)), Span(at(10), at(12))]})
    with house.database.begin() as db:
        db.add(used("motor-01", 7, 7.1))
    midday = at(11.2)
    looks = [one for one in looks_due(house.database, signs, midday) if one[0] == "motor-01"]
    yesterday = ("motor-01", date(2026, 11, 29), 0, 86_400)
    assert looks[:2] == [("motor-01", MONDAY, 0, 3 * 3600), yesterday]
    assert take_looks(house.database, signs, looks, midday, lambda: False) == 1
    assert looks_due(house.database, signs, midday) == looks[1:]
    take_looks(house.database, signs, looks[1:], midday)
    assert looks_due(house.database, signs, midday) == []
    (more,) = looks_due(house.database, signs, at(13.2))
    assert more == ("motor-01", MONDAY, 3 * 3600, 5 * 3600)
    take_looks(house.database, signs, [more], at(13.2))
    with house.database.read() as db:
        row = db.get(HeardDay, ("motor-01", MONDAY))
    assert row is not None
    assert row.heard == [[0, 5400], [7200, 10800], [10800, 14400]]
    late = [one[1] for one in looks_due(house.database, signs, at(24 * 3))]
    assert date(2026, 11, 29) in late


def test_the_command_line_tells_the_same_as_a_table_or_a_file(
    house: Schools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))
    url = house.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("STATIONMASTER_DATABASE_URL", url)
    app = typer.Typer()
    app.command()(utilisation)

    def run(*words: str) -> str:
        days = ["--from", str(MONDAY), "--to", str(MONDAY)]
        done = CliRunner().invoke(app, ["--as", "bj-master", *days, *words])
        return f"{done.exit_code} {done.output}"

    assert run("--rank", "used").startswith("0 ")
    file = tmp_path / "table.csv"
    assert "2 rows" in run("--file", str(file))
    assert b"battery-01" in file.read_bytes()
    assert run("--file", str(tmp_path / "table.odt")).startswith("2 ")
