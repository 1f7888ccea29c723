import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from inventory.audit.table import AuditEntry
from inventory.conditions.lists import bundled_conditions, import_conditions
from inventory.requirements.use_cases import import_list
from tests.databases import Databases
from tests.schools import WRITES, Schools, schools
from tests.short_list import short_list

API = "/api/v1"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
CONDITIONS = f"{API}/stations/BJ01-T/conditions"


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        import_list(built.database, short_list(), who="test", now=built.clock())
        import_conditions(built.database, bundled_conditions(), who="test", now=built.clock())
        yield built


def post(client: TestClient, path: str, body: dict[str, Any], status: int = 201) -> Any:  # noqa: ANN401 - JSON
    answer = client.post(path, json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def told(client: TestClient, **params: str) -> Any:  # noqa: ANN401 - JSON
    answer = client.get(CONDITIONS, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json() | {
        "rows": {one["condition_id"]: one for one in answer.json()["conditions"]}
    }


def document(client: TestClient) -> str:
    files = {"file": ("制度汇编.pdf", BytesIO(PDF))}
    answer = client.post(f"{API}/documents", files=files, headers=WRITES)
    assert answer.status_code in {200, 201}, answer.text
    return str(answer.json()["id"])


def test_each_row_of_the_draft_is_answered_and_unknown_does_not_pass(house: Schools) -> None:
    found = told(house.client("bj-master"))
    of_exams = {f"COND-{n:03}" for n in (8, *range(15, 28))}
    assert set(found["rows"]) == {f"COND-{n:03}" for n in range(1, 41)} - of_exams
    assert found["status"] == "not_ready"
    assert found["list_version"] == "DRAFT-0.1"
    assert not found["is_official_list"]
    assert found["rows"]["COND-005"]["outcome"] == "unknown"
    assert found["rows"]["COND-004"]["outcome"] == "not_met"
    assert found["rows"]["COND-004"]["basis"] == "computed"
    assert found["rows"]["COND-029"]["is_binding"] is False
    assert found["met"] + found["binding"] + found["advice"] == len(found["rows"])
    for row in found["rows"].values():
        assert all(
            row[part][side] for part in ("required", "found", "remedy") for side in ("zh", "en")
        )
    assert "COND-015" in told(house.client("bj-master"), use="exam")["rows"]


def test_what_staff_proves_is_computed_and_no_word_changes_what_registers_show(
    house: Schools,
) -> None:
    master = house.client("bj-master")
    teacher = {
        "number": "T-1",
        "roles": ["teacher"],
        "certificates": [{"kind": "dual_qualified", "valid_until": "2026-12-31"}],
    }
    post(master, f"{API}/staff", teacher)
    assert told(master)["rows"]["COND-001"]["outcome"] == "met"
    row = told(master, date="2027-01-01")["rows"]["COND-001"]
    assert (row["outcome"], row["names"]) == ("not_met", ["T-1"])
    stated_away = f"{CONDITIONS}/COND-004/statements"
    post(master, stated_away, {"is_met": True, "note": "没问题"})
    assert told(master)["rows"]["COND-004"]["outcome"] == "not_met"


def test_the_rest_is_stated_with_evidence(house: Schools) -> None:
    master = house.client("bj-master")
    path = f"{CONDITIONS}/COND-005/statements"
    assert post(master, path, {"is_met": True}, 422)["field"] == "document_id"
    wrong = {"is_met": True, "note": "x", "valid_until": "2026-11-30"}
    assert post(master, path, wrong, 422)["field"] == "valid_until"
    lost = {"is_met": True, "document_id": "0" * 32}
    assert post(master, path, lost, 404)["type"].endswith("unknown-document")
    paper = document(master)
    post(master, path, {"is_met": True, "document_id": paper, "valid_until": "2027-06-30"})
    row = told(master)["rows"]["COND-005"]
    assert (row["outcome"], row["basis"], row["document_id"]) == ("met", "stated", paper)
    assert "bj-master" in row["found"]["zh"]
    later = told(master, date="2027-07-01")["rows"]["COND-005"]
    assert (later["outcome"], later["statement_state"]) == ("unknown", "expired")
    post(master, path, {"is_met": False, "note": "保密制度缺失"})
    assert told(master)["rows"]["COND-005"]["outcome"] == "not_met"
    history = master.get(path).json()
    assert [one["is_met"] for one in history] == [False, True]
    attached = master.get(f"{API}/documents/{paper}").json()["attachments"]
    assert [(one["entity"], one["entity_id"]) for one in attached] == [
        ("condition", "BJ01-T/COND-005")
    ]
    with house.database.read() as db:
        query = select(AuditEntry).where(AuditEntry.entity == "condition")
        entries = db.exec(query.order_by(col(AuditEntry.id))).all()
    assert [(one.who, one.action) for one in entries] == [("bj-master", "stated")] * 2


def test_conditions_of_a_station_are_its_schools_affair(house: Schools) -> None:
    stranger, evaluator = house.client("gx-master"), house.client("evaluator")
    path = f"{CONDITIONS}/COND-005/statements"
    word = {"is_met": True, "note": "x"}
    assert evaluator.get(CONDITIONS).status_code == 200
    assert evaluator.get(path).status_code == 200
    assert stranger.get(CONDITIONS).status_code == 404
    assert stranger.get(path).status_code == 404
    post(stranger, path, word, 404)
    post(evaluator, path, word, 403)
    post(house.client("bj-teacher"), path, word, 403)
    visitor = house.client("visitor")
    assert visitor.get(CONDITIONS).status_code == 403
    assert visitor.get(f"{API}/condition-lists").status_code == 403
    of_exams = f"{CONDITIONS}/COND-015/statements"
    assert post(house.client("bj-master"), of_exams, word, 404)["code"] == "COND-015"
    assert house.client("bj-master").get(CONDITIONS, params={"list": "NOPE"}).status_code == 404


def edition() -> str:
    """The draft with another COND-005."""
    rows = list(csv.DictReader(StringIO(bundled_conditions().content.decode("utf-8-sig"))))
    for row in rows:
        if row["condition_id"] == "COND-005":
            row["condition_zh"] = "制度体系健全，含保密制度"
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def send(client: TestClient, text: str, version: str, status: int) -> Any:  # noqa: ANN401 - JSON
    files = {"file": ("conditions.csv", text.encode())}
    form = {"version": version, "official": "true"}
    answer = client.post(f"{API}/condition-lists", files=files, data=form, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_list_is_imported_once_and_whole_by_those_who_publish(house: Schools) -> None:
    evaluator = house.client("evaluator")
    done = send(evaluator, edition(), "2027-1", 201)
    assert (done["row_count"], done["computed"], done["was_known"]) == (40, 24, False)
    assert send(evaluator, edition(), "2027-1", 200)["was_known"]
    send(evaluator, edition() + "\n", "2027-1", 409)
    bad = edition().replace("COND-040,both", "COND-040,nowhere")
    refused = send(evaluator, bad, "2027-2", 422)
    assert [(one["row"], one["column"]) for one in refused["problems"]] == [(41, "station")]
    send(house.client("bj-teacher"), edition(), "2027-3", 403)
    send(house.client("bj-master"), edition(), "2027-3", 422)
    foreign = house.client("gx-master").get(f"{API}/condition-lists").json()["items"]
    assert [one["version"] for one in foreign] == ["DRAFT-0.1"]


def test_a_new_edition_asks_again_for_what_reads_differently(house: Schools) -> None:
    master = house.client("bj-master")
    for row in ("COND-005", "COND-038"):
        post(master, f"{CONDITIONS}/{row}/statements", {"is_met": True, "note": "档案柜 3"})
    house.clock.move(hours=1)
    send(house.client("evaluator"), edition(), "2027-1", 201)
    master = house.client("bj-master")
    found = told(master)
    assert (found["list_version"], found["is_official_list"]) == ("2027-1", True)
    assert found["rows"]["COND-038"]["outcome"] == "met"
    changed = found["rows"]["COND-005"]
    assert (changed["outcome"], changed["statement_state"]) == ("unknown", "other_words")
    assert told(master, list="DRAFT-0.1")["rows"]["COND-005"]["outcome"] == "met"
    listed = master.get(f"{API}/condition-lists").json()["items"]
    assert [one["version"] for one in listed] == ["2027-1", "DRAFT-0.1"]


def test_certificates_stock_and_evidence_are_in_the_due_calendar(house: Schools) -> None:
    master = house.client("bj-master")
    papers = [{"kind": "trainer", "certificate_no": "Z-1", "valid_until": "2026-12-20"}]
    teacher = {"number": "T-1", "name": "王", "station_codes": ["BJ01-T"], "certificates": papers}
    post(master, f"{API}/staff", teacher)
    stock = {"code": "C-1", "name_zh": "冷却液", "unit": "L", "minimum": 5}
    made = post(master, f"{API}/consumables", stock)
    moves = f"{API}/consumables/{made['id']}/movements"
    post(master, moves, {"kind": "received", "amount": 8, "expires_on": "2027-06-01"})
    post(master, moves, {"kind": "used", "amount": 4})
    word = {"is_met": True, "note": "档案柜 3", "valid_until": "2026-12-10"}
    post(master, f"{CONDITIONS}/COND-005/statements", word)
    items = master.get(f"{API}/due").json()["items"]
    told = [(one["kind"], one["entity_id"], one["due_on"], one["detail"]) for one in items]
    assert told == [
        ("consumable", "BJ01/C-1", "2026-12-01", "4 / 5 L"),
        ("condition_evidence", "BJ01-T/COND-005", "2026-12-10", "COND-005"),
        ("staff_certificate", "BJ01/T-1", "2026-12-20", "Z-1"),
        ("consumable", "BJ01/C-1", "2027-06-01", "4 L"),
    ]
    assert items[1]["name_zh"] == "制度体系健全"
    assert house.client("gx-master").get(f"{API}/due").json()["total"] == 0
    of_exams = master.get(f"{API}/due", params={"station": "BJ01-E"}).json()["items"]
    assert {one["kind"] for one in of_exams} == {"consumable"}
