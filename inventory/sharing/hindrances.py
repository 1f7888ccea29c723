"""Why an offer is free less often than its owner may think, or never (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from inventory.intervals import Span
from inventory.school_calendar.rules import Calendar, OpeningHours, clock, hours_of
from inventory.sharing.searching import MOST_AHEAD, OfferFacts, free_spans

_DAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Minutes = tuple[int, int]


class HindranceKind(StrEnum):
    """What keeps hours of an offer from being free, however little is booked.

    `school_closed`: its school is closed on those days or hours. `never_free`: there is no time in
    all that outsiders are shown. `things_gone`: something of it is scrapped or not there any more.
    """

    SCHOOL_CLOSED = "school_closed"
    NEVER_FREE = "never_free"
    THINGS_GONE = "things_gone"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One reason, in both languages."""

    kind: HindranceKind
    zh: str
    en: str


GONE = Hindrance(
    HindranceKind.THINGS_GONE,
    "其中的设备或人员已报废、离岗或不在登记中：外校看不到此开放项，请修改。",
    "Something of it is scrapped, has left or is not registered: others don't see it until mended.",
)


def hindrances(offer: OfferFacts, calendar: Calendar, now: datetime) -> tuple[Hindrance, ...]:
    """What its owner should know of an offer; nothing where all of its hours can be had."""
    found = [*_closed(offer, calendar)]
    window = Span(now, now + MOST_AHEAD)
    if not free_spans(offer, calendar, (), window, now):
        zh, en = _never(offer, calendar, now)
        found.append(Hindrance(HindranceKind.NEVER_FREE, zh, en))
    return tuple(found)


def closed_hours(offer: OfferFacts, calendar: Calendar) -> tuple[OpeningHours, ...]:
    """The offered hours in which the school is closed on that weekday, by weekday."""
    found: list[OpeningHours] = []
    places = [hours_of(calendar, place) for place in set(offer.places)]
    for one in sorted(offer.hours, key=lambda one: (one.weekday, one.opens_min)):
        left = [(one.opens_min, one.closes_min)]
        is_open = [left[0]]
        for hours in places:
            opened = [(h.opens_min, h.closes_min) for h in hours if h.weekday == one.weekday]
            is_open = list(_shared(is_open, opened))
        for span in is_open:
            left = list(_less(left, span))
        found += [OpeningHours(one.weekday, start, end) for start, end in left]
    return tuple(found)


def _closed(offer: OfferFacts, calendar: Calendar) -> Iterable[Hindrance]:
    closed = closed_hours(offer, calendar)
    if not closed:
        return
    offered = {(one.weekday, one.opens_min, one.closes_min) for one in offer.hours}
    whole = [one for one in closed if (one.weekday, one.opens_min, one.closes_min) in offered]
    parts = [one for one in closed if one not in whole]
    zh = [*_days(whole, _DAYS_ZH, "、"), *_hours(parts, _DAYS_ZH)]
    en = [*_days(whole, _DAYS_EN, ", "), *_hours(parts, _DAYS_EN)]
    yield Hindrance(
        HindranceKind.SCHOOL_CLOSED,
        f"学校校历中不开放，不会显示为空闲：{'；'.join(zh)}。可在校历中调整开放时间。",
        f"Closed by the school's calendar, so never free: {'; '.join(en)}. Hours are set there.",
    )


def _days(whole: Sequence[OpeningHours], names: Sequence[str], between: str) -> Iterable[str]:
    days = [day for day, _ in groupby(one.weekday for one in whole)]
    if days:
        yield between.join(names[day] for day in days)


def _hours(parts: Sequence[OpeningHours], names: Sequence[str]) -> Iterable[str]:
    for one in parts:
        yield f"{names[one.weekday]} {clock(one.opens_min)}–{clock(one.closes_min)}"


def _never(offer: OfferFacts, calendar: Calendar, now: datetime) -> tuple[str, str]:
    """Why there is no time at all in what outsiders are shown."""
    days = MOST_AHEAD.days
    today = now.astimezone(calendar.zone).date()
    if offer.last_day is not None and offer.last_day < today:
        return (
            f"最后一天 {offer.last_day} 已过：没有可申请的时间。",
            f"Its last day, {offer.last_day}, is over: there is no time to ask for.",
        )
    if offer.notice >= MOST_AHEAD:
        return (
            f"需提前的时间超过可查看的 {days} 天：没有可申请的时间。",
            f"The notice is longer than the {days} days that are shown: nothing can be asked for.",
        )
    return (
        f"今后 {days} 天内没有可申请的时间：请检查日期、时段、最短时长与学校校历。",
        f"Nothing can be asked for within {days} days: see its hours and the school's calendar.",
    )


def _shared(one: Iterable[Minutes], other: Sequence[Minutes]) -> Iterable[Minutes]:
    for start, end in one:
        for opens, closes in other:
            if max(start, opens) < min(end, closes):
                yield max(start, opens), min(end, closes)


def _less(spans: Iterable[Minutes], taken: Minutes) -> Iterable[Minutes]:
    for start, end in spans:
        if start < min(end, taken[0]):
            yield start, min(end, taken[0])
        if max(start, taken[1]) < end:
            yield max(start, taken[1]), end
