from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge import faults, usage_sessions
from can_bridge.conditions import compile_condition
from can_bridge.delivery_window import DeliveryWindow
from can_bridge.dtc import Dtc, DtcStatus, NotADtc
from can_bridge.errors import BadCondition, BadProfile
from can_bridge.faults import FaultOutcome, FaultPhase, FaultRule, FaultStep
from can_bridge.profile import load_profile
from can_bridge.usage_sessions import UsageOutcome, UsageRule, UsageState, UsageStep

ISOLATION = FaultRule("P0AA6", 0, 3, confirm_s=0.5, clear_s=1.0)
USE = UsageRule(start_s=3.0, idle_s=10.0)


def run_fault(
    observations: Sequence[tuple[int, bool | None]], rule: FaultRule = ISOLATION
) -> list[FaultOutcome]:
    phase, told = FaultPhase(), []
    for at_ms, failing in observations:
        phase, outcomes = faults.step(rule, phase, at_ms, failing, {"isolation_kohm": at_ms})
        told += outcomes
    return told


def run_usage(observations: list[tuple[int, bool | None]]) -> list[UsageOutcome]:
    state, told = UsageState(), []
    for at_ms, in_use in observations:
        state, outcomes = usage_sessions.step(USE, state, at_ms, in_use, frames=10)
        told += outcomes
    return told


def every(
    step_ms: int, until_ms: int, value: bool | None, start: int = 0
) -> list[tuple[int, bool | None]]:
    return [(at, value) for at in range(start, until_ms, step_ms)]


def test_a_fault_is_pending_then_confirmed_then_cleared() -> None:
    told = run_fault(every(100, 1000, True) + every(100, 3000, False, 1000))
    assert [outcome.step for outcome in told] == [
        FaultStep.PENDING,
        FaultStep.CONFIRMED,
        FaultStep.CLEARED,
    ]
    assert len({outcome.fault_id for outcome in told}) == 1
    assert told[1].status == 0xAF
    assert told[1].signals == (("isolation_kohm", 500),)
    assert not told[2].status & DtcStatus.TEST_FAILED


def test_a_blip_is_never_confirmed() -> None:
    told = run_fault([(0, True), (400, True), (450, False), (600, True), (1000, True)])
    assert FaultStep.CONFIRMED not in [outcome.step for outcome in told]


def test_a_missing_value_neither_confirms_nor_clears() -> None:
    assert run_fault([(0, True), (300, None), (600, True)])[-1].step is not FaultStep.CONFIRMED
    told = run_fault([*every(100, 700, True), *every(100, 9000, None, 700)])
    assert told[-1].step is FaultStep.CONFIRMED


def test_a_flapping_fault_does_not_flood() -> None:
    observations = [(at, (at // 2000) % 2 == 0) for at in range(0, 600_000, 50)]
    told = [outcome.step for outcome in run_fault(observations)]
    assert told.count(FaultStep.CONFIRMED) <= faults.MAX_CYCLES_PER_WINDOW * 10 + 1
    blips = [(at, at % 300 < 150) for at in range(0, 60_000, 50)]
    assert len(run_fault(blips)) <= 14


@given(st.lists(st.tuples(st.integers(0, 2000), st.sampled_from([True, False, None])), max_size=80))
def test_every_fault_is_confirmed_once_and_cleared_at_most_once(
    steps: list[tuple[int, bool | None]],
) -> None:
    now, observations = 0, []
    for pause, failing in steps:
        now += pause
        observations.append((now, failing))
    told = [o for o in run_fault(observations) if o.step is not FaultStep.PENDING]
    confirmed = [o.fault_id for o in told if o.step is FaultStep.CONFIRMED]
    assert len(confirmed) == len(set(confirmed))


def test_use_that_lasts_starts_a_session_and_idleness_ends_it_at_the_last_use() -> None:
    told = run_usage(every(500, 8000, True) + every(500, 20_000, False, 8000))
    assert [outcome.step for outcome in told] == [UsageStep.STARTED, UsageStep.ENDED]
    assert (told[1].started_at_ms, told[1].ended_at_ms) == (0, 7500)
    assert told[1].active_s == 7.5


def test_a_short_use_is_no_session() -> None:
    assert run_usage(every(500, 2500, True) + every(500, 9000, False, 2500)) == []


def test_a_pause_shorter_than_the_idle_time_stays_one_session() -> None:
    told = run_usage(
        every(500, 5000, True) + every(500, 9000, False, 5000) + every(500, 12_000, True, 9000)
    )
    assert [outcome.step for outcome in told] == [UsageStep.STARTED]


def test_a_bridge_that_was_away_ends_the_session_where_it_last_saw_use() -> None:
    told = run_usage([*every(500, 5000, True), (500_000, True)])
    assert told[-1].step is UsageStep.ENDED
    assert told[-1].ended_at_ms == 4500


@given(st.lists(st.tuples(st.integers(-5000, 20_000), st.booleans()), max_size=80))
def test_sessions_are_well_formed_whatever_the_clock_does(steps: list[tuple[int, bool]]) -> None:
    now, observations = 10_000_000, []
    for pause, in_use in steps:
        now += pause
        observations.append((now, in_use))
    told = run_usage(list(observations))
    ids = [o.usage_id for o in told if o.step is UsageStep.STARTED]
    assert len(ids) == len(set(ids))
    for outcome in told:
        assert outcome.ended_at_ms is None or outcome.ended_at_ms >= outcome.started_at_ms


@given(st.binary(min_size=3, max_size=3))
def test_dtc_bytes_and_text_are_the_same_thing(raw: bytes) -> None:
    dtc = Dtc.from_bytes(raw)
    assert dtc.to_bytes() == raw
    assert Dtc.parse(str(dtc)) == dtc


def test_known_codes_have_their_known_bytes() -> None:
    assert Dtc.parse("P0AA6").to_bytes() == bytes.fromhex("0AA600")
    assert Dtc.parse("U0111-87").to_bytes() == bytes.fromhex("C11187")
    with pytest.raises(NotADtc):
        Dtc.parse("P4AA6")


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("motor_speed_rpm > 50 or abs(pack_current_a) > 2", {"pack_current_a": -3}, True),
        ("motor_speed_rpm > 50 or abs(pack_current_a) > 2", {"pack_current_a": 1}, None),
        ("a > 1 and b > 1", {"a": 0}, False),
        ("not Batt.Closed", {"Batt.Closed": 0}, True),
        (
            "isolation_kohm < 0.1 * pack_voltage_v",
            {"isolation_kohm": 20, "pack_voltage_v": 355},
            True,
        ),
        ("0 < a <= 2", {"a": 2}, True),
        ("a / b > 1", {"a": 1, "b": 0}, None),
        ("-a == 1", {"a": -1}, True),
        ("flag", {"flag": None}, None),
    ],
)
def test_conditions_know_three_answers(
    text: str, values: dict[str, float | None], expected: bool | None
) -> None:
    assert compile_condition(text).holds(values) is expected


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.b.c > 1",
        "a[0] > 1",
        "a ** 9 > 1",
        "(lambda: 1)()",
        "a is 1",
        "1 + 1",
        "a >",
        "f'{a}' > 1",
        "(" * 60 + "a" + ")" * 60 + " > 1" + " and a" * 100,
        "abs(a, b) > 1",
        "-" * 40 + "a > 1",
    ],
)
def test_anything_but_the_small_language_is_refused(text: str) -> None:
    with pytest.raises(BadCondition):
        compile_condition(text)


def test_the_window_sends_in_order_and_again_when_nothing_moves() -> None:
    window = DeliveryWindow().after_sending(1, 0.0).after_sending(2, 1.0)
    assert window.room() == 198
    assert window.after_waiting(0.9) == window
    assert window.after_waiting(1.0).sent == 0
    acknowledged = window.after_ack(1, 3.0)
    assert acknowledged.after_waiting(3.9).sent == 2
    assert acknowledged.after_connecting(4.0).sent == 1


def test_rows_are_sent_again_less_and_less_often_until_something_moves() -> None:
    window, sent_again_at_s = DeliveryWindow().after_sending(1, 0.0), list[float]()
    for tenth in range(200):
        after = window.after_waiting(tenth / 10)
        if after != window:
            sent_again_at_s.append(tenth / 10)
            window = after.after_sending(1, tenth / 10)
    assert sent_again_at_s == [1.0, 2.0, 3.0, 4.0, 9.0, 14.0, 19.0]
    moved = window.after_ack(1, 20.0).after_sending(2, 20.0)
    assert moved.after_waiting(21.0).sent == 1


def test_repeated_acknowledgements_tell_of_a_lost_row() -> None:
    window = DeliveryWindow().after_sending(1, 0.0).after_sending(2, 0.0)
    for _ in range(3):
        assert not window.misses_rows(2.0)
        window = window.after_ack(0, 0.5)
    assert not window.misses_rows(0.9)
    assert window.misses_rows(1.0)
    assert not window.after_ack(1, 1.0).misses_rows(9.0)
    assert window.sent_again(1.0).after_sending(1, 1.0).misses_rows(9.0) is False


def test_only_lasting_lower_acknowledgements_mean_that_the_store_went_back() -> None:
    window = DeliveryWindow(500, 500).after_sending(501, 0.0)
    for _ in range(5):
        window = window.after_lower_ack()
    assert not window.misses_rows(9.0)
    assert not window.store_went_back(9.0)
    assert window.store_went_back(10.0)
    assert window.sent_again(9.0).after_sending(501, 9.0).store_went_back(10.0)
    assert not window.after_ack(501, 9.5).store_went_back(99.0)


def fault(condition: str, dtc: str, severity: int) -> str:
    texts = 'text_zh = "甲"\ntext_en = "a"'
    test = f'condition = "{condition}"\ndtc = "{dtc}"\nseverity = {severity}'
    return f'name = "x"\n[[faults]]\n{test}\n{texts}'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('name = "x"\nwrong = 1', "wrong"),
        ('name = "x"\npublish_period_ms = 5', "publish_period_ms"),
        (fault("a >", "P0AA6", 3), r"faults\[0\].condition"),
        (fault("a", "X", 3), r"faults\[0\].dtc"),
        (fault("a", "P0AA6", 5), r"faults\[0\].severity"),
        ('name = "x"\n[diagnostics]\nis_allowed = true\nbus = "hv"', "diagnostics.bus"),
        ('name = "x"\n[[buses]]\nname = "a"\n[[buses]]\nname = "a"', r"buses\[1\].name"),
        ("name = ", "not TOML"),
    ],
)
def test_a_bad_profile_names_file_and_place(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadProfile, match=rf"bench\.toml:\d+: .*{place}"):
        load_profile(file)
