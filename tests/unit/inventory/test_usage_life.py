from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inventory.usage_sessions.rules import UsageEvent, UsageLife, UsageStep, step

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def reported(event: UsageEvent, after_s: int = 0, ended_s: int | None = None) -> UsageStep:
    ended_at = None if ended_s is None else NOW + timedelta(seconds=ended_s)
    order = (1, 100 + after_s)
    return UsageStep(event, NOW, NOW + timedelta(seconds=after_s), ended_at, order)


def lived(*steps: UsageStep) -> UsageLife | None:
    life: UsageLife | None = None
    for each in steps:
        life = step(life, each) or life
    return life


def test_a_session_starts_grows_and_ends() -> None:
    life = lived(
        reported(UsageEvent.STARTED),
        reported(UsageEvent.EXTENDED, 60),
        reported(UsageEvent.ENDED, 130, ended_s=100),
    )
    assert life is not None
    assert life.observed_at == NOW + timedelta(seconds=130)
    assert life.ended_at == NOW + timedelta(seconds=100)


def test_an_ended_session_stays_ended() -> None:
    life = lived(reported(UsageEvent.ENDED, 100))
    assert step(life, reported(UsageEvent.EXTENDED, 200)) is None


def test_a_late_extension_changes_nothing() -> None:
    life = lived(reported(UsageEvent.STARTED), reported(UsageEvent.EXTENDED, 60))
    assert step(life, reported(UsageEvent.EXTENDED, 30)) is None


def test_an_end_is_believed_even_when_the_clock_went_back() -> None:
    life = lived(reported(UsageEvent.STARTED), reported(UsageEvent.EXTENDED, 60))
    ended = step(life, reported(UsageEvent.ENDED, -30))
    assert ended is not None
    assert ended.ended_at == NOW


def test_the_latest_step_is_the_one_made_last_whatever_the_clock_said() -> None:
    later = UsageStep(UsageEvent.EXTENDED, NOW, NOW - timedelta(days=3650), order=(2, 1))
    for steps in ((reported(UsageEvent.STARTED), later), (later, reported(UsageEvent.STARTED))):
        life = lived(*steps)
        assert life is not None
        assert life.observed_at == later.observed_at


steps = st.builds(
    reported, st.sampled_from(UsageEvent), st.integers(-50, 100), st.none() | st.integers(-50, 100)
)


@given(st.lists(steps, min_size=1))
def test_a_session_never_ends_before_it_starts(reports: list[UsageStep]) -> None:
    life = lived(*reports)
    assert life is not None
    assert life.ended_at is None or life.ended_at >= life.started_at


@given(st.lists(steps, min_size=1))
def test_repeating_the_last_step_changes_nothing(reports: list[UsageStep]) -> None:
    assert step(lived(*reports), reports[-1]) is None or lived(*reports, reports[-1]) == lived(
        *reports
    )
