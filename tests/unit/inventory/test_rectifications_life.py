import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.accounts.rules import Role
from inventory.rectifications.rules import (
    UNFINISHED,
    Actor,
    RectificationLife,
    RectificationState,
    RectificationStep,
    observed,
    possible_steps,
    refusal,
    taken,
)

STATE, STEP = RectificationState, RectificationStep
# a model that knows nothing of the code: who can follow whom
ARROWS = {
    "open": {"start": "in_progress", "submit": "submitted"},
    "in_progress": {"submit": "submitted"},
    "submitted": {"accept": "accepted", "return": "returned"},
    "returned": {"start": "in_progress", "submit": "submitted"},
    "accepted": {"reopen": "open"},
    "closed": {"reopen": "open"},
}
steps_by_persons = st.sampled_from(
    [STEP.START, STEP.SUBMIT, STEP.ACCEPT, STEP.RETURN, STEP.REOPEN, STEP.ASSIGN, STEP.COMMENT]
)
events = st.lists(st.one_of(steps_by_persons, st.booleans()), max_size=30)


@given(events)
def test_a_life_never_leaves_the_plain_model(history: list[RectificationStep | bool]) -> None:
    life, state, present, times = RectificationLife(), "open", True, 1
    for event in history:
        if isinstance(event, bool):
            was_present, present = present, event
            life, step = observed(life, is_present=event)
            if not event and state not in {"accepted", "closed"}:
                state = "closed"
                assert step is STEP.CLOSE
            elif event and not was_present and state in {"accepted", "closed"}:
                state, times = "open", times + 1
                assert step is STEP.REOPEN
            else:
                assert step is None
        else:
            after = taken(life, event)
            known = event in {STEP.ASSIGN, STEP.COMMENT}
            is_possible = event in ARROWS[state] or event is STEP.COMMENT
            is_possible = is_possible or (event is STEP.ASSIGN and STATE(state) in UNFINISHED)
            assert (after is not None) == is_possible
            if after is not None:
                life = after
                times += event is STEP.REOPEN
                state = state if known else ARROWS[state][event]
        assert (life.state, life.is_present, life.times) == (state, present, times)


def test_what_was_accepted_stays_so_until_the_finding_was_gone_for_once() -> None:
    accepted = RectificationLife(STATE.ACCEPTED)
    assert observed(accepted, is_present=True) == (accepted, None)
    gone, step = observed(accepted, is_present=False)
    assert (gone.state, step) == (STATE.ACCEPTED, None)
    back, step = observed(gone, is_present=True)
    assert (back.state, back.times, step) == (STATE.OPEN, 2, STEP.REOPEN)


@pytest.mark.parametrize(("role", "step"), list(itertools.product(Role, STEP)))
def test_who_may_take_which_step(role: Role, step: RectificationStep) -> None:
    leader = role in {Role.STATIONMASTER, Role.ADMINISTRATOR}
    allowed = {
        STEP.OPEN: leader,
        STEP.ASSIGN: leader,
        STEP.REOPEN: leader,
        STEP.START: leader or role is Role.INSTRUCTOR,
        STEP.SUBMIT: leader or role is Role.INSTRUCTOR,
        STEP.ACCEPT: leader or role is Role.EVALUATOR,
        STEP.RETURN: leader or role is Role.EVALUATOR,
        STEP.COMMENT: role is not Role.VISITOR,
        STEP.CLOSE: False,
    }
    assert (refusal(step, Actor(role, is_owner=True)) is None) == allowed[step]


def test_an_instructor_works_on_the_own_and_nobody_accepts_the_own_work() -> None:
    assert refusal(STEP.SUBMIT, Actor(Role.INSTRUCTOR)) is not None
    assert refusal(STEP.SUBMIT, Actor(Role.STATIONMASTER)) is None
    assert refusal(STEP.ACCEPT, Actor(Role.STATIONMASTER, is_submitter=True)) is not None
    assert refusal(STEP.RETURN, Actor(Role.STATIONMASTER, is_submitter=True)) is None


def test_every_state_leads_on() -> None:
    assert all(set(possible_steps(state)) - {STEP.COMMENT} for state in STATE)
