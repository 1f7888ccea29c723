from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inventory.faults.rules import FaultLife, FaultState, FaultStep, is_blocking, step

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def reported(state: FaultState, after_s: int = 0) -> FaultStep:
    return FaultStep(state, NOW, NOW + timedelta(seconds=after_s), (1, after_s))


def lived(*steps: FaultStep) -> FaultLife | None:
    life: FaultLife | None = None
    for each in steps:
        life = step(life, each) or life
    return life


def test_a_fault_is_pending_then_confirmed_then_cleared() -> None:
    life = lived(
        reported(FaultState.PENDING),
        reported(FaultState.CONFIRMED, 1),
        reported(FaultState.CLEARED, 9),
    )
    assert life is not None
    assert life.state is FaultState.CLEARED
    assert life.first_at == NOW
    assert life.confirmed_at == NOW + timedelta(seconds=1)
    assert life.cleared_at == NOW + timedelta(seconds=9)


def test_a_repeated_step_changes_nothing() -> None:
    life = lived(reported(FaultState.CONFIRMED))
    assert step(life, reported(FaultState.CONFIRMED, 5)) is None


def test_a_late_step_does_not_open_a_cleared_fault() -> None:
    life = lived(reported(FaultState.CLEARED, 9))
    after = step(life, reported(FaultState.CONFIRMED, 1))
    assert after is not None
    assert (after.state, after.confirmed_at) == (FaultState.CLEARED, NOW + timedelta(seconds=1))
    assert step(after, reported(FaultState.CONFIRMED, 2)) is None


def test_a_fault_may_be_heard_of_first_when_it_is_confirmed() -> None:
    life = lived(reported(FaultState.CONFIRMED, 3))
    assert life is not None
    assert life.state is FaultState.CONFIRMED


def test_only_confirmed_and_severe_faults_block() -> None:
    assert is_blocking(FaultState.CONFIRMED, 2, 2)
    assert not is_blocking(FaultState.CONFIRMED, 1, 2)
    assert not is_blocking(FaultState.PENDING, 3, 2)
    assert not is_blocking(FaultState.CLEARED, 3, 2)


@given(
    st.lists(
        st.builds(reported, st.sampled_from(FaultState), st.integers(0, 100)),
        min_size=1,
        unique_by=lambda made: made.order,
    ).flatmap(lambda made: st.tuples(st.just(made), st.permutations(made)))
)
def test_the_order_in_which_steps_come_makes_no_difference(
    steps: tuple[list[FaultStep], list[FaultStep]],
) -> None:
    assert lived(*steps[0]) == lived(*steps[1])


@given(st.lists(st.builds(reported, st.sampled_from(FaultState), st.integers(0, 100)), min_size=1))
def test_applying_all_steps_twice_is_the_same_as_once(steps: list[FaultStep]) -> None:
    assert lived(*steps, *steps) == lived(*steps)
