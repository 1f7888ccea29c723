from collections.abc import Iterator
from typing import Any

import pytest

from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.requirements.use_cases import import_list
from inventory.requirements.writing import write_rows
from tests.schools import Schools, schools
from tests.short_list import short_list


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        import_list(built.database, short_list(), who="test", now=built.clock())
        yield built


def gaps(house: Schools, username: str = "bj-master", **query: str) -> dict[str, Any]:
    answer = house.client(username).get("/api/v1/stations/BJ01-E/gaps", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_every_row_says_the_same_as_the_check_of_its_module_and_level(house: Schools) -> None:
    found = gaps(house)
    asked = {"module": "2-1", "level": "intermediate"}
    master = house.client("bj-master")
    check = master.get("/api/v1/stations/BJ01-E/readiness", params=asked).json()
    column = next(one for one in found["columns"] if one | asked == one)
    assert (column["status"], column["binding"]) == (check["status"], check["binding"])
    cells = {
        row["row_id"]: cell
        for row in found["rows"]
        for cell in row["cells"]
        if cell | asked == cell
    }
    assert list(cells) == [one["row_id"] for one in found["rows"] if one["row_id"] in cells]
    assert {one["row_id"] for one in check["rows"]} == set(cells)
    unmet = {one["row_id"] for one in check["findings"] if one["is_binding"] and one["row_id"]}
    assert unmet
    assert {row_id for row_id, cell in cells.items() if cell["status"] == "not_ready"} == unmet


def test_a_thing_that_is_bought_turns_its_row(house: Schools) -> None:
    row = next(one for one in gaps(house)["rows"] if one["cells"][0]["kinds"] == ["missing"])
    rows = [["asset_number", "item_zh", "quantity", "station_codes"]]
    rows.append(["A1", row["item"]["zh"], "99", "BJ01-E"])
    upload = RegisterUpload("r.csv", write_rows("r.csv", rows), "BJ01")
    import_register(house.database, upload, who="test")
    after = next(one for one in gaps(house)["rows"] if one["row_id"] == row["row_id"])
    assert "missing" not in after["cells"][0]["kinds"]


def test_gaps_are_shown_to_the_school_and_its_evaluator_only(house: Schools) -> None:
    assert gaps(house, "evaluator")["rows"]
    path = "/api/v1/stations/BJ01-E/gaps"
    assert house.client("gx-master").get(path).status_code == 404
    assert house.client("visitor").get(path).status_code == 403
    assert house.client("bj-master").get(path, params={"list": "none"}).status_code == 404


def test_a_task_can_be_given_to_those_who_work_in_the_school(house: Schools) -> None:
    path = "/api/v1/stations/BJ01-E/rectification-owners"
    found = house.client("bj-master").get(path).json()
    assert {one["username"] for one in found} == {"bj-admin", "bj-master", "bj-teacher"}
    assert house.client("gx-master").get(path).status_code == 404
    assert house.client("evaluator").get(path).status_code == 403
