"""Calendars to subscribe to: what they show, to whom, and until when."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from sqlmodel import select

from inventory.accounts.table import User
from inventory.audit.table import AuditEntry
from inventory.bookings.table import Booking
from inventory.calendar_feeds.rules import MOST_FEEDS
from inventory.calendar_feeds.table import CalendarFeed
from tests.databases import Databases
from tests.schools import NOW, WRITES, Schools, schools

FEEDS = "/api/v1/calendar-feeds"
RIG = {"name": "电池", "kind": "resource", "resource_key": "bench:BJ01/battery-01"}
STATION = {"name": "培训站", "kind": "station", "station_code": "BJ01-T"}
HARD = "电池，台架, 检测; 😀 \\n " + "汉字" * 40


@pytest.fixture
def house(databases: Databases, tmp_path: Any) -> Iterator[Schools]:  # noqa: ANN401 - a path
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield built


def book(house: Schools, who: str = "bj-teacher", days: int = 1, note: str = HARD) -> int:
    start = NOW + timedelta(days=days)
    order = {
        "bench_code": "battery-01",
        "start_at": start.isoformat(),
        "end_at": (start + timedelta(hours=2)).isoformat(),
        "purpose": "class",
        "note": note,
    }
    answer = house.client(who).post("/api/v1/bookings", json=order, headers=WRITES)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def subscribe(house: Schools, who: str, **order: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    answer = house.client(who).post(FEEDS, json=order, headers=WRITES)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def events(house: Schools, path: str) -> list[Any]:
    answer = house.client().get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    read = IcsCalendarStream.calendar_from_ics(answer.text).events
    again = Calendar.from_ical(answer.content).events
    assert [one.uid for one in read] == [str(one["uid"]) for one in again]
    return list(again)


def test_a_calendar_is_read_without_login_by_two_readers(school_url: str) -> None:
    with schools(school_url) as house:
        booked = book(house)
        made = subscribe(house, "bj-teacher", name="我的", kind="mine", has_people=True)
        assert made["url"].endswith(made["path"])
        (event,) = events(house, made["path"])
        assert event["summary"] == "上课 · 台架 battery-01"
        assert HARD.rstrip() in event["description"]
        assert event["dtstart"].dt == NOW + timedelta(days=1)
        assert event["dtstart"].params["TZID"] == "Asia/Shanghai"
        assert event["status"] == "CONFIRMED"
        cancelling = f"/api/v1/bookings/{booked}/cancellation"
        house.clock.move(hours=1)
        house.client("bj-teacher").post(cancelling, headers=WRITES)
        (gone,) = events(house, made["path"])
        assert (gone["uid"], gone["status"]) == (event["uid"], "CANCELLED")
        assert gone["last-modified"].dt > event["last-modified"].dt


def test_names_and_notes_are_shown_only_where_they_were_asked_for(house: Schools) -> None:
    book(house)
    for order in (RIG, STATION):
        path = subscribe(house, "bj-master", **order)["path"]
        text = house.client().get(path).text
        assert "bj-teacher" not in text
        assert "汉字" not in text
        (event,) = events(house, path)
        assert event["summary"] == "上课 · 台架 battery-01"
    named = subscribe(house, "bj-master", **RIG, has_people=True, language="en")
    (event,) = events(house, named["path"])
    assert event["description"].startswith("Booked by: bj-teacher")


def test_who_has_it_already_gets_nothing_again(house: Schools) -> None:
    path = subscribe(house, "bj-master", **RIG)["path"]
    first = house.client().get(path)
    known = {"If-None-Match": f'W/{first.headers["etag"]}, "x"'}
    house.clock.move(minutes=5)
    again = house.client().get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    book(house)
    assert house.client().get(path, headers=known).status_code == 200


def test_an_address_ends_with_the_feed_the_account_or_the_right(house: Schools) -> None:
    feeds = [subscribe(house, "bj-teacher", **order) for order in (RIG, STATION, RIG)]
    teacher = house.client("bj-teacher")
    assert teacher.delete(f"{FEEDS}/{feeds[0]['id']}", headers=WRITES).status_code == 204
    assert house.client().get(feeds[0]["path"]).status_code == 404
    assert house.client().get(feeds[1]["path"]).status_code == 200
    (last, middle, ended) = teacher.get(FEEDS).json()
    assert ended["ended_at"] is not None
    assert middle["last_used_at"] is not None
    assert last["last_used_at"] is None
    assert "path" not in last
    with house.database.begin() as db:
        owner = db.exec(select(User).where(User.username == "bj-teacher")).one()
        owner.organisation_code = "GX02"
    assert house.client().get(feeds[1]["path"]).status_code == 404
    with house.database.begin() as db:
        owner = db.exec(select(User).where(User.username == "bj-teacher")).one()
        owner.organisation_code, owner.is_disabled = "BJ01", True
    assert house.client().get(feeds[1]["path"]).status_code == 404
    with house.database.read() as db:
        trail = db.exec(select(AuditEntry).where(AuditEntry.entity == "calendar_feed")).all()
        secrets = {feed["path"].split("/")[-1].removesuffix(".ics") for feed in feeds}
        kept = {row.token_hash for row in db.exec(select(CalendarFeed)).all()}
    assert [row.action for row in trail] == ["created"] * 3 + ["ended"]
    assert not any(one in str(row.model_dump()) for one in secrets for row in trail)
    assert not secrets & kept


def test_nobody_subscribes_to_what_they_may_not_see(house: Schools) -> None:
    def refused(who: str, order: dict[str, Any]) -> int:
        answer = house.client(who).post(FEEDS, json=order, headers=WRITES)
        return int(answer.status_code)

    assert refused("gx-master", RIG) == 404
    assert refused("gx-master", STATION) == 404
    assert refused("visitor", RIG) == 403
    assert refused("visitor", STATION) == 403
    assert refused("evaluator", {**STATION, "station_code": "GX02-T"}) == 404
    assert refused("bj-master", {**RIG, "kind": "mine"}) == 422
    assert refused("bj-master", {**RIG, "resource_key": "bench:x"}) == 422
    mine = subscribe(house, "visitor", name="x", kind="mine")
    book(house)
    assert events(house, mine["path"]) == []
    theirs = f"{FEEDS}/{mine['id']}"
    assert house.client("bj-admin").delete(theirs, headers=WRITES).status_code == 404
    assert house.client("evaluator").get(FEEDS).json() == []


def test_a_person_has_only_so_many_calendars(house: Schools) -> None:
    client = house.client("bj-master")
    made = [client.post(FEEDS, json=RIG, headers=WRITES) for _ in range(MOST_FEEDS + 1)]
    assert [answer.status_code for answer in made] == [201] * MOST_FEEDS + [429]


def test_guessing_addresses_is_slowed_down_and_right_ones_still_answer(house: Schools) -> None:
    path = subscribe(house, "bj-master", **RIG)["path"]
    client = house.client()
    wrong = [client.get(f"/calendars/{'x' * (43 - n % 2)}.ics") for n in range(31)]
    assert [answer.status_code for answer in wrong] == [404] * 30 + [429]
    assert int(wrong[-1].headers["retry-after"]) > 0
    assert client.get(path).status_code == 200
    house.clock.move(minutes=1)
    assert client.get(f"/calendars/{'x' * 43}.ics").status_code == 404


def test_a_calendar_reaches_three_months_back_and_forgets_drafts(house: Schools) -> None:
    path = subscribe(house, "bj-master", **RIG)["path"]
    numbers = [book(house, days=day) for day in (1, 2)]
    with house.database.begin() as db:
        for number, state in zip(numbers, ("draft", "held"), strict=True):
            row = db.get_one(Booking, number)
            row.state = state  # type: ignore[assignment] # as it is stored
    (held,) = events(house, path)
    assert held["status"] == "TENTATIVE"
    house.clock.move(days=100)
    assert events(house, path) == []
