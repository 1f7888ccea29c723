import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from inventory.audit.table import AuditEntry
from inventory.conditions.lists import bundled_conditions, import_conditions
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.requirements.use_cases import import_list
from inventory.requirements.writing import write_rows
from inventory.reviews.table import ReviewSnapshot
from tests.handed_in import handed_in
from tests.schools import WRITES, Schools, schools
from tests.short_list import short_list

PATH = "/api/v1/reviews"


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        import_list(built.database, short_list(), who="test", now=built.clock())
        yield built


def post(client: TestClient, path: str, body: dict[str, Any], status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = client.post(path, json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_station_goes_the_guides_way_from_application_to_running(house: Schools) -> None:
    school, evaluator = house.client("bj-master"), house.client("evaluator")
    made = post(school, PATH, {"station": "BJ01-E", "document_ids": [handed_in(school, "a")]}, 201)
    steps = f"{PATH}/{made['id']}/steps"
    assert made["possible"] == ["withdraw"]
    assert post(school, PATH, {"station": "BJ01-E"}, 409)["code"] == str(made["id"])
    post(evaluator, steps, {"step": "return", "text": "缺少盖章"})
    post(school, steps, {"step": "apply", "text": "已补盖章"})
    post(evaluator, steps, {"step": "pass_application"})
    refused = post(school, steps, {"step": "complete_conditions"}, 409)
    assert (refused["state"], refused["possible"]) == (
        "application_passed",
        ["sign_agreement", "withdraw"],
    )
    post(evaluator, steps, {"step": "sign_agreement", "document_ids": [handed_in(evaluator, "b")]})
    post(school, steps, {"step": "submit_selection"})
    second = post(school, steps, {"step": "complete_conditions"})
    reason = {} if second["binding_count"] == 0 else {"text": "现场已核实"}
    if reason:
        post(evaluator, steps, {"step": "pass_conditions"}, 422)
    post(evaluator, steps, {"step": "pass_conditions"} | reason)
    post(evaluator, steps, {"step": "issue_effect_notice"})
    post(school, steps, {"step": "start_running"})
    post(evaluator, steps, {"step": "suspend", "text": "抽查不合格"})
    post(evaluator, steps, {"step": "resume"})
    done = post(school, steps, {"step": "withdraw", "text": "专业调整"})
    assert (done["state"], done["possible"]) == ("withdrawn", [])
    assert [(one["side"], one["step"]) for one in done["history"]][:3] == [
        ("school", "apply"),
        ("evaluation", "return"),
        ("school", "apply"),
    ]
    assert len(done["history"]) == 13
    assert {one["list_version"] for one in done["history"]} == {second["list_version"]}
    with house.database.read() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.entity == "review")).all()
    assert [(one.new or {})["step"] for one in entries] == [one["step"] for one in done["history"]]
    assert post(school, PATH, {"station": "BJ01-E"}, 201)["id"] != made["id"]


def test_a_frozen_check_says_the_same_after_list_and_register_changed(house: Schools) -> None:
    school, evaluator = house.client("bj-master"), house.client("evaluator")
    made = post(school, PATH, {"station": "BJ01-E"}, 201)
    path = f"{PATH}/{made['id']}/snapshots/{made['snapshot_sha256']}"
    before = evaluator.get(path).json()
    assert before["is_intact"] is True
    assert {one["question"]["level"] for one in before["content"]["answers"]} == {
        "elementary",
        "intermediate",
        "advanced",
    }
    assert before["content"]["list"]["version"] == made["list_version"]
    row = before["content"]["list"]["rows"][0]
    head = ["asset_number", "item_zh", "quantity"]
    upload = write_rows("r.csv", [head, ["A1", row["item_zh"], "99"]])
    import_register(house.database, RegisterUpload("r.csv", upload, "BJ01"), who="test")
    assert evaluator.get(path).json() == before
    later = post(evaluator, f"{PATH}/{made['id']}/steps", {"step": "pass_application"})
    assert later["snapshot_sha256"] != made["snapshot_sha256"]
    page = evaluator.get(f"{PATH}/{made['id']}").json()
    hashes = [one["snapshot_sha256"] for one in page["history"]]
    assert hashes == [made["snapshot_sha256"], later["snapshot_sha256"]]
    with house.database.begin() as db:
        kept = db.get_one(ReviewSnapshot, made["snapshot_sha256"])
        kept.text = kept.text.replace(row["item_zh"], "别的设备")
    assert evaluator.get(path).json()["is_intact"] is False
    assert evaluator.get(f"{PATH}/{made['id']}/snapshots/{'0' * 64}").status_code == 404


def test_what_changed_since_a_check_was_frozen_is_told_row_by_row(house: Schools) -> None:
    school, evaluator = house.client("bj-master"), house.client("evaluator")
    made = post(school, PATH, {"station": "BJ01-E"}, 201)
    first = made["snapshot_sha256"]
    assert [one["state"] for one in made["stages"]][:3] == ["done", "now", "ahead"]
    file = evaluator.get(f"{PATH}/{made['id']}/snapshots/{first}/text")
    assert hashlib.sha256(file.content).hexdigest() == first
    assert "attachment" in file.headers["content-disposition"]
    row = json.loads(file.content)["list"]["rows"][0]
    head = ["asset_number", "item_zh", "quantity"]
    upload = write_rows("r.csv", [head, ["A1", row["item_zh"], "99"]])
    import_register(house.database, RegisterUpload("r.csv", upload, "BJ01"), who="test")
    path = f"{PATH}/{made['id']}/difference"
    now = evaluator.get(path).json()
    told = now["difference"]
    assert (now["before"]["sha256"], now["after"]["sha256"]) == (first, "")
    assert [one["row_id"] for one in told["rows"] if one["is_changed"]] == [row["row_id"]]
    assert [one["asset_number"] for one in told["equipment"]] == ["A1"]
    step = {"step": "pass_application"}
    later = post(evaluator, f"{PATH}/{made['id']}/steps", step)["snapshot_sha256"]
    two = evaluator.get(path, params={"then": first, "later": later}).json()
    assert two["difference"] == told
    assert evaluator.get(path, params={"then": "0" * 64}).status_code == 404


def test_conditions_beyond_equipment_are_frozen_beside_the_gaps(house: Schools) -> None:
    school, evaluator = house.client("bj-master"), house.client("evaluator")
    without = post(school, PATH, {"station": "BJ01-E"}, 201)
    path = f"{PATH}/{without['id']}"
    import_conditions(house.database, bundled_conditions(), who="test", now=house.clock())
    gone_over = post(evaluator, f"{path}/steps", {"step": "pass_application"})["snapshot_sha256"]
    frozen = evaluator.get(f"{path}/snapshots/{gone_over}").json()["content"]["conditions"]
    now = school.get("/api/v1/stations/BJ01-E/conditions").json()
    assert frozen["conditions"] == now["conditions"]
    word = {"is_met": True, "note": "档案柜 3"}
    post(school, "/api/v1/stations/BJ01-E/conditions/COND-005/statements", word, 201)
    told = evaluator.get(f"{path}/difference").json()["difference"]["conditions"]
    assert len(told) == len(now["conditions"])
    (stated,) = [one for one in told if one["is_changed"]]
    assert stated["condition_id"] == "COND-005"
    assert [stated[side]["outcome"] for side in ("before", "after")] == ["unknown", "met"]
    # a check of a day without a list of conditions has none, whatever applies now
    older = {"then": without["snapshot_sha256"], "later": gone_over}
    told = evaluator.get(f"{path}/difference", params=older).json()["difference"]["conditions"]
    assert {one["before"] for one in told} == {None}
    assert post(evaluator, f"{path}/comments", {"row_id": "COND-005", "text": "请附照片"})[
        "comments"
    ]


def test_comments_on_rows_are_answered_in_their_thread(house: Schools) -> None:
    school, evaluator = house.client("bj-master"), house.client("evaluator")
    made = post(school, PATH, {"station": "BJ01-E"}, 201)
    path = f"{PATH}/{made['id']}/comments"
    asked = post(evaluator, path, {"row_id": "R1", "text": "请补充校准证书"})
    (first,) = asked["comments"]
    reply = {"row_id": "R1", "text": "已补充", "reply_to": first["id"]}
    told = post(school, path, reply)["comments"]
    assert [(one["side"], one["reply_to"]) for one in told] == [
        ("evaluation", None),
        ("school", first["id"]),
    ]
    post(school, path, reply | {"row_id": "R2"}, 422)
    post(school, path, reply | {"reply_to": 99999}, 422)
    post(house.client("bj-teacher"), path, reply, 403)
    post(house.client("gx-master"), path, reply, 404)


def test_nobody_takes_the_other_sides_steps_or_sees_another_school(house: Schools) -> None:
    school, evaluator = house.client("bj-master"), house.client("evaluator")
    post(evaluator, PATH, {"station": "BJ01-E"}, 403)
    post(house.client("gx-master"), PATH, {"station": "BJ01-E"}, 404)
    # nobody evaluates that school
    post(house.client("gx-master"), PATH, {"station": "GX02-T"}, 422)
    made = post(school, PATH, {"station": "BJ01-E"}, 201)
    steps = f"{PATH}/{made['id']}/steps"
    post(school, steps, {"step": "pass_application"}, 403)
    post(evaluator, steps, {"step": "withdraw", "text": "x"}, 403)
    post(house.client("visitor"), steps, {"step": "pass_application"}, 403)
    stranger = house.client("gx-master")
    post(stranger, steps, {"step": "withdraw", "text": "x"}, 404)
    assert stranger.get(f"{PATH}/{made['id']}").status_code == 404
    snapshot = f"{PATH}/{made['id']}/snapshots/{made['snapshot_sha256']}"
    for path in (snapshot, f"{snapshot}/text", f"{PATH}/{made['id']}/difference"):
        assert stranger.get(path).status_code == 404
        assert house.client("visitor").get(path).status_code == 403
    assert stranger.get(PATH).json()["total"] == 0
    compared = {"review": [made["id"]]}
    assert stranger.get(f"{PATH}/comparison", params=compared).status_code == 404


def test_the_evaluator_compares_stations_row_by_row(house: Schools) -> None:
    school, evaluator = house.client("bj-master"), house.client("evaluator")
    ids = [post(school, PATH, {"station": code}, 201)["id"] for code in ("BJ01-E", "BJ01-T")]
    assert evaluator.get(PATH, params={"state": "applied"}).json()["total"] == 2
    assert evaluator.get(PATH, params={"station": "BJ01-T"}).json()["total"] == 1
    ours: dict[str, str | bool] = {
        "waiting_for": "evaluation",
        "going_on": True,
        "oldest_first": True,
    }
    waiting = evaluator.get(PATH, params=ours).json()["items"]
    assert [one["id"] for one in waiting] == ids
    assert {(one["next_step"], one["waiting_for"]) for one in waiting} == {
        ("pass_application", "evaluation")
    }
    assert school.get(PATH, params={"waiting_for": "school"}).json()["total"] == 0
    assert school.get(PATH, params={"going_on": False}).json()["total"] == 0
    found = evaluator.get(f"{PATH}/comparison", params={"review": ids}).json()
    assert [one["id"] for one in found["reviews"]] == ids
    assert found["rows"]
    assert all([cell["review_id"] for cell in row["cells"]] == ids for row in found["rows"])
    assert any(cell["asked"] > cell["met"] for row in found["rows"] for cell in row["cells"])
    assert {one["level"] for one in found["modules"]} == {"elementary", "intermediate", "advanced"}
    told = [cell for one in found["modules"] for cell in one["cells"]]
    assert {cell["status"] is None for cell in told} == {True, False}
    assert all(cell["binding"] == 0 for cell in told if cell["status"] is None)
    assert any(cell["binding"] for cell in told)
    twice = evaluator.get(f"{PATH}/comparison", params={"review": [ids[0], ids[0]]})
    assert twice.status_code == 422
