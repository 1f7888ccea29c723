import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from inventory.audit.table import AuditEntry
from inventory.benches.table import Bench
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.faults.use_cases import apply_fault
from inventory.monitoring.projecting import ReportedEvent, apply_events
from inventory.requirements.use_cases import import_list
from inventory.requirements.writing import write_rows
from inventory.work_orders.following import MOST_FAULT_IDS, follow_faults
from inventory.work_orders.repairs import repairs
from inventory.work_orders.table import WorkOrder
from stationmaster.repairing import FaultOrders
from telemetry.contract.payloads import FaultReport, FaultState
from tests.databases import Databases
from tests.schools import NOW, WRITES, Schools, schools
from tests.short_list import short_list

PATH = "/api/v1/work-orders"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def house(databases: Databases, tmp_path: Any) -> Iterator[Schools]:  # noqa: ANN401 - a path
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield built


@pytest.fixture
def house_of_both(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield built


def fault_report(seq: int, state: str, **facts: object) -> FaultReport:
    """What a bench says of a fault; the number orders what it says."""
    at_ms = int(NOW.timestamp() * 1000) + seq * 1000
    told = {
        "observed_at_ms": at_ms,
        "epoch": 1,
        "seq": seq,
        "fault_id": "P0AA6-1",
        "dtc": "P0AA6",
        "severity": 3,
        "state": FaultState(state),
        "first_at_ms": at_ms,
        "text_zh": "绝缘电阻过低",
        "text_en": "isolation low",
    }
    return FaultReport(**(told | facts))  # type: ignore[arg-type]


def report(house: Schools, seq: int, state: str, **facts: object) -> None:
    """The bench motor-01 says it, and nobody has followed yet."""
    with house.database.begin() as db:
        apply_fault(db, "motor-01", fault_report(seq, state, **facts))


def follow(house: Schools) -> list[str]:
    return [str(step) for step in follow_faults(house.database, house.clock()).values()]


def post(client: Any, path: str, body: dict[str, Any], status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = client.post(path, json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def only(house: Schools, **query: bool) -> dict[str, Any]:
    (found,) = house.client("bj-master").get(PATH, params=query).json()["items"]
    return dict(found)


def register(house: Schools) -> None:
    rows = [
        ["asset_number", "item_zh", "station_codes", "bench_code"],
        ["A1", "万用表", "BJ01-E", ""],
        ["A2", "电机控制台架", "BJ01-T", "motor-01"],
    ]
    upload = RegisterUpload("r.csv", write_rows("r.csv", rows), "BJ01")
    import_register(house.database, upload, who="test")


def test_a_blocking_fault_is_one_order_however_often_it_is_looked_at(
    house_of_both: Schools,
) -> None:
    house = house_of_both
    report(house, 1, "pending")
    assert follow(house) == []
    report(house, 2, "confirmed")
    report(house, 3, "confirmed", fault_id="x", dtc="P0B00", severity=1)
    assert follow(house) == ["open"]
    assert follow(house) == []
    report(house, 4, "confirmed", fault_id="P0AA6-2")
    assert follow(house) == []
    found = only(house)
    assert (found["bench_code"], found["fault_key"]) == ("motor-01", "P0AA6")
    assert (found["state"], found["source"]) == ("reported", "bench")
    assert (found["is_blocking"], found["text"]) == (True, "绝缘电阻过低")
    assert found["fault"]["fault_id"] == "P0AA6-2"
    (told,) = house.client("bj-admin").get("/api/v1/inbox").json()["items"]
    assert told["title"] == f"新报修 #{found['id']}：motor-01 台架 motor-01"
    assert told["lines"][0] == "内容：绝缘电阻过低"
    with house.database.read() as db:
        (entry,) = db.exec(select(AuditEntry).where(AuditEntry.entity == "work_order")).all()
    assert (entry.who, entry.action, entry.organisation_code) == (
        "bench:motor-01",
        "opened",
        "BJ01",
    )


def test_a_fault_that_goes_away_ends_only_what_nobody_has_taken_up(house: Schools) -> None:
    report(house, 1, "confirmed")
    follow(house)
    report(house, 2, "cleared")
    assert follow(house) == ["clear"]
    assert only(house)["state"] == "done"
    report(house, 3, "confirmed", fault_id="P0AA6-2")
    assert follow(house) == ["recur"]
    back = only(house)
    assert (back["state"], back["times"]) == ("reported", 2)
    steps = f"{PATH}/{back['id']}/steps"
    post(house.client("bj-teacher"), steps, {"step": "start"})
    report(house, 4, "cleared", fault_id="P0AA6-2")
    assert follow(house) == ["clear"]
    asking = only(house)
    assert (asking["state"], asking["awaits_confirmation"]) == ("in_progress", True)
    assert asking["owner"] == "bj-teacher"
    done = post(house.client("bj-teacher"), steps, {"step": "done", "text": "更换线束"})
    assert [one["step"] for one in done["history"]] == [
        *("open", "clear", "recur", "start", "clear", "done"),
    ]


def test_what_a_person_ended_comes_back_with_the_next_occurrence_alone(house: Schools) -> None:
    report(house, 1, "confirmed")
    follow(house)
    number = only(house)["id"]
    end = {"step": "reject", "text": "传感器误报"}
    post(house.client("bj-master"), f"{PATH}/{number}/steps", end)
    assert follow(house) == []
    report(house, 2, "confirmed", fault_id="P0AA6-2")
    assert follow(house) == ["recur"]
    post(house.client("bj-master"), f"{PATH}/{number}/steps", end)
    house.clock.move(days=31)
    report(house, 3, "confirmed", fault_id="P0AA6-3")
    assert follow(house) == ["open"]
    latest = only(house, unfinished=True)["id"]
    assert latest != number
    refused = post(house.client("bj-master"), f"{PATH}/{number}/steps", {"step": "reopen"}, 409)
    assert (refused["work_order"], refused["possible"]) == (latest, ["comment"])


def test_a_flickering_fault_makes_no_order_grow_without_end(house: Schools) -> None:
    report(house, 1, "confirmed")
    follow(house)
    for seq in range(MOST_FAULT_IDS + 20):
        report(house, 2 + seq, "confirmed", fault_id=f"again-{seq}")
    assert follow(house) == []
    with house.database.read() as db:
        (row,) = db.exec(select(WorkOrder)).all()
    assert len(row.fault_ids) == MOST_FAULT_IDS


def test_the_watch_looks_again_when_a_limit_or_a_fault_has_changed(house: Schools) -> None:
    chore = FaultOrders(house.database)
    report(house, 1, "confirmed", severity=2)
    with house.database.begin() as db:
        db.get_one(Bench, "motor-01").blocking_severity = 3
    chore(NOW)
    client = house.client("bj-master")
    assert client.get(PATH).json()["total"] == 0
    report(house, 2, "confirmed", severity=3)
    chore(NOW)
    chore(NOW)
    assert client.get(PATH).json()["total"] == 1


def test_finished_orders_follow_and_the_last_finished_is_first(house: Schools) -> None:
    master = house.client("bj-master")
    told = {"bench_code": "motor-01", "text": "异响"}
    numbers = [post(master, PATH, told, 201)["id"] for _ in range(4)]
    for number in (numbers[2], numbers[0]):
        house.clock.move(minutes=1)
        post(master, f"{PATH}/{number}/steps", {"step": "done", "text": "已修"})
    found = [one["id"] for one in master.get(PATH).json()["items"]]
    assert found == [numbers[1], numbers[3], numbers[0], numbers[2]]


def test_people_report_triage_assign_repair_and_reopen(house_of_both: Schools) -> None:
    house = house_of_both
    register(house)
    teacher, master = house.client("bj-teacher"), house.client("bj-master")
    photo = teacher.post("/api/v1/documents", files={"file": ("a.png", PNG)}, headers=WRITES).json()
    told = {"asset_number": "A1", "text": "表笔破损", "document_ids": [photo["id"]]}
    made = post(teacher, PATH, told, 201)
    assert (made["state"], made["station_code"], made["is_blocking"]) == (
        "reported",
        "BJ01-E",
        False,
    )
    path = f"{PATH}/{made['id']}"
    seen = post(master, f"{path}/steps", {"step": "triage", "is_blocking": True})
    assert (seen["state"], seen["blocking_since"]) == ("triaged", "2026-12-01T08:00:00Z")
    patch = {"owner": "bj-teacher", "due_on": "2026-11-30"}
    given = master.patch(path, json=patch, headers=WRITES).json()
    assert (given["owner"], given["is_overdue"]) == ("bj-teacher", True)
    assert master.patch(path, json={"owner": "gx-master"}, headers=WRITES).status_code == 422
    post(teacher, f"{path}/steps", {"step": "start"})
    post(teacher, f"{path}/steps", {"step": "done"}, 422)
    done = post(teacher, f"{path}/steps", {"step": "done", "text": "更换表笔"})
    assert (done["possible"], done["is_overdue"]) == (["reopen", "comment"], False)
    refused = post(teacher, f"{path}/steps", {"step": "start"}, 409)
    assert refused["possible"] == ["reopen", "comment"]
    again = post(teacher, f"{path}/steps", {"step": "reopen", "text": "仍接触不良"})
    assert (again["state"], again["times"], again["finished_at"]) == ("triaged", 2, None)
    query = {"entity": "work_order", "entity_id": made["id"]}
    (kept,) = teacher.get("/api/v1/documents", params=query).json()["items"]
    assert kept["id"] == photo["id"]
    with house.database.read() as db:
        audited = select(AuditEntry.action).where(AuditEntry.entity == "work_order")
        actions = db.exec(audited.order_by(col(AuditEntry.id))).all()
    assert actions == ["opened", "triaged", "assigned", "started", "done", "reopened"]


def test_nobody_takes_a_step_that_is_not_theirs(house: Schools) -> None:
    register(house)
    made = post(house.client("bj-master"), PATH, {"asset_number": "A1", "text": "x"}, 201)
    path = f"{PATH}/{made['id']}"
    teacher, evaluator = house.client("bj-teacher"), house.client("evaluator")
    house.client("bj-master").patch(path, json={"owner": "bj-admin"}, headers=WRITES)
    post(teacher, f"{path}/steps", {"step": "start"}, 403)
    post(teacher, f"{path}/steps", {"step": "triage"}, 403)
    post(evaluator, f"{path}/steps", {"step": "comment", "text": "x"}, 403)
    post(house.client("visitor"), PATH, {"asset_number": "A1", "text": "x"}, 403)
    post(house.client("bj-master"), f"{path}/steps", {"step": "clear"}, 422)
    post(house.client("bj-master"), f"{path}/steps", {"step": "start", "is_blocking": True}, 422)
    shown = evaluator.get(path).json()
    assert (shown["id"], shown["possible"]) == (made["id"], [])
    stranger = house.client("gx-master")
    assert stranger.get(path).status_code == 404
    assert stranger.get(PATH).json()["total"] == 0
    post(stranger, f"{path}/steps", {"step": "comment", "text": "x"}, 404)
    post(stranger, PATH, {"bench_code": "motor-01", "text": "x"}, 404)
    post(stranger, PATH, {"asset_number": "A1", "text": "x"}, 404)
    post(stranger, PATH, {"text": "x"}, 422)
    foreign = {"bench_code": "battery-02", "text": "x", "document_ids": ["0" * 32]}
    post(stranger, PATH, foreign, 404)


def test_a_bench_under_repair_is_booked_for_maintenance_alone(house: Schools) -> None:
    register(house)
    master = house.client("bj-master")
    told = {"asset_number": "A2", "text": "漏液", "is_blocking": True}
    made = post(master, PATH, told, 201)
    slot = {
        "bench_code": "motor-01",
        "purpose": "class",
        "start_at": (NOW + timedelta(hours=1)).isoformat(),
        "end_at": (NOW + timedelta(hours=2)).isoformat(),
    }
    refused = post(master, "/api/v1/bookings", slot, 409)
    assert refused["type"].endswith("under-repair")
    assert (refused["work_order"], refused["bench_code"]) == (made["id"], "motor-01")
    bench = master.get("/api/v1/benches/motor-01").json()
    assert (bench["work_order"], bench["is_working"]) == (made["id"], False)
    post(master, "/api/v1/bookings", slot | {"bench_code": "battery-01"}, 201)
    repair = post(master, "/api/v1/bookings", slot | {"purpose": "maintenance"}, 201)
    master.post(f"/api/v1/bookings/{repair['id']}/cancellation", headers=WRITES)
    post(master, f"{PATH}/{made['id']}/steps", {"step": "done", "text": "更换密封圈"})
    post(master, "/api/v1/bookings", slot, 201)
    assert master.get("/api/v1/benches/motor-01").json()["work_order"] is None


def test_one_thing_is_out_of_use_by_whichever_name_it_was_reported(house: Schools) -> None:
    register(house)
    master = house.client("bj-master")
    by_bench = {"bench_code": "motor-01", "text": "x", "is_blocking": True}
    first = post(master, PATH, by_bench, 201)["id"]
    house.clock.move(minutes=5)
    post(master, PATH, {"asset_number": "A2", "text": "y", "is_blocking": True}, 201)
    post(master, PATH, {"asset_number": "A1", "text": "z"}, 201)
    with house.database.read() as db:
        found = repairs(db, {"BJ01"})
        assert repairs(db, {"GX02"}).of_bench == {}
    assert {code: one.number for code, one in found.of_bench.items()} == {"motor-01": first}
    assert {asset: one.number for asset, one in found.of_asset.items()} == {("BJ01", "A2"): first}


def test_a_photo_of_another_school_is_no_photo_of_ours(house: Schools) -> None:
    register(house)
    files = {"file": ("a.png", io.BytesIO(PNG))}
    made = house.client("gx-master").post("/api/v1/documents", files=files, headers=WRITES).json()
    told = {"asset_number": "A1", "text": "x", "document_ids": [made["id"]]}
    refused = post(house.client("bj-master"), PATH, told, 404)
    assert refused["type"].endswith("unknown-document")
    assert house.client("bj-master").get(PATH).json()["total"] == 0


def test_what_is_under_repair_is_not_counted_until_it_is_mended(house_of_both: Schools) -> None:
    house = house_of_both
    import_list(house.database, short_list(), who="test", now=NOW)
    master = house.client("bj-master")

    def findings() -> list[dict[str, Any]]:
        asked = {"module": "2-1", "level": "intermediate"}
        answer = master.get("/api/v1/stations/BJ01-E/readiness", params=asked).json()
        return list(answer["findings"])

    def kinds(asset: str) -> set[str]:
        return {one["kind"] for one in findings() if asset in one["asset_numbers"]}

    missing = [one["item"]["zh"] for one in findings() if one["kind"] == "missing"]
    piece, bench = list(dict.fromkeys(missing))[:2]
    rows = [
        ["asset_number", "item_zh", "quantity", "bench_code"],
        ["A1", piece, "99", ""],
        ["A2", bench, "1", "motor-01"],
    ]
    upload = RegisterUpload("r.csv", write_rows("r.csv", rows), "BJ01")
    import_register(house.database, upload, who="test")
    assert "under_repair" not in kinds("A1") | kinds("A2")
    for asset in ("A1", "A2"):
        told = {"asset_number": asset, "text": "x", "is_blocking": True}
        number = post(master, PATH, told, 201)["id"]
        assert "under_repair" in kinds(asset)
        post(master, f"{PATH}/{number}/steps", {"step": "done", "text": "修复"})
        assert "under_repair" not in kinds(asset)
    with house.database.read() as db:
        query = select(AuditEntry.action).where(AuditEntry.entity_id == "BJ01/A1")
        assert db.exec(query.order_by(col(AuditEntry.id))).all() == [
            *("created", "taken_out_of_use", "back_in_use"),
        ]


def test_an_order_comes_and_goes_with_the_step_that_is_carried_over(house: Schools) -> None:
    seen = []
    for seq, state in enumerate(("pending", "confirmed", "cleared", "confirmed"), start=1):
        step = fault_report(seq, state, fault_id=f"P0AA6-{(seq + 2) // 3}")
        event = ReportedEvent(seq, "motor-01", NOW, step)
        assert apply_events(house.database, [event], NOW).changed == 1
        rows = house.client("bj-master").get(PATH).json()["items"]
        seen.append([(one["state"], one["times"]) for one in rows])
    assert seen == [[], [("reported", 1)], [("done", 1)], [("reported", 2)]]
    assert follow(house) == [], "nothing is left for the watch"
