"""What a person decides of a substitute, from the route to the answer that rests on it."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from inventory.audit.table import AuditEntry
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.requirements.use_cases import ListUpload, import_list
from inventory.requirements.writing import write_rows
from tests.schools import NOW, WRITES, Schools, schools
from tests.short_list import LIST_HEADER, list_row

OPEN = "/api/v1/lists/V/substitutes"
ASKED = {"module": "2-1", "level": "intermediate"}
YES = {"row_id": "A", "name": "整车", "may_stand_in": True, "reason": "功能相同"}


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    rows = [
        LIST_HEADER,
        list_row("A", "2-1", "拆装台架", "as agreed with the organisation"),
        list_row("B", "2-1", "手套", "no"),
    ]
    with schools(school_url) as found:
        for version in ("V", "W"):
            upload = ListUpload("l.csv", write_rows("l.csv", rows), version=version)
            import_list(found.database, upload, who="test", now=NOW)
        things = [["asset_number", "item_zh"], ["C-1", "教学整车"], ["G-1", "手套"]]
        register = RegisterUpload("r.csv", write_rows("r.csv", things), "BJ01")
        import_register(found.database, register, who="test")
        yield found


def bench_row(house: Schools, version: str = "V") -> dict[str, Any]:
    path, asked = "/api/v1/stations/BJ01-E/readiness", ASKED | {"list": version}
    answer = house.client("bj-master").get(path, params=asked).json()
    (row,) = [one for one in answer["rows"] if one["row_id"] == "A"]
    return {**row, "status": answer["status"]}


def test_a_decision_lets_a_thing_stand_in_for_one_version_and_says_why(house: Schools) -> None:
    before = bench_row(house)
    assert before["status"] == "not_ready"
    assert before["unsettled_substitutes"] == "as agreed with the organisation"
    evaluator = house.client("evaluator")
    (found,) = evaluator.post(OPEN, json=YES, headers=WRITES).json()
    assert found["decided"][0]["decided_by"] == "evaluator"
    after = bench_row(house)
    assert (after["status"], after["unsettled_substitutes"]) == ("ready", "")
    assert after["serving"][0]["stands_in_as"] == "整车"
    assert after["decided_substitutes"][0]["reason"] == "功能相同"
    assert bench_row(house, "W")["status"] == "not_ready"
    evaluator.post(OPEN, json=YES | {"may_stand_in": False}, headers=WRITES)
    assert bench_row(house)["status"] == "not_ready"
    (row,) = house.client("bj-teacher").get(OPEN).json()["items"]
    assert [one["may_stand_in"] for one in row["decided"]] == [False]
    with house.database.read() as db:
        said = db.exec(select(AuditEntry).where(AuditEntry.action == "decided")).all()
    assert [entry.new["may_stand_in"] for entry in said if entry.new] == [True, False]


def test_only_who_evaluates_decides_and_for_its_own_schools(house: Schools) -> None:
    for who, code in (("bj-master", 403), ("bj-teacher", 403), ("visitor", 403)):
        assert house.client(who).post(OPEN, json=YES, headers=WRITES).status_code == code, who
    house.client("evaluator").post(OPEN, json=YES, headers=WRITES)
    asked = ASKED | {"use": "training"}
    other = house.client("gx-master").get("/api/v1/stations/GX02-T/readiness", params=asked)
    assert [row["decided_substitutes"] for row in other.json()["rows"]] == [[], []]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        *(({"row_id": row_id}, "row_id") for row_id in ("B", "Z")),
        *(({"reason": blank}, "reason") for blank in ("", " \t")),
        *(({"name": blank}, "name") for blank in ("", " \u3000")),
    ],
)
def test_what_the_list_says_itself_or_nobody_can_name_is_not_decided(
    house: Schools, change: dict[str, str], field: str
) -> None:
    answer = house.client("evaluator").post(OPEN, json=YES | change, headers=WRITES)
    assert answer.status_code == 422
    assert field in answer.text
