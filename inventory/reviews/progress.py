"""How far a station is on the guide's way, and whose turn it is (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from inventory.reviews.rules import ENDED, ReviewState, ReviewStep, Side, after, side_of

GUIDE = (
    ReviewStep.APPLY,
    ReviewStep.PASS_APPLICATION,
    ReviewStep.SIGN_AGREEMENT,
    ReviewStep.SUBMIT_SELECTION,
    ReviewStep.COMPLETE_CONDITIONS,
    ReviewStep.PASS_CONDITIONS,
    ReviewStep.ISSUE_EFFECT_NOTICE,
    ReviewStep.START_RUNNING,
)
"""The way of a station that is never returned, in the guide's order."""
_RETURNED = frozenset({ReviewState.APPLICATION_RETURNED, ReviewState.CONDITIONS_RETURNED})


class StageState(StrEnum):
    """Where a step of the guide stands in one review."""

    DONE = "done"
    NOW = "now"
    RETURNED = "returned"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the guide; `entry_id` is when it was last taken, or returned."""

    step: ReviewStep
    side: Side
    state: StageState
    entry_id: int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken and the state it led to."""

    entry_id: int
    step: ReviewStep
    state: ReviewState


def next_step(state: ReviewState) -> ReviewStep | None:
    """What leads on; None where a station runs or is gone."""
    onward = (*GUIDE, ReviewStep.RESUME)
    return next((step for step in onward if after(state, step) is not None), None)


def waits_for(state: ReviewState) -> Side | None:
    """Whose turn it is; None where nothing is to be done.

    What is to be mended by a suspended station is between the two; the word that ends it is the
    evaluation organisation's, but until then the school has to act.
    """
    if state is ReviewState.SUSPENDED:
        return Side.SCHOOL
    step = next_step(state)
    return None if step is None else side_of(step)


WAITING: Mapping[Side, frozenset[ReviewState]] = {
    side: frozenset(state for state in ReviewState if waits_for(state) is side) for side in Side
}
"""The states in which it is a side's turn."""


def stages(taken: Sequence[Taken]) -> tuple[Stage, ...]:
    """All steps of the guide with where they stand, after these steps were taken in this order.

    Of a review that ended the steps it had reached stay done, the others stay ahead.
    """
    going_on = [one for one in taken if one.state not in ENDED]
    state = going_on[-1].state if going_on else None
    is_over = len(going_on) < len(taken)
    upcoming = ReviewStep.APPLY if state is None else next_step(state)
    reached = GUIDE.index(upcoming) if upcoming in GUIDE else len(GUIDE)
    latest = {one.step: one.entry_id for one in taken}
    return tuple(
        _stage(step, place - reached, latest, is_over=is_over, is_back=state in _RETURNED)
        for place, step in enumerate(GUIDE)
    )


def _stage(
    step: ReviewStep,
    beyond: int,
    latest: Mapping[ReviewStep, int],
    *,
    is_over: bool,
    is_back: bool,
) -> Stage:
    side = side_of(step)
    if beyond < 0:
        return Stage(step, side, StageState.DONE, latest.get(step))
    if beyond or is_over:
        return Stage(step, side, StageState.AHEAD, None)
    if is_back:
        return Stage(step, side, StageState.RETURNED, latest.get(ReviewStep.RETURN))
    return Stage(step, side, StageState.NOW, None)
