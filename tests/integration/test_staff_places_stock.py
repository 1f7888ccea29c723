from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from inventory.accounts.logins import principal_of
from inventory.accounts.use_cases import user
from inventory.audit.table import AuditEntry
from inventory.consumables.rules import MovementKind
from inventory.consumables.schema import MovementOrder
from inventory.consumables.table import Consumable
from inventory.consumables.use_cases import move
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.errors import Invalid
from inventory.requirements.use_cases import ListUpload, import_list
from inventory.requirements.writing import write_rows
from inventory.stations.use_cases import state_facts
from tests.databases import Databases
from tests.schools import NOW, WRITES, Schools, schools

API = "/api/v1"
TRAINER = {
    "number": "T-1",
    "name": "王老师",
    "roles": ["teacher", "trainer"],
    "station_codes": ["BJ01-T"],
    "modules": ["2-1"],
    "levels": ["elementary"],
    "trade_since": "2015-09-01",
    "certificates": [
        {"kind": "skill_level", "certificate_no": "S-1", "level": "intermediate"},
        {"kind": "degree"},
        {"kind": "trainer", "certificate_no": "Z-1", "valid_until": "2026-12-31"},
        {"kind": "dual_qualified", "certificate_no": "D-1"},
    ],
}
STAFF_FILE = (
    "人员编号,姓名,来源,岗位,所属站点,证书类型,证书编号,证书等级,附件编号\n"
    "T-1,王老师,本校,任课教师;培训师,BJ01-T,职业资格,Q-1,,\n"
    "T-2,李工,行业企业,任课教师,,企业证明,L-1,,\n"
)


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield built


def post(client: TestClient, path: str, body: dict[str, Any], status: int = 201) -> Any:  # noqa: ANN401 - JSON
    answer = client.post(f"{API}{path}", json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def patch(client: TestClient, path: str, body: dict[str, Any], status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = client.patch(f"{API}{path}", json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def send(client: TestClient, path: str, text: str, status: int = 200, **form: str) -> Any:  # noqa: ANN401 - JSON
    files = {"file": ("f.csv", text.encode())}
    answer = client.post(f"{API}{path}", files=files, data=form, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def told(house: Schools, entity: str) -> list[tuple[str, str, str]]:
    with house.database.read() as db:
        query = select(AuditEntry).where(AuditEntry.entity == entity)
        entries = db.exec(query.order_by(col(AuditEntry.id))).all()
    return [(one.who, one.action, one.entity_id) for one in entries]


def test_staff_is_kept_judged_and_ended(house: Schools) -> None:
    master = house.client("bj-master")
    made = post(master, "/staff", TRAINER)
    rules = master.get(f"{API}/stations/BJ01-T/staff-rules").json()
    assert (rules["dual_qualified"]["part"], rules["dual_qualified"]["is_met"]) == (1, True)
    assert rules["industry_experts"]["is_met"] is False
    (judged,) = rules["trainers"]
    assert (judged["is_met"], judged["level"]) == (True, "elementary")
    taught = {(one["module"], one["level"]): one["trainers"] for one in rules["coverage"]}
    assert taught["2-1", "elementary"] == ["T-1"]
    assert taught["2-1", "advanced"] == taught["2-2", "elementary"] == []
    later = {"date": "2027-01-01"}
    rules = master.get(f"{API}/stations/BJ01-T/staff-rules", params=later).json()
    assert rules["trainers"][0]["is_met"] is False
    paper = next(one for one in made["certificates"] if one["kind"] == "trainer")
    assert (paper["state"], paper["ends_on"]) == ("valid", "2026-12-31")
    ended = patch(master, f"/staff/certificates/{paper['id']}", {"ended_on": "2026-12-01"})
    states = {one["kind"]: one["state"] for one in ended["certificates"]}
    assert (states["trainer"], states["degree"], len(states)) == ("ended", "valid", 4)
    renamed = patch(master, f"/staff/certificates/{paper['id']}", {"certificate_no": "Z-9"})
    assert sorted(one["certificate_no"] for one in renamed["certificates"]) == [
        "",
        "D-1",
        "S-1",
        "Z-9",
    ]
    patch(master, f"/staff/{made['id']}", {"left_on": "2026-11-30"})
    rules = master.get(f"{API}/stations/BJ01-T/staff-rules").json()
    assert (rules["trainers"], rules["dual_qualified"]["is_met"]) == ([], None)
    assert told(house, "staff_member") == [
        ("bj-master", "created", "BJ01/T-1"),
        *[("bj-master", "updated", "BJ01/T-1")] * 3,
    ]


def test_what_is_wrong_with_a_person_is_refused_by_name(house: Schools) -> None:
    master = house.client("bj-master")
    made = post(master, "/staff", TRAINER)
    assert post(master, "/staff", TRAINER, 409)["code"] == "T-1"
    foreign = TRAINER | {"number": "T-3", "station_codes": ["GX02-T"]}
    assert post(master, "/staff", foreign, 422)["field"] == "station_codes"
    path = f"/staff/{made['id']}/certificates"
    twice = {"kind": "trainer", "certificate_no": "Z-1"}
    assert post(master, path, twice, 409)["kind"] == "certificate"
    assert post(master, path, {"kind": "skill_level"}, 422)["field"] == "level"
    private = {"kind": "electrician", "certificate_no": "T11010519491231002X"}
    refused = post(master, path, private, 422)
    assert "identity number" in refused["errors"][0]["message"]
    assert "11010519491231002X" not in str(refused)
    lost = {"kind": "other", "document_id": "0" * 32}
    assert post(master, path, lost, 404)["type"].endswith("unknown-document")
    assert patch(master, f"/staff/{made['id']}", {"roles": None}, 422)["field"] == "roles"
    wrong = {"joined_on": "2026-12-02", "left_on": "2026-12-01"}
    assert patch(master, f"/staff/{made['id']}", wrong, 422)["field"] == "left_on"


def test_a_staff_file_adds_and_updates_and_comes_back_out(house: Schools) -> None:
    master = house.client("bj-master")
    post(master, "/staff", TRAINER)
    done = send(master, "/staff/file", STAFF_FILE)
    assert (done["created"], done["updated"], done["problems"]) == (1, 1, [])
    listed = master.get(f"{API}/staff").json()["items"]
    assert [len(one["certificates"]) for one in listed] == [5, 1]
    assert master.get(f"{API}/staff", params={"role": "trainer"}).json()["total"] == 1
    for kind in ("csv", "xlsx"):
        out = master.get(f"{API}/staff/file", params={"format": kind})
        assert "attachment" in out.headers["content-disposition"]
        files = {"file": (f"s.{kind}", out.content)}
        again = master.post(f"{API}/staff/file", files=files, headers=WRITES).json()
        assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    bad = STAFF_FILE.replace("BJ01-T,职业资格", "GX02-T,职业资格")
    refused = send(master, "/staff/file", bad, 422)
    assert [(one["row"], one["column"]) for one in refused["problems"]] == [(2, "station_codes")]
    part = send(master, "/staff/file", bad, partial="true")
    assert (part["unchanged"], len(part["problems"])) == (1, 1)


def test_staff_is_seen_by_the_school_and_its_evaluator_alone(house: Schools) -> None:
    made = post(house.client("bj-master"), "/staff", TRAINER)
    path = f"/staff/{made['id']}"
    paper = f"/staff/certificates/{made['certificates'][0]['id']}"
    evaluator, stranger = house.client("evaluator"), house.client("gx-master")
    assert evaluator.get(f"{API}{path}").json()["number"] == "T-1"
    assert evaluator.get(f"{API}/staff").json()["total"] == 1
    patch(evaluator, path, {"name": "x"}, 403)
    patch(house.client("bj-teacher"), path, {"name": "x"}, 403)
    assert house.client("bj-teacher").get(f"{API}{path}").status_code == 200
    assert stranger.get(f"{API}{path}").status_code == 404
    assert stranger.get(f"{API}/staff").json()["total"] == 0
    assert stranger.get(f"{API}/stations/BJ01-T/staff-rules").status_code == 404
    assert stranger.get(f"{API}/staff/file", params={"organisation": "BJ01"}).status_code == 404
    patch(stranger, path, {"name": "x"}, 404)
    assert patch(stranger, paper, {}, 404)["type"].endswith("unknown-certificate")
    post(stranger, f"{path}/certificates", {"kind": "degree"}, 404)
    post(stranger, "/staff", TRAINER | {"organisation": "BJ01"}, 404)
    send(stranger, "/staff/file", STAFF_FILE, 404, organisation="BJ01")
    visitor = house.client("visitor")
    assert visitor.get(f"{API}/staff").status_code == 403
    assert visitor.get(f"{API}/stations/BJ01-T/staff-rules").status_code == 403


ROOM = {"code": "101", "name_zh": "实训楼 101", "kind": "exam_room", "station_codes": ["BJ01-E"]}
PLACES_FILE = (
    "房间编号,房间名称,房间用途,所属站点,工位编号,工位类型,位置,考核项目,资产编号\n"
    "101,实训楼 101,考场,BJ01-E,W1,整车,A1,1;2,A1\n"
    "101,,,,W2,台架,A2,3,\n"
    "102,库房,库房,,,,,,\n"
)


def equip(house: Schools) -> None:
    rows = [
        ["asset_number", "item_zh", "location", "station_codes"],
        ["A1", "实训车", "实训楼101 A1", "BJ01-E"],
        ["A2", "兆欧表", "南楼 3", "BJ01-E"],
        ["A3", "万用表", "", ""],
    ]
    upload = RegisterUpload("r.csv", write_rows("r.csv", rows), "BJ01")
    import_register(house.database, upload, who="test")


def test_rooms_and_workstations_say_what_a_station_has(house: Schools) -> None:
    equip(house)
    master = house.client("bj-master")
    room = post(master, "/rooms", ROOM)
    inside = f"/rooms/{room['id']}/workstations"
    post(master, inside, {"code": "W1", "kind": "vehicle", "asset_number": "A1", "x_m": 1.5})
    made = post(master, inside, {"code": "W2", "kind": "bench", "exam_tasks": [1]})
    assert [one["code"] for one in made["workstations"]] == ["W1", "W2"]
    places = master.get(f"{API}/stations/BJ01-E/places").json()
    facts = {one["name"]: one for one in places["facts"]}
    assert facts["workstations"] == {
        "name": "workstations",
        "stated": 4,
        "derived": 2,
        "applied": 4,
        "differs": True,
    }
    assert (facts["exam_rooms"]["applied"], facts["hv_areas"]["applied"]) == (1, 0)
    assert places["placed"] == 1
    assert [one["asset_number"] for one in places["unplaced"]] == ["A2"]
    there = master.get(f"{API}/rooms/{room['id']}/equipment").json()
    assert [(one["asset_number"], one["room_code"]) for one in there] == [("A1", "101")]
    second = made["workstations"][1]["id"]
    patch(master, f"/workstations/{second}", {"kind": "vehicle", "x_m": None})
    patch(master, f"/rooms/{room['id']}", {"station_codes": []})
    other = master.get(f"{API}/stations/BJ01-T/places").json()["facts"]
    assert [one["derived"] for one in other] == [2, 2, 0, 1, 0]
    assert post(master, inside, {"code": "W1", "kind": "bench"}, 409)["kind"] == "workstation"
    lost = {"code": "W9", "kind": "bench", "asset_number": "?"}
    assert post(master, inside, lost, 422)["field"] == "asset_number"
    assert patch(master, f"/rooms/{room['id']}", {"kind": None}, 422)["field"] == "kind"
    gone = master.delete(f"{API}/rooms/{room['id']}", headers=WRITES)
    assert gone.status_code == 204
    assert master.get(f"{API}/rooms").json()["total"] == 0
    assert [one[1] for one in told(house, "workstation")] == [
        "created",
        "created",
        "updated",
        "removed",
        "removed",
    ]


LIST = (
    "row_id,module_code,level,station_use,item_zh,quantity_basis,quantity_n,obligation,"
    "authority_item,authority_parameters,authority_quantity,list_version\n"
    "R-1,2-1,*,both,台架,per_bench_workstation,1,mandatory,official,official,official,V1\n"
)


def test_a_fact_nobody_states_follows_from_rooms_in_the_check(house: Schools) -> None:
    import_list(house.database, ListUpload("l.csv", LIST.encode()), who="test", now=NOW)
    master = house.client("bj-master")

    def needed() -> Any:  # noqa: ANN401 - JSON
        asked = {"module": "2-1", "level": "elementary"}
        answer = master.get(f"{API}/stations/BJ01-E/readiness", params=asked)
        return answer.json()["rows"][0]["needed"]

    assert needed() is None
    room = post(master, "/rooms", ROOM)
    inside = f"/rooms/{room['id']}/workstations"
    for code in ("W1", "W2"):
        post(master, inside, {"code": code, "kind": "bench"})
    assert needed() == 2
    state_facts(house.database, "BJ01-E", {"bench_workstations": 3}, who="test")
    assert needed() == 3


def test_a_file_of_rooms_adds_moves_and_comes_back_out(house: Schools) -> None:
    equip(house)
    master = house.client("bj-master")
    done = send(master, "/rooms/file", PLACES_FILE)
    assert (done["created"], done["problems"]) == (2, [])
    out = master.get(f"{API}/rooms/file", params={"format": "xlsx"}).content
    files = {"file": ("p.xlsx", out)}
    again = master.post(f"{API}/rooms/file", files=files, headers=WRITES).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    moved = send(
        master, "/rooms/file", "room_code,workstation_code,workstation_kind\n102,W2,台架\n"
    )
    assert moved["updated"] == 1
    inside = {
        room["code"]: [one["code"] for one in room["workstations"]]
        for room in master.get(f"{API}/rooms").json()["items"]
    }
    assert inside == {"101": ["W1"], "102": ["W2"]}
    assert ("bj-master", "moved", "BJ01/W2") in told(house, "workstation")
    bad = PLACES_FILE.replace("A1\n", "A9\n")
    refused = send(master, "/rooms/file", bad, 422)
    assert [one["column"] for one in refused["problems"]] == ["asset_number"]


def test_rooms_and_stock_of_a_school_are_its_own(house: Schools) -> None:
    master, stranger = house.client("bj-master"), house.client("gx-master")
    room = post(master, "/rooms", ROOM)
    place = {"code": "W1", "kind": "bench"}
    inner = post(master, f"/rooms/{room['id']}/workstations", place)["workstations"][0]["id"]
    stock = post(master, "/consumables", {"code": "C-1", "name_zh": "冷却液"})
    paths = (f"/rooms/{room['id']}", f"/workstations/{inner}", f"/consumables/{stock['id']}")
    for path in paths:
        patch(stranger, path, {}, 404)
        patch(house.client("evaluator"), path, {}, 403)
        patch(house.client("bj-teacher"), path, {}, 403)
        patch(house.client("visitor"), path, {}, 403)
    for path in paths[:2]:
        assert stranger.delete(f"{API}{path}", headers=WRITES).status_code == 404
    post(stranger, f"/rooms/{room['id']}/workstations", place, 404)
    received = {"kind": "received", "amount": 1}
    post(stranger, f"{paths[2]}/movements", received, 404)
    post(house.client("evaluator"), f"{paths[2]}/movements", received, 403)
    for path in (paths[0], f"{paths[0]}/equipment", paths[2], f"{paths[2]}/movements"):
        assert stranger.get(f"{API}{path}").status_code == 404
        assert house.client("evaluator").get(f"{API}{path}").status_code == 200
    assert stranger.get(f"{API}/stations/BJ01-E/places").status_code == 404
    post(stranger, "/rooms", ROOM | {"organisation": "BJ01"}, 404)
    post(stranger, "/consumables", {"code": "X", "name_zh": "x", "organisation": "BJ01"}, 404)
    for listing in ("/rooms", "/consumables"):
        assert stranger.get(f"{API}{listing}").json()["total"] == 0
        assert house.client("visitor").get(f"{API}{listing}").status_code == 403
        out = stranger.get(f"{API}{listing}/file", params={"organisation": "BJ01"})
        assert out.status_code == 404


def test_stock_moves_and_never_below_zero(school_url: str) -> None:
    with schools(school_url) as house:
        check_that_stock_moves(house)
        check_that_nobody_takes_what_another_took(house)


def check_that_nobody_takes_what_another_took(house: Schools) -> None:
    with house.database.read() as db:
        teacher = principal_of(user(db, "bj-teacher"))
        consumable_id = db.exec(select(Consumable.id)).one() or 0

    def step(kind: MovementKind, amount: int) -> bool:
        order = MovementOrder(kind=kind, amount=Decimal(amount))
        try:
            move(house.database, teacher, consumable_id, order, now=NOW)
        except Invalid:
            return False
        return True

    assert step(MovementKind.RECEIVED, 3)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: step(MovementKind.USED, 1), range(6)))
    assert taken.count(True) == 3
    shown = house.client("bj-teacher").get(f"{API}/consumables/{consumable_id}").json()
    assert shown["stock"] == 0


def check_that_stock_moves(house: Schools) -> None:
    master, teacher = house.client("bj-master"), house.client("bj-teacher")
    order = {"code": "C-1", "name_zh": "冷却液", "unit": "L", "minimum": 5}
    made = post(master, "/consumables", order)
    assert (made["stock"], made["state"]) == (0, "empty")
    path = f"/consumables/{made['id']}/movements"

    def move(kind: str, amount: float, status: int = 201, **more: str) -> Any:  # noqa: ANN401 - JSON
        return post(teacher, path, {"kind": kind, "amount": amount} | more, status)

    done = move("received", 10.1, expires_on="2027-03-01")
    assert (done["stock"], done["state"], done["expires_on"]) == (10.1, "enough", "2027-03-01")
    assert move("used", 10.2, 422)["expected"] == "at most 10.1 L, which is all there is"
    assert move("used", 0.2)["stock"] == 9.9
    assert move("corrected", 4, note="盘点")["state"] == "low"
    assert master.get(f"{API}/consumables", params={"low": True}).json()["total"] == 1
    assert move("expired", 4)["stock"] == 0
    assert move("used", 0, 422)["field"] == "amount"
    assert move("used", 1, 422, expires_on="2027-01-01")["field"] == "expires_on"
    assert move("received", 1, 422, happened_on="2026-12-02")["field"] == "happened_on"
    move("received", 0.0001, 422)
    history = master.get(f"{API}{path}").json()["items"]
    assert [one["change"] for one in history] == [-4.0, -5.9, -0.2, 10.1]
    assert history[1]["note"] == "盘点"
    assert [one[1] for one in told(house, "consumable")] == [
        "created",
        "received",
        "used",
        "corrected",
        "expired",
    ]
    patch(master, f"/consumables/{made['id']}", {"minimum": 0})
    assert master.get(f"{API}/consumables", params={"low": True}).json()["total"] == 0


def test_a_file_of_consumables_corrects_the_stock_to_what_was_counted(house: Schools) -> None:
    master = house.client("bj-master")
    text = "耗材编号,耗材名称,单位,最低库存,实盘库存\nC-1,冷却液,L,20,12.5\nC-2,手套,副,,\n"
    done = send(master, "/consumables/file", text)
    assert (done["created"], done["corrected"]) == (2, 1)
    again = send(master, "/consumables/file", text.replace("12.5", "11"))
    assert (again["unchanged"], again["corrected"]) == (2, 1)
    out = master.get(f"{API}/consumables/file").content
    files = {"file": ("c.xlsx", out)}
    back = master.post(f"{API}/consumables/file", files=files, headers=WRITES).json()
    assert (back["unchanged"], back["corrected"]) == (2, 0)
    refused = send(master, "/consumables/file", text.replace(",L,", ",桶,"), 422)
    assert [one["column"] for one in refused["problems"]] == ["unit"]
