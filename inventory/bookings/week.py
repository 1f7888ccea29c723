"""The week plan: every rig of a station or school with what it is booked for, in two statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from inventory.accounts.access import visible_organisations
from inventory.accounts.rules import Principal
from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind
from inventory.bookings.guarding import holding
from inventory.bookings.table import Booking, BookingPart
from inventory.intervals import Span
from inventory.moments import SCHOOL_ZONE, today

WEEK = timedelta(days=7)
_EVENT = (
    "booking_id",
    "resource_key",
    "start_at",
    "end_at",
    "blocked_from",
    "blocked_to",
    "state",
    "purpose",
    "title",
    "holder",
    "module",
    "series_id",
    "checked_in_at",
    "is_asked",
)
_OF = dict.fromkeys(
    ("booking_id", "resource_key", "blocked_from", "blocked_to", "is_asked"), BookingPart
)
"""Which of them are the part's; the rest are the booking's."""
Plan = dict[str, Any]
"""What `schema.WeekOut` says, plain: a week has thousands of events."""


@dataclass(frozen=True, slots=True)
class WeekQuery:
    """Whose week: of a station, or None for all the caller sees; of the days from Monday on."""

    monday: date
    station: str | None = None

    @property
    def span(self) -> Span:
        """The local week."""
        start = datetime.combine(self.monday, time(), SCHOOL_ZONE)
        return Span(start, start + WEEK)


def monday_of(day: date | None, now: datetime) -> date:
    """The Monday of a day's week; None is today."""
    found = day or today(now)
    return found - timedelta(days=found.weekday())


def week_plan(db: Session, principal: Principal, query: WeekQuery, now: datetime) -> Plan:
    """All rigs the caller sees and what holds them in a week, by time.

    Benches stand in it without bookings too; of other things those that are booked. What was held
    until a time that is out holds nothing.
    """
    events = _events(db, principal, query, now)
    rigs = {one["resource_key"]: one for one in _benches(db, principal, query)}
    for event in events:
        key = event["resource_key"]
        if key not in rigs:
            rigs[key] = {"resource_key": key, "name_zh": "", "name_en": "", "station_code": None}
    span = query.span
    return {
        "start_at": span.start_at,
        "end_at": span.end_at,
        "rigs": list(rigs.values()),
        "events": events,
    }


def _benches(db: Session, principal: Principal, query: WeekQuery) -> Iterable[Mapping[str, Any]]:
    rig = ("code", "organisation_code", "station_code", "name_zh", "name_en")
    visible = col(Bench.organisation_code).in_(visible_organisations(principal))
    wanted = select_columns(*(getattr(Bench, name) for name in rig)).where(visible)
    if query.station is not None:
        wanted = wanted.where(col(Bench.station_code) == query.station)
    found = db.execute(wanted.order_by(col(Bench.code))).all()
    for code, owner, station, name_zh, name_en in found:
        yield {
            "resource_key": Resource(ResourceKind.BENCH, owner, code).key,
            "name_zh": name_zh,
            "name_en": name_en,
            "station_code": station,
        }


def _events(
    db: Session, principal: Principal, query: WeekQuery, now: datetime
) -> list[dict[str, Any]]:
    span = query.span
    wanted = (
        select_columns(*(getattr(_OF.get(name, Booking), name) for name in _EVENT))
        .select_from(BookingPart)
        .join(Booking, col(Booking.id) == col(BookingPart.booking_id))
        .where(
            col(BookingPart.organisation_code).in_(visible_organisations(principal)),
            col(BookingPart.blocked_to) > span.start_at,
            col(BookingPart.blocked_from) < span.end_at,
            *holding(now),
        )
        .order_by(col(BookingPart.blocked_from), col(BookingPart.id))
    )
    if query.station is not None:
        of_station = select(Bench.code).where(Bench.station_code == query.station)
        is_there = col(BookingPart.bench_code).in_(of_station)
        is_other = col(BookingPart.bench_code).is_(None) & (
            col(Booking.station_code) == query.station
        )
        wanted = wanted.where(is_there | is_other)
    return [dict(zip(_EVENT, row, strict=True)) for row in db.execute(wanted).all()]
