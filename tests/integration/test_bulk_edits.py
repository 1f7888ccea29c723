from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import col, select

from inventory.audit.table import AuditEntry
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.requirements.writing import write_rows
from tests.databases import Databases
from tests.schools import WRITES, Schools, schools

PATH = "/api/v1/bulk-edits"
MOVED = {"location": "实训楼 102", "status": "under_repair", "station_codes": ["BJ01-E"]}


def furnished(house: Schools) -> Schools:
    rows = [["asset_number", "item_zh", "location", "status"]]
    rows += [[f"A{n}", "万用表", f"室 {n}", "in_service"] for n in (1, 2, 3)]
    upload = RegisterUpload("r.csv", write_rows("r.csv", rows), "BJ01")
    import_register(house.database, upload, who="test")
    return house


@pytest.fixture
def house(databases: Databases, tmp_path: Any) -> Iterator[Schools]:  # noqa: ANN401 - a path
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield furnished(built)


@pytest.fixture
def house_of_both(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield furnished(built)


def post(
    house: Schools, path: str, body: dict[str, Any] | None, status: int, who: str = "bj-master"
) -> Any:  # noqa: ANN401 - JSON
    answer = house.client(who).post(path, json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def order(*assets: str, **change: object) -> dict[str, Any]:
    return {"asset_numbers": list(assets), "change": change}


def register(house: Schools) -> dict[str, dict[str, Any]]:
    rows = house.client("bj-master").get("/api/v1/equipment").json()["items"]
    return {row["asset_number"]: row for row in rows}


def test_many_pieces_are_changed_at_once_and_given_back(house_of_both: Schools) -> None:
    house = house_of_both
    before = register(house)
    wanted = order("A1", "A2", "A2", **MOVED)
    seen = post(house, f"{PATH}/preview", wanted, 200)
    assert [one["asset_number"] for one in seen["changes"]] == ["A1", "A2"]
    assert seen["changes"][0]["old"]["location"] == "室 1"
    assert register(house) == before, "a preview changes nothing"
    made = post(house, PATH, wanted, 201)
    assert (made["pieces"], made["changes"]) == (2, seen["changes"])
    after = register(house)
    assert [after[one]["location"] for one in ("A1", "A2", "A3")] == [
        *("实训楼 102", "实训楼 102", "室 3"),
    ]
    assert (after["A1"]["status"], after["A1"]["station_codes"]) == ("under_repair", ["BJ01-E"])
    undone = post(house, f"{PATH}/{made['id']}/undo", None, 200)
    assert (undone["undone_by"], undone["can_undo_until"]) == ("bj-master", None)
    assert register(house) == before
    again = post(house, f"{PATH}/{made['id']}/undo", None, 409)
    assert again["state"] == "undone"
    with house.database.read() as db:
        query = select(AuditEntry).where(col(AuditEntry.entity).in_(("equipment", "bulk_edit")))
        entries = db.exec(query.order_by(col(AuditEntry.id)).offset(3)).all()
    named = [(one.entity, one.action, (one.new or {}).get("bulk_edit")) for one in entries]
    of_pieces = [("equipment", "updated", made["id"])] * 2
    assert named == [
        *(*of_pieces, ("bulk_edit", "made", None)),
        *(*of_pieces, ("bulk_edit", "undone", None)),
    ]


def test_nothing_is_taken_back_over_a_later_change_but_other_fields_may_differ(
    house: Schools,
) -> None:
    first = post(house, PATH, order("A1", "A2", "A3", location="库房"), 201)
    later = post(house, PATH, order("A2", location="实训楼 9"), 201)
    post(house, PATH, order("A1", model="1508"), 201)
    refused = post(house, f"{PATH}/{first['id']}/undo", None, 409)
    assert refused["pieces"] == ["A2"]
    assert register(house)["A1"]["location"] == "库房"
    post(house, f"{PATH}/{later['id']}/undo", None, 200)
    post(house, f"{PATH}/{first['id']}/undo", None, 200)
    found = register(house)
    assert (found["A1"]["location"], found["A1"]["model"]) == ("室 1", "1508")


def test_an_edit_is_taken_back_within_a_week(house: Schools) -> None:
    made = post(house, PATH, order("A1", location="库房"), 201)
    assert made["can_undo_until"] == "2026-12-08T08:00:00Z"
    house.clock.move(days=7, seconds=1)
    refused = post(house, f"{PATH}/{made['id']}/undo", None, 409)
    assert refused["state"] == "too_late"


def test_an_edit_with_something_unknown_changes_nothing(house: Schools) -> None:
    before = register(house)
    wanted = order("A1", "nope", "A2", location="库房")
    assert post(house, f"{PATH}/preview", wanted, 200)["unknown"] == ["nope"]
    assert post(house, PATH, wanted, 404)["pieces"] == ["nope"]
    post(house, PATH, order("A1", station_codes=["GX02-T"]), 404)
    for change in ({}, {"location": None}, {"serial": "x"}, {"status": "lost"}, {"item_zh": " "}):
        post(house, PATH, order("A1", **change), 422)
    assert register(house) == before
    assert house.client("bj-master").get(PATH).json()["total"] == 0


def test_what_is_so_already_is_no_change(house: Schools) -> None:
    made = post(house, PATH, order("A1", "A2", location="室 1"), 201)
    assert [one["asset_number"] for one in made["changes"]] == ["A2"]


def test_only_those_who_write_the_register_edit_and_others_never_see(house: Schools) -> None:
    made = post(house, PATH, order("A1", location="库房"), 201)
    for who in ("bj-teacher", "evaluator", "visitor"):
        post(house, f"{PATH}/preview", order("A1", location="x"), 403, who)
        post(house, PATH, order("A1", location="x"), 403, who)
        post(house, f"{PATH}/{made['id']}/undo", None, 403, who)
    assert house.client("bj-teacher").get(f"{PATH}/{made['id']}").json()["pieces"] == 1
    post(house, f"{PATH}/{made['id']}/undo", None, 404, "gx-master")
    assert house.client("gx-master").get(f"{PATH}/{made['id']}").status_code == 404
    assert house.client("gx-master").get(PATH).json()["total"] == 0
    post(house, PATH, order("A1", location="x") | {"organisation": "BJ01"}, 404, "gx-master")
    post(house, PATH, order("A1", location="x"), 404, "gx-master")
