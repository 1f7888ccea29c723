from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from inventory.accounts.rules import Role
from inventory.accounts.use_cases import disable_user
from inventory.app import Parts, create_app
from inventory.audit.table import AuditEntry
from inventory.database import Database
from inventory.notifications.failed import KEPT_FOR, figures, forget
from inventory.notifications.outbox import MANAGERS, Everybody, Message, put
from inventory.notifications.planning import Outreach, plan
from inventory.notifications.rules import Channel, MessageKind
from inventory.notifications.table import Delivery, MailAddress, OutboxMessage
from tests.databases import Databases
from tests.schools import NOW, USERS, WRITES, Schools, schools

REACH = Outreach(can_mail=True, bot_origins=("http://127.0.0.1:9",))
BOT_URL = "https://oapi.dingtalk.com/robot/send?access_token=TOKEN-OF-GROUP"
BOT = {"name": "值班群", "service": "dingtalk", "url": BOT_URL, "secret": "SECRET-OF-GROUP"}


def reaching(house: Schools) -> Schools:
    parts = Parts(
        house.database, house.live, passwords=house.passwords, clock=house.clock, outreach=REACH
    )
    return replace(house, app=create_app(parts))


@pytest.fixture
def house(databases: Databases, tmp_path: Any) -> Iterator[Schools]:  # noqa: ANN401 - a path
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield reaching(built)


@pytest.fixture
def house_of_both(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield reaching(built)


def tell(database: Database, kind: MessageKind = MessageKind.WORK_ORDER_OPENED, **more: Any) -> Any:  # noqa: ANN401
    facts = {"work_order_id": 5, "thing": "battery-01", "words": "绝缘报警"}
    wanted: dict[str, Any] = {
        "kind": kind,
        "organisation_code": "BJ01",
        "recipients": ["bj-teacher"],
        "facts": facts,
        "at": NOW,
    } | more
    with database.begin() as db:
        return put(db, Message(**wanted))


def inbox(client: TestClient, **query: Any) -> Any:  # noqa: ANN401
    answer = client.get("/api/v1/inbox", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def verified(database: Database, user_id: int, address: str) -> None:
    with database.begin() as db:
        db.add(MailAddress(user_id=user_id, address=address, verified_at=NOW))


def test_who_is_told_reads_it_in_either_language(house_of_both: Schools) -> None:
    assert tell(house_of_both.database) == 1
    client = house_of_both.client("bj-teacher")
    found = inbox(client)
    assert (found["total"], found["unread"]) == (1, 1)
    (item,) = found["items"]
    assert item["title"] == "新报修 #5：battery-01"
    assert item["lines"] == ["内容：绝缘报警"]
    assert item["path"] == "/repairs?order=5"
    assert item["read_at"] is None
    english = inbox(client, lang="en")["items"][0]["title"]
    assert english == "New work order #5: battery-01"


def test_nobody_reads_the_messages_of_others(house: Schools) -> None:
    tell(house.database)
    for username in USERS.keys() - {"bj-teacher"}:
        assert inbox(house.client(username))["total"] == 0, username
    number = inbox(house.client("bj-teacher"))["items"][0]["id"]
    for username in ("gx-master", "visitor", "evaluator", "bj-master"):
        answer = house.client(username).post(
            "/api/v1/inbox/read", json={"ids": [number]}, headers=WRITES
        )
        assert answer.status_code == 404
    assert inbox(house.client("bj-teacher"))["unread"] == 1


def test_roles_are_people_once_and_who_did_it_is_not_told(house_of_both: Schools) -> None:
    database = house_of_both.database
    everybody = Everybody("BJ01", (*MANAGERS, Role.INSTRUCTOR))
    assert tell(database, recipients=["bj-teacher", everybody, "nobody"]) == 3
    assert tell(database, recipients=[everybody], done_by="bj-master") == 2
    disable_user(database, "bj-teacher", who="test")
    assert tell(database, recipients=[everybody]) == 2
    assert inbox(house_of_both.client("gx-master"))["total"] == 0


def test_the_same_news_is_told_once(house_of_both: Schools) -> None:
    database = house_of_both.database
    assert tell(database, dedupe_key="work_orders:5") == 1
    assert tell(database, dedupe_key="work_orders:5") is None
    assert tell(database, dedupe_key="work_orders:6" + "x" * 400) == 1
    assert tell(database, dedupe_key="work_orders:6" + "x" * 400) is None
    assert inbox(house_of_both.client("bj-teacher"))["total"] == 2


def test_what_is_rolled_back_was_never_told(house: Schools) -> None:
    def fail() -> None:
        with house.database.begin() as db:
            put(db, Message(MessageKind.BOOKING_APPROVED, "BJ01", ["bj-teacher"], {}, NOW))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert inbox(house.client("bj-teacher"))["total"] == 0


def test_messages_are_marked_read_by_number_and_up_to_one(house_of_both: Schools) -> None:
    for _ in range(4):
        tell(house_of_both.database)
    client = house_of_both.client("bj-teacher")
    numbers = [item["id"] for item in inbox(client)["items"]]
    assert numbers == sorted(numbers, reverse=True)

    def read(**order: object) -> Any:  # noqa: ANN401
        return client.post("/api/v1/inbox/read", json=order, headers=WRITES).json()

    assert read(ids=numbers[:1]) == 1
    assert read(ids=numbers[:1]) == 0
    assert read(up_to=numbers[2]) == 2
    left = inbox(client, unread=True)
    assert [item["id"] for item in left["items"]] == [numbers[1]]
    assert inbox(client, unread=False, limit=1)["next"] == 1


def test_an_api_key_reads_the_inbox_and_marks_nothing(house: Schools) -> None:
    tell(house.database)
    client = house.client("bj-teacher")
    key = client.post("/api/v1/api-keys", json={"name": "x"}, headers=WRITES).json()["key"]
    bare = house.client()
    bare.headers["Authorization"] = f"Bearer {key}"
    assert inbox(bare)["unread"] == 1
    answer = bare.post("/api/v1/inbox/read", json={"up_to": 99})
    assert answer.status_code == 403
    assert bare.patch("/api/v1/notifications/preferences", json={}).status_code == 403


def test_preferences_start_with_defaults_and_keep_what_is_said(house_of_both: Schools) -> None:
    client = house_of_both.client("visitor")
    path = "/api/v1/notifications/preferences"
    before = client.get(path).json()
    assert (before["quiet_from"], before["quiet_until"], before["digest_at"]) == (
        *("22:00", "07:00"),
        "07:30",
    )
    assert before["address"] is None
    kinds = {one["kind"]: one["timing"] for one in before["kinds"]}
    assert kinds["reminder_due"] == "digest"
    assert kinds["booking_displaced"] == "at_once"
    assert "address_check" not in kinds
    change = {"language": "en", "quiet_from": "21:30", "timings": {"reminder_due": "off"}}
    assert client.patch(path, json=change, headers=WRITES).status_code == 200
    change = {"timings": {"booking_approved": "digest"}}
    after = client.patch(path, json=change, headers=WRITES).json()
    kinds = {one["kind"]: one["timing"] for one in after["kinds"]}
    assert (after["language"], after["quiet_from"]) == ("en", "21:30")
    assert (kinds["reminder_due"], kinds["booking_approved"]) == ("off", "digest")
    reset = client.patch(path, json={"timings": {"reminder_due": None}}, headers=WRITES)
    kinds = {one["kind"]: one["timing"] for one in reset.json()["kinds"]}
    assert kinds["reminder_due"] == "digest"
    with house_of_both.database.read() as db:
        entries = db.exec(
            select(AuditEntry).where(AuditEntry.entity == "notification_preferences")
        ).all()
    assert [one.who for one in entries] == ["visitor"] * 3


@pytest.mark.parametrize(
    "change",
    [
        {"quiet_from": "24:00"},
        {"digest_at": "7:30"},
        {"language": "fr"},
        {"timings": {"address_check": "off"}},
        {"timings": {"nonsense": "off"}},
        {"timings": {"booking_approved": "weekly"}},
        {"user_id": 1},
    ],
)
def test_preferences_that_make_no_sense_are_refused(house: Schools, change: Any) -> None:  # noqa: ANN401
    path = "/api/v1/notifications/preferences"
    client = house.client("bj-teacher")
    assert client.patch(path, json=change, headers=WRITES).status_code == 422


def code_of(house: Schools, username: str) -> str:
    with house.database.read() as db:
        row = db.exec(select(MailAddress)).one()
        assert row.code is not None, username
        return row.code


def ask(client: TestClient, address: str = "zhang.wei@example.edu.cn") -> Any:  # noqa: ANN401
    body = {"address": address}
    return client.put("/api/v1/notifications/address", json=body, headers=WRITES)


def answer_code(client: TestClient, code: str) -> int:
    path = "/api/v1/notifications/address/code"
    return client.post(path, json={"code": code}, headers=WRITES).status_code


def test_an_address_counts_once_its_code_came_back(house: Schools) -> None:
    client = house.client("bj-teacher")
    assert answer_code(client, "000000") == 404
    asked = ask(client).json()
    assert (asked["address"], asked["is_verified"]) == ("zhang.wei@example.edu.cn", False)
    code = code_of(house, "bj-teacher")
    assert code not in str(asked)
    wrong = "111111" if code != "111111" else "222222"
    assert answer_code(client, wrong) == 422
    assert answer_code(client, f" {code} ") == 200
    assert client.get("/api/v1/notifications/preferences").json()["is_verified"] is True
    assert ask(client).json()["is_verified"] is True
    assert ask(client, "other@example.edu.cn").json()["is_verified"] is False
    with house.database.read() as db:
        trail = str([(e.old, e.new) for e in db.exec(select(AuditEntry)).all()])
    assert "zhang.wei" not in trail
    assert code not in trail
    path = "/api/v1/notifications/address"
    assert client.delete(path, headers=WRITES).status_code == 204
    assert client.delete(path, headers=WRITES).status_code == 404


def test_a_code_ends_after_some_tries_and_after_half_an_hour(house: Schools) -> None:
    client = house.client("bj-teacher")
    ask(client)
    code = code_of(house, "bj-teacher")
    wrong = "111111" if code != "111111" else "222222"
    assert {answer_code(client, wrong) for _ in range(5)} == {422}
    assert answer_code(client, code) == 422
    ask(client)
    house.clock.move(minutes=31)
    assert answer_code(house.client("bj-teacher"), code_of(house, "bj-teacher")) == 422


def test_nobody_floods_a_mailbox_with_codes(house: Schools) -> None:
    client = house.client("bj-teacher")
    answers = [ask(client, f"a{one}@example.edu.cn").status_code for one in range(6)]
    assert answers == [202] * 5 + [429]
    client.delete("/api/v1/notifications/address", headers=WRITES)
    assert ask(client).status_code == 429
    house.clock.move(days=1)
    assert ask(house.client("bj-teacher")).status_code == 202


def test_a_line_break_in_an_address_is_refused(house: Schools) -> None:
    answer = ask(house.client("bj-teacher"), "a@example.cn\r\nBcc: b@example.cn")
    assert answer.status_code == 422


def test_without_a_mail_server_nobody_is_promised_mail(
    databases: Databases,
    tmp_path: Any,  # noqa: ANN401
) -> None:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        client = built.client("bj-teacher")
        assert client.get("/api/v1/notifications/preferences").json()["can_mail"] is False
        assert ask(client).status_code == 409


def test_a_group_is_told_and_its_address_is_shown_to_nobody(house_of_both: Schools) -> None:
    house = house_of_both
    client = house.client("bj-master")
    made = client.post("/api/v1/group-bots", json=BOT, headers=WRITES)
    assert made.status_code == 201, made.text
    listed = client.get("/api/v1/group-bots")
    (bot,) = listed.json()["items"]
    assert (bot["host"], bot["is_signed"]) == ("oapi.dingtalk.com", True)
    assert "work_order_opened" in bot["kinds"]
    changed = client.patch(
        f"/api/v1/group-bots/{bot['id']}", json={"kinds": ["alert_opened"]}, headers=WRITES
    )
    assert changed.json()["kinds"] == ["alert_opened"]
    with house.database.read() as db:
        trail = str([(e.old, e.new) for e in db.exec(select(AuditEntry)).all()])
    for text in (made.text, listed.text, changed.text, trail):
        assert "TOKEN-OF-GROUP" not in text
        assert "SECRET-OF-GROUP" not in text
    tell(house.database)
    tell(house.database, MessageKind.ALERT_OPENED, facts={"alert_kind": "clock_off"})
    tell(house.database, MessageKind.ALERT_OPENED, organisation_code="GX02")
    assert plan(house.database, REACH, NOW) == 3
    with house.database.read() as db:
        (delivery,) = db.exec(select(Delivery)).all()
    assert delivery.channel is Channel.WEBHOOK
    assert client.get("/api/v1/group-bots").json()["items"][0]["waiting"] == 1
    path = f"/api/v1/group-bots/{bot['id']}"
    assert client.delete(path, headers=WRITES).status_code == 204
    assert client.patch(path, json={}, headers=WRITES).status_code == 404


def test_groups_are_the_affair_of_their_own_station_master(house: Schools) -> None:
    made = house.client("bj-master").post("/api/v1/group-bots", json=BOT, headers=WRITES)
    path = f"/api/v1/group-bots/{made.json()['id']}"
    other = house.client("gx-master")
    assert other.get("/api/v1/group-bots").json()["total"] == 0
    assert other.patch(path, json={"name": "x"}, headers=WRITES).status_code == 404
    assert other.delete(path, headers=WRITES).status_code == 404
    assert other.post(f"{path}/test", headers=WRITES).status_code == 404
    for username in ("visitor", "evaluator", "bj-teacher"):
        client = house.client(username)
        assert client.get("/api/v1/group-bots").status_code == 403
        assert client.post("/api/v1/group-bots", json=BOT, headers=WRITES).status_code == 403
        assert client.delete(path, headers=WRITES).status_code == 403
        assert client.get("/api/v1/notifications/failed").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://oapi.dingtalk.com/robot/send?access_token=1"},
        {"url": "https://127.0.0.1/robot/send?access_token=1"},
        {"url": BOT_URL.replace("oapi.dingtalk.com", "open.feishu.cn")},
        {"service": "slack"},
        {"secret": "a\nb"},
        {"kinds": ["address_check"]},
        {"name": ""},
    ],
)
def test_a_group_elsewhere_is_refused(house: Schools, wrong: dict[str, object]) -> None:
    client = house.client("bj-master")
    answer = client.post("/api/v1/group-bots", json=BOT | wrong, headers=WRITES)
    assert answer.status_code == 422
    assert "TOKEN-OF-GROUP" not in answer.text


def test_mail_is_planned_by_what_each_reader_wants(house_of_both: Schools) -> None:
    house = house_of_both
    ids = {"bj-admin": 1, "bj-master": 2, "bj-teacher": 3}
    for username, user_id in ids.items():
        verified(house.database, user_id, f"{username}@example.edu.cn")
    path = "/api/v1/notifications/preferences"
    for username, timing in (("bj-admin", "off"), ("bj-master", "digest")):
        change = {"timings": {"work_order_opened": timing}}
        house.client(username).patch(path, json=change, headers=WRITES)
    tell(house.database, recipients=[*ids, "gx-master"])
    assert plan(house.database, REACH, NOW) == 1
    assert plan(house.database, REACH, NOW) == 0
    with house.database.read() as db:
        rows = db.exec(select(Delivery).order_by(col(Delivery.user_id))).all()
    digest_at = NOW.replace(hour=23, minute=30)
    assert [(row.user_id, row.not_before_at) for row in rows] == [(2, digest_at), (3, NOW)]


def test_figures_count_what_waits_and_old_messages_are_forgotten(house_of_both: Schools) -> None:
    database = house_of_both.database
    verified(database, 3, "bj-teacher@example.edu.cn")
    tell(database)
    with database.read() as db:
        found = figures(db, NOW)
    assert (found.unplanned, found.oldest_due_at) == (1, NOW)
    plan(database, REACH, NOW)
    later = NOW + KEPT_FOR + timedelta(days=1)
    with database.read() as db:
        found = figures(db, later)
    assert (found.waiting[Channel.EMAIL], found.oldest_due_at) == (1, NOW)
    assert forget(database, later) == 0, "it waits"
    with database.begin() as db:
        for row in db.exec(select(Delivery)).all():
            db.delete(row)
    assert forget(database, later) == 1
    with database.read() as db:
        assert db.exec(select(OutboxMessage)).all() == []
