"""The life of an outside request: who takes which step, what follows from the booking (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inventory.accounts.rules import Role


class OfferState(StrEnum):
    """Only a published offer is seen by others; one that was withdrawn can be published again."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class SharingState(StrEnum):
    """Where a request stands; agreed means that both sides said yes to the same terms."""

    REQUESTED = "requested"
    TERMS_OFFERED = "terms_offered"
    AGREED = "agreed"
    VISITING = "visiting"
    VISITED = "visited"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    MISSED = "missed"


class SharingStep(StrEnum):
    """What happens to a request; `feedback` and `comment` leave the state as it is.

    `lapse` and `miss` are steps of time, nobody takes them.
    """

    REQUEST = "request"
    OFFER_TERMS = "offer_terms"
    DECLINE = "decline"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    CHECK_IN = "check_in"
    FINISH = "finish"
    FEEDBACK = "feedback"
    COMMENT = "comment"
    LAPSE = "lapse"
    MISS = "miss"


class SharingSide(StrEnum):
    """Whose step it is: of who shares, of who uses, or of the clock and the bench."""

    OWNER = "owner"
    REQUESTER = "requester"
    HOUSE = "house"


OPEN = frozenset({SharingState.REQUESTED, SharingState.TERMS_OFFERED})
"""Somebody has yet to say yes; the slot is held until a time is out."""
UNFINISHED = OPEN | {SharingState.AGREED, SharingState.VISITING}
HOLD_LASTS = timedelta(hours=72)
"""Chosen: a request of Friday evening is answered on Monday."""
MOST_OPEN = 3
"""Chosen: requests one organisation may have open at one school; more would block it for others."""
_FROM: Mapping[SharingStep, frozenset[SharingState]] = {
    SharingStep.OFFER_TERMS: OPEN,
    SharingStep.DECLINE: OPEN,
    SharingStep.ACCEPT: frozenset({SharingState.TERMS_OFFERED}),
    SharingStep.WITHDRAW: OPEN,
    SharingStep.CANCEL: frozenset({SharingState.AGREED}),
    SharingStep.CHECK_IN: frozenset({SharingState.AGREED}),
    SharingStep.FINISH: frozenset({SharingState.VISITING}),
    SharingStep.FEEDBACK: frozenset({SharingState.VISITED, SharingState.MISSED}),
    SharingStep.COMMENT: frozenset(SharingState),
    SharingStep.LAPSE: OPEN,
    SharingStep.MISS: frozenset({SharingState.AGREED}),
}
_TO: Mapping[SharingStep, SharingState] = {
    SharingStep.OFFER_TERMS: SharingState.TERMS_OFFERED,
    SharingStep.DECLINE: SharingState.DECLINED,
    SharingStep.ACCEPT: SharingState.AGREED,
    SharingStep.WITHDRAW: SharingState.WITHDRAWN,
    SharingStep.CANCEL: SharingState.CANCELLED,
    SharingStep.CHECK_IN: SharingState.VISITING,
    SharingStep.FINISH: SharingState.VISITED,
    SharingStep.LAPSE: SharingState.LAPSED,
    SharingStep.MISS: SharingState.MISSED,
}
_LEADERS = frozenset({Role.STATIONMASTER, Role.ADMINISTRATOR})
_STAFF = _LEADERS | {Role.INSTRUCTOR}
_OF_OWNER: Mapping[SharingStep, frozenset[Role]] = {
    SharingStep.OFFER_TERMS: _LEADERS,
    SharingStep.DECLINE: _LEADERS,
    SharingStep.CANCEL: _LEADERS,
    SharingStep.CHECK_IN: _STAFF,
    SharingStep.FINISH: _STAFF,
    SharingStep.FEEDBACK: _STAFF,
    SharingStep.COMMENT: _STAFF,
}
_OF_REQUESTER = frozenset(
    {
        SharingStep.ACCEPT,
        SharingStep.WITHDRAW,
        SharingStep.CANCEL,
        SharingStep.FEEDBACK,
        SharingStep.COMMENT,
    }
)


@dataclass(frozen=True, slots=True)
class SharingLife:
    """Where a request stands, and which sides said how it was."""

    state: SharingState = SharingState.REQUESTED
    judged_by: frozenset[SharingSide] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants to take a step, on which side; `is_own`: who made the request."""

    side: SharingSide
    role: Role
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """What the booking behind a request says: until when the slot is held, whether it is there.

    `is_given_up` means that the slot is no longer theirs, `is_missed` that nobody came.
    """

    end_at: datetime
    hold_until: datetime | None = None
    checked_in_at: datetime | None = None
    is_given_up: bool = False
    is_missed: bool = False


def possible_steps(life: SharingLife, side: SharingSide | None = None) -> list[SharingStep]:
    """The steps that lead on from a state, for a side; None: for any."""
    return [
        step
        for step in SharingStep
        if life.state in _FROM.get(step, ())
        and (side is None or _is_of(step, side))
        and not (step is SharingStep.FEEDBACK and side in life.judged_by)
    ]


def taken(life: SharingLife, step: SharingStep, side: SharingSide) -> SharingLife | None:
    """The life after a step of a side; None when the step is not possible from here."""
    if step not in possible_steps(life, side):
        return None
    judged = life.judged_by | ({side} if step is SharingStep.FEEDBACK else set())
    return replace(life, state=_TO.get(step, life.state), judged_by=judged)


def refusal(step: SharingStep, actor: Actor) -> str | None:
    """Why this person may not take the step; None when they may."""
    wording = f"{step} in a request for shared use"
    if actor.side is SharingSide.OWNER:
        return None if actor.role in _OF_OWNER.get(step, ()) else wording
    if actor.side is not SharingSide.REQUESTER or step not in _OF_REQUESTER:
        return wording
    # a station master answers for what the school's instructors asked for
    return None if actor.is_own or actor.role in _LEADERS else f"{wording} of somebody else"


def followed(life: SharingLife, visit: Visit, now: datetime) -> SharingStep | None:
    """The step that time, the bench or the booking took meanwhile; None: nothing happened."""
    if life.state in OPEN:
        is_out = visit.hold_until is not None and visit.hold_until <= now
        return SharingStep.LAPSE if is_out or visit.is_given_up or visit.end_at <= now else None
    if life.state is SharingState.AGREED:
        return _of_agreed(visit, now)
    if life.state is SharingState.VISITING and visit.end_at <= now:
        return SharingStep.FINISH
    return None


def _of_agreed(visit: Visit, now: datetime) -> SharingStep | None:
    if visit.checked_in_at is not None:
        return SharingStep.CHECK_IN
    if visit.is_missed or visit.end_at <= now:
        return SharingStep.MISS
    return SharingStep.CANCEL if visit.is_given_up else None


def hold_until(now: datetime, start_at: datetime) -> datetime:
    """Until when a slot waits for an answer: never longer than it is worth."""
    return min(now + HOLD_LASTS, start_at)


def _is_of(step: SharingStep, side: SharingSide) -> bool:
    if side is SharingSide.OWNER:
        return step in _OF_OWNER
    if side is SharingSide.REQUESTER:
        return step in _OF_REQUESTER
    return step in {
        SharingStep.LAPSE,
        SharingStep.MISS,
        SharingStep.CHECK_IN,
        SharingStep.FINISH,
        SharingStep.CANCEL,
    }
