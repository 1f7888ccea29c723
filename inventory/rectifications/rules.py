"""The life of a rectification and who may move it (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from inventory.accounts.rules import Role


class RectificationState(StrEnum):
    """Accepted means that a person was satisfied, closed that the check no longer finds fault."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    CLOSED = "closed"


class RectificationStep(StrEnum):
    """What happens to a rectification; `close` is the check's own step, and so is many a `reopen`.

    `assign` and `comment` leave the state as it is.
    """

    OPEN = "open"
    ASSIGN = "assign"
    START = "start"
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    COMMENT = "comment"
    CLOSE = "close"
    REOPEN = "reopen"


UNFINISHED = frozenset(
    {
        RectificationState.OPEN,
        RectificationState.IN_PROGRESS,
        RectificationState.SUBMITTED,
        RectificationState.RETURNED,
    }
)
_WORKABLE = UNFINISHED - {RectificationState.SUBMITTED}
_FINISHED = frozenset(RectificationState) - UNFINISHED
_FROM: Mapping[RectificationStep, frozenset[RectificationState]] = {
    RectificationStep.ASSIGN: UNFINISHED,
    RectificationStep.START: _WORKABLE - {RectificationState.IN_PROGRESS},
    RectificationStep.SUBMIT: _WORKABLE,
    RectificationStep.ACCEPT: frozenset({RectificationState.SUBMITTED}),
    RectificationStep.RETURN: frozenset({RectificationState.SUBMITTED}),
    RectificationStep.COMMENT: frozenset(RectificationState),
    RectificationStep.CLOSE: UNFINISHED,
    RectificationStep.REOPEN: _FINISHED,
}
_TO: Mapping[RectificationStep, RectificationState] = {
    RectificationStep.START: RectificationState.IN_PROGRESS,
    RectificationStep.SUBMIT: RectificationState.SUBMITTED,
    RectificationStep.ACCEPT: RectificationState.ACCEPTED,
    RectificationStep.RETURN: RectificationState.RETURNED,
    RectificationStep.CLOSE: RectificationState.CLOSED,
    RectificationStep.REOPEN: RectificationState.OPEN,
}
_LEADERS = frozenset({Role.STATIONMASTER, Role.ADMINISTRATOR})
WORKERS = _LEADERS | {Role.INSTRUCTOR}
"""Whom a rectification can be given to."""
_JUDGES = _LEADERS | {Role.EVALUATOR}
_WHO: Mapping[RectificationStep, frozenset[Role]] = {
    RectificationStep.OPEN: _LEADERS,
    RectificationStep.ASSIGN: _LEADERS,
    RectificationStep.START: WORKERS,
    RectificationStep.SUBMIT: WORKERS,
    RectificationStep.ACCEPT: _JUDGES,
    RectificationStep.RETURN: _JUDGES,
    RectificationStep.COMMENT: WORKERS | {Role.EVALUATOR},
    RectificationStep.CLOSE: frozenset(),
    RectificationStep.REOPEN: _LEADERS,
}


@dataclass(frozen=True, slots=True)
class RectificationLife:
    """Where a rectification stands.

    `is_present` is whether the check reports the finding, `times` how often this was opened.
    """

    state: RectificationState = RectificationState.OPEN
    is_present: bool = True
    times: int = 1


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants to take a step; owner and submitter of this very rectification."""

    role: Role
    is_owner: bool = False
    is_submitter: bool = False


def possible_steps(state: RectificationState) -> list[RectificationStep]:
    """The steps that lead on from a state, in the order of their definition."""
    return [step for step in RectificationStep if state in _FROM.get(step, ())]


def taken(life: RectificationLife, step: RectificationStep) -> RectificationLife | None:
    """The life after a step; None when the step is not possible from here."""
    if step not in possible_steps(life.state):
        return None
    times = life.times + (step is RectificationStep.REOPEN)
    return replace(life, state=_TO.get(step, life.state), times=times)


def observed(
    life: RectificationLife, *, is_present: bool
) -> tuple[RectificationLife, RectificationStep | None]:
    """The life after the check looked again, and the step this was, if any.

    What a person accepted although the check still reports it stays accepted until the finding
    has been gone for once.
    """
    after = replace(life, is_present=is_present)
    step = None
    if not is_present and life.state in UNFINISHED:
        step = RectificationStep.CLOSE
    elif is_present and not life.is_present and life.state in _FINISHED:
        step = RectificationStep.REOPEN
    return (after if step is None else taken(after, step) or after), step


def refusal(step: RectificationStep, actor: Actor) -> str | None:
    """Why this person may not take the step; None when they may.

    Chosen: an instructor works on what was given to them, and nobody accepts their own work, so
    that an acceptance always has two names under it.
    """
    if actor.role not in _WHO[step]:
        return f"{step} a rectification"
    is_work = step in {RectificationStep.START, RectificationStep.SUBMIT}
    if is_work and actor.role is Role.INSTRUCTOR and not actor.is_owner:
        return f"{step} a rectification of somebody else"
    if step is RectificationStep.ACCEPT and actor.is_submitter:
        return "accept what you submitted yourself"
    return None
