from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import select

from inventory.bookings.desk import Desk
from inventory.bookings.overdue import settle_overdue, warn_of_ends
from inventory.database import open_database
from inventory.moments import SCHOOL_ZONE
from inventory.notifications.rules import MessageKind
from inventory.notifications.table import OutboxMessage
from inventory.notifications.wording import Language, worded
from tests.booking_world import furnish_to_book
from tests.databases import Databases
from tests.schools import NOW, WRITES, Schools, schools

HOUR = timedelta(hours=1)
BENCH = "bench:BJ01/battery-01"
MOTOR = "bench:BJ01/motor-01"
TOMORROW = NOW.replace(hour=1) + timedelta(days=1)
"""Nine in the morning at school."""


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url:
        database = open_database(url)
        furnish_to_book(database)
        database.close()
        with schools(url) as built:
            yield built


def order(start: datetime = TOMORROW, *resources: str, **facts: object) -> dict[str, object]:
    span = {"start_at": start.isoformat(), "end_at": (start + HOUR).isoformat()}
    return {"resources": resources or [BENCH], "purpose": "class"} | span | facts


class Person:
    """Somebody at the API."""

    def __init__(self, house: Schools, username: str) -> None:
        self._house, self._username = house, username

    @property
    def _client(self) -> TestClient:
        # a session ends when the clock goes on for long
        return self._house.client(self._username)

    def send(self, path: str, body: object, status: int = 200, method: str = "POST") -> Any:  # noqa: ANN401 - JSON
        answer = self._client.request(method, f"/api/v1{path}", json=body, headers=WRITES)
        assert answer.status_code == status, answer.text
        return answer.json()

    def book(self, wanted: dict[str, object], status: int = 201) -> Any:  # noqa: ANN401 - JSON
        return self.send("/bookings", wanted, status)

    def step(self, made: dict[str, Any], step: str, status: int = 200, reason: str = "x") -> Any:  # noqa: ANN401
        body = {"step": step, "reason": reason}
        return self.send(f"/bookings/{made['id']}/steps", body, status)

    def get(self, path: str, status: int = 200, **asked: Any) -> Any:  # noqa: ANN401 - JSON
        named = {"from" if name == "start" else name: value for name, value in asked.items()}
        answer = self._client.get(f"/api/v1{path}", params=named)
        assert answer.status_code == status, answer.text
        return answer.json()

    def state(self, made: dict[str, Any]) -> str:
        return str(self.get(f"/bookings/{made['id']}")["state"])


def told(house: Schools, kind: MessageKind) -> list[dict[str, Any]]:
    with house.database.read() as db:
        query = select(OutboxMessage).where(OutboxMessage.kind == kind)
        return [row.facts for row in db.exec(query).all()]


def test_a_set_is_had_as_a_whole_or_not_at_all(house: Schools) -> None:
    teacher, master = Person(house, "bj-teacher"), Person(house, "bj-master")
    room = teacher.book(order(TOMORROW, "room:BJ01/101", "person:BJ01/T-017"))
    taken = {one["resource_key"]: one["is_asked"] for one in room["parts"]}
    assert taken == {
        "room:BJ01/101": True,
        "person:BJ01/T-017": True,
        "workstation:BJ01/W1": False,
        "workstation:BJ01/W2": False,
        BENCH: False,
    }
    for resource in (BENCH, "equipment:BJ01/A1", "workstation:BJ01/W2"):
        refused = master.book(order(TOMORROW, "equipment:BJ01/A2", resource), 409)
        assert refused["type"].endswith("slot-taken")
    assert master.get("/bookings", resource="equipment:BJ01/A2")["total"] == 0
    master.book(order(TOMORROW, "equipment:BJ01/A2"))
    assert master.book(order(TOMORROW, "room:BJ01/404"), 404)["code"] == "room:BJ01/404"


def test_buffers_keep_others_away_and_a_refusal_names_the_next_slots(house: Schools) -> None:
    teacher, master = Person(house, "bj-teacher"), Person(house, "bj-master")
    teacher.book(order(set_up_min=30, clear_up_min=15))
    refused = master.book(order(TOMORROW + HOUR), 409)
    near = refused["nearest"][0]
    assert near["start_at"].startswith("2026-12-02T02:15")
    again = order(purpose="class") | near
    assert master.book(again)["state"] == "booked"


def test_a_policy_is_named_with_figures_wherever_the_order_comes_from(house: Schools) -> None:
    teacher = Person(house, "bj-teacher")
    long = order(end_at=(TOMORROW + 5 * HOUR).isoformat())
    refused = teacher.book(long, 422)
    assert refused["type"].endswith("policy-refused")
    assert [one["code"] for one in refused["refusals"]] == ["length"]
    assert "3 小时" in refused["refusals"][0]["said"]["zh"]
    made = teacher.book(order())
    stretched = {"end_at": (TOMORROW + 5 * HOUR).isoformat()}
    teacher.send(f"/bookings/{made['id']}", stretched, 422, "PATCH")
    draft = teacher.book(long | {"wish": "draft", "start_at": (TOMORROW + 2 * HOUR).isoformat()})
    assert teacher.step(draft, "confirm")["state"] == "booked"
    teacher.send("/booking-series", long | {"rule": "FREQ=DAILY;COUNT=2"}, 409)


def test_a_hold_that_nobody_confirms_is_nobodys_seen_or_not(house: Schools) -> None:
    teacher, master = Person(house, "bj-teacher"), Person(house, "bj-master")
    held = teacher.book(order(wish="hold", hold_min=60))
    master.book(order(), 409)
    house.clock.move(minutes=45)
    warn_of_ends(house.database, Desk(None, house.clock.at), None)
    warn_of_ends(house.database, Desk(None, house.clock.at), None)
    assert len(told(house, MessageKind.HOLD_EXPIRES)) == 1
    house.clock.move(minutes=15)
    teacher.step(held, "confirm", 422)
    assert master.get("/bookings/week", start="2026-12-02")["events"] == []
    assert master.book(order())["state"] == "booked"
    assert teacher.state(held) == "expired"


def test_a_hold_on_what_has_begun_can_be_described_and_stretched(house: Schools) -> None:
    teacher = Person(house, "bj-teacher")
    held = teacher.book(order(NOW, wish="hold"))
    longer = {"title": "补课", "end_at": (NOW + 2 * HOUR).isoformat()}
    changed = teacher.send(f"/bookings/{held['id']}", longer, 200, "PATCH")
    assert (changed["state"], changed["hold_until"]) == ("held", held["hold_until"])


def test_who_waits_is_offered_what_becomes_free_in_their_order(house: Schools) -> None:
    teacher, master = Person(house, "bj-teacher"), Person(house, "bj-master")
    other = Person(house, "bj-other")
    made = master.book(order())
    first = teacher.book(order(wish="wait"))
    second = other.book(order(wish="wait"))
    assert (first["state"], second["state"]) == ("waiting", "waiting")
    master.step(made, "cancel")
    assert (teacher.state(first), other.state(second)) == ("held", "waiting")
    assert told(house, MessageKind.WAITLIST_OFFER)[0]["booking_id"] == first["id"]
    house.clock.move(hours=2)
    assert settle_overdue(house.database, Desk(None, house.clock.at)) == 1
    assert (teacher.state(first), other.state(second)) == ("expired", "held")
    assert other.step(second, "confirm")["state"] == "booked"


def test_the_owner_decides_where_a_policy_asks_for_it(house: Schools) -> None:
    teacher, master = Person(house, "bj-teacher"), Person(house, "bj-master")
    asked = teacher.book(order(TOMORROW, MOTOR))
    assert (asked["state"], asked["approval_by"]) == ("requested", "BJ01")
    master.book(order(TOMORROW, MOTOR), 409)
    teacher.step(asked, "approve", 403)
    Person(house, "gx-master").step(asked, "approve", 404)
    Person(house, "evaluator").step(asked, "approve", 403)
    Person(house, "visitor").step(asked, "approve", 403)
    assert master.step(asked, "approve")["decided_by"] == "bj-master"
    moved = {
        "start_at": (TOMORROW + 2 * HOUR).isoformat(),
        "end_at": (TOMORROW + 3 * HOUR).isoformat(),
    }
    again = teacher.send(f"/bookings/{asked['id']}", moved, 200, "PATCH")
    assert again["state"] == "requested"
    master.step(asked, "decline", 422, reason="")
    assert master.step(asked, "decline")["state"] == "declined"
    teacher.step(asked, "confirm", 409)
    assert len(told(house, MessageKind.BOOKING_DECLINED)) == 1
    assert master.book(order(TOMORROW, MOTOR))["state"] == "booked"


def test_an_exam_takes_the_slot_of_a_class_in_time_and_tells_its_holder(house: Schools) -> None:
    teacher, master = Person(house, "bj-teacher"), Person(house, "bj-master")
    soon = teacher.book(order())
    later = teacher.book(order(TOMORROW + timedelta(days=9)))
    master.book(order(purpose="exam"), 409)
    held = order(TOMORROW + timedelta(days=9), purpose="exam", wish="hold")
    master.book(held, 409)
    exam = master.book(order(TOMORROW + timedelta(days=9), purpose="exam", title="三级考核"))
    assert exam["displaced"] == [later["id"]]
    assert (teacher.state(soon), teacher.state(later)) == ("booked", "displaced")
    (message,) = told(house, MessageKind.BOOKING_DISPLACED)
    assert message["displaced_by"] == "三级考核"
    assert [one[:16] for one in message["nearest_at"]] == [
        "2026-12-11T02:00",
        "2026-12-11T03:00",
        "2026-12-11T04:00",
    ]
    said = worded(MessageKind.BOOKING_DISPLACED, message, Language.ZH, SCHOOL_ZONE)
    (line,) = [one for one in said.lines if one.startswith("可改约")]
    assert line.count("2026-12-11") == 3
    assert "T02" not in line
    path = f"/bookings/{later['id']}/nearest-slots"
    slots = teacher.get(path)
    assert [one["start_at"] for one in slots] == [
        f"2026-12-11T0{hour}:00:00Z" for hour in (2, 3, 4)
    ]
    for username, status in (("bj-other", 403), ("gx-master", 404), ("visitor", 403)):
        assert house.client(username).get(f"/api/v1{path}").status_code == status
    assert master.get(path) == slots


def test_two_holders_exchange_their_slots_when_both_agree(house: Schools) -> None:
    teacher, other = Person(house, "bj-teacher"), Person(house, "bj-other")
    mine = teacher.book(order(title="mine"))
    theirs = other.book(order(TOMORROW + 2 * HOUR, title="theirs"))
    path = f"/bookings/{theirs['id']}/swaps"
    other.send(path, {"offered_id": mine["id"]}, 403)
    offer = teacher.send(path, {"offered_id": mine["id"]}, 201)
    assert other.get("/booking-swaps") == [offer]
    assert Person(house, "gx-master").get("/booking-swaps") == []
    teacher.send(f"/booking-swaps/{offer['id']}/answer", {"accept": True}, 403)
    Person(house, "gx-master").send(f"/booking-swaps/{offer['id']}/answer", {"accept": True}, 404)
    done = other.send(f"/booking-swaps/{offer['id']}/answer", {"accept": True})
    assert done["state"] == "done"
    assert other.get(f"/bookings/{theirs['id']}")["start_at"] == mine["start_at"]
    assert teacher.get(f"/bookings/{mine['id']}")["start_at"] == theirs["start_at"]
    other.send(f"/booking-swaps/{offer['id']}/answer", {"accept": True}, 409)


def test_a_series_is_booked_as_a_whole_or_tells_what_is_in_its_way(house: Schools) -> None:
    teacher, master = Person(house, "bj-teacher"), Person(house, "bj-master")
    master.book(order(TOMORROW + timedelta(days=14)))
    weekly = order(rule="FREQ=WEEKLY;COUNT=4")
    refused = teacher.send("/booking-series", weekly, 409)
    assert (refused["wanted"], len(refused["collisions"])) == (4, 1)
    assert refused["collisions"][0]["start_at"].startswith("2026-12-16")
    assert teacher.get("/bookings", mine=True)["total"] == 0
    done = teacher.send("/booking-series", weekly | {"take_rest": True}, 201)
    assert len(done["bookings"]) == 3
    assert done["series"]["exceptions"][0].startswith("2026-12-16")
    teacher.send("/booking-series", order(rule="FREQ=YEARLY;COUNT=2"), 422)


def test_this_and_following_move_together_and_leave_the_rest(house: Schools) -> None:
    teacher, master = Person(house, "bj-teacher"), Person(house, "bj-master")
    done = teacher.send("/booking-series", order(rule="FREQ=WEEKLY;UNTIL=20261230"), 201)
    made = done["bookings"]
    assert len(made) == 5
    later = TOMORROW + timedelta(days=15, hours=1)
    shift = {"start_at": later.isoformat(), "end_at": (later + 2 * HOUR).isoformat()}
    path = f"/bookings/{made[2]['id']}/series"
    blocking = master.book(order(later + timedelta(days=7)))
    refused = teacher.send(path, shift | {"scope": "following"}, 409, "PATCH")
    assert len(refused["collisions"]) == 1
    master.step(blocking, "cancel")
    moved = teacher.send(path, shift | {"scope": "following"}, 200, "PATCH")
    assert (moved["series"]["split_from_id"], len(moved["bookings"])) == (done["series"]["id"], 3)
    assert moved["series"]["rule"] == "FREQ=WEEKLY;COUNT=3"
    starts = [one["start_at"] for one in teacher.get("/bookings", mine=True)["items"]]
    assert [start[:13] for start in starts] == [
        "2026-12-02T01",
        "2026-12-09T01",
        "2026-12-17T02",
        "2026-12-24T02",
        "2026-12-31T02",
    ]
    ended = teacher.send(f"{path}/cancellation", {"scope": "following"})
    assert [one["state"] for one in ended] == ["cancelled"] * 3
    old = teacher.get(f"/booking-series/{done['series']['id']}")
    assert old["rule"] == "FREQ=WEEKLY;COUNT=2"
    Person(house, "gx-master").get(f"/booking-series/{done['series']['id']}", 404)


def test_coming_leaving_early_and_not_coming_are_on_record(house: Schools) -> None:
    teacher, master = Person(house, "bj-teacher"), Person(house, "bj-master")
    came = teacher.book(order(NOW + HOUR, clear_up_min=10))
    teacher.step(came, "check_in", 422)
    house.clock.move(minutes=70)
    teacher.step(came, "check_in")
    master.step(came, "release", 422)
    teacher.step(came, "end_early")
    assert master.book(order(NOW + 1.5 * HOUR, MOTOR, BENCH))["state"] == "booked"
    house.clock.move(minutes=30)
    (late,) = master.get("/bookings", mine=True)["items"]
    teacher.step(late, "release", 403)
    assert master.step(late, "release")["state"] == "released"
    trail = [one["action"] for one in teacher.get(f"/bookings/{came['id']}/history")]
    assert trail == ["place", "check_in", "end_early"]


def test_the_week_of_all_rigs_costs_five_statements_at_most(house: Schools) -> None:
    teacher, foreign = Person(house, "bj-teacher"), Person(house, "gx-master")
    teacher.send("/booking-series", order(rule="FREQ=DAILY;COUNT=3"), 201)
    teacher.book(order(TOMORROW, "equipment:BJ01/A2"))
    statements: list[str] = []
    event.listen(
        house.database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.append(statement),
    )
    client = house.client("bj-teacher")
    statements.clear()
    week = client.get("/api/v1/bookings/week", params={"from": "2026-12-02"}).json()
    assert len(statements) <= 5, statements
    assert [one["resource_key"] for one in week["rigs"]] == [BENCH, MOTOR, "equipment:BJ01/A2"]
    assert len(week["events"]) == 4
    elsewhere = foreign.get("/bookings/week", start="2026-12-02")
    assert (elsewhere["events"], len(elsewhere["rigs"])) == ([], 1)
    assert teacher.get("/bookings/week", station="BJ01-E")["rigs"] == []
