"""Use in nobody's booking as the API tells it and station masters settle it, on both databases."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import col, select

from inventory.accounts.table import User
from inventory.audit.table import AuditEntry
from inventory.bookings.rules import BookingState
from inventory.notifications.rules import MessageKind
from inventory.notifications.table import InboxEntry, OutboxMessage
from inventory.unbooked_use.telling import tell_unbooked_use
from inventory.work_orders.rules import WorkOrderState, WorkOrderStep
from stationmaster.unbooked_watch import UnbookedWatch
from tests.measured_use import HOUR, MONDAY, at, book, repair, used
from tests.schools import NOW, WRITES, Schools, schools

DAY = f"from={MONDAY}&to={MONDAY}"
PATH = "/api/v1/utilisation/unbooked"
BENCH = "battery-01"
NOTE = {"bench_code": BENCH, "belongs_to": " 王老师 ", "purpose": "class", "words": "补课"}


@pytest.fixture(scope="module")
def house(shared_school_url: str) -> Iterator[Schools]:
    with schools(shared_school_url) as built:
        fill(built)
        yield built


def fill(house: Schools) -> None:
    with house.database.begin() as db:
        for row in (
            used(BENCH, 8.5, 10.25),
            used(BENCH, 12, 12.25),
            used(BENCH, 12.2, 12.5),
            used(BENCH, 15, 15.005),
            used(BENCH, 16.5, 16.75),
            used(BENCH, 20.5, 21.5),
            used("motor-01", 9, 10),
            used("motor-01", 39.5, None, heard=40),
            used("battery-02", 8, 8.1),
        ):
            db.add(row)
    book(house, BENCH, (8, 10), title="电池检测")
    book(house, BENCH, (12, 13), state=BookingState.CANCELLED)
    book(house, BENCH, (12.6, 13.6))
    book(house, BENCH, (16, 17), state=BookingState.RELEASED, cancelled_at=at(16.25))
    done = WorkOrderState.DONE
    repair(
        house,
        "motor-01",
        (8, WorkOrderStep.OPEN, WorkOrderState.REPORTED),
        (9.5, WorkOrderStep.DONE, done),
    )


def ask(house: Schools, query: str = DAY, username: str = "bj-master", status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = house.client(username).get(f"{PATH}?{query}")
    assert answer.status_code == status, answer.text
    return answer.json()


def settle(
    house: Schools, moment: datetime, username: str = "bj-master", status: int = 201, **more: object
) -> Any:  # noqa: ANN401 - JSON
    order = NOTE | {"at": moment.isoformat()} | more
    answer = house.client(username).post(f"{PATH}/notes", json=order, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def withdraw(house: Schools, number: int, username: str = "bj-master") -> int:
    answer = house.client(username).delete(f"{PATH}/notes/{number}", headers=WRITES)
    return int(answer.status_code)


def hour_of(moment: str) -> float:
    return (datetime.fromisoformat(moment) - at(0)) / HOUR


def told(found: Any) -> list[tuple[str, float, float, list[str]]]:  # noqa: ANN401 - JSON
    return [
        (
            one["bench"],
            round(hour_of(one["start_at"]), 3),
            round(hour_of(one["end_at"]), 3),
            [cause["kind"] for cause in one["causes"]],
        )
        for one in found["items"]
    ]


def test_each_stretch_is_told_with_what_may_explain_it(house: Schools) -> None:
    found = ask(house)
    assert told(found) == [
        (BENCH, 20.5, 21.5, ["outside_hours"]),
        (BENCH, 16.5, 16.75, ["given_back"]),
        (BENCH, 12, 12.5, ["given_back", "early"]),
        (BENCH, 10, 10.25, ["overrun"]),
        ("motor-01", 9, 10, ["work_order"]),
    ]
    late, _, noon, over, _ = found["items"]
    assert late["causes"][0]["seconds"] == 1800
    assert [one["usage_id"] for one in noon["usage_sessions"]] == ["u-12", "u-12.2"]
    assert hour_of(over["usage_sessions"][0]["start_at"]) == 8.5
    assert over["causes"][0]["title"] == "电池检测"
    timeline = house.client("bj-master").get(over["timeline"]).json()
    assert [one["usage_id"] for one in timeline["usage_sessions"]] == ["u-8.5"]


def test_the_sums_are_those_of_the_figures_and_short_ones_are_counted(house: Schools) -> None:
    found = ask(house)
    figures = house.client("bj-master").get(f"/api/v1/utilisation/figures?{DAY}").json()
    assert found["seconds"] == figures["total"]["unbooked_used_s"]
    assert (found["short"], found["short_s"]) == (1, 18)
    assert found["seconds"] == 18 + sum(one["seconds"] for one in found["items"])
    assert ask(house, f"{DAY}&shortest_s=0")["total"] == 6


def test_who_comes_after_a_slot_was_released_is_unbooked_and_no_show_at_once(
    house: Schools,
) -> None:
    found = house.client("bj-master").get(f"/api/v1/utilisation/benches/{BENCH}?{DAY}").json()
    (released,) = [one for one in found["bookings"] if one["start_at"] == "2026-11-30T08:00:00Z"]
    assert (released["outcome"], released["used_s"]) == ("no_show", 0)


def test_rigs_and_pages_are_chosen(house: Schools) -> None:
    page = ask(house, f"{DAY}&limit=1&offset=1")
    assert (told(page)[0][1], page["total"], page["next"]) == (16.5, 5, 2)
    assert {one["bench"] for one in ask(house, f"{DAY}&bench=motor-01")["items"]} == {"motor-01"}
    assert ask(house, f"{DAY}&station=BJ01-E")["items"] == []
    ask(house, "from=2026-12-01&to=2026-11-30", status=422)


def test_everybody_sees_the_own_benches_alone_and_visitors_nothing(house: Schools) -> None:
    assert ask(house, username="bj-teacher")["total"] == ask(house, username="evaluator")["total"]
    assert [one[0] for one in told(ask(house, username="gx-master"))] == ["battery-02"]
    ask(house, username="visitor", status=403)
    ask(house, f"{DAY}&bench={BENCH}", "gx-master", 404)


def test_only_the_schools_own_station_master_says_whose_it_was(house: Schools) -> None:
    for username in ("bj-teacher", "evaluator", "visitor"):
        settle(house, at(21), username, 403)
    foreign = settle(house, at(21), "gx-master", 404)
    unknown = settle(house, at(21), "gx-master", 404, bench_code="battery-99")
    assert foreign["type"] == unknown["type"]
    settle(house, at(21), status=422, belongs_to="  ")


def test_a_settled_stretch_stays_settled_when_late_rows_move_its_ends(house: Schools) -> None:
    before = ask(house)
    note = settle(house, at(21))
    assert (note["belongs_to"], hour_of(note["end_at"])) == ("王老师", 21.5)
    with house.database.begin() as db:
        db.add(used(BENCH, 20.49, 20.6))
    found = ask(house)
    late = found["items"][0]
    assert (late["is_settled"], late["notes"][0]["words"]) == (True, "补课")
    assert found["explained_s"] == 3600
    assert found["seconds"] > before["seconds"]
    assert ask(house, f"{DAY}&settled=true")["total"] == 1
    assert ask(house, f"{DAY}&settled=false")["total"] == 4
    again = settle(house, at(21), purpose="other")
    assert [one["id"] for one in ask(house)["items"][0]["notes"]] == [again["id"]]
    assert withdraw(house, again["id"], "gx-master") == withdraw(house, note["id"]) == 404
    assert withdraw(house, again["id"], "bj-teacher") == 403
    assert withdraw(house, again["id"]) == 204
    assert ask(house)["explained_s"] == 0
    with house.database.read() as db:
        trail = select(AuditEntry.action).where(AuditEntry.entity == "use_note")
        actions = db.exec(trail.order_by(col(AuditEntry.id))).all()
    assert actions == ["explained", "withdrawn", "explained", "withdrawn"]


def test_what_was_booked_or_goes_on_can_t_be_settled(house: Schools) -> None:
    assert settle(house, at(9), status=422)["type"].endswith("nothing-unbooked")
    assert settle(house, at(60), status=422)["type"].endswith("nothing-unbooked")
    refused = settle(house, at(39.75), status=422, bench_code="motor-01")
    assert refused["type"].endswith("use-goes-on")
    assert "结束后" in refused["zh"]
    (running,) = ask(house, "from=2026-12-01&to=2026-12-01&bench=motor-01")["items"]
    assert running["is_open"]


def test_station_masters_hear_once_of_yesterdays_unexplained_use(house: Schools) -> None:
    early = NOW.replace(hour=21) - 24 * HOUR
    UnbookedWatch(house.database)(early)
    assert heard(house) == []
    settle(house, at(12.1))
    watch = UnbookedWatch(house.database)
    watch(NOW)
    watch(NOW)
    assert tell_unbooked_use(house.database, NOW) == 0
    # six minutes of the other school are nobody's errand
    assert heard(house) == ["bj-admin", "bj-master"]
    with house.database.read() as db:
        query = select(OutboxMessage).where(OutboxMessage.kind == MessageKind.UNBOOKED_USE)
        (message,) = db.exec(query).all()
    assert message.facts["day"] == str(MONDAY)
    assert message.facts["benches"] == ["台架 battery-01", "台架 motor-01"]
    # 20:29 to 21:30, 16:30 to 16:45, 10:00 to 10:15 and 9:00 to 10:00; what is settled is not told
    assert message.facts["minutes"] == 60 + 15 + 15 + 60


def heard(house: Schools) -> list[str]:
    query = (
        select(User.username)
        .join(InboxEntry, col(InboxEntry.user_id) == col(User.id))
        .join(OutboxMessage, col(OutboxMessage.id) == col(InboxEntry.message_id))
        .where(OutboxMessage.kind == MessageKind.UNBOOKED_USE)
    )
    with house.database.read() as db:
        return sorted(db.exec(query).all())
