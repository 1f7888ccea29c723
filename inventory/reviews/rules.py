"""The guide's workflow and who may take which step of it (pure).

Order of the guide 《1+X证书制度汽车专业领域实施方案指南》, section 二: 院校提交申报材料,
评价组织审核, 签订协议书, 院校提交遴选审核表, 院校完善建设条件, 评价组织审核,
签发协议正式生效通知, 正式实施.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from inventory.accounts.rules import Role


class ReviewState(StrEnum):
    """Where a station stands; the last three are of a station that was running or is gone."""

    APPLIED = "applied"
    APPLICATION_RETURNED = "application_returned"
    APPLICATION_PASSED = "application_passed"
    AGREEMENT_SIGNED = "agreement_signed"
    SELECTION_SUBMITTED = "selection_submitted"
    CONDITIONS_COMPLETED = "conditions_completed"
    CONDITIONS_RETURNED = "conditions_returned"
    CONDITIONS_PASSED = "conditions_passed"
    IN_EFFECT = "in_effect"
    RUNNING = "running"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class ReviewStep(StrEnum):
    """What moves a station on; `return` gives back what was submitted, with words."""

    APPLY = "apply"
    PASS_APPLICATION = "pass_application"  # noqa: S105 - a pass is no password
    RETURN = "return"
    SIGN_AGREEMENT = "sign_agreement"
    SUBMIT_SELECTION = "submit_selection"
    COMPLETE_CONDITIONS = "complete_conditions"
    PASS_CONDITIONS = "pass_conditions"  # noqa: S105 - a pass is no password
    ISSUE_EFFECT_NOTICE = "issue_effect_notice"
    START_RUNNING = "start_running"
    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"


class Side(StrEnum):
    """Who speaks: 执行方 or 指导方 of the guide."""

    SCHOOL = "school"
    EVALUATION = "evaluation"


ENDED = frozenset({ReviewState.WITHDRAWN, ReviewState.REVOKED})
_UNDER_AGREEMENT = frozenset(ReviewState) - {
    ReviewState.APPLIED,
    ReviewState.APPLICATION_RETURNED,
    ReviewState.APPLICATION_PASSED,
    *ENDED,
}
_ARROWS: Mapping[ReviewState, Mapping[ReviewStep, ReviewState]] = {
    ReviewState.APPLIED: {
        ReviewStep.PASS_APPLICATION: ReviewState.APPLICATION_PASSED,
        ReviewStep.RETURN: ReviewState.APPLICATION_RETURNED,
    },
    ReviewState.APPLICATION_RETURNED: {ReviewStep.APPLY: ReviewState.APPLIED},
    ReviewState.APPLICATION_PASSED: {ReviewStep.SIGN_AGREEMENT: ReviewState.AGREEMENT_SIGNED},
    ReviewState.AGREEMENT_SIGNED: {ReviewStep.SUBMIT_SELECTION: ReviewState.SELECTION_SUBMITTED},
    ReviewState.SELECTION_SUBMITTED: {
        ReviewStep.COMPLETE_CONDITIONS: ReviewState.CONDITIONS_COMPLETED
    },
    ReviewState.CONDITIONS_COMPLETED: {
        ReviewStep.PASS_CONDITIONS: ReviewState.CONDITIONS_PASSED,
        ReviewStep.RETURN: ReviewState.CONDITIONS_RETURNED,
    },
    ReviewState.CONDITIONS_RETURNED: {
        ReviewStep.COMPLETE_CONDITIONS: ReviewState.CONDITIONS_COMPLETED
    },
    ReviewState.CONDITIONS_PASSED: {ReviewStep.ISSUE_EFFECT_NOTICE: ReviewState.IN_EFFECT},
    ReviewState.IN_EFFECT: {ReviewStep.START_RUNNING: ReviewState.RUNNING},
    ReviewState.RUNNING: {ReviewStep.SUSPEND: ReviewState.SUSPENDED},
    ReviewState.SUSPENDED: {ReviewStep.RESUME: ReviewState.RUNNING},
}
_OF_SCHOOL = frozenset(
    {
        ReviewStep.APPLY,
        ReviewStep.SUBMIT_SELECTION,
        ReviewStep.COMPLETE_CONDITIONS,
        ReviewStep.START_RUNNING,
        ReviewStep.WITHDRAW,
    }
)
SUBMISSIONS = frozenset(
    {ReviewStep.APPLY, ReviewStep.SUBMIT_SELECTION, ReviewStep.COMPLETE_CONDITIONS}
)
"""Steps that hand something in: they take the list of the day, what follows keeps it."""
_NEED_WORDS = frozenset(
    {ReviewStep.RETURN, ReviewStep.SUSPEND, ReviewStep.WITHDRAW, ReviewStep.REVOKE}
)
_LEADERS = frozenset({Role.STATIONMASTER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Ground:
    """What a step is taken on: its words, and how many binding findings the check has."""

    text: str
    binding_count: int = 0


def possible_steps(state: ReviewState | None) -> list[ReviewStep]:
    """The steps that lead on, in the guide's order; None is a station without a review."""
    return [step for step in ReviewStep if after(state, step) is not None]


def after(state: ReviewState | None, step: ReviewStep) -> ReviewState | None:
    """The state a step leads to; None when it is not possible from here.

    A school may leave at any time; pilot status can be lost only by who has an agreement. A
    station that left applies anew, which is a review of its own.
    """
    if state is None:
        return ReviewState.APPLIED if step is ReviewStep.APPLY else None
    if step is ReviewStep.WITHDRAW:
        return None if state in ENDED else ReviewState.WITHDRAWN
    if step is ReviewStep.REVOKE:
        return ReviewState.REVOKED if state in _UNDER_AGREEMENT else None
    return _ARROWS.get(state, {}).get(step)


def side_of(step: ReviewStep) -> Side:
    """Whose step it is.

    Chosen: the agreement is signed when the evaluation organisation, which signs last, says so.
    """
    return Side.SCHOOL if step in _OF_SCHOOL else Side.EVALUATION


def speaks_for(role: Role) -> Side | None:
    """For which side a person takes steps; None: for none."""
    if role in _LEADERS:
        return Side.SCHOOL
    return Side.EVALUATION if role is Role.EVALUATOR else None


def objection(step: ReviewStep, ground: Ground) -> str | None:
    """What is expected of a step's words; None when they will do.

    A station may pass with binding findings, since the organisation decides and not a program, but
    not without a reason that stays on record.
    """
    if step in _NEED_WORDS and not ground.text:
        return f"words: nobody can follow a {step.value} without"
    if step is ReviewStep.PASS_CONDITIONS and ground.binding_count and not ground.text:
        return f"a reason: the check has {ground.binding_count} binding findings"
    return None
