from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from inventory.agreements.rules import Agreement
from inventory.database import open_database
from inventory.equipment.rules import EquipmentItem, Ownership
from inventory.equipment.use_cases import RegisterUpload, import_register, items_of
from inventory.migrations.run import upgrade
from inventory.proofs.rules import ProofKind, ProofRecord
from inventory.requirements.use_cases import import_list
from inventory.requirements.writing import write_rows
from tests.databases import Databases
from tests.schools import WRITES, Schools, schools
from tests.short_list import short_list

PATH = "/api/v1/equipment"
ITEM, HISTORY, PROOFS = f"{PATH}/item", f"{PATH}/history", f"{PATH}/proofs"
AGREEMENTS, DOCUMENTS = f"{PATH}/agreements", f"{PATH}/documents"
LENT = {"asset_number": "A/2", "owner": "借入", "lender": "某公司", "borrowed_until": "2027-06-30"}


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        put(built, {"asset_number": "A1", "calibration_done_on": "2026-01-10"}, LENT)
        yield built


def put(house: Schools, *things: dict[str, str]) -> tuple[int, int, int]:
    names = sorted({name for one in things for name in one} | {"item_zh"})
    rows = [[({"item_zh": "万用表"} | one).get(name, "") for name in names] for one in things]
    upload = RegisterUpload("r.csv", write_rows("r.csv", [names, *rows]), "BJ01")
    done = import_register(house.database, upload, who="test")
    return done.created, done.updated, done.unchanged


def items(house: Schools) -> dict[str, EquipmentItem]:
    with house.database.read() as db:
        return {item.asset_number: item for item in items_of(db, "BJ01")}


def post(client: TestClient, path: str, body: dict[str, Any], status: int = 201) -> Any:  # noqa: ANN401 - JSON
    answer = client.post(path, json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def paper(house: Schools, username: str = "bj-master") -> str:
    files = {"file": ("c.pdf", b"%PDF-1.7 CAL")}
    answer = house.client(username).post("/api/v1/documents", files=files, headers=WRITES)
    return str(answer.json()["id"])


def test_a_later_import_adds_what_was_done_and_keeps_what_came_before(house: Schools) -> None:
    assert put(house, {"asset_number": "A1", "calibration_done_on": "2026-01-10"}) == (0, 0, 1)
    newer = {"asset_number": "A1", "calibration_done_on": "2026-11-10", "certificate_no": "C-2"}
    assert put(house, newer) == (0, 1, 0)
    assert put(house, {"asset_number": "A1"}) == (0, 0, 1)
    assert items(house)["A1"].proofs == (
        ProofRecord(ProofKind.CALIBRATION, date(2026, 1, 10)),
        ProofRecord(ProofKind.CALIBRATION, date(2026, 11, 10), certificate_no="C-2"),
    )
    extended = LENT | {"borrowed_until": "2028-06-30"}
    assert put(house, extended) == (0, 1, 0)
    assert items(house)["A/2"].agreements == (Agreement("某公司", None, date(2028, 6, 30)),)


def test_a_proof_is_recorded_with_its_certificate_and_taken_back(house: Schools) -> None:
    client, document = house.client("bj-master"), paper(house)
    order = {
        "asset_number": "A1",
        "kind": "calibration",
        "done_on": "2026-11-20",
        "interval_months": 12,
        "result": "fail",
        "certificate_no": "C-3",
        "issued_by": "市计量院",
        "document_id": document,
    }
    made = post(client, PROOFS, order)
    assert (made["recorded_by"], made["organisation_code"]) == ("bj-master", "BJ01")
    assert post(client, PROOFS, order, 409)["code"] == str(made["id"])
    shown = house.client("evaluator").get(
        ITEM, params={"asset_number": "A1", "organisation": "BJ01"}
    )
    assert [one["done_on"] for one in shown.json()["proofs"]] == ["2026-01-10", "2026-11-20"]
    gone = client.delete(f"{PROOFS}/{made['id']}", headers=WRITES)
    assert gone.status_code == 204
    assert client.delete(f"{PROOFS}/{made['id']}", headers=WRITES).status_code == 404
    told = client.get(HISTORY, params={"asset_number": "A1"}).json()
    assert [one["action"] for one in told] == ["created", "proof_added", "proof_withdrawn"]
    assert told[1]["new"]["proof"]["certificate_no"] == "C-3"
    assert told[2]["old"] == told[1]["new"]


def test_a_proof_says_when_and_names_only_what_the_school_has(house: Schools) -> None:
    client = house.client("bj-master")
    order = {"asset_number": "A1", "kind": "calibration", "done_on": "2026-11-20"}
    post(client, PROOFS, {"asset_number": "A1", "kind": "calibration"}, 422)
    refused = post(client, PROOFS, order | {"valid_until": "2026-11-19"}, 422)
    assert refused["field"] == "valid_until"
    post(client, PROOFS, order | {"asset_number": "A9"}, 404)
    foreign = paper(house, "gx-master")
    refused = post(client, PROOFS, order | {"document_id": foreign}, 404)
    assert refused["type"].endswith("unknown-document")
    assert len(items(house)["A1"].proofs) == 1


def test_a_borrowed_thing_has_its_agreements_and_an_own_one_none(house: Schools) -> None:
    client = house.client("bj-master")
    order = {"asset_number": "A/2", "partner": "某公司", "valid_from": "2027-07-01"}
    post(client, AGREEMENTS, order | {"valid_to": "2027-06-30"}, 422)
    made = post(client, AGREEMENTS, order | {"valid_to": "2027-12-31", "document_id": paper(house)})
    own = {"asset_number": "A1", "partner": "某公司", "valid_to": "2027-12-31"}
    assert post(client, AGREEMENTS, own, 422)["field"] == "asset_number"
    item = client.get(ITEM, params={"asset_number": "A/2"}).json()
    assert [one["valid_to"] for one in item["agreements"]] == ["2027-06-30", "2027-12-31"]
    assert item["owner"] == Ownership.BORROWED
    assert client.delete(f"{AGREEMENTS}/{made['id']}", headers=WRITES).status_code == 204
    assert len(items(house)["A/2"].agreements) == 1


def test_photos_and_manuals_belong_to_a_thing(house: Schools) -> None:
    client, document = house.client("bj-master"), paper(house)
    link = {"asset_number": "A/2", "document_id": document}
    post(client, DOCUMENTS, link, 204)
    found = client.get(
        "/api/v1/documents", params={"entity": "equipment", "entity_id": "BJ01/A/2"}
    ).json()
    assert [one["id"] for one in found["items"]] == [document]
    assert client.delete(DOCUMENTS, params=link, headers=WRITES).status_code == 204
    assert client.delete(DOCUMENTS, params=link, headers=WRITES).status_code == 404


def test_papers_are_written_by_the_school_only_and_seen_by_its_evaluator(house: Schools) -> None:
    order = {
        "asset_number": "A1",
        "organisation": "BJ01",
        "kind": "calibration",
        "done_on": "2026-11-20",
    }
    for username, status in (("bj-teacher", 403), ("evaluator", 403), ("gx-master", 404)):
        post(house.client(username), PROOFS, order, status)
    made = post(house.client("bj-master"), PROOFS, order)
    path = f"{PROOFS}/{made['id']}"
    for username, status in (("bj-teacher", 403), ("evaluator", 403), ("gx-master", 404)):
        answer = house.client(username).delete(path, headers=WRITES)
        assert answer.status_code == status, username
    asked = {"asset_number": "A1", "organisation": "BJ01"}
    for username, status in (("evaluator", 200), ("gx-master", 404), ("visitor", 403)):
        for place in (ITEM, HISTORY):
            assert house.client(username).get(place, params=asked).status_code == status, username


def test_the_check_follows_the_papers_of_its_day(house: Schools) -> None:
    import_list(house.database, short_list(), who="test", now=house.clock())
    master = house.client("bj-master")

    def answer(on: str = "2026-12-01") -> dict[str, Any]:
        asked = {"module": "2-1", "level": "intermediate", "date": on}
        return dict(master.get("/api/v1/stations/BJ01-E/readiness", params=asked).json())

    def kinds(on: str) -> set[str]:
        return {one["kind"] for one in answer(on)["findings"] if "L1" in one["asset_numbers"]}

    lent = {"owner": "借入", "borrowed_from": "2026-12-10", "borrowed_until": "2027-06-30"}
    put(house, lent | {"asset_number": "L1", "serves_rows": answer()["rows"][0]["row_id"]})
    assert "loan_not_begun" in kinds("2026-12-09")
    assert "loan_ended" in kinds("2027-07-01")
    later = {"asset_number": "L1", "partner": "某公司", "valid_to": "2027-12-31"}
    post(master, AGREEMENTS, later)
    of_loans = {"loan_not_begun", "loan_ended"}
    assert (kinds("2026-12-09") | kinds("2027-07-01")).isdisjoint(of_loans)


def test_a_register_of_before_keeps_its_days_numbers_and_loans(empty_url: str) -> None:
    database = open_database(empty_url)
    upgrade(database.engine, "0013")
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO organisation (code, kind, name_zh, name_en, is_demonstration) "
                "VALUES ('BJ01', 'school', '学校', '', false)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO equipment (organisation_code, asset_number, item_zh, item_en, "
                "quantity, quantity_unit, model, serial, status, station_codes, serves_rows, "
                "parameters, owner, location, certificate_no, verification_done_on, "
                "verification_valid_until, functional_check_on, borrowed_until) VALUES "
                "('BJ01', 'A1', '秤', '', 1, '', '', '', 'in_service', '[]', '[]', '', 'borrowed', "
                "'', 'V-1', '2026-03-01', '2027-02-28', '2026-11-01', '2027-06-30')"
            )
        )
    upgrade(database.engine)
    with database.read() as db:
        (item,) = items_of(db, "BJ01")
    database.close()
    assert item.proofs == (
        ProofRecord(
            ProofKind.VERIFICATION, date(2026, 3, 1), date(2027, 2, 28), certificate_no="V-1"
        ),
        ProofRecord(ProofKind.FUNCTIONAL_CHECK, date(2026, 11, 1)),
    )
    assert item.agreements == (Agreement(valid_to=date(2027, 6, 30)),)
