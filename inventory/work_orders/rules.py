"""The life of a work order and who may move it (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inventory.accounts.rules import Role


class WorkOrderState(StrEnum):
    """Reported ones nobody has looked at; done and rejected ones are finished."""

    REPORTED = "reported"
    TRIAGED = "triaged"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REJECTED = "rejected"


class WorkOrderSource(StrEnum):
    """Who found it: a bench, somebody of the school, or whoever read the code on the thing."""

    BENCH = "bench"
    STAFF = "staff"
    PUBLIC = "public"


class WorkOrderStep(StrEnum):
    """What happens to a work order; `clear` and `recur` are the bench's own steps.

    `assign` and `comment` leave the state as it is, and so does `triage` of what is in progress.
    """

    OPEN = "open"
    TRIAGE = "triage"
    ASSIGN = "assign"
    START = "start"
    DONE = "done"
    REJECT = "reject"
    REOPEN = "reopen"
    COMMENT = "comment"
    CLEAR = "clear"
    RECUR = "recur"


UNFINISHED = frozenset(
    {WorkOrderState.REPORTED, WorkOrderState.TRIAGED, WorkOrderState.IN_PROGRESS}
)
FINISHED = frozenset(WorkOrderState) - UNFINISHED
SAME_TROUBLE_WITHIN = timedelta(days=30)
"""Chosen: a fault that comes back within a month was not mended; later it is a new one."""
_FROM: Mapping[WorkOrderStep, frozenset[WorkOrderState]] = {
    WorkOrderStep.TRIAGE: UNFINISHED,
    WorkOrderStep.ASSIGN: UNFINISHED,
    WorkOrderStep.START: UNFINISHED - {WorkOrderState.IN_PROGRESS},
    WorkOrderStep.DONE: UNFINISHED,
    WorkOrderStep.REJECT: UNFINISHED,
    WorkOrderStep.REOPEN: FINISHED,
    WorkOrderStep.COMMENT: frozenset(WorkOrderState),
}
_TO: Mapping[WorkOrderStep, WorkOrderState] = {
    WorkOrderStep.START: WorkOrderState.IN_PROGRESS,
    WorkOrderStep.DONE: WorkOrderState.DONE,
    WorkOrderStep.REJECT: WorkOrderState.REJECTED,
    WorkOrderStep.REOPEN: WorkOrderState.TRIAGED,
}
_LEADERS = frozenset({Role.STATIONMASTER, Role.ADMINISTRATOR})
_STAFF = _LEADERS | {Role.INSTRUCTOR}
_WHO: Mapping[WorkOrderStep, frozenset[Role]] = {
    WorkOrderStep.OPEN: _STAFF,
    WorkOrderStep.TRIAGE: _LEADERS,
    WorkOrderStep.ASSIGN: _LEADERS,
    WorkOrderStep.START: _STAFF,
    WorkOrderStep.DONE: _STAFF,
    WorkOrderStep.REJECT: _LEADERS,
    WorkOrderStep.REOPEN: _STAFF,
    WorkOrderStep.COMMENT: _STAFF,
    WorkOrderStep.CLEAR: frozenset(),
    WorkOrderStep.RECUR: frozenset(),
}
NEEDS_WORDS = frozenset({WorkOrderStep.DONE, WorkOrderStep.REJECT, WorkOrderStep.COMMENT})
"""Nobody can follow these without: what was done, why not, what is there to say."""


@dataclass(frozen=True, slots=True)
class WorkOrderLife:
    """Where a work order stands.

    `times` counts how often it was opened; `is_fault_present` is whether the bench reports the
    fault now, always false for what a person reported.
    """

    state: WorkOrderState = WorkOrderState.REPORTED
    times: int = 1
    is_fault_present: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants to take a step; owner and reporter of this very work order."""

    role: Role
    is_owner: bool = False
    is_reporter: bool = False
    has_nobody: bool = False


def possible_steps(state: WorkOrderState) -> list[WorkOrderStep]:
    """The steps by persons that lead on from a state, in the order of their definition."""
    return [step for step in WorkOrderStep if state in _FROM.get(step, ())]


def taken(life: WorkOrderLife, step: WorkOrderStep) -> WorkOrderLife | None:
    """The life after a step by a person; None when the step is not possible from here.

    Giving a report to somebody is to have looked at it.
    """
    if step not in possible_steps(life.state):
        return None
    is_looked_at = step in {WorkOrderStep.TRIAGE, WorkOrderStep.ASSIGN}
    if is_looked_at and life.state is WorkOrderState.REPORTED:
        return replace(life, state=WorkOrderState.TRIAGED)
    times = life.times + (step is WorkOrderStep.REOPEN)
    return replace(life, state=_TO.get(step, life.state), times=times)


def observed(
    life: WorkOrderLife, *, is_present: bool, is_new: bool = False
) -> tuple[WorkOrderLife, WorkOrderStep | None]:
    """The life after a look at the bench, and the step this was, if any.

    A fault that went away by itself ends what nobody has looked at yet. Once somebody has, only a
    person ends it: the bench can tell that a fault is gone, not that it is mended.

    Args:
        life: where the order stood.
        is_present: whether the bench reports the fault as blocking now.
        is_new: whether this is another occurrence than those the order has seen; what a person
            finished although the bench still reports it stays finished until there is one.
    """
    after = replace(life, is_fault_present=is_present)
    is_finished = life.state in FINISHED
    if is_present and is_finished:
        if not is_new:
            return after, None
        back = replace(after, state=WorkOrderState.REPORTED, times=life.times + 1)
        return back, WorkOrderStep.RECUR
    if is_present == life.is_fault_present or is_finished:
        return after, None
    if is_present:
        return after, WorkOrderStep.RECUR
    if life.state is WorkOrderState.REPORTED:
        after = replace(after, state=WorkOrderState.DONE)
    return after, WorkOrderStep.CLEAR


def is_same_trouble(finished_at: datetime | None, now: datetime) -> bool:
    """Whether a finished order takes a fault that came back; else the fault opens a new one."""
    return finished_at is None or now - finished_at <= SAME_TROUBLE_WITHIN


def refusal(step: WorkOrderStep, actor: Actor) -> str | None:
    """Why this person may not take the step; None when they may.

    Chosen: an instructor repairs what was given to them or what nobody has, and may say of what
    they reported or repaired themselves that it is not mended after all.
    """
    if actor.role not in _WHO[step]:
        return f"{step} a work order"
    if actor.role is not Role.INSTRUCTOR:
        return None
    is_work = step in {WorkOrderStep.START, WorkOrderStep.DONE}
    if is_work and not (actor.is_owner or actor.has_nobody):
        return f"{step} a work order of somebody else"
    if step is WorkOrderStep.REOPEN and not (actor.is_owner or actor.is_reporter):
        return "reopen a work order you neither reported nor repaired"
    return None
