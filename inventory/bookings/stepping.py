"""Steps of a booking's life, each in the caller's write transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import Session

from inventory.bookings.chances import look, may_approve, settle
from inventory.bookings.desk import FOR_OTHERS, Desk
from inventory.bookings.drafts import BookingWish
from inventory.bookings.keeping import Doing, keep, parts_of, snapshot, state_after
from inventory.bookings.life import BookingStep
from inventory.bookings.recalling import asking_of
from inventory.bookings.rules import HOLDING, BookingState
from inventory.bookings.settling import Left, displace, end, make_way, offer_left
from inventory.bookings.swapping import withdraw_swaps
from inventory.bookings.table import Booking
from inventory.bookings.telling import Told, tell, tell_placed
from inventory.errors import Invalid, NotAllowed
from inventory.intervals import Span
from inventory.notifications.rules import MessageKind

_OWN = frozenset(
    {
        BookingStep.HOLD,
        BookingStep.WAIT,
        BookingStep.CONFIRM,
        BookingStep.CHECK_IN,
        BookingStep.END_EARLY,
        BookingStep.CANCEL,
    }
)
_DECISIONS = frozenset({BookingStep.APPROVE, BookingStep.DECLINE})
BY_PERSONS = _OWN | _DECISIONS | {BookingStep.RELEASE}
"""Moving, editing and swapping have orders of their own; the rest is the house's."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step that somebody wants to take."""

    step: BookingStep
    reason: str = ""


def demand_step(desk: Desk, row: Booking, step: BookingStep) -> None:
    """Pass when this person may take the step on this booking.

    Who holds a booking or made it may do with it what they like, a station master of either side
    too; the owner's station master decides on requests.

    Raises:
        Invalid: it is no person's step.
        NotAllowed: it is not theirs to take.
    """
    if step not in BY_PERSONS:
        raise Invalid("step", f"one of {', '.join(sorted(BY_PERSONS))}")
    if step in _DECISIONS:
        if not may_approve(desk.principal, deciders(row)):
            raise NotAllowed(f"{step} a booking")
        return
    demand_own(desk, row, step, is_owners=step is BookingStep.RELEASE)


def demand_own(desk: Desk, row: Booking, step: BookingStep, *, is_owners: bool = False) -> None:
    """Pass when the booking is this person's own, or of somebody they answer for.

    `is_owners` leaves only the owner's station master.

    Raises:
        NotAllowed: it is not.
    """
    caller = desk.caller()
    is_owner = caller.organisation_code == row.organisation_code
    if caller.role in FOR_OTHERS and (is_owner or not is_owners):
        return
    if is_owners or caller.username not in {row.holder, row.created_by}:
        raise NotAllowed(f"{step} a booking of somebody else")


def deciders(row: Booking) -> list[str]:
    """Organisations whose station master decides on a request."""
    return row.approval_by.split(",") if row.approval_by else [row.organisation_code]


def take(db: Session, desk: Desk, row: Booking, wanted: Wanted) -> None:
    """Take a step; who may take it was asked before.

    Raises:
        StepNotPossible: the state does not allow it.
        Invalid: the time does not, or a decline came without words.
        InventoryError: of `look`, where the step makes it firm.
    """
    _TAKES[wanted.step](db, desk, row, wanted)


def _firm(db: Session, desk: Desk, row: Booking, wanted: Wanted) -> None:
    """Hold, wait or confirm: what was judged when it was held is not judged again."""
    state_after(row, wanted.step, desk.now)
    parts = parts_of(db, [row])[row.id or 0]
    old = snapshot(row, parts)
    displaced: Sequence[int] = ()
    doing = Doing(wanted.step, desk.who, desk.now)
    if row.state is BookingState.HELD:
        if row.approval_by and may_approve(desk.principal, deciders(row)):
            row.decided_at, row.decided_by = desk.now, desk.who
        row.state = state_after(row, BookingStep.CONFIRM, desk.now)
    else:
        asking = asking_of(db, row)
        wish = _WISHES[wanted.step]
        chance = look(db, desk, replace(asking, draft=replace(asking.draft, wish=wish)))
        settle(row, wish, chance, desk)
        displaced = chance.displaced if row.state in HOLDING else ()
    make_way(db, displaced)
    keep(db, row, parts, old, doing)
    displace(db, desk, row, displaced)
    tell_placed(db, row, desk.now)


def _approve(db: Session, desk: Desk, row: Booking, wanted: Wanted) -> None:
    parts = parts_of(db, [row])[row.id or 0]
    old = snapshot(row, parts)
    row.state = state_after(row, BookingStep.APPROVE, desk.now)
    row.decided_at, row.decided_by = desk.now, desk.who
    row.reason = wanted.reason
    keep(db, row, parts, old, Doing(BookingStep.APPROVE, desk.who, desk.now))
    kind = MessageKind.BOOKING_APPROVED
    tell(db, row, Told(kind, desk.now, (row.holder,), done_by=desk.who))


def _decline(db: Session, desk: Desk, row: Booking, wanted: Wanted) -> None:
    if not wanted.reason:
        raise Invalid("reason", "words: nobody can follow a decline without")
    state_after(row, BookingStep.DECLINE, desk.now)
    row.decided_at, row.decided_by = desk.now, desk.who
    end(db, desk, row, BookingStep.DECLINE, wanted.reason)
    kind = MessageKind.BOOKING_DECLINED
    tell(db, row, Told(kind, desk.now, (row.holder,), done_by=desk.who))


def _check_in(db: Session, desk: Desk, row: Booking, _wanted: Wanted) -> None:
    parts = parts_of(db, [row])[row.id or 0]
    old = snapshot(row, parts)
    row.state = state_after(row, BookingStep.CHECK_IN, desk.now)
    row.checked_in_at, row.checked_in_by = desk.now, desk.who
    keep(db, row, parts, old, Doing(BookingStep.CHECK_IN, desk.who, desk.now))


def _end_early(db: Session, desk: Desk, row: Booking, _wanted: Wanted) -> None:
    parts = parts_of(db, [row])[row.id or 0]
    old = snapshot(row, parts)
    row.state = state_after(row, BookingStep.END_EARLY, desk.now)
    row.ended_early_at = desk.now
    free_at = desk.now + timedelta(seconds=row.clear_up_s)
    left = [Left(part.resource_key, Span(free_at, part.blocked_to)) for part in parts]
    for part in parts:
        part.blocked_to = min(part.blocked_to, free_at)
    keep(db, row, parts, old, Doing(BookingStep.END_EARLY, desk.who, desk.now))
    offer_left(db, desk, [one for one in left if one.span.start_at < one.span.end_at])


def _cancel(db: Session, desk: Desk, row: Booking, wanted: Wanted) -> None:
    if row.state is BookingState.CANCELLED:
        return
    had_slot = row.state in HOLDING
    withdraw_swaps(db, desk, row)
    end(db, desk, row, BookingStep.CANCEL, wanted.reason)
    if had_slot:
        kind = MessageKind.BOOKING_CANCELLED
        tell(db, row, Told(kind, desk.now, (row.holder,), done_by=desk.who))


def _release(db: Session, desk: Desk, row: Booking, wanted: Wanted) -> None:
    end(db, desk, row, BookingStep.RELEASE, wanted.reason)
    kind = MessageKind.NO_SHOW_RELEASED
    tell(db, row, Told(kind, desk.now, (row.holder,), done_by=desk.who))


_WISHES: Mapping[BookingStep, BookingWish] = {
    BookingStep.HOLD: BookingWish.HOLD,
    BookingStep.WAIT: BookingWish.WAIT,
    BookingStep.CONFIRM: BookingWish.BOOK,
}
_TAKES: Mapping[BookingStep, Callable[[Session, Desk, Booking, Wanted], None]] = {
    BookingStep.HOLD: _firm,
    BookingStep.WAIT: _firm,
    BookingStep.CONFIRM: _firm,
    BookingStep.APPROVE: _approve,
    BookingStep.DECLINE: _decline,
    BookingStep.CHECK_IN: _check_in,
    BookingStep.END_EARLY: _end_early,
    BookingStep.CANCEL: _cancel,
    BookingStep.RELEASE: _release,
}
