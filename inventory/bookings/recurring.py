"""Bookings that recur: a series is placed as one, and its members live their own lives."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from inventory.bookings.chances import look
from inventory.bookings.desk import Asking, Desk, demand_use, holder_of
from inventory.bookings.drafts import BookingWish, Draft
from inventory.bookings.errors import Collision, SeriesRefused
from inventory.bookings.placing import Placed, Refused, place_all
from inventory.bookings.rules import ENDED, objection
from inventory.bookings.table import Booking, BookingSeries
from inventory.bookings.taking import taken_with
from inventory.bookings.telling import tell_placed
from inventory.errors import Invalid, InventoryError
from inventory.intervals import Span
from inventory.problems import kind_of
from inventory.school_calendar.keeping import calendar_of
from inventory.school_calendar.recurrence import (
    BadRecurrence,
    ClosedDays,
    Occurrence,
    Recurrence,
    checked_rule,
    occurrences,
)
from inventory.school_calendar.rules import Calendar


@dataclass(frozen=True, slots=True)
class SeriesDraft:
    """A draft that recurs; its span is the first one's.

    `take_rest` books what can be had where some times can't; else nothing is booked then.
    """

    draft: Draft
    rule: str
    closed: ClosedDays = ClosedDays.SKIP
    except_at: frozenset[datetime] = frozenset()
    take_rest: bool = False


@dataclass(frozen=True, slots=True)
class SeriesPlaced:
    """A series that was made, its members, and the times that could not be had."""

    series: BookingSeries
    placed: Sequence[Placed]
    collisions: Sequence[Collision]


@dataclass(frozen=True, slots=True)
class SeriesTried:
    """The times of a series, keys of all it takes, and the times that can't be had."""

    times: tuple[Span, ...]
    keys: tuple[str, ...]
    collisions: tuple[Collision, ...]


def place_series(db: Session, desk: Desk, wanted: SeriesDraft) -> SeriesPlaced:
    """Book every time a rule gives, in the caller's own write transaction.

    Times that are over already are left out. Days off are those of the owner's calendar.

    Raises:
        SeriesRefused: some times can't be had, and the rest was not asked for, or there is none.
        Invalid: the rule can't be followed.
        InventoryError: of `placing.place_all`.
    """
    draft = wanted.draft
    recurrence, times = planned(db, desk, wanted)
    series = _series(desk, draft, recurrence)
    db.add(series)
    db.flush()
    done = place_all(db, desk, [_at(draft, one, series.id) for one in times])
    placed = [one for one in done if isinstance(one, Placed)]
    refused = [one for one in done if isinstance(one, Refused)]
    collisions = [collision(one.draft.span, one.why) for one in refused]
    if collisions and not (wanted.take_rest and placed):
        raise SeriesRefused(collisions, len(times))
    left_out = {one.draft.occurrence_at for one in refused} - {None}
    series.exceptions = sorted({*series.exceptions, *(at.isoformat() for at in left_out if at)})
    db.add(series)
    tell_placed(db, placed[0].row, desk.now, {"count": len(placed)})
    return SeriesPlaced(series, placed, collisions)


def planned(db: Session, desk: Desk, wanted: SeriesDraft) -> tuple[Recurrence, list[Occurrence]]:
    """The rule of a series and the times it gives that are not over; nothing is written.

    Raises:
        Unknown, NotAllowed: the caller may not book these things.
        Invalid: the rule can't be followed, or gives no time to come.
    """
    draft = wanted.draft
    demand_use(db, desk, draft)
    if draft.wish is BookingWish.HOLD:
        raise Invalid("wish", "another one than to hold: a series is not held")
    calendar = calendar_of(db, draft.organisation_code)
    recurrence = Recurrence(
        _checked(wanted.rule),
        draft.span.start_at,
        draft.span.length,
        calendar.zone,
        wanted.except_at,
    )
    times = _times(recurrence, calendar, wanted.closed, desk.now)
    if not times:
        raise Invalid("rule", "a rule that gives a time to come on a day the school is open")
    return recurrence, times


def try_series(db: Session, desk: Desk, wanted: SeriesDraft) -> SeriesTried:
    """What `place_series` would meet now, by the same rules; nothing is written, nobody waits.

    What else is tried with it and not yet written is the caller's to compare.

    Raises:
        InventoryError: of `place_series`, but for the times that can't be had.
    """
    draft = wanted.draft
    _, times = planned(db, desk, wanted)
    things = taken_with(db, draft.resources)
    holder = holder_of(db, desk, draft)
    drafts = [_at(draft, one, None) for one in times]
    collisions = []
    for one in drafts:
        try:
            if (refused := objection(one.span.start_at, one.span.end_at, desk.now)) is not None:
                raise Invalid(*refused)
            look(db, desk, Asking(one, holder, things))
        except InventoryError as why:
            collisions.append(collision(one.span, why))
    return SeriesTried(
        tuple(one.span for one in drafts),
        tuple(one.resource.key for one in things),
        tuple(collisions),
    )


def collision(span: Span, why: InventoryError) -> Collision:
    """A time that can't be had, told as the problem it would have been alone."""
    return Collision(
        span.start_at.isoformat(), span.end_at.isoformat(), kind_of(why), str(why), why.facts()
    )


def members(
    db: Session, series_id: int, now: datetime, since: datetime | None = None
) -> list[Booking]:
    """Bookings of a series that have neither ended nor begun, by time; `since` an occurrence."""
    query = select(Booking).where(
        Booking.series_id == series_id,
        col(Booking.state).not_in(sorted(ENDED)),
        Booking.start_at > now,
    )
    if since is not None:
        query = query.where(col(Booking.occurrence_at) >= since)
    return list(db.exec(query.order_by(col(Booking.start_at), col(Booking.id))).all())


def recurrence_of(series: BookingSeries) -> Recurrence:
    """A stored series as the calendar's rules take it."""
    return Recurrence(
        series.rule,
        series.first_at,
        timedelta(seconds=series.length_s),
        ZoneInfo(series.zone),
        frozenset(datetime.fromisoformat(one).astimezone(UTC) for one in series.exceptions),
    )


def _checked(rule: str) -> str:
    try:
        return checked_rule(rule)
    except BadRecurrence as bad:
        raise Invalid("rule", bad.expected) from None


def _times(
    recurrence: Recurrence, calendar: Calendar, closed: ClosedDays, now: datetime
) -> list[Occurrence]:
    try:
        found = occurrences(recurrence, calendar, closed)
    except BadRecurrence as bad:
        raise Invalid("rule", bad.expected) from None
    return [one for one in found if one.span.end_at > now]


def _series(desk: Desk, draft: Draft, recurrence: Recurrence) -> BookingSeries:
    return BookingSeries(
        organisation_code=draft.organisation_code,
        rule=recurrence.rule,
        first_at=recurrence.first_at,
        zone=str(recurrence.zone),
        length_s=int(recurrence.length.total_seconds()),
        resources=[one.key for one in draft.resources],
        exceptions=sorted(at.isoformat() for at in recurrence.except_at),
        created_at=desk.now,
        created_by=desk.who,
    )


def _at(draft: Draft, one: Occurrence, series_id: int | None) -> Draft:
    return replace(draft, span=one.span, series_id=series_id, occurrence_at=one.on)
