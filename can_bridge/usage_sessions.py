"""When a bench is in use: a condition that holds long enough starts a session, idleness ends it."""

from dataclasses import dataclass, replace
from enum import StrEnum

LONGEST_STEP_MS = 5_000
"""Chosen: a longer gap between steps is no evidence of use (bridge stopped, clock jumped)."""


class UsageStep(StrEnum):
    """What a step tells the outside."""

    STARTED = "started"
    EXTENDED = "extended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class UsageRule:
    """`start_s` of uninterrupted use start a session, `idle_s` without use end it."""

    start_s: float
    idle_s: float
    extend_s: float = 60.0


@dataclass(frozen=True, slots=True)
class OpenUsage:
    """A running session; moments are milliseconds since 1970."""

    usage_id: str
    started_at_ms: int
    last_active_ms: int
    told_at_ms: int
    active_ms: int = 0
    frames: int = 0


@dataclass(frozen=True, slots=True)
class UsageState:
    """State of the reducer; `count` makes ids unique even when the clock is set back."""

    open: OpenUsage | None = None
    candidate_since_ms: int | None = None
    candidate_frames: int = 0
    last_step_ms: int | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class UsageOutcome:
    """A step of a session to report: half-open `[started_at, ended_at)`, ended at the last use.

    `active_s` is time in which the condition held; `frames` the frames seen meanwhile.
    """

    step: UsageStep
    usage_id: str
    started_at_ms: int
    ended_at_ms: int | None
    active_s: float
    frames: int


def step(
    rule: UsageRule, state: UsageState, at_ms: int, is_in_use: bool | None, frames: int
) -> tuple[UsageState, list[UsageOutcome]]:
    """Advance by one observation.

    `is_in_use` is None while undecided, which counts as idle. `frames` came since the last step.
    """
    elapsed_ms = 0 if state.last_step_ms is None else at_ms - state.last_step_ms
    state = replace(state, last_step_ms=at_ms)
    if state.open is not None:
        return _while_open(
            rule, state, state.open, _Moment(at_ms, elapsed_ms, bool(is_in_use), frames)
        )
    if not is_in_use:
        if state.candidate_since_ms is None:
            return state, []
        return replace(state, candidate_since_ms=None, candidate_frames=0), []
    since_ms = state.candidate_since_ms
    if since_ms is None or not 0 <= elapsed_ms <= LONGEST_STEP_MS:
        return replace(state, candidate_since_ms=at_ms, candidate_frames=frames), []
    counted = state.candidate_frames + frames
    if at_ms - since_ms < rule.start_s * 1000:
        return replace(state, candidate_frames=counted), []
    usage = OpenUsage(
        usage_id=f"{since_ms}-{state.count + 1}",
        started_at_ms=since_ms,
        last_active_ms=at_ms,
        told_at_ms=at_ms,
        active_ms=at_ms - since_ms,
        frames=counted,
    )
    started = UsageState(open=usage, last_step_ms=at_ms, count=state.count + 1)
    return started, [_outcome(UsageStep.STARTED, usage)]


def end(state: UsageState) -> tuple[UsageState, list[UsageOutcome]]:
    """End the open session at its last use, when nothing can follow any more."""
    closed = UsageState(last_step_ms=state.last_step_ms, count=state.count)
    if state.open is None:
        return closed, []
    last_ms = state.open.last_active_ms
    return closed, [_outcome(UsageStep.ENDED, state.open, ended_at_ms=last_ms)]


def shifted(state: UsageState, by_ms: int) -> UsageState:
    """The same state after the wall clock was set by `by_ms`; running times are as before."""

    def moved(at_ms: int | None) -> int | None:
        return None if at_ms is None else at_ms + by_ms

    usage = state.open
    if usage is not None:
        usage = replace(
            usage,
            started_at_ms=usage.started_at_ms + by_ms,
            last_active_ms=usage.last_active_ms + by_ms,
            told_at_ms=usage.told_at_ms + by_ms,
        )
    return replace(
        state,
        open=usage,
        candidate_since_ms=moved(state.candidate_since_ms),
        last_step_ms=moved(state.last_step_ms),
    )


@dataclass(frozen=True, slots=True)
class _Moment:
    at_ms: int
    elapsed_ms: int
    is_in_use: bool
    frames: int


def _while_open(
    rule: UsageRule, state: UsageState, usage: OpenUsage, now: _Moment
) -> tuple[UsageState, list[UsageOutcome]]:
    has_jumped = not 0 <= now.elapsed_ms <= max(LONGEST_STEP_MS, rule.idle_s * 1000)
    idle_ms = now.at_ms - usage.last_active_ms
    if has_jumped or (not now.is_in_use and idle_ms >= rule.idle_s * 1000):
        closed = UsageState(last_step_ms=now.at_ms, count=state.count)
        return closed, [_outcome(UsageStep.ENDED, usage, ended_at_ms=usage.last_active_ms)]
    if now.is_in_use:
        usage = replace(
            usage,
            last_active_ms=now.at_ms,
            active_ms=usage.active_ms + min(now.elapsed_ms, LONGEST_STEP_MS),
        )
    usage = replace(usage, frames=usage.frames + now.frames)
    if now.at_ms - usage.told_at_ms < rule.extend_s * 1000:
        return replace(state, open=usage), []
    usage = replace(usage, told_at_ms=now.at_ms)
    return replace(state, open=usage), [_outcome(UsageStep.EXTENDED, usage)]


def _outcome(kind: UsageStep, usage: OpenUsage, ended_at_ms: int | None = None) -> UsageOutcome:
    return UsageOutcome(
        step=kind,
        usage_id=usage.usage_id,
        started_at_ms=usage.started_at_ms,
        ended_at_ms=ended_at_ms,
        active_s=usage.active_ms / 1000,
        frames=usage.frames,
    )
