"""iCalendar texts of the house (RFC 5545 and 5546): feeds people subscribe to, mails they answer.

Everything here depends on its arguments alone, so the same events give the same bytes.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from inventory.moments import SCHOOL_ZONE

if TYPE_CHECKING:
    from icalendar import Calendar, Event

MEDIA_TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(minutes=15)
"""Chosen: what programs that ask are told; many phones ask every hour whatever they are told."""
_PRODUCT = "-//Stationmaster//Stationmaster//ZH"
_UIDS = uuid.UUID("5e2b1f1c-6b0e-5f0a-9d55-9c1f0e3a7d21")
_LONGEST = 2000
_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """A span in a calendar; moments are aware, the span is half-open.

    `created_at` never changes: the event is recognised by it. `changed_at` is its latest change and
    `revision` counts those that programs must know of. A tentative one is not promised yet. One
    that is not busy takes nobody's time, such as an offer.
    """

    kind: str
    number: int
    organisation_code: str
    start_at: datetime
    end_at: datetime
    summary: str
    created_at: datetime
    changed_at: datetime
    revision: int = 0
    description: str = ""
    location: str = ""
    is_cancelled: bool = False
    is_tentative: bool = False
    is_busy: bool = True


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody with an address for mail."""

    name: str
    address: str


def uid(event: CalendarEvent) -> str:
    """What a calendar program knows the event by; the same as long as there is the event.

    It has no host name: the address of an installation may change.
    """
    named = (event.kind, event.organisation_code, str(event.number), _stamp(event.created_at))
    return str(uuid.uuid5(_UIDS, "/".join(named)))


def calendar_bytes(
    name: str, events: Sequence[CalendarEvent], zone: ZoneInfo = SCHOOL_ZONE
) -> bytes:
    """A calendar to subscribe to, with its time zone even where it has no event."""
    calendar = _calendar(events, zone)
    calendar.add("method", "PUBLISH")
    calendar.add("name", plain(name))
    calendar.add("x-wr-calname", plain(name))
    calendar.add("x-wr-timezone", zone.key)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{REFRESH // timedelta(minutes=1)}M")
    for event in events:
        calendar.add_component(_event(event, zone))
    return bytes(calendar.to_ical())


def invitation(
    event: CalendarEvent,
    organizer: Mailbox | None = None,
    attendees: Sequence[Mailbox] = (),
    zone: ZoneInfo = SCHOOL_ZONE,
) -> str:
    """An event for a mail's `.ics`: METHOD is CANCEL for one that is cancelled, else REQUEST.

    Without somebody to answer to it is only told (PUBLISH): there is nothing to accept.
    """
    from icalendar import vCalAddress  # noqa: PLC0415 -- takes a quarter of a second

    def mailbox(person: Mailbox) -> vCalAddress:
        address = vCalAddress(f"mailto:{plain(person.address)}")
        # a parameter can't hold a quotation mark at all
        address.params["CN"] = plain(person.name).replace('"', "'")
        return address

    calendar = _calendar([event], zone)
    shown = _event(event, zone)
    if organizer is None:
        calendar.add("method", "PUBLISH")
    else:
        calendar.add("method", "CANCEL" if event.is_cancelled else "REQUEST")
        shown.add("organizer", mailbox(organizer))
    for person in attendees:
        invited = mailbox(person)
        invited.params["ROLE"] = "REQ-PARTICIPANT"
        invited.params["PARTSTAT"] = "ACCEPTED"
        invited.params["RSVP"] = "FALSE"
        shown.add("attendee", invited)
    calendar.add_component(shown)
    return bytes(calendar.to_ical()).decode()


def plain(text: str) -> str:
    """A user's text as a calendar may carry it: no control characters, cut where it is too long.

    A bare carriage return would end the line for some programs, and begin a property of the
    writer's choice.
    """
    lines = "\n".join(text[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n").splitlines())
    return "".join(one for one in lines if one in "\n\t" or unicodedata.category(one) != "Cc")


def _calendar(events: Sequence[CalendarEvent], zone: ZoneInfo) -> Calendar:
    from icalendar import Calendar, Timezone  # noqa: PLC0415 -- takes a quarter of a second

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    starts = [event.start_at for event in events] or [datetime(2026, 1, 1, tzinfo=UTC)]
    first, last = min(starts) - _YEAR, max(starts) + 2 * _YEAR
    calendar.add_component(Timezone.from_tzinfo(zone, zone.key, first.date(), last.date()))
    return calendar


def _event(event: CalendarEvent, zone: ZoneInfo) -> Event:
    from icalendar import Event  # noqa: PLC0415 -- takes a quarter of a second

    shown = Event()
    shown.add("uid", uid(event))
    shown.add("sequence", event.revision)
    # the moment of the change and not of the asking, so that nothing changes by being asked for
    shown.add("dtstamp", event.changed_at.astimezone(UTC))
    shown.add("created", event.created_at.astimezone(UTC))
    shown.add("last-modified", event.changed_at.astimezone(UTC))
    shown.add("dtstart", event.start_at.astimezone(zone))
    shown.add("dtend", event.end_at.astimezone(zone))
    shown.add("summary", plain(event.summary))
    for name, text in (("description", event.description), ("location", event.location)):
        if text:
            shown.add(name, plain(text))
    shown.add("status", _status(event))
    shown.add("transp", "OPAQUE" if event.is_busy and not event.is_cancelled else "TRANSPARENT")
    return shown


def _status(event: CalendarEvent) -> str:
    if event.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if event.is_tentative else "CONFIRMED"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
