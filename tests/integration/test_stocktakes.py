import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from sqlmodel import Session, col, select

from inventory.audit.table import AuditEntry
from inventory.equipment.table import Equipment
from inventory.stocktakes.table import StocktakeRecord
from tests.databases import Databases
from tests.schools import WRITES, Schools, schools
from tests.stocktake_steps import (
    PATH,
    furnish_registers,
    post,
    register,
    results,
    scan,
    send,
    started,
)

SCANS = (
    scan(1, "A-1", location="101", note="铭牌完好"),
    scan(2, "a-2", location="101"),
    scan(3, "A-3", location="102", counted=8),
    scan(4, "A-5"),
    scan(5, "A-6", location="101"),
    scan(6, "A-1", minute=1, location="101", note="再扫一次"),
    scan(7, "外来贴纸"),
    scan(8, "G-1"),
)


@pytest.fixture
def both(school_url: str) -> Iterator[Schools]:
    """The house on either database."""
    with schools(school_url) as built:
        furnish_registers(built)
        yield built


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        furnish_registers(built)
        yield built


def pieces(db: Session) -> dict[str, Equipment]:
    query = select(Equipment).where(Equipment.organisation_code == "BJ01")
    return {one.asset_number: one for one in db.exec(query).all()}


def test_each_scan_counts_once_however_often_it_is_sent(both: Schools) -> None:
    teacher = both.client("bj-teacher")
    path = started(both, title="年终")
    assert results(teacher, path) == dict.fromkeys(("A-1", "A-2", "A-3"), "expected")
    assert send(teacher, path, *SCANS) == ["recorded"] * 8
    assert send(teacher, path, *SCANS) == ["again"] * 8, "a lost answer does no harm"
    assert send(teacher, path, SCANS[0] | {"note": "x"}) == ["refused"]
    page = teacher.get(path).json()
    counts = {"expected": 1, "found": 2, "wrong_place": 2, "missing": 0, "unknown": 3}
    assert page["counts"] == counts
    assert (page["scans"], page["doubles"], page["title"]) == (8, 1, "年终")
    sheet = teacher.get(f"{path}/sheet").json()
    unknown = [one["code"] for one in sheet["unknown"]]
    assert unknown == ["a-2", "外来贴纸", "G-1"], "what another school owns is unknown"
    first = next(one for one in sheet["rows"] if one["asset_number"] == "A-1")
    assert (first["times"], first["seen"]["note"]) == (2, "铭牌完好；再扫一次")
    there = teacher.get(f"{path}/rows", params={"location": " 101", "result": "found"}).json()
    assert [one["asset_number"] for one in there["items"]] == ["A-1"]
    grows = scan(9, "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 300)
    assert [send(teacher, path, grows), send(teacher, path, grows)] == [["recorded"], ["again"]]


def test_a_signed_record_is_frozen_and_proposes_what_a_person_applies(both: Schools) -> None:
    master = both.client("bj-master")
    path = started(both)
    send(both.client("bj-teacher"), path, *SCANS)
    signed = post(master, f"{path}/sign", {"note": "属实"})
    assert (signed["state"], signed["ended_by"], signed["open_proposals"]) == (
        "signed",
        "bj-master",
        4,
    )
    assert post(master, f"{path}/sign", {}, 409)["state"] == "signed"
    found = results(master, path)
    assert found["A-2"] == "missing"
    with both.database.read() as db:
        assert pieces(db)["A-2"].status == "in_service", "a signature alone changes nothing"
    register(both.database, "BJ01", [["A-6", "另一站的表", "1", "BJ01-E", "203", "in_service"]])
    decide = f"{path}/proposals/decision"
    kept = {"asset_number": "A-5", "kind": "put_back_in_service"}
    declined = post(master, decide, {"is_applied": False, "proposals": [kept]})
    assert declined[0]["state"] == "declined"
    done = post(master, decide, {})
    assert [(one["asset_number"], one["kind"], one["state"]) for one in done] == [
        ("A-2", "mark_missing", "applied"),
        ("A-3", "correct_quantity", "applied"),
        ("A-6", "move", "outdated"),
    ]
    assert post(master, decide, {}) == []
    post(master, decide, {"proposals": [{"asset_number": "A-1", "kind": "move"}]}, 404)
    with both.database.read() as db:
        now = pieces(db)
    assert (now["A-2"].status, now["A-3"].quantity) == ("missing", 8)
    assert (now["A-5"].status, now["A-6"].location) == ("lent_out", "203")
    assert results(master, path) == found, "the register goes on, the record does not"
    record = master.get(f"{path}/record").json()
    assert (record["is_intact"], record["sha256"]) == (True, signed["sha256"])
    assert "铭牌完好" in record["text"]


def test_every_step_is_on_record_and_a_changed_record_is_noticed(house: Schools) -> None:
    master = house.client("bj-master")
    path = started(house)
    send(house.client("bj-teacher"), path, SCANS[2])
    post(master, f"{path}/sign", {})
    correction = {"asset_number": "A-3", "kind": "correct_quantity"}
    post(master, f"{path}/proposals/decision", {"proposals": [correction]})
    with house.database.begin() as db:
        query = select(AuditEntry).where(AuditEntry.entity == "stocktake")
        told = [(one.who, one.action) for one in db.exec(query.order_by(col(AuditEntry.id)))]
        by_master = select(AuditEntry).where(
            AuditEntry.entity_id == "BJ01/A-3", AuditEntry.who == "bj-master"
        )
        changed = db.exec(by_master).one()
        kept = db.exec(select(StocktakeRecord)).one()
        kept.text = kept.text.replace("绝缘手套", "绝缘靴")
    assert told == [
        ("bj-master", "started"),
        ("bj-teacher", "scanned"),
        ("bj-master", "signed"),
        ("bj-master", "decided"),
    ]
    assert (changed.old, changed.new) == ({"quantity": 10.0}, {"quantity": 8.0, "stocktake": 1})
    assert master.get(f"{path}/record").json()["is_intact"] is False


def test_a_phone_that_holds_scans_holds_up_the_signature(house: Schools) -> None:
    master, teacher = house.client("bj-master"), house.client("bj-teacher")
    path = started(house)
    send(teacher, path, SCANS[0], unsent=2)
    refused = post(master, f"{path}/sign", {}, 409)
    assert (refused["unsent"], refused["people"]) == (2, ["bj-teacher"])
    assert refused["type"].endswith("scans-unsent")
    post(master, f"{path}/sign", {"despite_unsent": True})
    assert '"unsent":2' in master.get(f"{path}/record").json()["text"]
    assert send(teacher, path, SCANS[2]) == ["late"]
    assert send(teacher, path, SCANS[2]) == ["late"]
    page = master.get(path).json()
    assert (page["late"], page["counts"]["found"]) == (1, 1), "kept, but not part of the record"


def test_a_scan_can_be_taken_back_until_the_end(house: Schools) -> None:
    master, teacher = house.client("bj-master"), house.client("bj-teacher")
    path = started(house)
    send(teacher, path, SCANS[0], SCANS[4])

    def take_back(number: int, status: int = 200) -> None:
        answer = teacher.delete(f"{path}/scans/scan-{number:04}", headers=WRITES)
        assert answer.status_code == status, answer.text

    take_back(1)
    take_back(1)
    take_back(5)
    take_back(9, 404)
    assert results(teacher, path) == dict.fromkeys(("A-1", "A-2", "A-3"), "expected")
    assert teacher.get(path).json()["withdrawn"] == 2
    post(master, f"{path}/cancel", {"note": "误开"})
    take_back(5, 409)
    assert master.get(f"{path}/record").status_code == 404
    post(master, f"{path}/proposals/decision", {}, 409)
    started(house)


def test_some_rooms_are_counted_and_what_is_nowhere_is_not(house: Schools) -> None:
    master = house.client("bj-master")
    assert post(master, PATH, {"station": "BJ01-T", "locations": ["999"]}, 422)["field"] == (
        "locations"
    )
    path = started(house, locations=["１０１", "101"])
    assert results(master, path) == dict.fromkeys(("A-1", "A-2"), "expected")
    again = post(master, PATH, {"station": "BJ01-T"}, 409)
    assert again["code"] == path.rsplit("/", 1)[1]
    send(master, path, scan(1, "A-3", location="101"))
    assert results(master, path)["A-3"] == "wrong_place"


def test_evidence_that_is_not_the_schools_is_refused_scan_by_scan(house: Schools) -> None:
    path = started(house)
    foreign = scan(1, "A-1", document_ids=["0" * 32])
    outcomes = send(house.client("bj-teacher"), path, foreign, SCANS[2])
    assert outcomes == ["refused", "recorded"]


def test_nobody_counts_or_signs_what_is_not_theirs(house: Schools) -> None:
    path = started(house)
    order = {"device_id": "phone-0001", "scans": [SCANS[0]]}
    for name, reads, scans, signs in (
        ("bj-teacher", 200, 200, 403),
        ("evaluator", 200, 403, 403),
        ("gx-master", 404, 404, 404),
        ("visitor", 403, 403, 403),
    ):
        client = house.client(name)
        assert {
            client.get(f"{path}{part}").status_code
            for part in ("", "/rows", "/sheet", "/proposals", "/code")
        } == {reads}, name
        post(client, f"{path}/scans", order, scans)
        for part in ("sign", "cancel", "proposals/decision"):
            post(client, f"{path}/{part}", {}, 409 if signs == 200 else signs)
    assert house.client("gx-master").get(PATH).json()["total"] == 0
    assert house.client("evaluator").get(PATH).json()["total"] == 1
    post(house.client("gx-master"), PATH, {"station": "BJ01-T"}, 404)
    post(house.client("bj-teacher"), PATH, {"station": "BJ01-E"}, 403)


def test_the_code_of_a_stocktake_is_a_picture_of_where_it_is_counted(house: Schools) -> None:
    client = house.client("bj-teacher")
    path = started(house)
    drawn = client.get(f"{path}/code")
    assert drawn.headers["content-type"] == "image/svg+xml"
    expected = io.BytesIO()
    address = f"{str(client.base_url).rstrip('/')}/stocktake/{path.rsplit('/', 1)[1]}"
    segno.make_qr(address, error="m").save(expected, kind="svg", scale=4, light="#fff")
    assert drawn.content == expected.getvalue()
