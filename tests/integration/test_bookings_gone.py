"""What was scrapped and who has left: refused at the one door, left out of searches, told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from inventory.database import open_database
from inventory.equipment.rules import EquipmentStatus
from inventory.equipment.table import Equipment
from inventory.moments import SCHOOL_ZONE
from inventory.staff.table import StaffRow
from tests.booking_world import furnish_to_book
from tests.databases import Databases
from tests.schools import NOW, WRITES, Schools, schools

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOMORROW = NOW.replace(hour=1) + DAY
"""Nine in the morning at school."""
LAST = TOMORROW.astimezone(SCHOOL_ZONE).date()
BENCH, MOTOR, SOMEBODY = "bench:BJ01/battery-01", "bench:BJ01/motor-01", "person:BJ01/T-017"


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url:
        database = open_database(url)
        furnish_to_book(database)
        database.close()
        with schools(url) as built:
            yield built


def scrap_and_leave(house: Schools) -> None:
    """The bench and the plain row of the register are scrapped; tomorrow is the teacher's last."""
    with house.database.begin() as db:
        for asset in ("A1", "A2"):
            row = db.get_one(Equipment, {"organisation_code": "BJ01", "asset_number": asset})
            row.status = EquipmentStatus.RETIRED
            db.add(row)
        teacher = db.exec(select(StaffRow)).one()
        teacher.left_on = LAST
        db.add(teacher)


def ask(house: Schools, path: str, body: object = None, status: int = 200, **facts: Any) -> Any:  # noqa: ANN401
    method = facts.pop("method", "GET" if body is None else "POST")
    client = house.client("bj-teacher")
    answer = client.request(method, f"/api/v1{path}", json=body, headers=WRITES, **facts)
    assert answer.status_code == status, answer.text
    return answer.json()


def order(start: datetime, *resources: str) -> dict[str, Any]:
    return {
        "resources": resources,
        "purpose": "class",
        "start_at": start.isoformat(),
        "end_at": (start + HOUR).isoformat(),
    }


def test_nobody_books_or_moves_what_is_gone(house: Schools) -> None:
    made = ask(house, "/bookings", order(TOMORROW + DAY, BENCH), 201)
    scrap_and_leave(house)
    for key in (BENCH, "equipment:BJ01/A1", "equipment:BJ01/A2"):
        for path in ("/bookings", "/bookings/trial"):
            refused = ask(house, path, order(TOMORROW, key), 409)
            assert refused["type"].endswith("no-longer-there")
            assert "已报废" in refused["zh"]
    later = order(TOMORROW + DAY + 3 * HOUR, BENCH)
    times = {name: later[name] for name in ("start_at", "end_at")}
    ask(house, f"/bookings/{made['id']}", times, 409, method="PATCH")
    ask(house, f"/bookings/{made['id']}", {"note": "x"}, method="PATCH")
    taken = ask(house, "/bookings", order(TOMORROW, "workstation:BJ01/W1"), 201)
    assert [one["resource_key"] for one in taken["parts"]] == ["workstation:BJ01/W1"]


def test_somebody_is_booked_up_to_their_last_day(house: Schools) -> None:
    scrap_and_leave(house)
    ask(house, "/bookings", order(TOMORROW, SOMEBODY), 201)
    gone = ask(house, "/bookings", order(TOMORROW + DAY, SOMEBODY), 409)
    assert (gone["left_on"], str(LAST) in gone["zh"]) == (str(LAST), True)


def test_a_search_leaves_out_what_is_gone_and_says_so_of_what_was_named(house: Schools) -> None:
    scrap_and_leave(house)
    at = {"from": (TOMORROW + DAY).isoformat()}
    assert [one["resource_key"] for one in ask(house, "/free", params=at)] == [MOTOR]
    assert ask(house, "/free", params=at | {"kind": "person"}) == []
    search: dict[str, Any] = {"purpose": "class", "minutes": 60, "wanted": 50}
    slots = ask(house, "/free/slots", search | {"needs": [{"kind": "person"}]})["slots"]
    assert {one["start_at"][:10] for one in slots} == {f"{NOW:%Y-%m-%d}", f"{TOMORROW:%Y-%m-%d}"}
    either = [{"kind": "bench", "keys": [BENCH, MOTOR]}]
    (first, *_) = ask(house, "/free/slots", search | {"needs": either})["slots"]
    assert first["resources"][0]["resource_key"] == MOTOR
    named = [{"kind": "bench", "keys": [BENCH]}]
    refused = ask(house, "/free/slots", search | {"needs": named}, 409)
    assert refused["type"].endswith("no-longer-there")


def test_bookings_of_what_is_gone_are_listed_as_affected(house: Schools) -> None:
    kept = [
        ask(house, "/bookings", order(TOMORROW + hours, key), 201)["id"]
        for key, hours in ((BENCH, 0 * HOUR), (SOMEBODY, HOUR), (SOMEBODY, DAY))
    ]
    assert ask(house, "/bookings/affected") == []
    scrap_and_leave(house)
    found = {
        one["booking"]["id"]: [(each["kind"], each["zh"]) for each in one["failed"][0]["troubles"]]
        for one in ask(house, "/bookings/affected")
    }
    assert found == {
        kept[0]: [("not_there", "登记为已报废")],
        kept[2]: [("not_there", f"{LAST} 离岗")],
    }
