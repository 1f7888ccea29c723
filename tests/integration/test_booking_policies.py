from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from inventory.audit.table import AuditEntry
from inventory.equipment.table import Equipment
from inventory.places.table import RoomRow, WorkstationRow
from inventory.staff.table import CertificateRow, StaffRow
from tests.databases import Databases
from tests.schools import WRITES, Schools, schools

PATH = "/api/v1/booking-policies"
WEEK_AHEAD = {"code": "horizon", "most": 7, "askers": "own", "roles": ["instructor"]}
BOOKING = {
    "bench_code": "battery-01",
    "purpose": "class",
    "start_at": "2026-12-10T01:00:00Z",
    "end_at": "2026-12-10T02:00:00Z",
}


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield built


def put(
    house: Schools,
    code: str,
    body: Any,  # noqa: ANN401 - JSON
    username: str = "bj-master",
    status: int = 200,
) -> Any:  # noqa: ANN401 - JSON
    answer = house.client(username).put(f"{PATH}/{code}", json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_what_a_school_sets_stands_in_place_of_the_default_of_its_code(house: Schools) -> None:
    before = house.client("bj-teacher").get(PATH).json()
    assert all(one["is_default"] for one in before)
    after = put(house, "horizon", [WEEK_AHEAD])
    own = [one for one in after if not one["is_default"]]
    assert [(one["code"], one["most"], one["set_by"]) for one in own] == [
        ("horizon", 7, "bj-master")
    ]
    assert own[0]["said"]["zh"] == "本单位·教师：最多提前 7 天预约（否则拒绝）"
    codes = [one["code"] for one in after]
    assert codes.count("horizon") == 1
    assert set(codes) == {one["code"] for one in before}
    reset = house.client("bj-master").delete(f"{PATH}/horizon", headers=WRITES)
    assert reset.json() == before
    with house.database.read() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.entity == "booking_policy")).all()
    assert [entry.entity_id for entry in entries] == ["BJ01/horizon"] * 2


def test_a_booking_by_api_is_held_against_what_the_school_has_set(house: Schools) -> None:
    put(house, "horizon", [WEEK_AHEAD])
    teacher = house.client("bj-teacher")
    refused = teacher.post("/api/v1/bookings", json=BOOKING, headers=WRITES)
    assert refused.status_code == 422, refused.text
    (refusal,) = refused.json()["refusals"]
    assert (refusal["code"], refusal["field"]) == ("horizon", "start_at")
    assert "现提前 9 天" in refusal["said"]["zh"]
    master = house.client("bj-master").post("/api/v1/bookings", json=BOOKING, headers=WRITES)
    assert master.status_code == 201, master.text


def test_the_policies_of_a_resource_are_explained_to_whom_they_are_for(house: Schools) -> None:
    on_bench = {"code": "length", "most": 120, "resource_key": "bench:BJ01/battery-01"}
    put(house, "length", [on_bench])
    asked = {"resource": "bench:BJ01/battery-01", "station": "BJ01-T"}
    told = house.client("bj-teacher").get(f"{PATH}/explained", params=asked).json()
    assert {one["askers"] for one in told} <= {"all", "own"}
    assert [one["said"]["en"] for one in told if one["code"] == "length"] == [
        "bench battery-01: each booking at most 2 h (else: refused)"
    ]
    other = house.client("bj-teacher").get(
        f"{PATH}/explained", params=asked | {"resource": "bench:BJ01/motor-01"}
    )
    assert "length" not in {one["code"] for one in other.json()}
    bad = house.client("bj-teacher").get(f"{PATH}/explained", params={"resource": "battery-01"})
    assert bad.status_code == 422


@pytest.mark.parametrize(
    ("code", "item", "field"),
    [
        ("notice", WEEK_AHEAD, "code"),
        ("horizon", {"code": "horizon"}, "most"),
        ("horizon", WEEK_AHEAD | {"least": 3}, "least"),
        ("length", {"code": "length", "least": 60, "most": 30}, "most"),
        ("horizon", WEEK_AHEAD | {"station_code": "GX02-T"}, "station_code"),
        ("horizon", WEEK_AHEAD | {"resource_key": "bench:GX02/battery-02"}, "resource_key"),
        ("horizon", WEEK_AHEAD | {"resource_key": "battery"}, "resource_key"),
    ],
)
def test_a_policy_that_says_nothing_or_too_much_is_refused(
    house: Schools, code: str, item: dict[str, object], field: str
) -> None:
    fine = [WEEK_AHEAD] if code == "horizon" else []
    refused = put(house, code, [*fine, item], status=422)
    assert (refused["item"], refused["field"]) == (len(fine) + 1, field)


def test_a_default_is_switched_off_on_record_and_not_by_an_empty_list(house: Schools) -> None:
    put(house, "weekly_quota", [], status=422)
    off = {"code": "weekly_quota", "effect": "off"}
    after = put(house, "weekly_quota", [off])
    assert [one["effect"] for one in after if one["code"] == "weekly_quota"] == ["off"]


def test_policies_are_set_by_the_station_master_and_seen_by_the_schools_people(
    house: Schools,
) -> None:
    put(house, "horizon", [WEEK_AHEAD], "bj-teacher", 403)
    put(house, "horizon", [WEEK_AHEAD], "evaluator", 403)
    for username, status in (("gx-master", 404), ("visitor", 403), ("evaluator", 200)):
        answer = house.client(username).get(PATH, params={"organisation": "BJ01"})
        assert answer.status_code == status
    foreign = house.client("gx-master").put(
        f"{PATH}/horizon", params={"organisation": "BJ01"}, json=[WEEK_AHEAD], headers=WRITES
    )
    assert foreign.status_code == 404
    explained = {"resource": "bench:BJ01/battery-01"}
    answer = house.client("gx-master").get(f"{PATH}/explained", params=explained)
    assert answer.status_code == 404


def test_what_was_changed_is_told_in_the_words_it_had_to_whoever_may_see_the_policies(
    house: Schools,
) -> None:
    put(house, "horizon", [WEEK_AHEAD])
    put(house, "horizon", [WEEK_AHEAD | {"most": 3, "resource_key": "bench:BJ01/battery-01"}])
    house.client("bj-master").delete(f"{PATH}/horizon", headers=WRITES)
    told = house.client("bj-teacher").get(f"{PATH}/history").json()
    assert [(one["who"], one["code"]) for one in told] == [("bj-master", "horizon")] * 3
    seven, three = (
        {"zh": f"本单位·教师{where}：最多提前 {days} 天预约（否则拒绝）"}
        for where, days in (("", 7), ("·台架 battery-01", 3))
    )
    words = [
        [[{"zh": said["zh"]} for said in one[side]] for side in ("before", "after")] for one in told
    ]
    assert words == [[[three], []], [[seven], [three]], [[], [seven]]]
    for username, status in (("gx-master", 404), ("visitor", 403), ("evaluator", 200)):
        asked = {"organisation": "BJ01"}
        answer = house.client(username).get(f"{PATH}/history", params=asked)
        assert answer.status_code == status, username


def in_high_voltage_area(house: Schools) -> None:
    """The battery bench stands on a workstation of a marked area, and the school has staff."""
    own = {"organisation_code": "BJ01"}
    with house.database.begin() as db:
        room = own | {
            "code": "HV1",
            "name_zh": "高压作业区",
            "kind": "hv_area",
            "station_codes": [],
        }
        area = RoomRow.model_validate(room)
        member = StaffRow.model_validate(own | {"number": "T-1", "name": "王", "roles": []})
        asset = own | {"asset_number": "A-1", "item_zh": "台架", "bench_code": "battery-01"}
        db.add_all([area, member, Equipment.model_validate(asset)])
        db.flush()
        place = own | {"code": "HV1-01", "kind": "bench", "asset_number": "A-1", "room_id": area.id}
        paper = {"member_id": member.id, "kind": "electrician", "issued_on": date(2026, 1, 10)}
        db.add(WorkstationRow.model_validate(place))
        db.add(CertificateRow.model_validate(paper))


def test_a_bench_in_a_high_voltage_area_needs_an_electrician_by_whichever_name_it_is_booked(
    house: Schools,
) -> None:
    in_high_voltage_area(house)
    client = house.client("bj-teacher")
    plain: dict[str, Any] = {name: value for name, value in BOOKING.items() if name != "bench_code"}
    for key in ("bench:BJ01/battery-01", "equipment:BJ01/A-1", "room:BJ01/HV1"):
        order = plain | {"resources": [key]}
        refused = client.post("/api/v1/bookings", json=order, headers=WRITES)
        assert refused.status_code == 422, (key, refused.text)
        assert "high_voltage" in {one["code"] for one in refused.json()["refusals"]}, key
    order = plain | {"resources": ["room:BJ01/HV1"], "supervisor": "T-1"}
    assert client.post("/api/v1/bookings", json=order, headers=WRITES).status_code == 201
    search: dict[str, Any] = {
        "minutes": 60,
        "needs": [{"keys": ["bench:BJ01/battery-01"]}, {"kind": "person"}],
    }
    found = client.post("/api/v1/free/slots", json=search, headers=WRITES).json()
    assert [one["code"] for one in found["slots"][0]["resources"]] == ["battery-01", "T-1"]
    alone = search | {"needs": search["needs"][:1]}
    none = client.post("/api/v1/free/slots", json=alone, headers=WRITES).json()
    assert (none["slots"], none["refusals"][0]["code"]) == ([], "high_voltage")
