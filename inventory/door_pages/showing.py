"""What a door page shows: the things of a calendar, with what holds them for seven days."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from inventory.bookable import resource_of
from inventory.bookings.rules import BookingState
from inventory.bookings.week import WeekQuery, week_plan
from inventory.calendar_feeds.errors import UnknownFeed
from inventory.calendar_feeds.rules import FeedKind
from inventory.calendar_feeds.table import CalendarFeed
from inventory.calendar_feeds.use_cases import Subscribed, demand_subject
from inventory.database import Database
from inventory.door_pages.rules import DoorSlot, DoorState, door_state
from inventory.moments import today
from inventory.work_orders.repairs import repairs


def door_states(database: Database, subscribed: Subscribed, now: datetime) -> list[DoorState]:
    """The rigs of a station, or one thing, as its owner may see them now.

    Raises:
        UnknownFeed: the address is that of somebody's own bookings, which belong to no door.
        NotAllowed: they no longer read bookings.
        Unknown: the thing or station is no longer theirs to see.
    """
    feed, reader = subscribed.feed, subscribed.reader
    if feed.kind is FeedKind.MINE:
        raise UnknownFeed("")
    with database.read() as db:
        demand_subject(db, reader, feed)
        week = WeekQuery(today(now), feed.station_code)
        plan = week_plan(db, reader, week, now)
        slots = _slots(plan, feed)
        rigs = _rigs(plan, feed)
        broken = _broken(db, rigs)
    return [
        door_state(_name(rig, feed), resource_of(key).code, slots[key], now, broken.get(key))
        for key, rig in rigs.items()
    ]


def _rigs(plan: Mapping[str, Any], feed: CalendarFeed) -> dict[str, Mapping[str, Any]]:
    rigs = {one["resource_key"]: one for one in plan["rigs"]}
    if feed.kind is FeedKind.STATION:
        return rigs
    key = feed.resource_key or ""
    return {key: rigs.get(key, {})}


def _slots(plan: Mapping[str, Any], feed: CalendarFeed) -> dict[str, list[DoorSlot]]:
    found: dict[str, list[DoorSlot]] = defaultdict(list)
    for event in plan["events"]:
        if event["state"] == BookingState.BOOKED:
            who = event["holder"] if feed.has_people else ""
            found[event["resource_key"]].append(
                DoorSlot(event["start_at"], event["end_at"], event["purpose"], event["title"], who)
            )
    return found


def _broken(db: Session, rigs: Mapping[str, object]) -> dict[str, int]:
    things = {key: resource_of(key) for key in rigs}
    found = repairs(db, {one.organisation_code for one in things.values()}).of_bench
    return {key: found[one.code].number for key, one in things.items() if one.code in found}


def _name(rig: Mapping[str, Any], feed: CalendarFeed) -> str:
    english = rig.get("name_en") if feed.language == "en" else ""
    return str(english or rig.get("name_zh") or "")
