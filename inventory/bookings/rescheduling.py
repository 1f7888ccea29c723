"""Changing and cancelling "this", "this and following" or the whole series."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from inventory.bookings.desk import Desk
from inventory.bookings.drafts import Draft
from inventory.bookings.errors import Collision, SeriesRefused
from inventory.bookings.keeping import let_go, parts_of
from inventory.bookings.life import BookingStep
from inventory.bookings.moving import change, tell_moved
from inventory.bookings.placing import Placed
from inventory.bookings.recalling import draft_of
from inventory.bookings.recurring import collision, members, recurrence_of
from inventory.bookings.rules import SeriesScope
from inventory.bookings.settling import end, left_of, offer_left
from inventory.bookings.swapping import withdraw_swaps
from inventory.bookings.table import Booking, BookingSeries
from inventory.bookings.telling import Told, shown_span, tell
from inventory.errors import Invalid, InventoryError
from inventory.intervals import Span
from inventory.notifications.rules import MessageKind
from inventory.school_calendar.recurrence import Recurrence, occurrences, split

_WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Rewrite = Callable[[Draft], Draft]
"""What becomes of the booking that was pointed at; the others follow it."""


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """What was changed, and which times stayed as they were because they can't be had."""

    placed: Sequence[Placed]
    collisions: Sequence[Collision] = ()


def reschedule(
    db: Session,
    desk: Desk,
    row: Booking,
    scope: SeriesScope,
    rewrite: Rewrite,
    *,
    take_rest: bool = False,
) -> Rescheduled:
    """Change a booking, or with it those of its series, in the caller's write transaction.

    All of them move by the same days and hours. With `take_rest` those that can't be had at their
    new time stay where they were; else nothing changes.

    Raises:
        SeriesRefused: some times can't be had.
        Invalid: a day that the rule can't follow to.
        InventoryError: of `moving.change`.
    """
    before = draft_of(row, parts_of(db, [row])[row.id or 0])
    series = _series_of(db, row, scope)
    if series is None:
        return Rescheduled([change(db, desk, row, rewrite(before))])
    meant, was = _meant(db, desk, row, scope), shown_span(row)
    shift = _shift(before, rewrite(before), recurrence_of(series))
    target = _cut(db, desk, series, row) if scope is SeriesScope.FOLLOWING else series
    done = _change_all(db, desk, meant, (shift, rewrite), take_rest=take_rest)
    _rewrite_series(db, target, shift, rewrite(before))
    for one in meant:
        one.series_id = target.id
        db.add(one)
    for placed in done.placed:
        at = placed.row.occurrence_at
        placed.row.occurrence_at = None if at is None else shift.moved(at)
        db.add(placed.row)
    db.flush()
    if shift.delta or shift.length:
        tell_moved(db, desk, done.placed[0].row, {"before": was, "count": len(done.placed)})
    return done


def cancel_series(
    db: Session, desk: Desk, row: Booking, scope: SeriesScope, reason: str = ""
) -> list[Booking]:
    """Give back a booking, or with it those of its series that have not begun.

    Raises:
        StepNotPossible: it has ended.
        Invalid: it is over.
    """
    series = _series_of(db, row, scope)
    meant = [row] if series is None else _meant(db, desk, row, scope)
    for one in meant:
        withdraw_swaps(db, desk, one)
        end(db, desk, one, BookingStep.CANCEL, reason)
    if series is not None and scope is SeriesScope.FOLLOWING:
        _cut(db, desk, series, row)
    elif series is None and row.series_id is not None and row.occurrence_at is not None:
        own = db.get_one(BookingSeries, row.series_id)
        own.exceptions = sorted({*own.exceptions, row.occurrence_at.isoformat()})
        db.add(own)
    if meant:
        facts = {"count": len(meant)}
        told = Told(MessageKind.BOOKING_CANCELLED, desk.now, (row.holder,), facts, desk.who)
        tell(db, meant[0], told)
    return meant


@dataclass(frozen=True, slots=True)
class _Shift:
    """How a series moves: days and hours on its local clock, and how long it lasts then."""

    delta: timedelta
    length: timedelta | None
    recurrence: Recurrence

    def of(self, span: Span) -> Span:
        start = self.moved(span.start_at)
        return Span(start, start + (self.length or span.length))

    def moved(self, at: datetime) -> datetime:
        local = at.astimezone(self.recurrence.zone).replace(tzinfo=None) + self.delta
        return local.replace(tzinfo=self.recurrence.zone).astimezone(UTC)

    @property
    def days(self) -> int:
        """By how many days of the calendar the series moves."""
        first = self.recurrence.first_at
        dates = [at.astimezone(self.recurrence.zone).date() for at in (first, self.moved(first))]
        return (dates[1] - dates[0]).days


def _shift(before: Draft, after: Draft, recurrence: Recurrence) -> _Shift:
    locals_ = [
        one.span.start_at.astimezone(recurrence.zone).replace(tzinfo=None)
        for one in (before, after)
    ]
    length = None if after.span.length == before.span.length else after.span.length
    return _Shift(locals_[1] - locals_[0], length, recurrence)


def _series_of(db: Session, row: Booking, scope: SeriesScope) -> BookingSeries | None:
    if scope is SeriesScope.THIS or row.series_id is None or row.occurrence_at is None:
        return None
    return db.get_one(BookingSeries, row.series_id)


def _meant(db: Session, desk: Desk, row: Booking, scope: SeriesScope) -> list[Booking]:
    since = row.occurrence_at if scope is SeriesScope.FOLLOWING else None
    return members(db, row.series_id or 0, desk.now, since)


def _change_all(
    db: Session,
    desk: Desk,
    meant: Sequence[Booking],
    how: tuple[_Shift, Rewrite],
    *,
    take_rest: bool,
) -> Rescheduled:
    """Change members until those that could be had are changed and the others untouched."""
    staying: dict[int, Collision] = {}
    while True:
        attempt = db.begin_nested()
        going = [row for row in meant if row.id not in staying]
        placed, refused = _try(db, desk, going, how)
        if not refused and placed:
            attempt.commit()
            return Rescheduled(placed, list(staying.values()))
        attempt.rollback()
        staying |= refused
        if not take_rest or not placed:
            raise SeriesRefused(list(staying.values()), len(meant))


def _try(
    db: Session, desk: Desk, going: Sequence[Booking], how: tuple[_Shift, Rewrite]
) -> tuple[list[Placed], dict[int, Collision]]:
    shift, rewrite = how
    parts = parts_of(db, going)
    every = [part for row in going for part in parts[row.id or 0]]
    drafts = [draft_of(row, parts[row.id or 0]) for row in going]
    left = left_of(every)
    # members must not stand in each other's way while they move
    let_go(db, every)
    placed: list[Placed] = []
    refused: dict[int, Collision] = {}
    for row, draft in zip(going, drafts, strict=True):
        wanted = replace(rewrite(draft), span=shift.of(draft.span))
        try:
            placed.append(change(db, desk, row, wanted, is_told=False))
        except InventoryError as why:
            refused[row.id or 0] = collision(wanted.span, why)
    if not refused:
        offer_left(db, desk, left)
    return placed, refused


def _cut(db: Session, desk: Desk, series: BookingSeries, row: Booking) -> BookingSeries:
    """The part of a series from a member on, as a series of its own if anything is before."""
    recurrence = recurrence_of(series)
    kept, following = split(
        replace(recurrence, except_at=frozenset()), row.occurrence_at or recurrence.first_at
    )
    if kept is None:
        return series
    later = BookingSeries(
        organisation_code=series.organisation_code,
        rule=following.rule,
        first_at=following.first_at,
        zone=series.zone,
        length_s=series.length_s,
        split_from_id=series.id,
        resources=list(series.resources),
        exceptions=[one for one in series.exceptions if _moment(one) >= following.first_at],
        created_at=desk.now,
        created_by=desk.who,
    )
    series.rule = kept.rule
    series.exceptions = [one for one in series.exceptions if _moment(one) < following.first_at]
    db.add_all([series, later])
    db.flush()
    return later


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _rewrite_series(db: Session, series: BookingSeries, shift: _Shift, draft: Draft) -> None:
    recurrence = recurrence_of(series)
    if shift.delta:
        series.rule = moved_rule(recurrence, shift.days)
        series.first_at = shift.moved(series.first_at)
        series.exceptions = [shift.moved(_moment(one)).isoformat() for one in series.exceptions]
    if shift.length is not None:
        series.length_s = int(shift.length.total_seconds())
    series.resources = [one.key for one in draft.resources]
    db.add(series)
    db.flush()


def moved_rule(recurrence: Recurrence, days: int) -> str:
    """The rule of a series that was moved; its end is counted, since a date would cut it.

    Raises:
        Invalid: a rule of the month that names days can't move to other days.
    """
    parts = dict(one.split("=", 1) for one in recurrence.rule.split(";"))
    if parts.pop("UNTIL", None) is not None:
        every = occurrences(replace(recurrence, except_at=frozenset()))
        parts["COUNT"] = str(len(every))
    if days and parts["FREQ"] == "MONTHLY" and {"BYDAY", "BYMONTHDAY"} & set(parts):
        raise Invalid("start_at", "the same day of the month: the series names its days")
    if "BYDAY" in parts and parts["FREQ"] == "WEEKLY":
        named = [_WEEK.index(day) for day in parts["BYDAY"].split(",")]
        parts["BYDAY"] = ",".join(_WEEK[one] for one in sorted((day + days) % 7 for day in named))
    return ";".join(f"{name}={value}" for name, value in parts.items())
