import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from inventory.accounts.rules import Principal, Role
from inventory.audit.table import AuditEntry
from inventory.bookings.desk import Desk
from inventory.bookings.orders import BookingOrder
from inventory.bookings.table import NO_OVERLAP, Booking, BookingPart
from inventory.bookings.use_cases import book
from inventory.database import Database, open_database
from inventory.errors import SlotTaken
from tests.asgi_server import AsgiServer
from tests.booking_race import race
from tests.schools import NOW, WRITES, Schools, schools

TEACHER = Principal(3, "bj-teacher", Role.INSTRUCTOR, "BJ01")
HOUR = timedelta(hours=1)


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield built


def order(
    start: datetime = NOW + HOUR, length: timedelta = HOUR, **facts: object
) -> dict[str, object]:
    wanted = {"bench_code": "battery-01", "purpose": "class", "note": "2-1 电池检测"}
    span = {"start_at": start.isoformat(), "end_at": (start + length).isoformat()}
    return wanted | span | facts


def post(house: Schools, username: str, wanted: dict[str, object], status: int = 201) -> Any:  # noqa: ANN401 - JSON
    answer = house.client(username).post("/api/v1/bookings", json=wanted, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_an_instructor_books_a_bench_and_it_is_on_record(house: Schools) -> None:
    made = post(house, "bj-teacher", order())
    assert made["holder"] == "bj-teacher"
    assert made["organisation_code"] == "BJ01"
    assert made["station_code"] == "BJ01-T"
    listed = house.client("evaluator").get("/api/v1/bookings").json()["items"]
    assert listed == [{name: value for name, value in made.items() if name in listed[0]}]
    with house.database.read() as db:
        (entry,) = db.exec(select(AuditEntry).where(AuditEntry.entity == "booking")).all()
    assert (entry.who, entry.action, entry.organisation_code) == ("bj-teacher", "place", "BJ01")


def test_a_second_booking_of_the_same_hour_is_a_conflict_that_names_the_span(
    house: Schools,
) -> None:
    first = post(house, "bj-teacher", order())
    refused = post(house, "bj-master", order(NOW + HOUR * 1.5), status=409)
    assert refused["type"].endswith("slot-taken")
    assert refused["start_at"].startswith(first["start_at"][:19])
    assert "bj-teacher" not in str(refused)
    post(house, "bj-master", order(NOW + 2 * HOUR))


def test_a_cancelled_slot_can_be_booked_again_and_stays_as_history(house: Schools) -> None:
    made = post(house, "bj-teacher", order())
    path = f"/api/v1/bookings/{made['id']}/cancellation"
    cancelled = house.client("bj-teacher").post(path, headers=WRITES).json()
    assert cancelled["state"] == "cancelled"
    assert cancelled["cancelled_by"] == "bj-teacher"
    again = house.client("bj-master").post(path, headers=WRITES).json()
    assert again == cancelled
    post(house, "bj-master", order())
    booked = house.client("bj-master").get("/api/v1/bookings", params={"state": "booked"}).json()
    assert booked["total"] == 1


def test_what_is_over_cannot_be_cancelled(house: Schools) -> None:
    made = post(house, "bj-teacher", order())
    house.clock.move(hours=3)
    path = f"/api/v1/bookings/{made['id']}/cancellation"
    answer = house.client("bj-teacher").post(path, headers=WRITES)
    assert answer.status_code == 422


def test_a_listing_takes_bookings_that_share_a_moment_with_the_span(house: Schools) -> None:
    post(house, "bj-teacher", order())
    client = house.client("bj-teacher")

    def count(start: datetime, end: datetime) -> int:
        asked = {"from": start.isoformat(), "to": end.isoformat(), "bench": "battery-01"}
        return int(client.get("/api/v1/bookings", params=asked).json()["total"])

    assert count(NOW + 1.5 * HOUR, NOW + 1.6 * HOUR) == 1
    assert count(NOW, NOW + HOUR) == 0
    assert count(NOW + 2 * HOUR, NOW + 3 * HOUR) == 0


@pytest.mark.parametrize(
    ("username", "status"), [("visitor", 403), ("evaluator", 403), ("gx-master", 404)]
)
def test_nobody_else_books_a_bench_of_the_school(
    house: Schools, username: str, status: int
) -> None:
    post(house, username, order(), status=status)


def test_another_school_sees_no_booking_of_ours(house: Schools) -> None:
    made = post(house, "bj-teacher", order())
    client = house.client("gx-master")
    assert client.get("/api/v1/bookings").json()["total"] == 0
    assert client.get(f"/api/v1/bookings/{made['id']}").status_code == 404
    path = f"/api/v1/bookings/{made['id']}/cancellation"
    assert client.post(path, headers=WRITES).status_code == 404


def test_only_a_station_master_books_for_and_cancels_of_others(house: Schools) -> None:
    post(house, "bj-teacher", order(holder="bj-master"), status=403)
    post(house, "bj-master", order(holder="gx-master"), status=422)
    mine = post(house, "bj-master", order())
    path = f"/api/v1/bookings/{mine['id']}/cancellation"
    assert house.client("bj-teacher").post(path, headers=WRITES).status_code == 403
    theirs = post(house, "bj-master", order(NOW + 3 * HOUR, holder="bj-teacher"))
    assert theirs["holder"] == "bj-teacher"


def test_the_database_itself_refuses_a_booking_that_came_by_another_door(house: Schools) -> None:
    post(house, "bj-teacher", order())
    with house.database.read() as db:
        first = db.exec(select(BookingPart)).one()
        other = db.exec(select(Booking)).one().model_dump(exclude={"id"})

    def taking(start: datetime, end: datetime) -> None:
        with house.database.begin() as db:
            side_door = Booking.model_validate(other)
            db.add(side_door)
            db.flush()
            facts = first.model_dump(exclude={"id"}) | {"booking_id": side_door.id}
            db.add(BookingPart.model_validate(facts | {"blocked_from": start, "blocked_to": end}))

    with pytest.raises(IntegrityError, match=NO_OVERLAP):
        taking(first.blocked_from, first.blocked_to + HOUR)
    taking(first.blocked_to, first.blocked_to + HOUR)
    stretch = text(
        "UPDATE booking_part SET blocked_from = (SELECT min(blocked_from) FROM booking_part)"
    )
    with pytest.raises(IntegrityError, match=NO_OVERLAP), house.database.begin() as db:
        db.execute(stretch)


@contextmanager
def opened(url: str, count: int = 16) -> Iterator[list[Database]]:
    """As many processes would open it: each with connections of its own."""
    doors = [open_database(url) for _ in range(count)]
    yield doors
    for door in doors:
        door.close()


def test_of_many_who_want_one_slot_exactly_one_gets_it(school_url: str) -> None:
    wanted = BookingOrder.model_validate(order())
    start = threading.Barrier(16)
    with opened(school_url) as doors:

        def attempt(database: Database) -> bool:
            start.wait()
            won = 0
            for _ in range(10):
                try:
                    book(database, Desk(TEACHER, NOW), wanted)
                    won += 1
                except SlotTaken:
                    continue
            return won > 0

        with ThreadPoolExecutor(16) as threads:
            won = list(threads.map(attempt, doors))
        with doors[0].read() as db:
            assert len(db.exec(select(Booking)).all()) == 1
    assert sum(won) == 1


def test_of_many_clients_exactly_one_gets_the_slot_and_nobody_an_error(house: Schools) -> None:
    server = AsgiServer(house.app)
    try:
        found = race(server.port, ["bj-teacher", "bj-master"] * 8, order(), 240)
    finally:
        server.stop()
    assert found.statuses == {201: 1, 409: 239}
    with house.database.read() as db:
        assert len(db.exec(select(BookingPart)).all()) == 1
