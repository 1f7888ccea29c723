from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from inventory.places.table import RoomRow
from inventory.staff.table import StaffRow
from tests.databases import Databases
from tests.schools import WRITES, Schools, schools

SEARCH: dict[str, Any] = {
    "start_at": "2026-12-02T00:00:00Z",
    "end_at": "2026-12-09T00:00:00Z",
    "minutes": 90,
    "needs": [{"kind": "bench"}],
}


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield built


@pytest.fixture
def either_house(school_url: str) -> Iterator[Schools]:
    """On both databases, whose drivers hand out moments in their own ways."""
    with schools(school_url) as built:
        yield built


def book(house: Schools, start: str, end: str, **facts: object) -> None:
    order = {"bench_code": "battery-01", "purpose": "class", "start_at": start, "end_at": end}
    answer = house.client("bj-teacher").post("/api/v1/bookings", json=order | facts, headers=WRITES)
    assert answer.status_code == 201, answer.text


def find(house: Schools, username: str = "bj-teacher", status: int = 200, **facts: object) -> Any:  # noqa: ANN401 - JSON
    answer = house.client(username).post("/api/v1/free/slots", json=SEARCH | facts, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def starts(found: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [f"{one['start_at'][5:16]} {one['resources'][0]['code']}" for one in found["slots"]]


def test_the_next_slot_is_free_open_and_not_yet_over(either_house: Schools) -> None:
    house = either_house
    book(house, "2026-12-02T00:00:00Z", "2026-12-02T10:00:00Z")
    only = [{"keys": ["bench:BJ01/battery-01"]}]
    found = find(house, needs=only, wanted=3)
    assert starts(found) == [f"12-02T{time} battery-01" for time in ("10:00", "11:30")] + [
        "12-03T00:00 battery-01"
    ]
    either = find(house, wanted=1)
    assert starts(either) == ["12-02T00:00 motor-01"]
    assert either["considered"] == 2
    past = find(house, start_at="2026-11-01T00:00:00Z", end_at="2026-12-02T00:00:00Z", wanted=1)
    assert starts(past) == ["12-01T08:00 battery-01"]


def test_a_whole_set_is_free_at_once_or_not_at_all(house: Schools) -> None:
    own = {"organisation_code": "BJ01", "station_codes": []}
    room = own | {"code": "101", "name_zh": "考场", "kind": "exam_room"}
    person = own | {"number": "T-1", "name": "李", "roles": ["assessor"], "affiliation": "school"}
    with house.database.begin() as db:
        db.add(RoomRow.model_validate(room))
        db.add(StaffRow.model_validate(person))
    needs = [
        {"kind": "bench", "count": 2},
        {"kind": "room"},
        {"kind": "person", "staff_role": "assessor"},
    ]
    book(house, "2026-12-02T00:00:00Z", "2026-12-02T02:00:00Z")
    (found,) = find(house, needs=needs, wanted=1)["slots"]
    assert found["start_at"] == "2026-12-02T02:00:00Z"
    assert [one["resource_key"] for one in found["resources"]] == [
        "bench:BJ01/battery-01",
        "bench:BJ01/motor-01",
        "room:BJ01/101",
        "person:BJ01/T-1",
    ]
    three = find(house, needs=[{"kind": "bench", "count": 3}])
    assert (three["slots"], three["refusals"]) == ([], [])


def test_what_is_proposed_can_be_booked_and_then_is_proposed_no_more(house: Schools) -> None:
    book(house, "2026-12-02T01:00:00Z", "2026-12-02T03:20:00Z")
    needs = [{"kind": "bench", "count": 2}]
    buffers: dict[str, Any] = {"set_up_min": 10, "clear_up_min": 5}
    seen: list[str] = []
    for _ in range(4):
        slot = find(house, needs=needs, wanted=1, **buffers)["slots"][0]
        order = {name: slot[name] for name in ("start_at", "end_at")} | buffers
        keys = [one["resource_key"] for one in slot["resources"]]
        order |= {"resources": keys, "purpose": "class"}
        made = house.client("bj-teacher").post("/api/v1/bookings", json=order, headers=WRITES)
        assert made.status_code == 201, made.text
        seen.append(slot["start_at"][11:16])
    # each waits for the buffers of the one before it
    assert seen == ["03:30", "05:15", "07:00", "08:45"]


def test_slots_the_caller_may_not_book_are_not_proposed_and_the_policy_is_told(
    house: Schools,
) -> None:
    policy = {"code": "notice", "least": 48, "roles": ["instructor"]}
    path = "/api/v1/booking-policies/notice"
    assert house.client("bj-master").put(path, json=[policy], headers=WRITES).status_code == 200
    assert starts(find(house, wanted=1)) == ["12-03T08:00 battery-01"]
    assert starts(find(house, "bj-master", wanted=1)) == ["12-02T00:00 battery-01"]
    none = find(house, end_at="2026-12-03T00:00:00Z")
    assert [one["code"] for one in none["refusals"]] == ["notice"]


def test_a_time_shows_what_is_free_until_when_and_what_is_taken(house: Schools) -> None:
    book(house, "2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z")
    shown = house.client("bj-teacher").get("/api/v1/free").json()
    battery, motor = shown
    assert (battery["is_free"], battery["free_until"]) == (True, "2026-12-01T09:00:00Z")
    assert motor["is_bookable"]
    asked = {"from": "2026-12-01T09:30:00Z", "to": "2026-12-01T11:00:00Z", "profile": "battery"}
    (then,) = house.client("bj-teacher").get("/api/v1/free", params=asked).json()
    assert (then["is_free"], then["taken_until"]) == (False, "2026-12-01T10:00:00Z")
    night = {"from": "2026-12-01T18:00:00Z", "to": "2026-12-01T19:00:00Z"}
    dark = house.client("bj-teacher").get("/api/v1/free", params=night).json()[0]
    assert (dark["is_open"], dark["is_bookable"]) == (False, True)
    assert [one["code"] for one in dark["warnings"]] == ["opening_hours"]


def test_a_search_of_many_rigs_takes_no_more_statements_than_one_of_few(house: Schools) -> None:
    told: list[object] = []

    def hear(*facts: object) -> None:
        told.append(facts[2])

    client = house.client("bj-teacher")
    event.listen(house.database.engine, "before_cursor_execute", hear)
    assert client.post("/api/v1/free/slots", json=SEARCH, headers=WRITES).status_code == 200
    event.remove(house.database.engine, "before_cursor_execute", hear)
    assert len([one for one in told if str(one).startswith("SELECT")]) <= 14


@pytest.mark.parametrize(
    "facts",
    [
        {"end_at": "2026-12-31T00:00:00Z"},
        {"end_at": "2026-12-01T00:00:00Z"},
        {"needs": [{"kind": "equipment"}]},
        {"needs": [{"keys": ["battery-01"]}]},
        {"needs": [{"keys": ["bench:GX02/battery-02"]}]},
    ],
)
def test_a_search_that_cannot_be_answered_says_what_is_expected(
    house: Schools, facts: dict[str, Any]
) -> None:
    assert "expected" in find(house, status=422, **facts)["detail"]


def test_nobody_searches_a_school_that_is_not_theirs_to_see(house: Schools) -> None:
    assert find(house, "gx-master", 404, organisation="BJ01")
    assert find(house, "visitor", 403, organisation="BJ01")
    assert find(house, needs=[{"keys": ["bench:BJ01/battery-02"]}], status=404)
    free = house.client("gx-master").get("/api/v1/free", params={"organisation": "BJ01"})
    assert free.status_code == 404
