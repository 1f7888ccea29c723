from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.requirements.use_cases import bundled_draft, import_list
from inventory.requirements.writing import write_rows
from tests.databases import Databases
from tests.schools import NOW, Schools, schools

ROWS = [
    ["asset_number", "item_zh", "location", "status", "serves_rows", "calibration_valid_until"],
    ["A1", "万用表", "实训楼 101", "in_service", "C2-1-001", "2026-01-10"],
    ["A2", "示波器", "实训楼 102", "under_repair", "C2-4-004", "2027-11-20"],
    ["A3", "绝缘手套", "", "in_service", "", ""],
]


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as found:
        import_list(found.database, bundled_draft(), who="test", now=NOW)
        upload = RegisterUpload("r.csv", write_rows("r.csv", ROWS), "BJ01")
        import_register(found.database, upload, who="test")
        yield found


def look(house: Schools, who: str = "bj-teacher", **asked: str) -> Any:  # noqa: ANN401 - JSON
    answer = house.client(who).get("/api/v1/register", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def numbers(house: Schools, **asked: str) -> list[str]:
    return [one["asset_number"] for one in look(house, **asked)["items"]]


def test_the_register_is_searched_and_filtered_and_says_what_there_is(house: Schools) -> None:
    everything = look(house, limit="2")
    assert (everything["total"], everything["known"], everything["next"]) == (3, 3, 2)
    assert everything["sorts"]["statuses"]["under_repair"] == 1
    assert everything["sorts"]["rooms"] == ["实训楼 101", "实训楼 102"]
    assert everything["sorts"]["rows"] == {
        "2-*": ["C2-X-001"],  # by its name: the gloves name no row
        "2-1": ["C2-1-001"],
        "2-4": ["C2-4-004"],
    }
    assert everything["items"][0]["due_state"] == "overdue"
    assert numbers(house, module="2-4") == ["A2"]
    assert numbers(house, due="overdue") == ["A1"]
    assert numbers(house, status="under_repair", room="实训楼 102") == ["A2"]
    assert numbers(house, text="手套") == ["A3"]
    assert numbers(house, offset="2") == ["A3"]


def test_a_register_is_seen_by_its_school_and_its_evaluator_only(house: Schools) -> None:
    assert look(house, "evaluator", organisation="BJ01")["total"] == 3
    assert look(house, "gx-master")["total"] == 0
    foreign = house.client("gx-master").get("/api/v1/register?organisation=BJ01")
    assert foreign.status_code == 404
    assert house.client("visitor").get("/api/v1/register").status_code == 403
    odd = house.client("bj-master").get("/api/v1/register?status=lost")
    assert (odd.status_code, "status" in odd.text) == (422, True)
