import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlmodel import col, select
from typer.testing import CliRunner

from inventory.accounts.rules import Principal, Role
from inventory.benches.live_memory import MemoryLiveBenches
from inventory.data_health.source import MemoryTransport
from inventory.data_health.use_cases import Sources
from inventory.database import Database, open_database
from inventory.notifications.addresses import set_address
from inventory.notifications.bots import BotService, Outcome
from inventory.notifications.delivering import BOT_RESTS, Parcel, claim, settle
from inventory.notifications.failed import failed, retry
from inventory.notifications.letters import Letter
from inventory.notifications.outbox import Message, put
from inventory.notifications.planning import Outreach, plan
from inventory.notifications.rules import LEASE_LASTS, PAUSES, Channel, DeliveryState, MessageKind
from inventory.notifications.table import Delivery, GroupBot, InboxEntry, MailAddress
from inventory.notifications.targets import BotAddress, Target
from inventory.notifications.wording import Language
from stationmaster.cli_notifications import notifications_app
from stationmaster.delivering import Deliverer
from stationmaster.house_metrics import HouseFigures
from stationmaster.mailing import BadMailSettings, MailDoor, MailSetup, mail_setup
from stationmaster.settings import Settings
from stationmaster.telling_groups import BotDoor
from tests.databases import Databases
from tests.mail_servers import BotServer, Mailbox, running_mailbox
from tests.schools import NOW, Clock

REACH = Outreach(can_mail=True)
BASE = "https://zhan.example.edu.cn"
SENDER = "zhanzhang@school.example.cn"


@pytest.fixture
def database(databases: Databases, tmp_path: Path) -> Iterator[Database]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url:
        opened = open_database(url)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def post_office() -> Iterator[tuple[Mailbox, Controller]]:
    mailbox = Mailbox()
    controller = running_mailbox(mailbox)
    yield mailbox, controller
    controller.stop()


@pytest.fixture
def mailbox(post_office: tuple[Mailbox, Controller]) -> Mailbox:
    found = post_office[0]
    found.mails, found.answers, found.on_mail = [], [], lambda: None
    return found


@pytest.fixture
def setup(post_office: tuple[Mailbox, Controller]) -> MailSetup:
    return MailSetup("127.0.0.1", post_office[1].port, "none", SENDER, BASE)


@pytest.fixture
def bot_server() -> Iterator[BotServer]:
    server = BotServer()
    yield server
    server.stop()


def listen_to(database: Database, *, at: datetime = NOW) -> None:
    with database.begin() as db:
        db.add(MailAddress(user_id=3, address="teacher@example.edu.cn", verified_at=at))


def tell(database: Database, number: int = 5, at: datetime = NOW, **more: Any) -> None:  # noqa: ANN401
    facts = {"work_order_id": number, "thing": "battery-01", "words": "x\r\nBcc: a@b.cn"}
    wanted: dict[str, Any] = {
        "kind": MessageKind.WORK_ORDER_OPENED,
        "organisation_code": "BJ01",
        "recipients": ["bj-teacher"],
        "facts": facts,
        "at": at,
    } | more
    with database.begin() as db:
        put(db, Message(**wanted))


def deliverer(database: Database, setup: MailSetup, clock: Clock) -> Deliverer:
    return Deliverer(database, Channel.EMAIL, MailDoor(setup, clock), REACH, clock=clock)


def rows(database: Database) -> list[Delivery]:
    with database.read() as db:
        return list(db.exec(select(Delivery).order_by(col(Delivery.id))).all())


def test_a_message_becomes_a_mail_with_its_calendar_and_one_id(
    database: Database, mailbox: Mailbox, setup: MailSetup
) -> None:
    listen_to(database)
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    tell(database, attach_ics=calendar)
    assert deliverer(database, setup, Clock()).look() == 1
    (mail,) = mailbox.mails
    assert mail["To"] == "teacher@example.edu.cn"
    assert mail["Subject"] == "新报修 #5：battery-01"
    assert mail["Bcc"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    (row,) = rows(database)
    assert mail["Message-ID"] == f"<{row.batch}@school.example.cn>"
    body = mail.get_body()
    assert body is not None
    assert "内容：x Bcc: a@b.cn" in body.get_content()
    assert f"{BASE}/repairs?order=5" in body.get_content()
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "REQUEST"
    assert attached.get_content().splitlines() == calendar.splitlines()
    assert row.state is DeliveryState.SENT


def test_what_waited_for_the_morning_is_one_mail_without_what_was_read(
    database: Database, mailbox: Mailbox, setup: MailSetup
) -> None:
    night = NOW.replace(hour=15)
    listen_to(database)
    for number in (1, 2, 3):
        tell(database, number, night)
    clock = Clock(night)
    post = deliverer(database, setup, clock)
    assert post.look() == 0
    with database.begin() as db:
        entry = db.exec(select(InboxEntry).order_by(col(InboxEntry.message_id))).first()
        assert entry is not None
        entry.read_at = night
        db.add(entry)
    clock.move(hours=8)
    assert post.look() == 1
    (mail,) = mailbox.mails
    assert mail["Subject"] == "站长：2 条消息"
    states = [row.state for row in rows(database)]
    assert states == [DeliveryState.WITHDRAWN, DeliveryState.SENT, DeliveryState.SENT]


def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(
    database: Database, mailbox: Mailbox, setup: MailSetup
) -> None:
    listen_to(database)
    tell(database)
    mailbox.answers = ["451 later", "554 no such thing"]
    clock = Clock()
    post = deliverer(database, setup, clock)
    post.look()
    (row,) = rows(database)
    assert (row.state, row.reason) == (DeliveryState.WAITING, "SMTP 451: later")
    assert row.not_before_at == NOW + PAUSES[0]
    assert post.look() == 0
    clock.move(minutes=1)
    assert post.look() == 1
    (row,) = rows(database)
    assert (row.state, row.reason) == (DeliveryState.DEAD, "SMTP 554: no such thing")
    with database.read() as db:
        (found,), total = failed(db, None, offset=0, limit=10)
    assert (found.to, found.reason, total) == ("bj-teacher", row.reason, 1)
    retry(database, None, found.id, now=clock.at)
    assert post.look() == 1
    assert mailbox.mails[0]["Message-ID"] == f"<{row.batch}@school.example.cn>"
    assert rows(database)[0].state is DeliveryState.SENT


def test_a_server_that_is_away_is_waited_for_and_then_given_up(
    database: Database, free_port: int
) -> None:
    listen_to(database)
    tell(database)
    clock = Clock()
    away = MailSetup("127.0.0.1", free_port, "none", SENDER, BASE)
    post = deliverer(database, away, clock)
    tries = 0
    while rows(database) == [] or rows(database)[0].state is DeliveryState.WAITING:
        tries += post.look()
        clock.move(hours=13)
    (row,) = rows(database)
    assert tries == row.attempts == len(PAUSES) + 1
    assert row.state is DeliveryState.DEAD
    assert "ConnectionRefusedError" in row.reason


def test_a_code_is_mailed_to_the_address_it_is_to_prove(
    database: Database, mailbox: Mailbox, setup: MailSetup
) -> None:
    caller = Principal(3, "bj-teacher", Role.INSTRUCTOR, "BJ01")
    set_address(database, caller, "new@example.edu.cn", REACH, now=NOW)
    tell(database)
    assert deliverer(database, setup, Clock()).look() == 1
    (mail,) = mailbox.mails
    with database.read() as db:
        code = db.get_one(MailAddress, 3).code
    assert code is not None
    assert mail["To"] == "new@example.edu.cn"
    assert code in mail["Subject"]


def test_two_processes_never_have_the_same_parcel(school_url: str) -> None:
    opened = open_database(school_url)
    try:
        listen_to(opened)
        for number in range(3):
            tell(opened, number, attach_ics="x")
        plan(opened, REACH, NOW)
        parcel = claim(opened, Channel.EMAIL, NOW)
        assert parcel is not None
        assert len(parcel.letters) == 3
        assert claim(opened, Channel.EMAIL, NOW) is None
        later = NOW + LEASE_LASTS
        again = claim(opened, Channel.EMAIL, later)
        assert again is not None
        assert (again.batch, again.delivery_ids) == (parcel.batch, parcel.delivery_ids)
        settle(opened, parcel, Outcome(is_sent=False, reason="late", is_final=True), later)
        assert {row.state for row in rows(opened)} == {DeliveryState.WAITING}
        settle(opened, again, Outcome(is_sent=True), later)
        assert {row.state for row in rows(opened)} == {DeliveryState.SENT}
        settle(opened, parcel, Outcome(is_sent=False, reason="late"), later)
        assert {row.state for row in rows(opened)} == {DeliveryState.SENT}
    finally:
        opened.close()


def bot_row(database: Database, server: BotServer, service: str = "dingtalk") -> None:
    url = f"{server.origin}/robot/send?access_token=TOKEN-OF-GROUP"
    with database.begin() as db:
        db.add(
            GroupBot(
                organisation_code="BJ01",
                name="值班群",
                service=service,
                language="zh",
                url=url,
                secret="SECRET-OF-GROUP",
                created_at=NOW,
                created_by="bj-master",
            )
        )


def test_a_group_is_told_in_one_text_and_not_too_often(
    database: Database, bot_server: BotServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bot_row(database, bot_server)
    clock = Clock()
    door = BotDoor(BASE, (bot_server.origin,), clock)
    post = Deliverer(database, Channel.WEBHOOK, door, REACH, clock=clock)
    tell(database, 1)
    tell(database, 2)
    assert post.look() == 1
    (body,) = bot_server.texts
    assert body["text"]["content"].count("新报修") == 2
    assert "&timestamp=" in bot_server.paths[0]
    tell(database, 3)
    assert post.look() == 0, "the bot rests"
    clock.move(seconds=BOT_RESTS.total_seconds())
    assert post.look() == 1
    for secret in ("TOKEN-OF-GROUP", "SECRET-OF-GROUP"):
        assert secret not in caplog.text
    door.close()


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ((302, b""), DeliveryState.DEAD, "HTTP 302"),
        ((500, b""), DeliveryState.WAITING, "HTTP 500"),
        ((200, b"x" * 100_000), DeliveryState.WAITING, "HTTP 200"),
        (
            (200, json.dumps({"errcode": 300001, "errmsg": "TOKEN-OF-GROUP bad"}).encode()),
            DeliveryState.DEAD,
            "dingtalk 300001: *** bad",
        ),
    ],
)
def test_a_group_that_does_not_answer_well_is_no_success_and_leads_nowhere(
    database: Database,
    bot_server: BotServer,
    answer: tuple[int, bytes],
    state: DeliveryState,
    reason: str,
) -> None:
    bot_row(database, bot_server)
    bot_server.answers = [answer]
    tell(database)
    door = BotDoor(BASE, (bot_server.origin,), Clock())
    Deliverer(database, Channel.WEBHOOK, door, REACH, clock=Clock()).look()
    door.close()
    assert len(bot_server.paths) == 1, "redirects are not followed"
    (row,) = rows(database)
    assert (row.state, row.reason) == (state, reason)


def test_an_address_that_is_trusted_no_more_is_not_called(
    database: Database, bot_server: BotServer
) -> None:
    bot_row(database, bot_server)
    tell(database)
    door = BotDoor(BASE, (), Clock())
    Deliverer(database, Channel.WEBHOOK, door, REACH, clock=Clock()).look()
    door.close()
    assert bot_server.paths == []
    (row,) = rows(database)
    assert row.state is DeliveryState.DEAD
    assert "expected" in row.reason


CHILD = """
import sys
from inventory.database import open_database
from inventory.notifications.planning import Outreach
from inventory.notifications.rules import Channel
from inventory.notifications.targets import BotAddress, Target
from inventory.notifications.wording import Language
from stationmaster.cli_notifications import notifications_app
from stationmaster.delivering import Deliverer
from stationmaster.house_metrics import HouseFigures
from stationmaster.mailing import MailDoor, MailSetup
from tests.schools import Clock
url, port, sender, base = sys.argv[1:]
door = MailDoor(MailSetup("127.0.0.1", int(port), "none", sender, base), Clock())
Deliverer(open_database(url), Channel.EMAIL, door, Outreach(can_mail=True), clock=Clock()).look()
"""


def test_killed_between_sending_and_writing_it_down_the_same_mail_comes_again(
    databases: Databases, tmp_path: Path, mailbox: Mailbox, setup: MailSetup, root: Path
) -> None:
    with databases.fresh("sqlite", "furnished", tmp_path) as url:
        opened = open_database(url)
        listen_to(opened)
        tell(opened)
        arrived, killed = threading.Event(), threading.Event()

        def hold() -> None:
            # the server has the mail and has not said so yet: the worst moment to die
            arrived.set()
            killed.wait(20)

        mailbox.on_mail = hold
        words = [sys.executable, "-c", CHILD, url, str(setup.port), SENDER, BASE]
        with subprocess.Popen(words, cwd=root) as child:
            assert arrived.wait(60)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            killed.set()
        mailbox.on_mail = lambda: None
        clock = Clock()
        post = deliverer(opened, setup, clock)
        assert post.look() == 0, "the lease of the dead one still runs"
        clock.move(seconds=LEASE_LASTS.total_seconds())
        assert post.look() == 1
        first, second = mailbox.mails
        assert first["Message-ID"] == second["Message-ID"]
        assert rows(opened)[0].state is DeliveryState.SENT
        assert post.look() == 0
        opened.close()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"smtp_user": "me"}, "SMTP_FROM"),
        ({"smtp_from": "a@b.cn\r\nX: y"}, "SMTP_FROM"),
        ({"smtp_from": "a@b.cn", "smtp_user": "me", "smtp_security": "none"}, "SMTP_SECURITY"),
    ],
)
def test_settings_of_mail_that_contradict_each_other_are_named(
    wrong: dict[str, Any], named: str
) -> None:
    with pytest.raises(BadMailSettings, match=named):
        mail_setup(Settings(smtp_host="mail.example.edu.cn", **wrong))
    assert mail_setup(Settings(**wrong)) is None


def test_the_thread_delivers_soon_and_ends_when_told(
    database: Database, mailbox: Mailbox, setup: MailSetup
) -> None:
    listen_to(database)
    came = threading.Event()
    mailbox.on_mail = came.set
    clock = Clock(NOW + timedelta(minutes=1))
    door = MailDoor(setup, clock)
    post = Deliverer(database, Channel.EMAIL, door, REACH, clock=clock, look_every_s=0.05)
    post.start()
    tell(database)
    assert came.wait(20)
    post.stop()
    assert rows(database)[0].state is DeliveryState.SENT


def test_a_known_host_that_leads_into_a_private_network_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def resolved(*_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(2, 1, 6, "", ("10.0.0.7", 443))]

    monkeypatch.setattr("socket.getaddrinfo", resolved)
    url = "https://oapi.dingtalk.com/robot/send?access_token=1"
    target = Target(Language.ZH, bot=BotAddress(BotService.DINGTALK, url, ""))
    letter = Letter(1, MessageKind.CHANNEL_TEST, {"by": "x"}, NOW)
    door = BotDoor(BASE, (), Clock())
    outcome = door.send(Parcel("1.a", (1,), NOW, target, (letter,)))
    door.close()
    assert (outcome.is_sent, outcome.is_final) == (False, False)
    assert outcome.reason == "oapi.dingtalk.com leads into a private network"


def test_what_was_given_up_is_listed_and_tried_again_at_the_command_line(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setup: MailSetup
) -> None:
    listen_to(database)
    tell(database)
    plan(database, REACH, NOW)
    with database.begin() as db:
        (row,) = db.exec(select(Delivery)).all()
        row.state, row.reason, row.done_at = DeliveryState.DEAD, "SMTP 554: spam", NOW
        db.add(row)
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    url = database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("STATIONMASTER_DATABASE_URL", url)
    run = CliRunner()
    listed = run.invoke(notifications_app, ["failed"])
    assert "SMTP 554: spam" in listed.output
    assert "bj-teacher" in listed.output
    assert run.invoke(notifications_app, ["failed", "--retry", "99"]).exit_code == 2
    assert run.invoke(notifications_app, ["failed", "--retry-all"]).exit_code == 0
    assert rows(database)[0].state is DeliveryState.WAITING
    send = ["send-test", "me@example.edu.cn"]
    refused = run.invoke(notifications_app, send)
    assert (refused.exit_code, "STATIONMASTER_SMTP_HOST" in refused.output) == (2, True)
    for name, value in (("HOST", "127.0.0.1"), ("PORT", str(setup.port)), ("FROM", SENDER)):
        monkeypatch.setenv(f"STATIONMASTER_SMTP_{name}", value)
    # the server speaks no TLS, which the command has to say and not to hide
    assert "no answer" in run.invoke(notifications_app, send).output
    monkeypatch.setenv("STATIONMASTER_SMTP_SECURITY", "none")
    sent = run.invoke(notifications_app, send)
    assert sent.exit_code == 0, sent.output


def test_the_figures_of_the_outbox_are_told_to_prometheus(database: Database) -> None:
    listen_to(database)
    tell(database)
    plan(database, REACH, NOW)
    clock = Clock(NOW + timedelta(minutes=10))
    sources = Sources(MemoryLiveBenches(), MemoryTransport())
    families = HouseFigures(database, sources, clock).families()
    told = {
        (sample.name.removeprefix("stationmaster_notifications_"), *sample.labels.values()): (
            sample.value
        )
        for family in families
        for sample in family.samples
        if sample.name.startswith("stationmaster_notifications_")
    }
    assert told["waiting", "email"] == 1
    assert told["failed", "webhook"] == 0
    assert told["oldest_due_seconds",] == 600
