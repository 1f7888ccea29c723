from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import col, select

from inventory.audit.table import AuditEntry
from inventory.database import Database
from inventory.equipment.table import Equipment
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.labels.table import EquipmentLabel
from inventory.requirements.writing import write_rows
from inventory.stocktakes.table import StocktakeRecord
from tests.schools import WRITES, Schools, schools

PATH = "/api/v1/stocktakes"
HEAD = ["asset_number", "item_zh", "quantity", "station_codes", "location", "status"]
REGISTER = [
    ["A-1", "绝缘电阻测试仪", "1", "BJ01-T", "101", "in_service"],
    ["A-2", "示波器", "1", "BJ01-T", "101", "in_service"],
    ["A-3", "绝缘手套", "10", "BJ01-T", "102", "under_repair"],
    ["A-4", "旧台架", "1", "BJ01-T", "102", "retired"],
    ["A-5", "借出的表", "1", "BJ01-T", "102", "lent_out"],
    ["A-6", "另一站的表", "1", "BJ01-E", "201", "in_service"],
]


def register(database: Database, organisation: str, rows: list[list[str]]) -> None:
    content = write_rows("r.csv", [HEAD, *rows])
    import_register(database, RegisterUpload("r.csv", content, organisation), who="test")


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        register(built.database, "BJ01", REGISTER)
        register(built.database, "GX02", [["G-1", "外校的表", "1", "GX02-T", "1", "in_service"]])
        yield built


def post(client: Any, path: str, body: object, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = client.post(path, json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def started(house: Schools, **facts: object) -> str:
    made = post(house.client("bj-master"), PATH, {"station": "BJ01-T"} | facts, 201)
    return f"{PATH}/{made['id']}"


def scan(number: int, code: str, minute: int = 0, **facts: object) -> dict[str, object]:
    at = f"2026-12-01T07:{minute:02}:00Z"
    return {"client_id": f"scan-{number:04}", "scanned_at": at, "code": code} | facts


def send(client: Any, path: str, *scans: dict[str, object], unsent: int = 0) -> list[str]:  # noqa: ANN401
    body = {"device_id": "phone-0001", "scans": scans, "unsent": unsent}
    return [one["outcome"] for one in post(client, f"{path}/scans", body)["scans"]]


def results(client: Any, path: str) -> dict[str, str]:  # noqa: ANN401 - a client
    return {
        one["asset_number"]: one["result"] for one in client.get(f"{path}/rows").json()["items"]
    }


def label_of(house: Schools, organisation: str, asset: str) -> str:
    """The code on a printed label; sheets are made where there is none yet."""
    with house.database.read() as db:
        query = select(EquipmentLabel.code).where(
            EquipmentLabel.organisation_code == organisation, EquipmentLabel.asset_number == asset
        )
        return db.exec(query).one()


def test_a_stocktake_is_scanned_signed_and_taken_over_into_the_register(house: Schools) -> None:
    master, teacher = house.client("bj-master"), house.client("bj-teacher")
    path = started(house, title="年终")
    assert post(master, PATH, {"station": "BJ01-T"}, 409)["code"] == path.rsplit("/", 1)[1]
    assert results(teacher, path) == dict.fromkeys(("A-1", "A-2", "A-3"), "expected")
    sent = [
        scan(1, "A-1", location="101", note="铭牌完好"),
        scan(2, "a-2", location="101"),
        scan(3, "A-3", location="102", counted=8),
        scan(4, "A-5"),
        scan(5, "A-6", location="101"),
        scan(6, "A-1", minute=1, location="101", note="再扫一次"),
        scan(7, "外来贴纸"),
        scan(8, "G-1"),
    ]
    assert send(teacher, path, *sent) == ["recorded"] * 8
    assert send(teacher, path, *sent) == ["again"] * 8, "a lost answer does no harm"
    assert send(teacher, path, sent[0] | {"note": "x"}) == ["refused"]
    page = teacher.get(path).json()
    assert page["counts"] == {
        "expected": 1,
        "found": 2,
        "wrong_place": 2,
        "missing": 0,
        "unknown": 3,
    }
    assert (page["scans"], page["doubles"]) == (8, 1)
    assert [one["code"] for one in teacher.get(f"{path}/sheet").json()["unknown"]] == [
        "a-2",
        "外来贴纸",
        "G-1",
    ]
    post(teacher, f"{path}/sign", {}, 403)
    signed = post(master, f"{path}/sign", {"note": "属实"})
    assert (signed["state"], signed["ended_by"]) == ("signed", "bj-master")
    assert post(master, f"{path}/sign", {}, 409)["state"] == "signed"
    found = results(teacher, path)
    assert found["A-2"] == "missing"
    proposals = teacher.get(f"{path}/proposals").json()["items"]
    assert [(one["asset_number"], one["kind"], one["old"], one["new"]) for one in proposals] == [
        ("A-2", "mark_missing", "in_service", "missing"),
        ("A-3", "correct_quantity", "10", "8"),
        ("A-5", "put_back_in_service", "lent_out", "in_service"),
        ("A-6", "move", "201", "101"),
    ]
    with house.database.read() as db:
        assert db.exec(select(Equipment.status).where(Equipment.asset_number == "A-2")).one() == (
            "in_service"
        ), "a signature alone changes nothing"
    register(house.database, "BJ01", [["A-6", "另一站的表", "1", "BJ01-E", "203", "in_service"]])
    declined = {
        "is_applied": False,
        "proposals": [{"asset_number": "A-5", "kind": "put_back_in_service"}],
    }
    assert post(master, f"{path}/proposals/decision", declined)[0]["state"] == "declined"
    done = post(master, f"{path}/proposals/decision", {})
    assert [(one["asset_number"], one["state"]) for one in done] == [
        ("A-2", "applied"),
        ("A-3", "applied"),
        ("A-6", "outdated"),
    ]
    assert post(master, f"{path}/proposals/decision", {}) == []
    unknown = {"proposals": [{"asset_number": "A-1", "kind": "move"}]}
    post(master, f"{path}/proposals/decision", unknown, 404)
    with house.database.read() as db:
        query = select(Equipment).where(Equipment.organisation_code == "BJ01")
        now = {one.asset_number: one for one in db.exec(query).all()}
        entries = db.exec(select(AuditEntry.action).where(AuditEntry.entity == "stocktake")).all()
        told = db.exec(
            select(AuditEntry).where(
                AuditEntry.entity_id == "BJ01/A-3", AuditEntry.who == "bj-master"
            )
        ).one()
    assert (now["A-2"].status, now["A-3"].quantity) == ("missing", 8)
    assert (now["A-5"].status, now["A-6"].location) == ("lent_out", "203")
    assert list(entries) == ["started", "scanned", "signed", "decided", "decided", "decided"]
    assert (told.action, told.old, told.new) == (
        "updated",
        {"quantity": 10.0},
        {"quantity": 8.0, "stocktake": 1},
    )
    assert results(teacher, path) == found, "the register goes on, the record does not"
    record = teacher.get(f"{path}/record").json()
    assert (record["is_intact"], record["sha256"]) == (True, signed["sha256"])
    assert '"status":"in_service"' in record["text"]
    with house.database.begin() as db:
        kept = db.exec(select(StocktakeRecord)).one()
        kept.text = kept.text.replace("铭牌完好", "铭牌缺失")
    assert teacher.get(f"{path}/record").json()["is_intact"] is False
