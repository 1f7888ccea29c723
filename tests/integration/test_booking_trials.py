from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from inventory.audit.table import AuditEntry
from inventory.bookings.table import Booking
from tests.databases import Databases
from tests.schools import NOW, WRITES, Schools, schools

BENCH, MOTOR = "bench:BJ01/battery-01", "bench:BJ01/motor-01"
HOUR = timedelta(hours=1)
NINE = NOW.replace(hour=1) + timedelta(days=3)
"""Nine in the morning at school, on a Friday."""


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield built


def order(start: datetime = NINE, **facts: object) -> dict[str, object]:
    span = {"start_at": start.isoformat(), "end_at": (start + HOUR).isoformat()}
    return {"resources": [BENCH], "purpose": "class"} | span | facts


def tried(house: Schools, username: str, status: int = 200, **facts: Any) -> Any:  # noqa: ANN401 - JSON
    answer = house.client(username).post(
        "/api/v1/bookings/trial", json=order(**facts), headers=WRITES
    )
    assert answer.status_code == status, answer.text
    return answer.json()


def effects(trial: dict[str, Any]) -> dict[str, str | None]:
    return {one["code"]: one["effect"] for one in trial["policies"]}


def bookings(house: Schools) -> int:
    with house.database.read() as db:
        entries = select(AuditEntry).where(AuditEntry.entity == "booking")
        return len(db.exec(select(Booking)).all()) + len(db.exec(entries).all())


def test_a_trial_says_of_every_rule_how_it_speaks_and_books_nothing(house: Schools) -> None:
    would = tried(house, "bj-teacher")
    assert (would["state"], would["nearest"]) == ("booked", [])
    assert effects(would)["horizon"] is None
    assert "owner_approval" not in effects(would), "it is for others"
    path = "/api/v1/booking-policies/horizon"
    policies = [
        {"code": "horizon", "most": 2, "roles": ["instructor"]},
        {"code": "horizon", "most": 1, "effect": "warn"},
    ]
    put = house.client("bj-master").put(path, json=policies, headers=WRITES)
    assert put.status_code == 200, put.text
    refused = tried(house, "bj-teacher")
    assert refused["state"] is None
    spoken = [one for one in refused["policies"] if one["code"] == "horizon"]
    assert [(one["effect"], one["objections"][0]["field"]) for one in spoken] == [
        ("refuse", "start_at"),
        ("warn", "start_at"),
    ]
    assert "现提前 3 天" in spoken[0]["objections"][0]["said"]["zh"]
    assert all(one["start_at"] < NINE.isoformat() for one in refused["nearest"])
    assert 0 < len(refused["nearest"]) <= 3
    assert tried(house, "bj-master")["state"] == "booked"
    assert tried(house, "bj-master", role="instructor")["state"] is None
    assert tried(house, "bj-master", holder="bj-teacher")["role"] == "instructor"
    assert bookings(house) == 0


def test_a_trial_for_others_says_who_decides_and_what_is_taken(house: Schools) -> None:
    outside = tried(house, "bj-master", role="instructor", is_outside=True, purpose="open_sharing")
    assert (outside["state"], outside["needs_approval_by"]) == ("requested", ["BJ01"])
    assert effects(outside)["owner_approval"] == "approve"
    teaching = tried(house, "bj-master", role="instructor", is_outside=True)
    assert (teaching["state"], effects(teaching)["who"]) == (None, "refuse")
    client = house.client("bj-teacher")
    later = NINE + timedelta(days=10)
    for start in (NINE, later):
        made = client.post("/api/v1/bookings", json=order(start=start), headers=WRITES)
        assert made.status_code == 201, made.text
    taken = tried(house, "bj-master")
    assert (taken["state"], [one["resource_key"] for one in taken["taken"]]) == (None, [BENCH])
    assert taken["nearest"][0]["start_at"].startswith((NINE + HOUR).isoformat()[:16])
    exam = tried(house, "bj-master", start=later, purpose="exam")
    assert (exam["state"], exam["displaces"], exam["taken"]) == ("booked", 1, [])


def test_a_trial_is_for_those_who_could_book(house: Schools) -> None:
    assert tried(house, "bj-teacher", 403, holder="bj-master")
    assert tried(house, "bj-master", 422, holder="gx-master")["field"] == "holder"
    assert tried(house, "bj-master", 422, is_outside=True)["field"] == "role"
    both = tried(house, "bj-master", 422, holder="bj-teacher", role="instructor")
    assert both["field"] == "role"
    past = tried(house, "bj-master", 422, start=NOW - 2 * HOUR)
    assert past["field"] in {"start_at", "end_at"}
    tried(house, "gx-master", 404)
    tried(house, "bj-master", 404, resources=["bench:GX02/battery-02"])
    tried(house, "visitor", 403)
    tried(house, "evaluator", 403)


def test_what_a_trial_says_is_what_booking_then_does(house: Schools) -> None:
    policies = [{"code": "owner_approval", "effect": "approve", "resource_key": MOTOR}]
    path = "/api/v1/booking-policies/owner_approval"
    assert house.client("bj-master").put(path, json=policies, headers=WRITES).status_code == 200
    wanted: tuple[tuple[str, dict[str, Any]], ...] = (
        ("bj-teacher", {}),
        ("bj-teacher", {"start": NINE + HOUR / 2}),
        ("bj-teacher", {"resources": [MOTOR]}),
        ("bj-master", {"resources": [MOTOR], "start": NINE + 2 * HOUR}),
        ("bj-teacher", {"has_minors": True, "start": NINE + 4 * HOUR}),
        ("bj-master", {"purpose": "exam"}),
    )
    outcomes = []
    for username, facts in wanted:
        said = tried(house, username, **facts)
        answer = house.client(username).post(
            "/api/v1/bookings", json=order(**facts), headers=WRITES
        )
        done = answer.json()
        assert said["state"] == done.get("state"), (facts, said, done)
        refused = {code for code, effect in effects(said).items() if effect == "refuse"}
        assert refused == {one["code"] for one in done.get("refusals", [])}, facts
        assert [one["start_at"] for one in said["nearest"]] == [
            one["start_at"].replace("+00:00", "Z") for one in done.get("nearest", [])
        ]
        outcomes.append(said["state"])
    assert outcomes == ["booked", None, "requested", "booked", None, None]
