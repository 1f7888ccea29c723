"""What a calendar feed shows: bookings within its reach, with what was cancelled."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from inventory.accounts.access import visible_organisations
from inventory.accounts.rules import Principal
from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind
from inventory.bookings.calendar_events import Language, event_of
from inventory.bookings.keeping import parts_of
from inventory.bookings.rules import BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.calendar_feeds.rules import MOST_EVENTS, FeedKind, window
from inventory.calendar_feeds.table import CalendarFeed
from inventory.calendar_feeds.use_cases import Subscribed, demand_subject
from inventory.calendar_texts import CalendarEvent, calendar_bytes
from inventory.database import Database

_NEVER_SHOWN = (BookingState.DRAFT, BookingState.WAITING)
"""They take no slot, so nobody has to be anywhere."""
_CUT = {"zh": "（仅含最近 {most} 条）", "en": " (the latest {most} only)"}


def feed_bytes(database: Database, subscribed: Subscribed, now: datetime) -> bytes:
    """The calendar of a feed as its owner may see it now.

    Raises:
        NotAllowed: they no longer read bookings.
        Unknown: the thing or station is no longer theirs to see.
    """
    feed = subscribed.feed
    with database.read() as db:
        demand_subject(db, subscribed.reader, feed)
        rows = _bookings(db, feed, subscribed.reader, now)
        events = _events(db, feed, rows[:MOST_EVENTS])
    cut = _CUT[feed.language].format(most=MOST_EVENTS) if len(rows) > MOST_EVENTS else ""
    return calendar_bytes(f"{feed.name}{cut}", sorted(events, key=lambda one: one.start_at))


def _bookings(
    db: Session, feed: CalendarFeed, reader: Principal, now: datetime
) -> Sequence[Booking]:
    reach = window(now)
    wanted: list[ColumnElement[bool]] = [
        col(Booking.end_at) > reach.start_at,
        col(Booking.start_at) < reach.end_at,
        col(Booking.state).not_in(_NEVER_SHOWN),
        *_subject(feed, reader),
    ]
    query = select(Booking).where(*wanted).order_by(col(Booking.start_at).desc(), col(Booking.id))
    return db.exec(query.limit(MOST_EVENTS + 1)).all()


def _subject(feed: CalendarFeed, reader: Principal) -> list[ColumnElement[bool]]:
    if feed.kind is FeedKind.MINE:
        return [col(Booking.holder) == reader.username]
    scope = col(Booking.organisation_code).in_(visible_organisations(reader))
    taking = select(BookingPart.booking_id)
    if feed.kind is FeedKind.RESOURCE:
        of_thing = taking.where(BookingPart.resource_key == feed.resource_key)
        return [scope, col(Booking.id).in_(of_thing)]
    there = select(Bench.code).where(Bench.station_code == feed.station_code)
    of_station = taking.where(col(BookingPart.bench_code).in_(there))
    at_station = col(Booking.station_code) == feed.station_code
    return [scope, or_(at_station, col(Booking.id).in_(of_station))]


def _events(db: Session, feed: CalendarFeed, rows: Sequence[Booking]) -> list[CalendarEvent]:
    parts = parts_of(db, rows)
    names = _names(db, feed, parts)
    language = cast("Language", feed.language)
    return [
        event_of(row, parts[row.id or 0], names, language, has_people=feed.has_people)
        for row in rows
    ]


def _names(
    db: Session, feed: CalendarFeed, parts: Mapping[int, list[BookingPart]]
) -> dict[str, str]:
    codes = {one.bench_code for taken in parts.values() for one in taken if one.bench_code}
    benches = db.exec(select(Bench).where(col(Bench.code).in_(codes))).all() if codes else ()
    return {
        Resource(ResourceKind.BENCH, one.organisation_code, one.code).key: one.name_en
        if feed.language == "en" and one.name_en
        else one.name_zh
        for one in benches
    }
