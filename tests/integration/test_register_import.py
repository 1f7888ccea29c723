from collections.abc import Iterator

import pytest
from sqlmodel import select

from inventory.audit.table import AuditEntry
from inventory.equipment.rules import EquipmentStatus
from inventory.equipment.use_cases import (
    RegisterImport,
    RegisterUpload,
    import_register,
    items_of,
)
from inventory.errors import UnknownOrganisation
from inventory.requirements.errors import RowsRefused
from inventory.requirements.writing import write_rows
from tests.schools import WRITES, Schools, schools

HEADER = ["asset_number", "item_zh", "status", "station_codes", "bench_code"]


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as found:
        yield found


def put(
    house: Schools, *rows: list[str], school: str = "BJ01", is_partial: bool = False
) -> RegisterImport:
    content = write_rows("r.csv", [HEADER, *(row + [""] * (5 - len(row)) for row in rows)])
    upload = RegisterUpload("r.csv", content, school, is_partial)
    return import_register(house.database, upload, who="test")


def statuses(house: Schools, school: str = "BJ01") -> dict[str, EquipmentStatus]:
    with house.database.read() as db:
        return {item.asset_number: item.status for item in items_of(db, school)}


def test_a_second_import_updates_by_asset_number(house: Schools) -> None:
    first = put(house, ["A1", "车"], ["A2", "车"])
    assert (first.created, first.updated, first.unchanged) == (2, 0, 0)
    second = put(house, ["A1", "车", "在修"], ["A3", "车"])
    assert (second.created, second.updated, second.unchanged) == (1, 1, 0)
    assert put(house, ["A3", "车"]).unchanged == 1
    repaired, in_service = EquipmentStatus.UNDER_REPAIR, EquipmentStatus.IN_SERVICE
    assert statuses(house) == {"A1": repaired, "A2": in_service, "A3": in_service}
    with house.database.read() as db:
        query = select(AuditEntry).where(AuditEntry.entity_id == "BJ01/A1")
        created, updated = db.exec(query).all()
    assert (created.action, updated.action) == ("created", "updated")
    assert (updated.old, updated.new) == ({"status": "in_service"}, {"status": "under_repair"})


def test_another_schools_stations_and_benches_are_refused(house: Schools) -> None:
    with pytest.raises(RowsRefused) as caught:
        put(house, ["A1", "台架", "", "GX02-T"], ["A2", "台架", "", "", "battery-02"], ["A3", "车"])
    found = [(problem.row, problem.column, problem.value) for problem in caught.value.problems]
    assert found == [(2, "station_codes", "GX02-T"), (3, "bench_code", "battery-02")]
    assert statuses(house) == {}


def test_another_schools_asset_is_never_touched(house: Schools) -> None:
    put(house, ["A1", "车"], school="GX02")
    put(house, ["A1", "车", "报废"])
    assert statuses(house, "GX02") == {"A1": EquipmentStatus.IN_SERVICE}


def test_the_good_rows_of_a_bad_file_are_taken_when_asked(house: Schools) -> None:
    done = put(house, ["A1", "台架", "", "GX02-T"], ["A2", "车"], is_partial=True)
    assert (done.created, len(done.problems)) == (1, 1)
    assert list(statuses(house)) == ["A2"]


def test_a_bench_belongs_to_one_asset_and_may_change_hands(house: Schools) -> None:
    put(house, ["A1", "台架", "", "", "battery-01"], ["A2", "台架", "", "", "motor-01"])
    with pytest.raises(RowsRefused):
        put(house, ["A3", "台架", "", "", "battery-01"])
    swapped = put(house, ["A1", "台架", "", "", "motor-01"], ["A2", "台架", "", "", "battery-01"])
    assert swapped.updated == 2
    with house.database.read() as db:
        benches = {item.asset_number: item.bench_code for item in items_of(db, "BJ01")}
    assert benches == {"A1": "motor-01", "A2": "battery-01"}


def test_a_refused_row_keeps_its_bench_from_the_others(house: Schools) -> None:
    put(house, ["A1", "台架", "", "", "battery-01"], ["A2", "台架", "", "", "motor-01"])
    done = put(
        house,
        ["A1", "台架", "", "GX02-T"],
        ["A2", "台架", "", "", "battery-01"],
        ["A3", "台架", "", "", "motor-01"],
        ["A4", "车"],
        is_partial=True,
    )
    found = [(problem.row, problem.column) for problem in done.problems]
    assert found == [(2, "station_codes"), (3, "bench_code"), (4, "bench_code")]
    assert done.created == 1
    with house.database.read() as db:
        benches = {item.asset_number: item.bench_code for item in items_of(db, "BJ01")}
    assert benches == {"A1": "battery-01", "A2": "motor-01", "A4": None}


def test_an_unknown_organisation_is_said_to_be_unknown(house: Schools) -> None:
    with pytest.raises(UnknownOrganisation):
        put(house, ["A1", "车"], school="NOWHERE")


def test_a_stationmaster_imports_into_the_own_school_only(house: Schools) -> None:
    content = write_rows("r.xlsx", [HEADER, ["A1", "车", "", "BJ01-T", "battery-01"]])
    files = {"file": ("r.xlsx", content, "application/octet-stream")}
    master = house.client("bj-master")
    answer = master.post("/api/v1/equipment", files=files, headers=WRITES)
    assert (answer.status_code, answer.json()["created"]) == (200, 1)
    foreign = master.post(
        "/api/v1/equipment", files=files, data={"organisation": "GX02"}, headers=WRITES
    )
    assert foreign.status_code == 404
    nowhere = master.post(
        "/api/v1/equipment", files=files, data={"organisation": "XX99"}, headers=WRITES
    )
    assert nowhere.status_code == 404
    teacher = house.client("bj-teacher").post("/api/v1/equipment", files=files, headers=WRITES)
    assert teacher.status_code == 403


def test_the_register_is_seen_by_its_school_and_its_evaluator(house: Schools) -> None:
    put(house, ["A1", "车"], ["A2", "车"])
    put(house, ["B1", "车"], school="GX02")
    for username, assets in (
        ("bj-teacher", ["A1", "A2"]),
        ("evaluator", ["A1", "A2"]),
        ("gx-master", ["B1"]),
    ):
        answer = house.client(username).get("/api/v1/equipment")
        assert [item["asset_number"] for item in answer.json()["items"]] == assets
    assert house.client("visitor").get("/api/v1/equipment").status_code == 403
    one = house.client("bj-teacher").get("/api/v1/equipment?limit=1").json()
    assert (one["total"], one["next"]) == (2, 1)
