import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.listings_inbox import PAGES
from dashboard.wording import TEXTS as SCREEN_TEXTS
from inventory.alerts.rules import AlertKind
from inventory.bookings.rules import BookingPurpose
from inventory.calendar_texts import CalendarEvent, invitation
from inventory.notifications.bots import BotService
from inventory.notifications.letters import EVENTS, Letter, Reader, group_text, mail_text
from inventory.notifications.rules import TECHNICAL, MessageKind, Timing
from inventory.notifications.texts_house import TEXTS, WORDS
from inventory.notifications.wording import MOST_SIGNS, Language, names_in, picked, worded

ZONE = ZoneInfo("Asia/Shanghai")
ZH = Reader(Language.ZH, ZONE, "https://zhan.example.edu.cn")
EN = Reader(Language.EN, ZONE, "https://zhan.example.edu.cn")
AT = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
BOOKING: dict[str, Any] = {
    "booking_id": 17,
    "resources": ["电池台架 1", "工位 W3"],
    "start_at": "2026-12-02T00:00:00Z",
    "end_at": "2026-12-02T01:40:00Z",
    "purpose": "exam",
    "holder": "张伟",
}
nasty = st.text(st.characters(codec="utf-8"), max_size=400)


def letter(kind: MessageKind, number: int = 1, **facts: object) -> Letter:
    return Letter(number, kind, facts, AT)


def test_every_kind_of_message_has_texts() -> None:
    assert set(TEXTS) == set(MessageKind)


@pytest.mark.parametrize("kind", MessageKind)
def test_both_languages_show_the_same_facts(kind: MessageKind) -> None:
    text = TEXTS[kind]
    for pair in (text.title, *text.lines):
        zh, en = (names_in(picked(pair, language)) for language in Language)
        assert zh == en, pair


def test_what_has_an_english_name_is_called_by_it_in_english() -> None:
    kind = MessageKind.WORK_ORDER_OPENED
    facts = {"work_order_id": 1, "thing": "b-1 电池台架", "thing_en": "b-1 battery bench"}
    zh, en = (worded(kind, facts, language, ZONE).title for language in Language)
    assert (zh, en) == ("新报修 #1：b-1 电池台架", "New work order #1: b-1 battery bench")
    facts["thing_en"] = ""
    assert worded(kind, facts, Language.EN, ZONE).title.endswith("b-1 电池台架")


def test_words_of_facts_are_those_of_the_rules_and_of_the_screens() -> None:
    assert set(WORDS["alert_kind"]) == {one.value for one in AlertKind}
    assert set(WORDS["purpose"]) == {one.value for one in BookingPurpose}
    for kind, (zh, _) in WORDS["alert_kind"].items():
        assert SCREEN_TEXTS[f"alert_kind.{kind}"][0] == zh


def test_a_message_says_what_where_and_when_by_the_schools_clock() -> None:
    words = worded(MessageKind.BOOKING_APPROVED, BOOKING, Language.ZH, ZONE)
    assert words.title == "预约已批准：电池台架 1、工位 W3 · 2026-12-02 周三 08:00–09:40"
    assert words.lines == ("用途：考核", "预约人：张伟")
    assert words.path == "/bookings?booking=17"


def test_it_says_so_in_english() -> None:
    words = worded(MessageKind.BOOKING_APPROVED, BOOKING, Language.EN, ZONE)
    assert words.title == "Booking approved: 电池台架 1, 工位 W3 · 2026-12-02 Wed 08:00–09:40"
    assert words.lines[0] == "Purpose: exam"


def test_a_span_over_midnight_names_both_days() -> None:
    facts = BOOKING | {"end_at": "2026-12-02T17:00:00Z"}
    title = worded(MessageKind.BOOKING_APPROVED, facts, Language.ZH, ZONE).title
    assert title.endswith("2026-12-02 周三 08:00–2026-12-03 周四 01:00")


def test_a_fact_nobody_gave_costs_its_line_and_never_the_message() -> None:
    words = worded(MessageKind.BOOKING_APPROVED, {}, Language.ZH, ZONE)
    assert words.title == "预约已批准：— · —"
    assert words.lines == ()
    assert words.path == "/bookings"


def test_many_things_are_counted() -> None:
    facts = BOOKING | {"resources": [f"台架 {one}" for one in range(30)]}
    assert "等 30 项" in worded(MessageKind.BOOKING_APPROVED, facts, Language.ZH, ZONE).title


def test_text_of_people_is_no_template() -> None:
    facts = BOOKING | {"holder": "{booking_id} {0.__class__} %s"}
    words = worded(MessageKind.BOOKING_APPROVED, facts, Language.ZH, ZONE)
    assert "预约人：{booking_id} {0.__class__} %s" in words.lines


@given(nasty)
def test_text_of_people_stays_in_its_line_and_is_cut(text: str) -> None:
    facts = {"work_order_id": 1, "thing": "x", "words": text, "by": "a"}
    words = worded(MessageKind.WORK_ORDER_OPENED, facts, Language.ZH, ZONE)
    assert len(words.lines) <= 2
    for line in (words.title, *words.lines):
        assert len(line) <= MOST_SIGNS + 20
        assert re.search(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]", line) is None


def test_one_message_is_a_mail_of_its_own_and_several_a_digest() -> None:
    one = letter(MessageKind.BOOKING_APPROVED, **BOOKING)
    assert mail_text([one], ZH).subject.startswith("预约已批准")
    both = mail_text([one, letter(MessageKind.WORK_ORDER_OPENED, 2, work_order_id=5)], EN)
    assert both.subject == "Stationmaster: 2 messages"
    assert "https://zhan.example.edu.cn/repairs?order=5" in both.body
    assert "2026-12-01 Tue 16:00" in both.body


def test_calendar_files_go_along() -> None:
    one = Letter(1, MessageKind.BOOKING_APPROVED, dict(BOOKING), AT, "BEGIN:VCALENDAR")
    assert mail_text([one], ZH).calendars == ("BEGIN:VCALENDAR",)


def test_an_event_is_made_into_a_file_when_the_mail_is_made() -> None:
    event = CalendarEvent("booking", 17, "BJ01", AT, AT, "考核", created_at=AT, changed_at=AT)
    kept = EVENTS.dump_json(event).decode()
    one = Letter(1, MessageKind.BOOKING_APPROVED, dict(BOOKING), AT, kept)
    assert mail_text([one], ZH).calendars == (invitation(event),)


def test_a_group_reads_no_mention_link_or_emphasis_in_what_people_wrote() -> None:
    facts = {
        "work_order_id": 5,
        "thing": '<at user_id="all"></at>',
        "words": "[点我](http://bad.example) **急** @所有人",
    }
    said = group_text([letter(MessageKind.WORK_ORDER_OPENED, 9, **facts)], ZH, 2000)
    assert said.count("(") == said.count(")") == 1
    assert not re.search(r"[<>\[\]*@`]", said)
    assert said.startswith("新报修 #5：")
    assert "(#9)" in said.splitlines()[0]
    assert said.endswith("https://zhan.example.edu.cn/repairs?order=5")


@given(st.integers(1, 12), nasty, st.sampled_from([2048, 20_000]))
def test_a_text_of_a_group_fits_and_leads_somewhere(count: int, text: str, most: int) -> None:
    letters = [
        letter(MessageKind.WORK_ORDER_OPENED, one, work_order_id=one, thing=text, words=text)
        for one in range(1, count + 1)
    ]
    said = group_text(letters, ZH, most)
    assert len(said.encode()) <= most
    assert "https://zhan.example.edu.cn/" in said.splitlines()[-1]


def test_what_does_not_fit_is_counted() -> None:
    letters = [
        letter(MessageKind.WORK_ORDER_OPENED, one, work_order_id=one, thing="动力电池" * 40)
        for one in range(1, 11)
    ]
    lines = group_text(letters, ZH, 2048).splitlines()
    shown = len(lines) - 1
    assert 1 <= shown < 10
    assert lines[-1] == f"另有 {10 - shown} 条，见 https://zhan.example.edu.cn/inbox"


def test_every_kind_somebody_can_choose_has_a_name_on_the_screen() -> None:
    for kind in set(MessageKind) - TECHNICAL:
        assert all(SCREEN_TEXTS[f"message_kind.{kind.value}"]), kind
    for service in BotService:
        assert f"bot_service.{service.value}" in SCREEN_TEXTS
    for timing in Timing:
        assert f"mail_timing.{timing.value}" in SCREEN_TEXTS


def test_messages_lead_to_pages_the_inbox_knows() -> None:
    assert {text.page for text in TEXTS.values()} <= set(PAGES)
