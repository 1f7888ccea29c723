from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from inventory.audit.table import AuditEntry
from tests.databases import Databases
from tests.schools import WRITES, Schools, schools

PATH = "/api/v1/school-calendar"
TERM = {"name": "秋", "first_day": "2026-08-31", "last_day": "2027-01-15"}


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield built


def put(
    house: Schools,
    part: str,
    body: Any,  # noqa: ANN401 - JSON
    username: str = "bj-master",
    status: int = 200,
) -> Any:  # noqa: ANN401 - JSON
    answer = house.client(username).put(f"{PATH}/{part}", json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_new_school_has_a_calendar_at_once(house: Schools) -> None:
    found = house.client("bj-teacher").get(PATH).json()
    assert found["defaults"] == ["terms", "periods", "hours", "days"]
    assert found["is_announced"] is True
    assert found["periods"][0] == {"number": 1, "starts": "08:00", "ends": "08:45", "name": "第1节"}
    assert {"2026-10-10", "2026-10-01"} <= {one["day"] for one in found["public_days"]}
    assert [one["weeks"] for one in found["terms"]][:2] == [20, 20]


def test_what_a_school_sets_replaces_the_default_until_it_is_given_back(house: Schools) -> None:
    put(house, "terms", [TERM])
    hours = [{"weekday": 0, "opens": "08:00", "closes": "12:00", "station": "BJ01-T"}]
    changed = put(house, "hours", hours)
    assert changed["defaults"] == ["periods", "days"]
    assert changed["terms"][0]["weeks"] == 20
    assert changed["changed_by"] == "bj-master"
    asked = {"from": "2026-11-30", "to": "2026-12-01", "station": "BJ01-T"}
    monday, tuesday = (
        house.client("evaluator")
        .get(f"{PATH}/calendar-days", params=asked | {"organisation": "BJ01"})
        .json()
    )
    assert (monday["term"], monday["week"], monday["kept_as"]) == ("秋", 14, 0)
    assert monday["open"] == [
        {"start_at": "2026-11-30T00:00:00Z", "end_at": "2026-11-30T04:00:00Z"}
    ]
    assert tuesday["open"] == []
    assert len(tuesday["lessons"]) == 10
    reset = house.client("bj-master").delete(f"{PATH}/hours", headers=WRITES).json()
    assert reset["defaults"] == ["periods", "hours", "days"]
    with house.database.read() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.entity == "school_calendar")).all()
    assert [entry.who for entry in entries] == ["bj-master"] * 3
    assert entries[2].old is not None
    assert entries[2].old["hours"][0]["closes"] == "12:00"


def test_a_schools_own_day_goes_before_the_public_one(house: Schools) -> None:
    put(house, "days", [{"day": "2026-10-10", "kind": "closed", "name": "校运会"}])
    asked = {"from": "2026-10-09", "to": "2026-10-10"}
    friday, saturday = house.client("bj-teacher").get(f"{PATH}/calendar-days", params=asked).json()
    assert friday["kept_as"] == 4
    assert (saturday["kept_as"], saturday["name"], saturday["source"]) == (None, "校运会", "school")
    put(house, "days", [{"day": "2026-10-17", "kind": "open", "replaces": "2026-10-05"}])
    asked = {"from": "2026-10-10", "to": "2026-10-17"}
    days = house.client("bj-teacher").get(f"{PATH}/calendar-days", params=asked).json()
    assert (days[0]["kept_as"], days[0]["source"]) == (2, "public")
    assert (days[7]["kept_as"], days[7]["open"] != []) == (0, True)
    put(house, "settings", {"follows_public_holidays": False, "zone": "Asia/Shanghai"})
    day = (
        house.client("bj-teacher")
        .get(f"{PATH}/calendar-days", params={"from": "2026-10-01", "to": "2026-10-01"})
        .json()[0]
    )
    assert day["kept_as"] == 3


@pytest.mark.parametrize(
    ("part", "body", "field"),
    [
        ("terms", [TERM, TERM | {"name": "又"}], "first_day"),
        ("terms", [TERM | {"last_day": "2026-08-30"}], "last_day"),
        ("periods", [{"number": 1, "starts": "09:00", "ends": "08:00"}], "starts"),
        (
            "periods",
            [
                {"number": 1, "starts": "08:00", "ends": "08:45"},
                {"number": 2, "starts": "08:30", "ends": "09:15"},
            ],
            "starts",
        ),
        ("hours", [{"weekday": 0, "opens": "08:00", "closes": "07:00"}], "closes"),
        (
            "hours",
            [{"weekday": 0, "opens": "08:00", "closes": "09:00", "station": "GX02-T"}],
            "station",
        ),
        (
            "hours",
            [{"weekday": 0, "opens": "08:00", "closes": "09:00", "resource": "bench:GX02/x"}],
            "resource",
        ),
        ("days", [{"day": "2026-12-01", "kind": "closed", "as_weekday": 2}], "as_weekday"),
        ("settings", {"zone": "Asia/Atlantis"}, "zone"),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused_whole(
    house: Schools,
    part: str,
    body: Any,  # noqa: ANN401 - JSON
    field: str,
) -> None:
    assert put(house, part, body, status=422)["field"] == field
    assert len(house.client("bj-teacher").get(PATH).json()["defaults"]) == 4


def test_only_the_schools_station_master_sets_and_only_its_people_see(house: Schools) -> None:
    assert put(house, "terms", [TERM], "bj-teacher", 403)
    assert put(house, "terms", [TERM], "evaluator", 403)
    for username, status in (("gx-master", 404), ("visitor", 403), ("evaluator", 200)):
        client = house.client(username)
        assert client.get(PATH, params={"organisation": "BJ01"}).status_code == status
    answer = house.client("gx-master").put(
        f"{PATH}/terms", params={"organisation": "BJ01"}, json=[TERM], headers=WRITES
    )
    assert answer.status_code == 404
    put(house, "terms", [TERM], "gx-master")
    assert "terms" in house.client("bj-teacher").get(PATH).json()["defaults"]


CSV = """row_kind,name,number,weekdays,first_day,last_day,starts,ends,replaces,station
学期,秋,,,2026-08-31,2027-01-15,,,,
节次,,1,,,,8:00,08:40,,
开放时间,,,1-5,,,08:00,18:00,,
开放时间,,,6;7,,,09:00,12:00,,BJ01-T
放假,校运会,,,2026-11-05,2026-11-06,,,,
补课,,,,2026-11-07,,,,2026-11-05,
"""


def send(house: Schools, content: bytes, username: str = "bj-master") -> Any:  # noqa: ANN401 - JSON
    files = {"file": ("calendar.csv", content)}
    return house.client(username).post(f"{PATH}/file", files=files, headers=WRITES)


def test_a_calendar_comes_from_a_file_and_goes_back_into_one(house: Schools) -> None:
    set_now = send(house, CSV.encode()).json()
    assert set_now["defaults"] == []
    assert [one["day"] for one in set_now["days"]] == ["2026-11-05", "2026-11-06", "2026-11-07"]
    assert len(set_now["hours"]) == 7
    assert set_now["periods"] == [
        {"number": 1, "starts": "08:00", "ends": "08:40", "name": "第1节"}
    ]
    for kind in ("csv", "xlsx"):
        back = house.client("bj-master").get(f"{PATH}/file", params={"format": kind}).content
        files = {"file": (f"calendar.{kind}", back)}
        again = house.client("bj-master").post(f"{PATH}/file", files=files, headers=WRITES).json()
        parts = ("terms", "periods", "hours", "days")
        assert {name: again[name] for name in parts} == {name: set_now[name] for name in parts}


def test_a_bad_row_keeps_the_whole_file_out_and_is_named(house: Schools) -> None:
    bad = CSV.replace("1-5", "1-9").replace("2027-01-15", "")
    refused = send(house, bad.encode())
    assert refused.status_code == 422
    assert [(one["row"], one["column"]) for one in refused.json()["problems"]] == [
        (2, "last_day"),
        (4, "weekdays"),
    ]
    assert send(house, CSV.encode(), "bj-teacher").status_code == 403
    assert len(house.client("bj-teacher").get(PATH).json()["defaults"]) == 4
