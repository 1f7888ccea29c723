from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import col, select

from inventory.audit.table import AuditEntry
from inventory.data_health.source import MemoryTransport
from inventory.data_health.use_cases import Sources
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.readiness.preparing import ReadinessMemory
from inventory.readiness.use_cases import ReadinessDesk
from inventory.rectifications.rechecking import recheck
from inventory.rectifications.rules import RectificationState
from inventory.rectifications.table import Rectification
from inventory.requirements.use_cases import import_list
from inventory.requirements.writing import write_rows
from stationmaster.rectifying import Rechecks
from stationmaster.watching import Watcher
from tests.handed_in import handed_in
from tests.schools import WRITES, Schools, schools
from tests.short_list import short_list

PATH = "/api/v1/rectifications"


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        import_list(built.database, short_list(), who="test", now=built.clock())
        yield built


def a_finding(house: Schools) -> dict[str, Any]:
    asked = {"module": "2-1", "level": "intermediate"}
    answer = house.client("bj-master").get("/api/v1/stations/BJ01-E/readiness", params=asked)
    return next(dict(one) for one in answer.json()["findings"] if one["kind"] == "missing")


def post(client: Any, path: str, body: dict[str, Any], status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = client.post(path, json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def opened(house: Schools, **facts: object) -> dict[str, Any]:
    finding = a_finding(house)
    order = {"station": "BJ01-E", "row_id": finding["row_id"], "kind": finding["kind"]}
    made = post(house.client("bj-master"), PATH, order | facts, 201)
    return dict(made)


def stand(house: Schools, item: str, station: str) -> None:
    """Put a thing of a name into a station of the school."""
    rows = [["asset_number", "item_zh", "quantity", "station_codes"], ["A1", item, "99", station]]
    upload = RegisterUpload("r.csv", write_rows("r.csv", rows), "BJ01")
    import_register(house.database, upload, who="test")


def look(house: Schools) -> dict[int, str]:
    desk = ReadinessDesk(house.database, house.live, ReadinessMemory())
    return {key: str(step) for key, step in recheck(house.database, desk, house.clock()).items()}


def test_a_finding_becomes_one_task_and_no_second(house: Schools) -> None:
    made = opened(house, owner="bj-teacher", due_on="2026-12-20", text="请尽快采购")
    assert (made["state"], made["owner"], made["times"]) == ("open", "bj-teacher", 1)
    assert made["finding"]["required"]["zh"]
    order = {key: made[key] for key in ("row_id", "kind")} | {"station": "BJ01-E"}
    again = post(house.client("bj-admin"), PATH, order, 409)
    assert (again["type"].rsplit(":", 1)[1], again["code"]) == ("taken", str(made["id"]))
    listed = house.client("evaluator").get(PATH, params={"station": "BJ01-E"}).json()
    assert [one["id"] for one in listed["items"]] == [made["id"]]


def test_what_the_check_does_not_report_is_no_task(house: Schools) -> None:
    order = {"station": "BJ01-E", "row_id": "no-such-row", "kind": "missing"}
    refused = post(house.client("bj-master"), PATH, order, 404)
    assert refused["type"].endswith("unknown-finding")
    unheard = order | {"list_version": "NOPE"}
    assert post(house.client("bj-master"), PATH, unheard, 404)["type"].endswith("unknown-finding")


def test_work_is_submitted_with_evidence_returned_and_accepted(house: Schools) -> None:
    made = opened(house, owner="bj-teacher")
    steps = f"{PATH}/{made['id']}/steps"
    teacher, evaluator = house.client("bj-teacher"), house.client("evaluator")
    post(teacher, steps, {"step": "start"})
    photos = [handed_in(teacher, f"photo {n}") for n in (1, 2)]
    post(teacher, steps, {"step": "submit", "document_ids": ["0" * 32]}, 404)
    post(teacher, steps, {"step": "submit", "text": "已到货", "document_ids": photos[:1]})
    post(evaluator, steps, {"step": "return"}, 422)
    post(evaluator, steps, {"step": "return", "text": "缺铭牌照片"})
    sent = {"step": "submit", "text": "补充铭牌", "document_ids": photos[1:]}
    assert post(teacher, steps, sent)["possible"] == ["comment"]
    done = post(evaluator, steps, {"step": "accept"})
    assert done["state"] == "accepted"
    told = [(one["who"], one["step"], one["document_ids"]) for one in done["history"]]
    assert told == [
        ("bj-master", "open", []),
        ("bj-teacher", "start", []),
        ("bj-teacher", "submit", photos[:1]),
        ("evaluator", "return", []),
        ("bj-teacher", "submit", photos[1:]),
        ("evaluator", "accept", []),
    ]
    refused = post(teacher, steps, {"step": "submit"}, 409)
    assert (refused["state"], refused["possible"]) == ("accepted", ["comment", "reopen"])
    with house.database.read() as db:
        query = select(AuditEntry).where(AuditEntry.entity == "rectification")
        entries = db.exec(query.order_by(col(AuditEntry.id))).all()
    assert [(one.who, one.action) for one in entries] == [
        ("bj-master", "opened"),
        ("bj-teacher", "started"),
        ("bj-teacher", "submitted"),
        ("evaluator", "returned"),
        ("bj-teacher", "submitted"),
        ("evaluator", "accepted"),
    ]
    told_to = {
        username: [
            one["kind"].removeprefix("rectification_")
            for one in house.client(username).get("/api/v1/inbox").json()["items"]
        ]
        for username in ("bj-teacher", "bj-master", "evaluator", "gx-master", "visitor")
    }
    assert told_to == {
        "bj-teacher": ["returned", "assigned"],
        "bj-master": ["submitted", "submitted"],
        "evaluator": ["submitted", "submitted"],
        "gx-master": [],
        "visitor": [],
    }


def test_nobody_takes_a_step_that_is_not_theirs(house: Schools) -> None:
    made = opened(house)
    steps = f"{PATH}/{made['id']}/steps"
    post(house.client("bj-teacher"), steps, {"step": "submit"}, 403)
    post(house.client("evaluator"), steps, {"step": "submit"}, 403)
    post(house.client("visitor"), steps, {"step": "comment", "text": "x"}, 403)
    post(house.client("bj-master"), steps, {"step": "submit"})
    post(house.client("bj-master"), steps, {"step": "accept"}, 403)
    post(house.client("bj-master"), steps, {"step": "close"}, 422)
    assert house.client("gx-master").get(f"{PATH}/{made['id']}").status_code == 404
    post(house.client("gx-master"), steps, {"step": "return", "text": "x"}, 404)
    assert house.client("gx-master").get(PATH).json()["total"] == 0
    order = {"station": "BJ01-E", "row_id": "", "kind": "missing"}
    post(house.client("gx-master"), PATH, order, 404)
    post(house.client("evaluator"), PATH, order, 403)


def test_it_closes_when_the_check_passes_and_reopens_with_its_history(house: Schools) -> None:
    made = opened(house, owner="bj-teacher")
    item = made["finding"]["item"]["zh"]
    assert look(house) == {}
    stand(house, item, "BJ01-E")
    assert look(house) == {made["id"]: "close"}
    assert look(house) == {}
    stand(house, item, "BJ01-T")
    assert look(house) == {made["id"]: "reopen"}
    page = house.client("bj-teacher").get(f"{PATH}/{made['id']}").json()
    assert (page["state"], page["times"], page["is_present"]) == ("open", 2, True)
    told = [(one["who"], one["step"], one["state"]) for one in page["history"]]
    assert told[1:] == [("system", "close", "closed"), ("system", "reopen", "open")]


def test_the_server_that_watches_rechecks_soon_after_a_change(house: Schools) -> None:
    made = opened(house)
    desk = ReadinessDesk(house.database, house.live, ReadinessMemory())
    sources = Sources(house.live, MemoryTransport())
    chore = Rechecks(house.database, desk)
    watcher = Watcher(house.database, sources, house.clock, chores=[chore])
    assert watcher.look()
    stand(house, made["finding"]["item"]["zh"], "BJ01-E")
    assert watcher.look()
    page = house.client("bj-teacher").get(f"{PATH}/{made['id']}").json()
    assert page["state"] == "closed"
    stand(house, made["finding"]["item"]["zh"], "BJ01-T")
    assert watcher.look()
    page = house.client("bj-teacher").get(f"{PATH}/{made['id']}").json()
    assert page["state"] == "open"


def test_a_chore_that_fails_keeps_no_other_from_its_turn(house: Schools) -> None:
    done: list[datetime] = []

    def failing(_now: datetime) -> None:
        raise ValueError("broken")

    sources = Sources(house.live, MemoryTransport())
    watcher = Watcher(house.database, sources, house.clock, chores=[failing, done.append])
    with pytest.raises(ValueError, match="broken"):
        watcher.look()
    assert done == [house.clock()]


def test_what_changes_without_a_record_is_seen_within_a_minute(house: Schools) -> None:
    made = opened(house)
    chore = Rechecks(house.database, ReadinessDesk(house.database, house.live, ReadinessMemory()))
    chore(house.clock())
    stand(house, made["finding"]["item"]["zh"], "BJ01-E")
    chore(house.clock())
    with house.database.begin() as db:
        row = db.get_one(Rectification, made["id"])
        assert row.state is RectificationState.CLOSED
        row.state, row.is_present = RectificationState.IN_PROGRESS, True
    chore(house.clock())
    with house.database.read() as db:
        assert db.get_one(Rectification, made["id"]).state is RectificationState.IN_PROGRESS
    house.clock.move(minutes=1)
    chore(house.clock())
    with house.database.read() as db:
        assert db.get_one(Rectification, made["id"]).state is RectificationState.CLOSED


def test_a_task_is_given_to_staff_of_the_school_and_is_late_after_its_day(house: Schools) -> None:
    made = opened(house)
    path = f"{PATH}/{made['id']}"
    master = house.client("bj-master")

    def patch(body: dict[str, object], status: int = 200) -> Any:  # noqa: ANN401 - JSON
        answer = master.patch(path, json=body, headers=WRITES)
        assert answer.status_code == status, answer.text
        return answer.json()

    patch({"owner": "gx-master"}, 422)
    given = patch({"owner": "bj-teacher", "due_on": "2026-12-01"})
    assert (given["owner"], given["is_overdue"]) == ("bj-teacher", False)
    house.clock.move(hours=9)
    master = house.client("bj-master")
    assert patch({})["is_overdue"] is True
    assert master.get(PATH, params={"overdue": True}).json()["total"] == 1
    assert patch({"due_on": None})["owner"] == "bj-teacher"
    assert master.get(PATH, params={"overdue": True}).json()["total"] == 0
    assert master.get(PATH, params={"owner": "bj-teacher"}).json()["total"] == 1
