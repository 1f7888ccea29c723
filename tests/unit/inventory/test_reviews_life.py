import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.accounts.rules import Role
from inventory.reviews.rules import (
    ENDED,
    Ground,
    ReviewState,
    ReviewStep,
    Side,
    after,
    objection,
    possible_steps,
    side_of,
    speaks_for,
)
from inventory.reviews.snapshots import canonical, hash_of

GUIDE = [
    ("apply", "school"),
    ("pass_application", "evaluation"),
    ("sign_agreement", "evaluation"),
    ("submit_selection", "school"),
    ("complete_conditions", "school"),
    ("pass_conditions", "evaluation"),
    ("issue_effect_notice", "evaluation"),
    ("start_running", "school"),
]
AGREED = {
    "agreement_signed",
    "selection_submitted",
    "conditions_completed",
    "conditions_returned",
    "conditions_passed",
    "in_effect",
    "running",
    "suspended",
}


def test_the_guide_leads_from_nothing_to_running_in_its_own_order() -> None:
    state: ReviewState | None = None
    for step, side in GUIDE:
        assert side_of(ReviewStep(step)) is Side(side)
        onward = set(possible_steps(state)) - {"withdraw", "revoke", "return"}
        assert onward == {step}
        state = after(state, ReviewStep(step))
    assert state is ReviewState.RUNNING


@given(st.lists(st.sampled_from(ReviewStep), max_size=40))
def test_no_history_skips_a_step_of_the_guide(steps: list[ReviewStep]) -> None:
    state: ReviewState | None = None
    done: list[str] = []
    for step in steps:
        reached = after(state, step)
        if reached is None:
            continue
        done.append(step.value)
        state = reached
    stages = [step for step, _ in GUIDE]
    firsts = [done.index(step) for step in stages if step in done]
    assert [step for step in stages if step in done] == stages[: len(firsts)]
    assert firsts == sorted(firsts)
    returned = sum(step == "return" for step in done)
    handed_in = done.count("apply") + done.count("complete_conditions")
    passed = done.count("pass_application") + done.count("pass_conditions")
    assert returned + passed <= handed_in
    assert done.count("resume") <= done.count("suspend") <= done.count("resume") + 1
    assert done.count("withdraw") + done.count("revoke") <= 1
    if "revoke" in done:
        assert "sign_agreement" in done
    if state in ENDED:
        assert done[-1] in {"withdraw", "revoke"}
        assert possible_steps(state) == []


@pytest.mark.parametrize("state", ReviewState)
def test_a_school_may_leave_and_be_left_until_the_end(state: ReviewState) -> None:
    assert (ReviewStep.WITHDRAW in possible_steps(state)) == (state not in ENDED)
    assert (ReviewStep.REVOKE in possible_steps(state)) == (state.value in AGREED)


@pytest.mark.parametrize("role", Role)
def test_each_role_speaks_for_one_side_or_none(role: Role) -> None:
    speaks = speaks_for(role)
    leader = role in {Role.STATIONMASTER, Role.ADMINISTRATOR}
    expected = Side.SCHOOL if leader else Side.EVALUATION if role is Role.EVALUATOR else None
    assert speaks is expected


def test_hard_steps_need_words_and_a_pass_with_binding_findings_a_reason() -> None:
    for step in (ReviewStep.RETURN, ReviewStep.SUSPEND, ReviewStep.WITHDRAW, ReviewStep.REVOKE):
        assert objection(step, Ground("")) is not None
        assert objection(step, Ground("缺少证书")) is None
    assert objection(ReviewStep.PASS_CONDITIONS, Ground("", 0)) is None
    assert "2 binding" in (objection(ReviewStep.PASS_CONDITIONS, Ground("", 2)) or "")
    assert objection(ReviewStep.PASS_CONDITIONS, Ground("现场已核实", 2)) is None


@given(st.dictionaries(st.text(max_size=5), st.frozensets(st.text(max_size=5)), max_size=5))
def test_equal_contents_have_one_text_and_one_hash(content: dict[str, frozenset[str]]) -> None:
    shuffled = dict(sorted(content.items(), reverse=True))
    assert canonical(content) == canonical(shuffled)
    assert hash_of(canonical(content)) == hash_of(canonical(shuffled))
    assert json.loads(canonical(content)) == {key: sorted(one) for key, one in content.items()}
