from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from inventory.accounts.use_cases import disable_user
from inventory.due.table import Reminder
from inventory.due.telling import tell_of_reminders
from inventory.due.use_cases import remind
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.requirements.use_cases import import_list
from inventory.requirements.writing import write_rows
from stationmaster.reminding import ROUND_EVERY, Reminders
from tests.databases import Databases
from tests.schools import NOW, WRITES, Schools, schools
from tests.short_list import short_list

PATH = "/api/v1/due"
REGISTER = """asset_number,item_zh,status,station_codes,owner,lender,borrowed_until,\
calibration_done_on,calibration_valid_until,safety_test_done_on
A1,万用表,,BJ01-T,,,,2025-11-20,2026-11-20,
A2,万用表,,,,,,2025-12-20,2026-12-20,
A3,万用表,,BJ01-E,,,,2026-06-01,2027-06-01,2026-06-01
A4,万用表,retired,,,,,2020-01-01,2021-01-01,
A5,车,,,borrowed,某公司,2026-12-05,,,
"""


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        upload = RegisterUpload("r.csv", REGISTER.encode(), "BJ01")
        import_register(built.database, upload, who="test")
        other = write_rows("r.csv", [["asset_number", "item_zh"], ["G1", "车"]])
        import_register(built.database, RegisterUpload("r.csv", other, "GX02"), who="test")
        yield built


def asked(house: Schools, username: str = "bj-teacher", **query: object) -> dict[str, Any]:
    answer = house.client(username).get(PATH, params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def told(calendar: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (one["state"], one["kind"], one["entity_id"].removeprefix("BJ01/"))
        for one in calendar["items"]
    ]


def test_the_calendar_tells_what_ends_the_most_pressing_first(house: Schools) -> None:
    calendar = asked(house)
    assert told(calendar) == [
        ("overdue", "calibration", "A1"),
        ("soon", "agreement", "A5"),
        ("soon", "calibration", "A2"),
        ("later", "calibration", "A3"),
        ("undated", "safety_test", "A3"),
    ]
    assert calendar["counts"] == {"overdue": 1, "soon": 2, "later": 1, "undated": 1}
    first = calendar["items"][0]
    assert (first["due_on"], first["days_left"], first["station_codes"]) == (
        "2026-11-20",
        -11,
        ["BJ01-T"],
    )
    assert calendar["items"][1]["detail"] == "某公司"


def test_it_is_asked_for_a_station_a_kind_a_state_and_a_span(house: Schools) -> None:
    assert [one[2] for one in told(asked(house, station="BJ01-E"))] == ["A5", "A2", "A3", "A3"]
    assert [one[2] for one in told(asked(house, kind="agreement"))] == ["A5"]
    near = asked(house, within=10, state="soon")
    assert (told(near), near["counts"]["later"]) == ([("soon", "agreement", "A5")], 2)
    page = asked(house, limit=2, offset=1)
    assert ([one[2] for one in told(page)], page["total"], page["next"]) == (["A5", "A2"], 5, 3)
    assert asked(house, date="2026-11-20")["counts"]["overdue"] == 0


def test_a_failure_is_overdue_until_something_passes(house: Schools) -> None:
    order = {"asset_number": "A3", "kind": "calibration", "interval_months": 12}
    client = house.client("bj-master")
    for day, result, state in (("25", "fail", "overdue"), ("26", "pass", "later")):
        proof = order | {"done_on": f"2026-11-{day}", "result": result}
        made = client.post("/api/v1/equipment/proofs", json=proof, headers=WRITES)
        assert made.status_code == 201
        found = {(one[1], one[2]): one[0] for one in told(asked(house))}
        assert found["calibration", "A3"] == state


def test_a_list_that_ends_is_told_unless_another_follows(house: Schools) -> None:
    short = replace(short_list(), version="S-1", valid_to=date(2026, 12, 31))
    import_list(house.database, short, who="test", now=NOW)
    found = [one for one in asked(house)["items"] if one["kind"] == "list_version"]
    assert [(one["entity_id"], one["due_on"]) for one in found] == [("S-1", "2026-12-31")]
    following = replace(short_list(), version="S-2", valid_from=date(2027, 1, 1))
    import_list(house.database, following, who="test", now=NOW)
    assert "list_version" not in {one["kind"] for one in asked(house)["items"]}


def test_each_sees_what_is_theirs_to_see(house: Schools) -> None:
    assert asked(house, "gx-master")["total"] == 0
    assert asked(house, "evaluator", organisation="BJ01")["total"] == 5
    for username, query, status in (
        ("gx-master", {"station": "BJ01-T"}, 404),
        ("gx-master", {"organisation": "BJ01"}, 404),
        ("evaluator", {"organisation": "GX02"}, 404),
        ("visitor", {}, 403),
    ):
        answer = house.client(username).get(PATH, params=query)
        assert answer.status_code == status, (username, query)
    assert house.client("visitor").get("/api/v1/reminders").status_code == 403


def test_a_reminder_is_made_once_for_each_day_and_lead_time(house: Schools) -> None:
    made = [remind(house.database, "BJ01", house.clock()) for _ in range(2)]
    assert made == [3, 0]
    house.clock.move(days=2)
    assert remind(house.database, "BJ01", house.clock()) == 0
    house.clock.move(days=2)
    assert remind(house.database, "BJ01", house.clock()) == 1
    answer = house.client("bj-teacher").get("/api/v1/reminders").json()
    assert [(one["entity_id"], one["due_on"], one["lead_days"]) for one in answer["items"]] == [
        ("BJ01/A1", "2026-11-20", 0),
        ("BJ01/A5", "2026-12-05", 7),
        ("BJ01/A5", "2026-12-05", 0),
        ("BJ01/A2", "2026-12-20", 30),
    ]


def test_what_was_renewed_before_anybody_was_told_is_settled(house: Schools) -> None:
    remind(house.database, "BJ01", house.clock())
    renewed = {"asset_number": "A1", "kind": "calibration", "done_on": "2026-11-30"}
    order = renewed | {"valid_until": "2027-11-30"}
    client = house.client("bj-master")
    made = client.post("/api/v1/equipment/proofs", json=order, headers=WRITES).json()

    def is_open() -> bool:
        with house.database.read() as db:
            (row,) = db.exec(select(Reminder).where(Reminder.entity_id == "BJ01/A1")).all()
        return row.settled_at is None

    assert is_open()
    assert (remind(house.database, "BJ01", house.clock()), is_open()) == (0, False)
    assert client.get("/api/v1/reminders", params={"open": True}).json()["total"] == 2
    client.delete(f"/api/v1/equipment/proofs/{made['id']}", headers=WRITES)
    assert (remind(house.database, "BJ01", house.clock()), is_open()) == (0, True)


def test_the_server_takes_the_schools_in_turns_and_begins_again_after_an_hour(
    house: Schools,
) -> None:
    reminders = Reminders(house.database)

    def made() -> int:
        with house.database.read() as db:
            return len(db.exec(select(Reminder)).all())

    for _ in range(4):
        reminders(house.clock())
    assert made() == 3
    house.clock.move(days=4)
    seen = []
    for _ in range(4):
        reminders(house.clock())
        seen.append(made())
    assert (seen[0], seen[-1]) == (4, 4)
    order = {"asset_number": "G1", "kind": "calibration", "valid_until": "2026-12-06"}
    house.client("gx-master").post("/api/v1/equipment/proofs", json=order, headers=WRITES)
    reminders(house.clock())
    assert made() == 4
    house.clock.at += ROUND_EVERY
    for _ in range(4):
        reminders(house.clock())
    assert made() == 5


def test_managers_are_told_of_all_new_reminders_at_once(house: Schools) -> None:
    remind(house.database, "BJ01", house.clock())
    assert tell_of_reminders(house.database, "BJ01", house.clock()) == 3
    assert tell_of_reminders(house.database, "BJ01", house.clock()) == 0
    client = house.client("bj-master")
    (told,) = client.get("/api/v1/inbox").json()["items"]
    assert told["title"] == "有 3 项即将到期或已到期"
    assert told["lines"][0].startswith("万用表 2026-11-20、")
    assert client.get("/api/v1/reminders", params={"open": True}).json()["total"] == 0
    assert house.client("bj-teacher").get("/api/v1/inbox").json()["total"] == 0


def test_a_reminder_waits_as_long_as_nobody_can_be_told(house: Schools) -> None:
    for username in ("bj-admin", "bj-master"):
        disable_user(house.database, username, who="test")
    remind(house.database, "BJ01", house.clock())
    assert tell_of_reminders(house.database, "BJ01", house.clock()) == 0
    answer = house.client("bj-teacher").get("/api/v1/reminders", params={"open": True})
    assert answer.json()["total"] == 3
