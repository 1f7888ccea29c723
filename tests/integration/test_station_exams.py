"""What a station says of its exams, from the route to the answers that rest on it."""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from inventory.audit.table import AuditEntry
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.requirements.use_cases import ListUpload, import_list
from inventory.requirements.writing import write_rows
from tests.schools import NOW, WRITES, Schools, schools
from tests.short_list import LIST_HEADER, list_row

EXAMS = "/api/v1/stations/BJ01-E/exams"
AT_ONCE = {"exam_minutes": 60, "modules_at_once": [["2-1", "2-2"]]}
ASKED = {"level": "intermediate"}


@pytest.fixture(scope="module")
def house(shared_school_url: str) -> Iterator[Schools]:
    rows = [LIST_HEADER, list_row("A", "2-1", "手套"), list_row("B", "2-2", "手套")]
    with schools(shared_school_url) as found:
        upload = ListUpload("l.csv", write_rows("l.csv", rows), version="V")
        import_list(found.database, upload, who="test", now=NOW)
        register = write_rows("r.csv", [["asset_number", "item_zh"], ["G", "手套"]])
        import_register(found.database, RegisterUpload("r.csv", register, "BJ01"), who="test")
        yield found


def statuses(house: Schools) -> list[str]:
    client = house.client("bj-master")
    path = "/api/v1/stations/BJ01-E/readiness"
    return [
        client.get(path, params=ASKED | {"module": module}).json()["status"]
        for module in ("2-1", "2-2")
    ]


def test_modules_at_the_same_time_need_a_piece_each(house: Schools) -> None:
    assert statuses(house) == ["ready", "ready"]
    master = house.client("bj-master")
    answer = master.put(EXAMS, json=AT_ONCE, headers=WRITES)
    assert answer.json()["exams"] == AT_ONCE | {
        "opening_minutes": None,
        "daily_per_workstation": None,
    }
    assert statuses(house) == ["ready", "not_ready"]
    day = master.get(
        "/api/v1/stations/BJ01-E/readiness/capacity", params=ASKED | {"module": "2-1"}
    ).json()["capacity"]
    assert (day["exam_minutes"], day["exam_minutes_from"]) == (60, "station")
    assert master.put(EXAMS, json={}, headers=WRITES).status_code == 200
    assert statuses(house) == ["ready", "ready"]
    with house.database.read() as db:
        query = select(AuditEntry).where(AuditEntry.entity == "station")
        said = [row for row in db.exec(query).all() if row.action == "changed"]
    assert [row.who for row in said] == ["bj-master", "bj-master"]


@pytest.mark.parametrize(
    "groups", [[["2-1"]], [["2-1", "2-1"]], [["2-1", "2-2"], ["2-2", "2-3"]], [["2-1", "9-9"]]]
)
def test_groups_that_make_no_sense_are_refused(house: Schools, groups: list[list[str]]) -> None:
    answer = house.client("bj-master").put(EXAMS, json={"modules_at_once": groups}, headers=WRITES)
    assert answer.status_code == 422
    assert "modules_at_once" in answer.text


@pytest.mark.parametrize(
    ("who", "code"),
    [("gx-master", 404), ("evaluator", 403), ("bj-teacher", 403), ("visitor", 403)],
)
def test_only_the_stations_own_people_change_it(house: Schools, who: str, code: int) -> None:
    answer = house.client(who).put(EXAMS, json=AT_ONCE, headers=WRITES)
    assert answer.status_code == code


def test_a_station_says_where_it_is_to_whoever_may_see_it(house: Schools) -> None:
    place = {"address": "某路 1 号", "latitude": 39.96, "longitude": 116.3}
    path = "/api/v1/stations/BJ01-T/place"
    assert house.client("bj-teacher").put(path, json=place, headers=WRITES).status_code == 403
    assert house.client("gx-master").put(path, json=place, headers=WRITES).status_code == 404
    master = house.client("bj-master")
    for wrong in ({"latitude": 39.9}, {"latitude": 91, "longitude": 0}):
        assert master.put(path, json=wrong, headers=WRITES).status_code == 422
    assert master.put(path, json=place, headers=WRITES).json()["place"] == place
    assert house.client("visitor").get("/api/v1/stations/BJ01-T").json()["place"] == place
