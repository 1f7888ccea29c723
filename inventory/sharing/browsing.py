"""Looking through what is offered: the same answer for the public page, the API and a visitor."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from inventory.audit.use_cases import revision
from inventory.benches.live import LiveBenches
from inventory.bookable import ResourceKind
from inventory.calendar_texts import CalendarEvent, calendar_bytes
from inventory.database import Database
from inventory.intervals import Span
from inventory.readiness.memory import Memory
from inventory.sharing.errors import UnknownOffer
from inventory.sharing.gathering import Offered, gather
from inventory.sharing.offers import hours_of
from inventory.sharing.schema import (
    ContactFields,
    OfferOut,
    SpanOut,
    ThingOut,
)
from inventory.sharing.searching import Sought, distance_km, fitting, is_sought
from inventory.stations.schema import StationPlace

FRESH = timedelta(minutes=1)
"""Chosen: how old what is shown may be; every request is judged anew."""
SHOWN_SPANS = 5
"""In a list; one offer alone is shown with all its spans."""
_SOMEBODY = ("人员", "person")
_FREE = ("可预约", "Free")


@dataclass(frozen=True)
class Shelf:
    """Where what is offered is looked up; it is kept until something changes, or for a minute."""

    database: Database
    live: LiveBenches
    memory: Memory[list[Offered]]

    def offered(self, now: datetime) -> list[Offered]:
        """All published offers with what is free of them."""
        minute = int(now.timestamp() // FRESH.total_seconds())
        with self.database.read() as db:
            stamp: Hashable = (minute, revision(db))
            return self.memory.get("offers", stamp, lambda: self._gather(db, now))

    def _gather(self, db: Session, now: datetime) -> list[Offered]:
        return gather(db, self.live, now)


def found_offers(shelf: Shelf, sought: Sought, now: datetime) -> list[OfferOut]:
    """Offers that meet and have a fitting slot in time: the nearest first, then the soonest free.

    Where nothing is asked of the time, offers that are all taken are shown too.
    """
    wanted = sought.length is not None or sought.window.start_at > now
    found: list[tuple[float, datetime, OfferOut]] = []
    for one in shelf.offered(now):
        if not is_sought(one.facts, sought):
            continue
        length = sought.length or one.facts.lengths[0]
        free = fitting(_within(one.free, sought.window), length)
        if not free and wanted:
            continue
        away = None
        if sought.near is not None and one.facts.position is not None:
            away = distance_km(one.facts.position, sought.near)
        out = shown(one, free[:SHOWN_SPANS], away)
        first = free[0].start_at if free else sought.window.end_at
        found.append((float("inf") if away is None else away, first, out))
    return [out for _, _, out in sorted(found, key=lambda one: (one[0], one[1], one[2].id))]


def one_offer(shelf: Shelf, offer_id: int, now: datetime) -> OfferOut:
    """One published offer with all that is free of it.

    Raises:
        UnknownOffer: there is none, or it is not published.
    """
    one = _one(shelf, offer_id, now)
    return shown(one, one.free, None)


def offer_calendar(shelf: Shelf, offer_id: int, now: datetime, language: str) -> bytes:
    """What is free of an offer as a calendar that takes nobody's time.

    Raises:
        UnknownOffer: there is none, or it is not published.
    """
    one = _one(shelf, offer_id, now)
    at = 1 if language == "en" else 0
    title = (one.row.title_en if at else "") or one.row.title_zh
    events = [
        CalendarEvent(
            f"offer-{one.row.id}",
            # a span is known by its beginning: one that gets shorter at the end stays the same
            int(span.start_at.timestamp()),
            one.row.organisation_code,
            span.start_at,
            span.end_at,
            f"{_FREE[at]} · {title}",
            created_at=one.row.created_at,
            changed_at=one.row.changed_at,
            location=one.station.address,
            is_busy=False,
        )
        for span in one.free
    ]
    return calendar_bytes(f"{title} · {_FREE[at]}", events)


def shown(one: Offered, free: Sequence[Span], away: float | None) -> OfferOut:
    """An offer as everybody may see it."""
    row, truth = one.row, one.facts.truth
    contact = ContactFields.model_validate(row, from_attributes=True)
    return OfferOut(
        **row.model_dump(include=set(OfferOut.model_fields) - {"hours", "modules"}),
        organisation_name_zh=one.owner.name_zh,
        organisation_name_en=one.owner.name_en,
        station_name_zh=one.station.name_zh,
        station_name_en=one.station.name_en,
        place=StationPlace.model_validate(one.station, from_attributes=True),
        hours=hours_of(row),
        things=_things(one),
        profiles=sorted(one.facts.profiles),
        modules=sorted(one.facts.modules),
        contact=contact if row.is_contact_public else None,
        is_alive=truth.is_alive,
        is_calibrated=truth.is_calibrated,
        is_in_order=truth.is_in_order,
        distance_km=None if away is None else round(away, 1),
        free=[SpanOut(start_at=span.start_at, end_at=span.end_at) for span in free],
    )


def _one(shelf: Shelf, offer_id: int, now: datetime) -> Offered:
    found = [one for one in shelf.offered(now) if one.row.id == offer_id]
    if not found:
        raise UnknownOffer(str(offer_id))
    return found[0]


def _within(spans: Sequence[Span], window: Span) -> list[Span]:
    cut = (
        Span(max(one.start_at, window.start_at), min(one.end_at, window.end_at)) for one in spans
    )
    return [one for one in cut if one.start_at < one.end_at]


def _things(one: Offered) -> list[ThingOut]:
    names = {bench.code: bench.name_en for bench in one.benches}
    shown_things = []
    for thing in one.things:
        kind = thing.resource.kind
        if not thing.is_asked:
            continue
        if kind is ResourceKind.PERSON:
            shown_things.append(ThingOut(kind=kind, name_zh=_SOMEBODY[0], name_en=_SOMEBODY[1]))
            continue
        name = thing.name or thing.resource.code
        english = names.get(thing.bench_code or "") or name
        shown_things.append(ThingOut(kind=kind, name_zh=name, name_en=english))
    return shown_things
