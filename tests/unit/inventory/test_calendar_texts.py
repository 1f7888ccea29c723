from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from inventory.calendar_texts import (
    CalendarEvent,
    Mailbox,
    calendar_bytes,
    invitation,
    plain,
    uid,
)

MADE = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
START = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
EVENT = CalendarEvent(
    "booking",
    17,
    "BJ01",
    START,
    START + timedelta(hours=2),
    "电池检测",
    created_at=MADE,
    changed_at=MADE,
)
HARD = "电池，台架, 检测; \\n 不是换行\n第二行 😀👨‍👩‍👧 " + "汉字" * 60 + ' "引号" ,;:'


def test_an_independent_reader_reads_what_was_written() -> None:
    event = replace(EVENT, summary=HARD, description=HARD, location="1 号楼, 101")
    content = calendar_bytes("我的预约, 😀", [event])
    (read,) = IcsCalendarStream.calendar_from_ics(content.decode()).events
    assert read.summary == HARD
    assert read.description == HARD
    assert read.location == "1 号楼, 101"
    assert (read.start, read.end) == (event.start_at, event.end_at)
    assert "Asia/Shanghai" in repr(read.start)
    (again,) = Calendar.from_ical(content).events
    assert again["summary"] == HARD
    assert Calendar.from_ical(content)["x-wr-calname"] == "我的预约, 😀"


def test_no_line_is_longer_than_75_bytes_and_none_is_cut_within_a_character() -> None:
    content = calendar_bytes("x", [replace(EVENT, summary=HARD)])
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert [line.decode() for line in lines]
    assert b"\n" not in content.replace(b"\r\n", b"")


@given(st.text(max_size=200))
def test_a_text_of_a_user_stays_within_its_property(text: str) -> None:
    read = Calendar.from_ical(calendar_bytes("x", [replace(EVENT, summary=text, location=text)]))
    (event,) = read.events
    assert event["summary"] == plain(text)
    assert set(event) <= {
        *("UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND"),
        *("SUMMARY", "LOCATION", "STATUS", "TRANSP"),
    }


def test_a_bare_carriage_return_begins_no_property() -> None:
    content = calendar_bytes("x", [replace(EVENT, summary="a\rATTENDEE:mailto:b@c\x0b\x00\x85d")])
    assert b"\r\nATTENDEE" not in content
    assert b"\x00" not in content


def test_the_same_events_give_the_same_bytes_and_another_change_another_number() -> None:
    later = replace(EVENT, changed_at=MADE + timedelta(days=1), revision=1, is_cancelled=True)
    assert calendar_bytes("x", [EVENT]) == calendar_bytes("x", [replace(EVENT)])
    assert uid(EVENT) == uid(later)
    assert uid(EVENT) != uid(replace(EVENT, number=18))
    (read,) = Calendar.from_ical(calendar_bytes("x", [later])).events
    assert (read["sequence"], read["status"]) == (1, "CANCELLED")
    assert read["transp"] == "TRANSPARENT"


def test_a_calendar_without_events_still_has_its_time_zone() -> None:
    read = Calendar.from_ical(calendar_bytes("x", []))
    assert [zone["tzid"] for zone in read.timezones] == ["Asia/Shanghai"]


def test_an_invitation_names_both_sides_and_a_cancelled_one_takes_it_back() -> None:
    people = Mailbox("站长 \"王\"; 'x'", "master@school.example"), [Mailbox("张伟", "z@a.example")]
    asked = Calendar.from_ical(invitation(EVENT, *people))
    assert asked["method"] == "REQUEST"
    (event,) = asked.events
    assert str(event["organizer"]) == "mailto:master@school.example"
    assert event["attendee"].params["CN"] == "张伟"
    back = Calendar.from_ical(invitation(replace(EVENT, is_cancelled=True), *people))
    assert back["method"] == "CANCEL"
    assert back.events[0]["status"] == "CANCELLED"
    assert str(back.events[0]["uid"]) == str(event["uid"])


def test_an_event_without_an_address_to_answer_to_is_only_told() -> None:
    told = Calendar.from_ical(invitation(EVENT))
    assert told["method"] == "PUBLISH"
    assert "organizer" not in told.events[0]
