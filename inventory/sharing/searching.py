"""Which offers meet what somebody looks for, and when they are free (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from math import asin, cos, radians, sin, sqrt

from inventory.bookable import ResourceKind, resource_of
from inventory.intervals import Span, common, minus
from inventory.school_calendar.rules import Calendar, OpeningHours, Place, open_spans

EARTH_KM = 6371.0088
"""Mean radius, IUGG; the earth is flattened by less than what a school's gate is off its pin."""
MOST_AHEAD = timedelta(days=60)
"""Chosen: how far ahead outsiders are shown what is free."""
Position = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is on record of the things of an offer, all together; None: nobody knows.

    `is_alive`: every bench gave a sign of life within its limit. `is_calibrated`: every bench has a
    calibration, verification or safety test and none is over. `is_in_order`: nothing blocks it.
    """

    is_alive: bool | None = None
    is_calibrated: bool | None = None
    is_in_order: bool | None = None


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """An offer as a search needs it; `words` are all its names in both languages.

    `lengths` are the shortest and the longest slot, `notice` how long before a slot begins it must
    be asked for; no slot lies outside of `[first_day, last_day]`.
    """

    hours: Sequence[OpeningHours]
    places: Sequence[Place]
    lengths: tuple[timedelta, timedelta]
    notice: timedelta = timedelta(0)
    first_day: date | None = None
    last_day: date | None = None
    words: str = ""
    profiles: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    position: Position | None = None
    truth: Truth = Truth()


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for; None leaves it open. All `words` have to occur.

    `within_km` of `near`; an offer without position is never near.
    """

    window: Span
    length: timedelta | None = None
    words: tuple[str, ...] = ()
    profile: str | None = None
    module: str | None = None
    is_alive: bool = False
    is_calibrated: bool = False
    near: Position | None = None
    within_km: float | None = None


def distance_km(one: Position, other: Position) -> float:
    """Along the surface, as a bird flies."""
    first, second = radians(one[0]), radians(other[0])
    half_up, half_over = (second - first) / 2, radians(other[1] - one[1]) / 2
    chord = sin(half_up) ** 2 + cos(first) * cos(second) * sin(half_over) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, chord)))


def free_spans(
    offer: OfferFacts, calendar: Calendar, busy: Iterable[Span], window: Span, now: datetime
) -> tuple[Span, ...]:
    """When all things of an offer can be had at once: offered, open, not taken, in time to ask.

    A span is at least as long as the shortest slot; `busy` is of all its things, with buffers.
    """
    zone = calendar.zone
    begin = max(window.start_at, now + offer.notice)
    end = min(window.end_at, now + MOST_AHEAD)
    if offer.first_day is not None:
        begin = max(begin, datetime.combine(offer.first_day, time(), zone).astimezone(UTC))
    if offer.last_day is not None:
        after = offer.last_day + timedelta(days=1)
        end = min(end, datetime.combine(after, time(), zone).astimezone(UTC))
    if begin >= end:
        return ()
    asked = Span(begin, end)
    spans = open_spans(replace(calendar, hours=tuple(offer.hours)), asked)
    for place in set(offer.places):
        spans = common(spans, open_spans(calendar, asked, place))
    shortest, _ = offer.lengths
    return tuple(span for span in minus(spans, busy) if span.length >= shortest)


def is_sought(offer: OfferFacts, sought: Sought) -> bool:
    """Whether an offer is of the kind, in the state and near enough; when it is free is no matter.

    What nobody knows does not pass: a bench of which there is no calibration is not calibrated.
    """
    checks = (
        sought.profile is None or sought.profile in offer.profiles,
        sought.module is None or sought.module in offer.modules,
        not sought.is_alive or offer.truth.is_alive is True,
        not sought.is_calibrated or offer.truth.is_calibrated is True,
        _is_near(offer.position, sought),
        sought.length is None or sought.length <= offer.lengths[1],
    )
    folded = offer.words.casefold()
    return all(checks) and all(word.casefold() in folded for word in sought.words)


def fitting(spans: Iterable[Span], length: timedelta | None) -> tuple[Span, ...]:
    """The spans in which a slot of a length has room."""
    return tuple(span for span in spans if length is None or span.length >= length)


def hours_objection(hours: Sequence[OpeningHours]) -> str | None:
    """What is expected of an offer's hours that these lack; None when they will do."""
    if not hours:
        return "at least one weekday with hours"
    if any(one.opens_min >= one.closes_min for one in hours):
        return "hours that end after they begin"
    by_day: dict[int, list[OpeningHours]] = {}
    for one in sorted(hours, key=lambda one: one.opens_min):
        before = by_day.setdefault(one.weekday, [])
        if before and before[-1].closes_min > one.opens_min:
            return "hours of a day that do not overlap"
        before.append(one)
    return None


def places_of(keys: Iterable[str], stations: Mapping[str, str]) -> tuple[Place, ...]:
    """Whose opening hours hold for the things of an offer; `stations` by key, where they have one.

    People have no doors that open: their time is what is booked of it.
    """
    return tuple(
        Place(stations.get(key, ""), key)
        for key in keys
        if resource_of(key).kind is not ResourceKind.PERSON
    )


def _is_near(position: Position | None, sought: Sought) -> bool:
    if sought.near is None or sought.within_km is None:
        return True
    return position is not None and distance_km(position, sought.near) <= sought.within_km
