from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.accounts.rules import Role
from inventory.sharing.rules import (
    HOLD_LASTS,
    OPEN,
    UNFINISHED,
    Actor,
    SharingLife,
    SharingSide,
    SharingState,
    SharingStep,
    Visit,
    followed,
    hold_until,
    possible_steps,
    refusal,
    taken,
)

NOW = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
lives = st.builds(
    SharingLife,
    st.sampled_from(SharingState),
    st.frozensets(st.sampled_from(list(SharingSide)[:2])),
)


def after(*steps: tuple[SharingStep, SharingSide]) -> SharingLife:
    life = SharingLife()
    for step, side in steps:
        following = taken(life, step, side)
        assert following is not None, (step, side, life)
        life = following
    return life


AGREED = ((SharingStep.OFFER_TERMS, SharingSide.OWNER), (SharingStep.ACCEPT, SharingSide.REQUESTER))


def test_both_sides_have_to_say_yes_before_anybody_may_come() -> None:
    assert after(*AGREED).state is SharingState.AGREED
    assert taken(SharingLife(), SharingStep.ACCEPT, SharingSide.REQUESTER) is None
    offered = after(AGREED[0])
    assert taken(offered, SharingStep.ACCEPT, SharingSide.OWNER) is None
    assert taken(SharingLife(), SharingStep.OFFER_TERMS, SharingSide.REQUESTER) is None


def test_terms_may_be_changed_until_they_are_accepted() -> None:
    again = after(AGREED[0], AGREED[0])
    assert again.state is SharingState.TERMS_OFFERED
    assert taken(after(*AGREED), SharingStep.OFFER_TERMS, SharingSide.OWNER) is None


def test_each_side_says_once_how_it_was_and_only_after_the_visit() -> None:
    visited = after(
        *AGREED, (SharingStep.CHECK_IN, SharingSide.OWNER), (SharingStep.FINISH, SharingSide.HOUSE)
    )
    one = taken(visited, SharingStep.FEEDBACK, SharingSide.OWNER)
    assert one is not None
    assert taken(one, SharingStep.FEEDBACK, SharingSide.OWNER) is None
    both = taken(one, SharingStep.FEEDBACK, SharingSide.REQUESTER)
    assert both is not None
    assert both.judged_by == {SharingSide.OWNER, SharingSide.REQUESTER}
    assert taken(after(*AGREED), SharingStep.FEEDBACK, SharingSide.OWNER) is None


@given(lives, st.sampled_from(SharingStep), st.sampled_from(SharingSide))
def test_what_is_over_stays_over(life: SharingLife, step: SharingStep, side: SharingSide) -> None:
    following = taken(life, step, side)
    if life.state not in UNFINISHED and following is not None:
        assert following.state is life.state
        assert step in {SharingStep.FEEDBACK, SharingStep.COMMENT}


@given(lives, st.sampled_from(SharingStep), st.sampled_from(Role), st.booleans())
def test_a_side_takes_only_steps_that_are_its_own(
    life: SharingLife, step: SharingStep, role: Role, is_own: bool
) -> None:
    for side in (SharingSide.OWNER, SharingSide.REQUESTER):
        allowed = refusal(step, Actor(side, role, is_own)) is None
        assert not allowed or step in {
            one for state in SharingState for one in possible_steps(SharingLife(state), side)
        }
    assert refusal(step, Actor(SharingSide.HOUSE, role, is_own)) is not None
    assert life.state in SharingState


def test_a_visitor_moves_only_their_own_request_and_a_station_master_the_schools() -> None:
    accept = SharingStep.ACCEPT
    assert refusal(accept, Actor(SharingSide.REQUESTER, Role.VISITOR, is_own=True)) is None
    assert refusal(accept, Actor(SharingSide.REQUESTER, Role.VISITOR)) is not None
    assert refusal(accept, Actor(SharingSide.REQUESTER, Role.INSTRUCTOR)) is not None
    assert refusal(accept, Actor(SharingSide.REQUESTER, Role.STATIONMASTER)) is None
    for role in (Role.INSTRUCTOR, Role.EVALUATOR, Role.VISITOR):
        assert (
            refusal(SharingStep.OFFER_TERMS, Actor(SharingSide.OWNER, role, is_own=True))
            is not None
        )


def test_a_hold_lasts_three_days_but_never_into_the_slot() -> None:
    assert hold_until(NOW, NOW + 100 * HOUR) == NOW + HOLD_LASTS
    assert hold_until(NOW, NOW + HOUR) == NOW + HOUR


@pytest.mark.parametrize(
    ("state", "visit", "step"),
    [
        (SharingState.REQUESTED, Visit(NOW + HOUR, NOW + HOUR), None),
        (SharingState.REQUESTED, Visit(NOW + HOUR, NOW), SharingStep.LAPSE),
        (SharingState.TERMS_OFFERED, Visit(NOW + HOUR, is_given_up=True), SharingStep.LAPSE),
        (SharingState.AGREED, Visit(NOW + HOUR), None),
        (SharingState.AGREED, Visit(NOW + HOUR, checked_in_at=NOW), SharingStep.CHECK_IN),
        (SharingState.AGREED, Visit(NOW + HOUR, is_given_up=True), SharingStep.CANCEL),
        (SharingState.AGREED, Visit(NOW + HOUR, is_missed=True), SharingStep.MISS),
        (SharingState.AGREED, Visit(NOW), SharingStep.MISS),
        (SharingState.VISITING, Visit(NOW + HOUR, checked_in_at=NOW), None),
        (SharingState.VISITING, Visit(NOW, checked_in_at=NOW - HOUR), SharingStep.FINISH),
        (SharingState.VISITED, Visit(NOW), None),
    ],
)
def test_time_and_bench_move_a_request_on(
    state: SharingState, visit: Visit, step: SharingStep | None
) -> None:
    assert followed(SharingLife(state), visit, NOW) is step


@given(
    st.sampled_from(SharingState),
    st.integers(-3, 3),
    st.none() | st.integers(-3, 3),
    st.booleans(),
    st.booleans(),
)
def test_what_time_does_is_always_possible_and_comes_to_an_end(
    state: SharingState, end: int, held: int | None, is_in: bool, is_gone: bool
) -> None:
    visit = Visit(
        NOW + end * HOUR,
        None if held is None else NOW + held * HOUR,
        NOW if is_in else None,
        is_given_up=is_gone,
    )
    life = SharingLife(state)
    for _ in range(4):
        step = followed(life, visit, NOW)
        if step is None:
            break
        following = taken(life, step, SharingSide.HOUSE)
        assert following is not None
        life = following
    else:
        pytest.fail("it never comes to rest")
    if end <= 0:
        assert life.state not in OPEN | {SharingState.AGREED, SharingState.VISITING}
