from collections.abc import Iterator
from datetime import timedelta

import pytest

from inventory.equipment.table import Equipment
from inventory.faults.use_cases import apply_fault
from telemetry.contract.payloads import (
    BenchState,
    Birth,
    BusHealth,
    BusReport,
    BusState,
    FaultReport,
    FaultState,
    FreezeFrame,
    Identity,
    IdentityKind,
    SignalInfo,
)
from tests.schools import NOW, Schools, schools

NOW_MS = int(NOW.timestamp() * 1000)


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield built


def report_fault(
    house: Schools, state: FaultState, seq: int, freeze: FreezeFrame | None = None
) -> None:
    report = FaultReport(
        observed_at_ms=NOW_MS + seq,
        epoch=1,
        seq=seq,
        fault_id="f-1",
        dtc="P0AA6",
        severity=3,
        state=state,
        first_at_ms=NOW_MS,
        text_zh="绝缘电阻低",
        text_en="Isolation low",
        remedy_zh="断开高压",
        remedy_en="Disconnect high voltage",
        signals={"isolation_kohm": 80.0},
        freeze=freeze,
    )
    with house.database.begin() as db:
        apply_fault(db, "battery-01", report)


def come_alive(house: Schools) -> None:
    birth = Birth(
        observed_at_ms=NOW_MS,
        epoch=1,
        profile="battery",
        identity=Identity(kind=IdentityKind.SIMULATOR, software="1.0"),
        signals=[SignalInfo(name="pack_voltage_v", unit="V", headline=True)],
        publish_period_ms=100,
    )
    house.live.put_birth("battery-01", birth, NOW)
    state = BenchState(observed_at_ms=NOW_MS, online=True, bus=BusState.ACTIVE)
    house.live.put_state("battery-01", state, NOW)


def test_a_bench_that_never_reported_says_so(house: Schools) -> None:
    page = house.client("bj-master").get("/api/v1/benches/motor-01").json()
    assert page["liveness"] == "never"
    assert page["is_working"] is False
    assert page["details"]["identity"] is None
    assert page["details"]["pulse"]["data_age_s"] is None


def test_a_living_bench_shows_identity_signals_and_age(house: Schools) -> None:
    come_alive(house)
    house.live.put_row("battery-01", {"pack_voltage_v": 355.5}, NOW)
    house.clock.move(seconds=2)
    page = house.client("bj-master").get("/api/v1/benches/battery-01").json()
    assert page["liveness"] == "online"
    assert page["is_working"] is True
    assert page["identity_kind"] == "simulator"
    assert page["details"]["pulse"]["data_age_s"] == 2.0
    assert page["details"]["pulse"]["bus"] == "active"
    assert page["details"]["latest"]["values"] == {"pack_voltage_v": 355.5}
    assert page["details"]["signals"][0]["unit"] == "V"


def test_each_bus_of_a_bench_tells_how_it_is_doing(house: Schools) -> None:
    come_alive(house)
    good = BusReport(
        name="hv",
        interface="slcan",
        state=BusHealth.ACTIVE,
        is_listen_only=True,
        frames=9000,
        load=0.41,
        frames_per_s=1710.5,
        last_frame_at_ms=NOW_MS,
    )
    gone = BusReport(
        name="body", state=BusHealth.DOWN, lost_frames=3, reconnects=2, detail="unplugged"
    )
    state = BenchState(observed_at_ms=NOW_MS, online=True, bus=BusState.DOWN, buses=[good, gone])
    house.live.put_state("battery-01", state, NOW)
    page = house.client("bj-master").get("/api/v1/benches/battery-01").json()
    pulse = page["details"]["pulse"]
    assert pulse["bus"] == "down"
    assert [(bus["name"], bus["state"]) for bus in pulse["buses"]] == [
        ("hv", "active"),
        ("body", "down"),
    ]
    hv, body = pulse["buses"]
    assert (hv["load"], hv["frames_per_s"], hv["is_listen_only"]) == (0.41, 1710.5, True)
    assert hv["last_frame_at"].startswith(NOW.isoformat()[:19])
    assert (body["lost_frames"], body["reconnects"], body["detail"]) == (3, 2, "unplugged")
    assert body["last_frame_at"] is None


def test_a_confirmed_fault_takes_a_bench_out_of_order_until_it_is_cleared(house: Schools) -> None:
    come_alive(house)
    client = house.client("bj-master")
    for state, works in (
        (FaultState.PENDING, True),
        (FaultState.CONFIRMED, False),
        (FaultState.CLEARED, True),
    ):
        report_fault(house, state, seq={"pending": 1, "confirmed": 2, "cleared": 3}[state.value])
        page = client.get("/api/v1/benches/battery-01").json()
        assert page["is_working"] is works, state
    (fault,) = client.get("/api/v1/benches/battery-01/faults").json()["items"]
    assert fault["state"] == "cleared"
    assert fault["remedy_zh"] == "断开高压"
    assert fault["signals"] == {"isolation_kohm": 80.0}
    assert fault["is_blocking"] is False


def test_values_around_a_fault_come_later_and_are_kept_once(house: Schools) -> None:
    come_alive(house)
    report_fault(house, FaultState.CONFIRMED, seq=1)
    client = house.client("bj-master")
    path = "/api/v1/benches/battery-01/faults"
    assert client.get(path).json()["items"][0]["has_freeze"] is False
    assert client.get(f"{path}/f-1/freeze").status_code == 404
    for ohms in (80.0, 1.0):
        freeze = FreezeFrame(
            at_ms=NOW_MS, offsets_ms=[-100, 0], signals={"isolation_kohm": [812.0, ohms]}
        )
        report_fault(house, FaultState.CONFIRMED, seq=2, freeze=freeze)
    assert client.get(path).json()["items"][0]["has_freeze"] is True
    kept = client.get(f"{path}/f-1/freeze").json()
    assert kept["offsets_ms"] == [-100, 0]
    assert kept["signals"] == {"isolation_kohm": [812.0, 80.0]}
    assert kept["is_complete"] is True
    page = client.get("/api/v1/benches/battery-01").json()
    assert page["details"]["pulse"]["faults"][0]["source"] == "derived"


def test_a_freeze_of_a_cleared_fault_does_not_open_it_again(house: Schools) -> None:
    come_alive(house)
    report_fault(house, FaultState.CONFIRMED, seq=1)
    report_fault(house, FaultState.CLEARED, seq=2)
    freeze = FreezeFrame(at_ms=NOW_MS, offsets_ms=[0], signals={"isolation_kohm": [80.0]})
    report_fault(house, FaultState.CONFIRMED, seq=3, freeze=freeze)
    (fault,) = house.client("bj-master").get("/api/v1/benches/battery-01/faults").json()["items"]
    assert (fault["state"], fault["has_freeze"]) == ("cleared", True)


def test_signals_come_thinned_out(house: Schools) -> None:
    come_alive(house)
    for second in range(60):
        at = NOW - timedelta(seconds=60 - second)
        house.live.put_row("battery-01", {"pack_voltage_v": 300.0 + second, "other": 1.0}, at)
    answer = house.client("bj-master").get(
        "/api/v1/benches/battery-01/signals",
        params={
            "from": (NOW - timedelta(seconds=60)).isoformat(),
            "to": NOW.isoformat(),
            "points": 6,
            "signal": "pack_voltage_v",
        },
    )
    (series,) = answer.json()["series"]
    assert (series["name"], series["unit"]) == ("pack_voltage_v", "V")
    assert len(series["at"]) == 6
    assert series["minimum"][0] == 300.0
    assert series["maximum"][-1] == 359.0


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-12-01T08:00:00Z&to=2026-12-01T07:00:00Z",
        "from=2026-01-01T08:00:00Z&to=2026-12-01T07:00:00Z",
        "from=2026-12-01T08:00:00",
        "points=0",
        "points=100000",
        "from=yesterday",
        "to=0001-01-01T00:00:00Z",
        "to=9999-12-31T23:59:59Z",
    ],
)
def test_a_senseless_span_is_refused(house: Schools, query: str) -> None:
    answer = house.client("bj-master").get(f"/api/v1/benches/battery-01/signals?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_listings_come_in_pages(house: Schools) -> None:
    client = house.client("bj-master")
    first = client.get("/api/v1/benches?limit=1").json()
    assert (first["total"], first["next"], len(first["items"])) == (2, 1, 1)
    last = client.get(f"/api/v1/benches?limit=1&offset={first['next']}").json()
    assert (last["next"], last["items"][0]["code"]) == (None, "motor-01")


def test_a_station_shows_its_facts_to_its_own(house: Schools) -> None:
    station = house.client("bj-teacher").get("/api/v1/stations/BJ01-E").json()
    assert station["use"] == "exam"
    assert station["facts"]["workstations"] == 4
    assert station["facts"]["exam_rooms"] is None


def test_a_bench_shows_what_it_is_registered_as(house: Schools) -> None:
    client = house.client("bj-master")
    path = "/api/v1/benches/battery-01"
    assert client.get(path).json()["details"]["equipment"] is None
    with house.database.begin() as db:
        db.add(
            Equipment.model_validate(
                {
                    "organisation_code": "BJ01",
                    "asset_number": "A-1",
                    "item_zh": "动力电池台架",
                    "bench_code": "battery-01",
                }
            )
        )
    equipment = client.get(path).json()["details"]["equipment"]
    assert equipment == {"asset_number": "A-1", "name_zh": "动力电池台架", "name_en": ""}
