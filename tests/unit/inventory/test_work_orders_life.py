import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from inventory.accounts.rules import Role
from inventory.work_orders.rules import (
    SAME_TROUBLE_WITHIN,
    Actor,
    WorkOrderLife,
    WorkOrderState,
    WorkOrderStep,
    is_same_trouble,
    observed,
    possible_steps,
    refusal,
    taken,
)
from tests.examples import EXAMPLES

STATE, STEP = WorkOrderState, WorkOrderStep
# a model that knows nothing of the code: who can follow whom
ARROWS = {
    "reported": {
        "triage": "triaged",
        "assign": "triaged",
        "start": "in_progress",
        "done": "done",
        "reject": "rejected",
    },
    "triaged": {
        "triage": "triaged",
        "assign": "triaged",
        "start": "in_progress",
        "done": "done",
        "reject": "rejected",
    },
    "in_progress": {
        "triage": "in_progress",
        "assign": "in_progress",
        "done": "done",
        "reject": "rejected",
    },
    "done": {"reopen": "triaged"},
    "rejected": {"reopen": "triaged"},
}
ENDED = {"done", "rejected"}


class LifeOfAWorkOrder(RuleBasedStateMachine):
    """A bench whose fault comes and goes, and persons who do what they like."""

    def __init__(self) -> None:
        super().__init__()
        self.life = WorkOrderLife(is_fault_present=True)
        self.state, self.times, self.present = "reported", 1, True
        self.is_looked_at = False

    @rule(step=st.sampled_from(STEP))
    def person(self, step: WorkOrderStep) -> None:
        after = taken(self.life, step)
        expected = ARROWS[self.state].get(step, self.state if step is STEP.COMMENT else None)
        assert (None if after is None else after.state) == expected
        if after is not None and expected is not None:
            self.life, self.state = after, expected
            self.times += step is STEP.REOPEN
            self.is_looked_at = self.is_looked_at or step is not STEP.COMMENT

    @rule()
    def fault_goes(self) -> None:
        self.life, step = observed(self.life, is_present=False)
        was_open = self.state not in ENDED
        assert (step is STEP.CLEAR) == (was_open and self.present)
        if self.present and self.state == "reported":
            self.state = "done"
        self.present = False

    @rule()
    def fault_stays(self) -> None:
        if self.present:
            before = self.life
            assert observed(self.life, is_present=True) == (before, None)

    @rule()
    def fault_comes_again(self) -> None:
        self.life, step = observed(self.life, is_present=True, is_new=True)
        was_ended = self.state in ENDED
        assert (step is STEP.RECUR) == (was_ended or not self.present)
        if was_ended:
            self.state, self.times, self.is_looked_at = "reported", self.times + 1, False
        self.present = True

    @invariant()
    def the_model_says_the_same(self) -> None:
        life = self.life
        model = (self.state, self.times, self.present)
        assert (life.state, life.times, life.is_fault_present) == model

    @invariant()
    def what_somebody_took_up_only_a_person_ends(self) -> None:
        if self.state == "reported":
            assert not self.is_looked_at


TestLifeOfAWorkOrder = LifeOfAWorkOrder.TestCase
TestLifeOfAWorkOrder.settings = settings(max_examples=EXAMPLES, stateful_step_count=20)


def test_what_a_person_ended_stays_so_while_the_bench_says_nothing_new() -> None:
    done = WorkOrderLife(STATE.DONE, is_fault_present=True)
    assert observed(done, is_present=True) == (done, None)
    gone, step = observed(done, is_present=False)
    assert (gone.state, step) == (STATE.DONE, None)
    back, step = observed(gone, is_present=True, is_new=True)
    assert (back.state, back.times, step) == (STATE.REPORTED, 2, STEP.RECUR)


def test_a_fault_that_returns_late_is_another_trouble() -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    assert is_same_trouble(None, now)
    assert is_same_trouble(now - SAME_TROUBLE_WITHIN, now)
    assert not is_same_trouble(now - SAME_TROUBLE_WITHIN - timedelta(seconds=1), now)


@pytest.mark.parametrize(("role", "step"), list(itertools.product(Role, STEP)))
def test_who_may_take_which_step(role: Role, step: WorkOrderStep) -> None:
    leader = role in {Role.STATIONMASTER, Role.ADMINISTRATOR}
    staff = leader or role is Role.INSTRUCTOR
    allowed = {
        STEP.OPEN: staff,
        STEP.TRIAGE: leader,
        STEP.ASSIGN: leader,
        STEP.START: staff,
        STEP.DONE: staff,
        STEP.REJECT: leader,
        STEP.REOPEN: staff,
        STEP.COMMENT: staff,
        STEP.CLEAR: False,
        STEP.RECUR: False,
    }
    assert (refusal(step, Actor(role, is_owner=True)) is None) == allowed[step]


def test_an_instructor_repairs_the_own_or_what_nobody_has() -> None:
    other = Actor(Role.INSTRUCTOR)
    nobodys = Actor(Role.INSTRUCTOR, has_nobody=True)
    reporter = Actor(Role.INSTRUCTOR, is_reporter=True)
    assert refusal(STEP.START, other) is not None
    assert refusal(STEP.DONE, reporter) is not None
    assert refusal(STEP.START, nobodys) is None
    assert refusal(STEP.REOPEN, nobodys) is not None
    assert refusal(STEP.REOPEN, reporter) is None
    assert refusal(STEP.DONE, Actor(Role.STATIONMASTER)) is None


def test_every_state_leads_on() -> None:
    assert all(set(possible_steps(state)) - {STEP.COMMENT} for state in STATE)
