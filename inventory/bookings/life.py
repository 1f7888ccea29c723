"""The life of a booking: which step leads on from where, and when (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inventory.bookings.rules import ENDED, HOLDING, BookingState


class BookingStep(StrEnum):
    """What happens to a booking.

    `place` makes it. `confirm` makes a draft, a hold or a place in the queue a booking, or a
    request where somebody must say yes. `offer` gives a freed slot to who waited; `expire`,
    `displace` and `release` are the house's own steps. `move`, `edit` and `swap` leave the state
    as it is, but what needs a yes needs it again at another place.
    """

    PLACE = "place"
    HOLD = "hold"
    WAIT = "wait"
    CONFIRM = "confirm"
    APPROVE = "approve"
    DECLINE = "decline"
    OFFER = "offer"
    MOVE = "move"
    EDIT = "edit"
    SWAP = "swap"
    CHECK_IN = "check_in"
    END_EARLY = "end_early"
    CANCEL = "cancel"
    EXPIRE = "expire"
    DISPLACE = "displace"
    RELEASE = "release"


_S = BookingState
_UNFINISHED = frozenset(BookingState) - ENDED
_FROM: Mapping[BookingStep, frozenset[BookingState]] = {
    BookingStep.HOLD: frozenset({_S.DRAFT}),
    BookingStep.WAIT: frozenset({_S.DRAFT}),
    BookingStep.CONFIRM: frozenset({_S.DRAFT, _S.HELD, _S.WAITING}),
    BookingStep.APPROVE: frozenset({_S.REQUESTED}),
    BookingStep.DECLINE: frozenset({_S.REQUESTED}),
    BookingStep.OFFER: frozenset({_S.WAITING}),
    BookingStep.MOVE: _UNFINISHED,
    BookingStep.EDIT: _UNFINISHED,
    BookingStep.SWAP: frozenset({_S.BOOKED}),
    BookingStep.CHECK_IN: frozenset({_S.BOOKED}),
    BookingStep.END_EARLY: frozenset({_S.BOOKED}),
    BookingStep.CANCEL: _UNFINISHED,
    BookingStep.EXPIRE: _UNFINISHED - {_S.BOOKED},
    BookingStep.DISPLACE: HOLDING,
    BookingStep.RELEASE: frozenset({_S.BOOKED}),
}
_TO: Mapping[BookingStep, BookingState] = {
    BookingStep.HOLD: _S.HELD,
    BookingStep.WAIT: _S.WAITING,
    BookingStep.CONFIRM: _S.BOOKED,
    BookingStep.APPROVE: _S.BOOKED,
    BookingStep.DECLINE: _S.DECLINED,
    BookingStep.OFFER: _S.HELD,
    BookingStep.CANCEL: _S.CANCELLED,
    BookingStep.EXPIRE: _S.EXPIRED,
    BookingStep.DISPLACE: _S.DISPLACED,
    BookingStep.RELEASE: _S.RELEASED,
}
_BEFORE_START = frozenset({BookingStep.SWAP, BookingStep.DISPLACE, BookingStep.WAIT})
_WHILE_IT_RUNS = frozenset({BookingStep.END_EARLY, BookingStep.RELEASE})
_DECIDED_BY_PLACE = frozenset({BookingState.REQUESTED, BookingState.BOOKED})
_PUT_ELSEWHERE = frozenset({BookingStep.MOVE, BookingStep.SWAP})
CHECK_IN_EARLY = timedelta(minutes=30)
"""Chosen: who sets up comes before the lesson; a longer set-up time counts instead."""
HOLD_LASTS = timedelta(minutes=15)
"""Chosen: time to ask a colleague; nobody finds a slot blocked by a forgotten page for long."""
LONGEST_HOLD = timedelta(days=1)
"""Chosen: what a person may ask for; who negotiates with an outside party sets their own."""
OFFER_LASTS = timedelta(hours=2)
"""Chosen: a free lesson; who does not answer until then leaves the slot to the next."""


@dataclass(frozen=True, slots=True)
class BookingLife:
    """Where a booking stands; its span is what people see, without buffers.

    What was left early is over with the moment it was left.
    """

    state: BookingState
    start_at: datetime
    end_at: datetime
    set_up: timedelta = timedelta()
    hold_until: datetime | None = None
    needs_approval: bool = False
    is_checked_in: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is not possible: the state (no `expected`), or what the time must be like."""

    expected: str = ""


def possible_steps(state: BookingState) -> list[BookingStep]:
    """The steps that lead on from a state, in the order of their definition."""
    return [step for step in BookingStep if state in _FROM.get(step, ())]


def taken(life: BookingLife, step: BookingStep, now: datetime) -> BookingState | Refusal:
    """The state after a step; a refusal where it is not possible."""
    if life.state not in _FROM.get(step, ()):
        return Refusal()
    untimely = _untimely(life, step, now)
    if untimely:
        return Refusal(untimely)
    if life.needs_approval and step is BookingStep.CONFIRM:
        return BookingState.REQUESTED
    if life.state in _DECIDED_BY_PLACE and step in _PUT_ELSEWHERE:
        return BookingState.REQUESTED if life.needs_approval else BookingState.BOOKED
    return _TO.get(step, life.state)


def is_overdue(life: BookingLife, now: datetime) -> bool:
    """Whether the time of a booking that was never made firm is out.

    A hold or a request ends with its time-out, a place in the queue with the start of the slot, a
    draft with its end. The time-out of a request is the start too, or the end if it was asked for
    only then.
    """
    if life.state in {BookingState.HELD, BookingState.REQUESTED}:
        return life.hold_until is not None and life.hold_until <= now
    if life.state is BookingState.WAITING:
        return life.start_at <= now
    return life.state is BookingState.DRAFT and life.end_at <= now


def check_in_from(life: BookingLife) -> datetime:
    """From when somebody may say that they are there."""
    return life.start_at - max(CHECK_IN_EARLY, life.set_up)


def hold_until(start_at: datetime, now: datetime, lasts: timedelta) -> datetime:
    """When a hold that begins now ends: never after the slot has begun, but for what runs."""
    wanted = now + lasts
    return min(wanted, start_at) if start_at > now else wanted


def _untimely(life: BookingLife, step: BookingStep, now: datetime) -> str:
    """What the time would have to be like for a step; empty where it is right."""
    if step is BookingStep.EXPIRE:
        return "" if is_overdue(life, now) else "one whose time is out"
    if life.end_at <= now:
        return "one that is not over yet"
    if step is BookingStep.CANCEL:
        return ""
    if life.hold_until is not None and is_overdue(life, now):
        return "one whose time is not out yet"
    return _of_begin(life, step, now) or _of_presence(life, step, now)


def _of_begin(life: BookingLife, step: BookingStep, now: datetime) -> str:
    has_begun = life.start_at <= now
    if step in _BEFORE_START and has_begun:
        return "one that has not begun yet"
    return "one that has begun" if step in _WHILE_IT_RUNS and not has_begun else ""


def _of_presence(life: BookingLife, step: BookingStep, now: datetime) -> str:
    is_about = step in {BookingStep.CHECK_IN, BookingStep.RELEASE}
    if is_about and life.is_checked_in:
        return "one nobody has checked in for"
    opens_at = check_in_from(life)
    if step is BookingStep.CHECK_IN and now < opens_at:
        return f"one that begins soon, from {opens_at.isoformat()}"
    return ""
