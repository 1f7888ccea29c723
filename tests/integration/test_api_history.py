from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from inventory.faults.use_cases import apply_fault
from inventory.usage_sessions.use_cases import apply_usage
from telemetry.contract.payloads import (
    Birth,
    FaultReport,
    FaultState,
    Identity,
    IdentityKind,
    SignalInfo,
    UsageEvent,
    UsageReport,
)
from tests.schools import NOW, Schools, schools


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def birth(**units: str) -> Birth:
    return Birth(
        observed_at_ms=ms(NOW),
        epoch=1,
        profile="x",
        identity=Identity(kind=IdentityKind.SIMULATOR),
        signals=[SignalInfo(name=name, unit=unit) for name, unit in units.items()],
        publish_period_ms=100,
    )


def fault(name: str, first: datetime, state: FaultState, at: datetime, seq: int) -> FaultReport:
    return FaultReport(
        observed_at_ms=ms(at),
        epoch=1,
        seq=seq,
        fault_id=name,
        dtc="P0AA6",
        severity=3,
        state=state,
        first_at_ms=ms(first),
        text_zh="绝缘",
        text_en="isolation",
    )


@pytest.fixture(scope="module")
def house(shared_school_url: str) -> Iterator[Schools]:
    with schools(shared_school_url) as built:
        live = built.live
        live.put_birth("battery-01", birth(u="V", t="degC", i="A"), NOW)
        live.put_birth("motor-01", birth(u="V", t="K"), NOW)
        for second in range(120):
            at = NOW - timedelta(seconds=120 - second)
            live.put_row("battery-01", {"u": float(second), "t": 20.0, "mode": "on"}, at)
            live.put_row("motor-01", {"u": 2.0 * second, "t": 293.0}, at)
        live.put_use("battery-01", NOW - timedelta(hours=20), NOW - timedelta(hours=14))
        hour = timedelta(hours=1)
        steps = [
            fault("old", NOW - 9 * hour, FaultState.CONFIRMED, NOW - 9 * hour, 1),
            fault("old", NOW - 9 * hour, FaultState.CLEARED, NOW - 8 * hour, 2),
            fault("open", NOW - 5 * hour, FaultState.CONFIRMED, NOW - 5 * hour, 3),
            fault("now", NOW - hour, FaultState.PENDING, NOW - hour, 4),
        ]
        usage = UsageReport(
            observed_at_ms=ms(NOW - 14 * hour),
            epoch=1,
            seq=5,
            usage_id="u1",
            event=UsageEvent.ENDED,
            started_at_ms=ms(NOW - 20 * hour),
            ended_at_ms=ms(NOW - 14 * hour),
        )
        with built.database.begin() as db:
            for step in steps:
                apply_fault(db, "battery-01", step)
            apply_usage(db, "battery-01", usage)
        yield built


@pytest.fixture
def teacher(house: Schools) -> TestClient:
    return house.client("bj-teacher")


def asked(client: TestClient, path: str, **query: object) -> dict[str, Any]:
    answer = client.get(f"/api/v1{path}", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_rollups_have_figures_per_minute_and_none_for_text(teacher: TestClient) -> None:
    found = asked(teacher, "/benches/battery-01/rollups", signal=["u", "mode", "gone"])
    by_name = {one["name"]: one for one in found["series"]}
    assert by_name.keys() == {"u", "mode"}
    assert (by_name["u"]["minimum"], by_name["u"]["maximum"]) == ([0.0, 60.0], [59.0, 119.0])
    assert by_name["u"]["unit"] == "V"
    assert by_name["u"]["active_s"] == [59.0, 60.0]
    assert by_name["mode"]["mean"] == [None, None]
    assert by_name["mode"]["last"] == ["on", "on"]


def test_a_minute_rollup_of_a_year_is_refused_and_one_of_hours_is_not(teacher: TestClient) -> None:
    start = (NOW - timedelta(days=300)).isoformat()
    query: dict[str, Any] = {"signal": "u", "from": start}
    path = "/api/v1/benches/battery-01/rollups"
    refused = teacher.get(path, params=query)
    assert refused.status_code == 422
    assert "at most 7 days" in refused.json()["detail"]
    assert teacher.get(path, params=query | {"step": "hour"}).status_code == 200


def test_use_is_told_per_local_day_with_days_of_none(teacher: TestClient) -> None:
    # in use from 20:00 to 02:00 of China's clock
    found = asked(teacher, "/utilisation", bench="battery-01", **{"from": "2026-11-29"})
    days = {one["day"]: (one["used_s"], one["usage_sessions"]) for one in found["days"]}
    assert days == {
        "2026-11-29": (0.0, 0),
        "2026-11-30": (4 * 3600.0, 1),
        "2026-12-01": (2 * 3600.0, 0),
    }


def test_without_codes_all_benches_of_ones_own_are_told(teacher: TestClient) -> None:
    found = asked(teacher, "/utilisation")
    assert {one["bench"] for one in found["days"]} == {"battery-01", "motor-01"}
    assert len(found["days"]) == 28
    foreign = teacher.get("/api/v1/utilisation", params={"bench": ["battery-01", "battery-02"]})
    assert foreign.status_code == 404


def test_the_timeline_has_what_reaches_into_the_span(teacher: TestClient) -> None:
    span = {"from": (NOW - timedelta(hours=6)).isoformat(), "to": NOW.isoformat()}
    found = asked(teacher, "/benches/battery-01/timeline", **span)
    assert [one["fault_id"] for one in found["faults"]] == ["open", "now"]
    assert [one["end"] for one in found["faults"]] == [None, None]
    assert [one["is_blocking"] for one in found["faults"]] == [True, False]
    assert found["usage_sessions"] == []
    span["from"] = (NOW - timedelta(hours=15)).isoformat()
    found = asked(teacher, "/benches/battery-01/timeline", **span, limit=2)
    assert found["fault_total"] == 3
    assert [one["fault_id"] for one in found["faults"]] == ["open", "now"], "the latest ones"
    (usage,) = found["usage_sessions"]
    assert usage["end"] == "2026-11-30T18:00:00Z"


def test_two_benches_are_compared_by_what_both_measure_alike(teacher: TestClient) -> None:
    start = (NOW - timedelta(seconds=120)).isoformat()
    query: dict[str, Any] = {"bench": "battery-01", "other_bench": "motor-01", "length_s": 60}
    query |= {"from": start, "other_from": start, "points": 60, "signal": ["u", "t", "i"]}
    found = asked(teacher, "/compare", **query)
    assert [one["name"] for one in found["one"]["series"]] == ["u"]
    assert found["one"]["series"][0]["last"][:3] == [0.0, 1.0, 2.0]
    assert found["other"]["series"][0]["last"][:3] == [0.0, 2.0, 4.0]
    assert found["different_units"] == [{"name": "t", "unit": "degC", "other_unit": "K"}]
    assert found["missing"] == ["i"]


def test_one_bench_is_compared_at_two_times(teacher: TestClient) -> None:
    start = NOW - timedelta(seconds=120)
    query = {"bench": "battery-01", "from": start.isoformat(), "length_s": 30}
    query["other_from"] = (start + timedelta(seconds=60)).isoformat()
    found = asked(teacher, "/compare", **query)
    firsts = [found[side]["series"][0]["last"][0] for side in ("one", "other")]
    assert firsts == [0.0, 60.0]
    assert found["other"]["start"] == datetime(2026, 12, 1, 7, 59, tzinfo=UTC).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


@pytest.mark.parametrize("other", ["battery-02", "no-such"])
def test_nobody_compares_with_a_foreign_bench(teacher: TestClient, other: str) -> None:
    query = {"bench": "battery-01", "other_bench": other, "length_s": "60"}
    query |= {"from": NOW.isoformat(), "other_from": NOW.isoformat()}
    assert teacher.get("/api/v1/compare", params=query).status_code == 404


@pytest.mark.parametrize(
    "path", ["/benches/battery-01/rollups?signal=u", "/benches/battery-01/timeline", "/utilisation"]
)
def test_a_visitor_reads_no_history(house: Schools, path: str) -> None:
    assert house.client("visitor").get(f"/api/v1{path}").status_code == 403
