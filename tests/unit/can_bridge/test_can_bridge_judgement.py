from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from can_bridge.conditions import compile_condition
from can_bridge.judgement import Judgement
from can_bridge.profile import check_profile
from can_bridge.profile_tables import AlarmFlagsEntry, FaultEntry, Profile, UsageEntry
from can_bridge.reported_codes import Heard, HeardCode
from telemetry.contract.payloads import (
    DurableMessage,
    FaultReport,
    FaultState,
    UsageEvent,
    UsageReport,
    Value,
)

PROFILE = check_profile(
    Path("bench.toml"),
    Profile(
        name="x",
        usage=UsageEntry(in_use="current > 2", start_s=3.0, idle_s=10.0),
        faults=[
            FaultEntry(
                condition="iso < 35",
                dtc="p0aa6-13",
                failure_type=0x13,
                severity=3,
                confirm_s=0.5,
                clear_s=1.0,
                text_zh="绝缘",
                text_en="isolation",
            )
        ],
        alarm_flags=[AlarmFlagsEntry(signal="alarms", level_signal="level", edition=2025)],
    ),
)
START_MS = 1_764_554_400_000
TEN_YEARS_MS = 315_576_000_000
Reports = list[DurableMessage]


class Tick(NamedTuple):
    """A step of 50 to some 1000 ms and what is seen in it; the wall clock may be set as well."""

    pause_ms: int = 50
    iso: float | None = 800.0
    current: float | None = 0.0
    alarms: float | None = 0.0
    level: float | None = 0.0
    heard: tuple[Heard, ...] = ()
    set_by_ms: int = 0


@dataclass
class Spool:
    """Keeps states with the messages they came with, as the real one does."""

    states: dict[str, bytes] = field(default_factory=dict)
    messages: Reports = field(default_factory=list)

    def state(self, name: str) -> bytes | None:
        return self.states.get(name)

    def commit(self, messages: Reports, states: dict[str, bytes]) -> None:
        self.messages += messages
        self.states |= states


def run(
    ticks: Sequence[Tick], restarts: frozenset[int] = frozenset(), *, keeps_every_tick: bool = True
) -> Spool:
    """Step a bench; before the ticks in `restarts` its bridge is killed and begins anew."""
    spool = Spool()
    judgement = Judgement.restored(PROFILE, spool)
    wall_ms, steady_s = START_MS, 0.0
    for number, tick in enumerate(ticks):
        if number in restarts:
            judgement = Judgement.restored(PROFILE, spool)
        wall_ms += tick.pause_ms + tick.set_by_ms
        steady_s += tick.pause_ms / 1000
        values: dict[str, Value] = {
            "iso": tick.iso,
            "current": tick.current,
            "alarms": tick.alarms,
            "level": tick.level,
        }
        messages = judgement.step(values, wall_ms, 10, tick.heard, steady_s)
        if messages or keeps_every_tick:
            spool.commit(messages, judgement.states())
    return spool


def without_freezes(spool: Spool) -> list[DurableMessage]:
    return [m for m in spool.messages if not (isinstance(m, FaultReport) and m.freeze)]


def fault_lives(spool: Spool) -> dict[str, list[FaultState]]:
    lives: dict[str, list[FaultState]] = {}
    for message in without_freezes(spool):
        if isinstance(message, FaultReport):
            lives.setdefault(message.fault_id, []).append(message.state)
    return lives


def usages(spool: Spool) -> list[UsageReport]:
    return [message for message in spool.messages if isinstance(message, UsageReport)]


def steady(seconds: float, **seen: object) -> list[Tick]:
    return [Tick(**seen)] * round(seconds / 0.05)  # type: ignore[arg-type]


codes = st.sampled_from(
    [(), (HeardCode("B1603", 0, 0x08),), (HeardCode("B1603", 0, 0x0F), HeardCode("U0111", 0, 4))]
)
answers = st.builds(lambda listed: Heard("overheard", "0x7EC", "uds", listed, 0xFF), codes)
ticks = st.lists(
    st.builds(
        Tick,
        pause_ms=st.sampled_from([50, 50, 50, 100, 400, 1000]),
        iso=st.sampled_from([800.0, 10.0, 10.0, None]),
        current=st.sampled_from([0.0, 5.0, 5.0, None]),
        alarms=st.sampled_from([0.0, 2048.0, 8388608.0, 4294967295.0, None]),
        level=st.sampled_from([0.0, 1.0, 3.0, 4.0, 254.0, None]),
        heard=st.one_of(st.just(()), st.tuples(answers)),
        set_by_ms=st.just(0),
    ),
    max_size=60,
)
LIVES = (
    [FaultState.PENDING, FaultState.CONFIRMED, FaultState.CLEARED],
    [FaultState.CONFIRMED, FaultState.CLEARED],
    [FaultState.PENDING, FaultState.CLEARED],
)


def is_a_life(steps: list[FaultState]) -> bool:
    # a fault that gets worse is told as confirmed again
    told = [step for n, step in enumerate(steps) if n == 0 or step is not steps[n - 1]]
    return any(told == life[: len(told)] for life in LIVES)


@given(ticks, st.frozensets(st.integers(0, 59)))
@example([*steady(1, iso=10.0), *steady(4, current=5.0), *steady(3)], frozenset({9, 15, 30, 90}))
def test_restarts_change_nothing_of_what_a_bench_tells(
    happened: list[Tick], restarts: frozenset[int]
) -> None:
    assert without_freezes(run(happened, restarts)) == without_freezes(run(happened))


@given(ticks, st.frozensets(st.integers(0, 59)))
def test_a_kill_between_commits_repeats_nothing_and_opens_nothing_twice(
    happened: list[Tick], restarts: frozenset[int]
) -> None:
    spool = run(happened, restarts, keeps_every_tick=False)
    assert all(is_a_life(steps) for steps in fault_lives(spool).values())
    told = [(one.usage_id, one.event) for one in usages(spool)]
    for event in (UsageEvent.STARTED, UsageEvent.ENDED):
        ids = [usage_id for usage_id, which in told if which is event]
        assert len(ids) == len(set(ids))


@given(
    ticks,
    st.dictionaries(
        st.integers(1, 59), st.sampled_from([TEN_YEARS_MS, -TEN_YEARS_MS, 3_600_000, -60_000])
    ),
)
def test_setting_the_clock_neither_ends_nor_begins_anything(
    happened: list[Tick], jumps: dict[int, int]
) -> None:
    jumping = [
        tick._replace(set_by_ms=jumps.get(number, 0)) for number, tick in enumerate(happened)
    ]
    plain, jumped = run(happened), run(jumping)

    def shape(spool: Spool) -> list[tuple[object, ...]]:
        told: list[tuple[object, ...]] = []
        for message in without_freezes(spool):
            if isinstance(message, FaultReport):
                told.append((message.dtc, message.state, message.severity, message.status))
            elif isinstance(message, UsageReport):
                told.append((message.event, message.evidence))
        return told

    assert shape(jumped) == shape(plain)
    assert all(is_a_life(steps) for steps in fault_lives(jumped).values())


@pytest.mark.parametrize("years", [1, -1])
def test_a_session_and_a_fault_outlive_a_clock_set_by_ten_years(years: int) -> None:
    happened = steady(5, current=5.0, iso=10.0)
    happened += [Tick(current=5.0, iso=10.0, set_by_ms=years * TEN_YEARS_MS)]
    happened += steady(5, current=5.0, iso=10.0)
    spool = run(happened)
    assert [one.event for one in usages(spool)] == [UsageEvent.STARTED]
    assert list(fault_lives(spool).values()) == [[FaultState.PENDING, FaultState.CONFIRMED]]
    freezes = [m.freeze for m in spool.messages if isinstance(m, FaultReport) and m.freeze]
    assert len(freezes) == 1
    assert freezes[0].is_complete
    assert max(freezes[0].offsets_ms) == 5000


@pytest.mark.parametrize("set_by_ms", [TEN_YEARS_MS, -TEN_YEARS_MS])
def test_a_set_clock_does_not_hasten_the_end_of_a_broadcast_code(set_by_ms: int) -> None:
    def dm1(*codes: HeardCode) -> tuple[Heard]:
        return (Heard("dm1", "SA00", "dm1", codes, 0xFF, is_broadcast=True),)

    happened = [Tick(heard=dm1(HeardCode("SPN 84 FMI 3", 0, 0x89))), *steady(1)]
    happened += [Tick(heard=dm1()), *steady(1), Tick(set_by_ms=set_by_ms)]
    assert fault_lives(run([*happened, *steady(1)])).popitem()[1] == [FaultState.CONFIRMED]
    ended = fault_lives(run([*happened, *steady(2)])).popitem()[1]
    assert ended == [FaultState.CONFIRMED, FaultState.CLEARED]


def test_a_clock_that_was_set_back_while_the_bridge_was_off_leaves_a_fault_its_name() -> None:
    happened = steady(0.2, iso=10.0)
    restart = len(happened)
    happened += [Tick(iso=10.0, set_by_ms=-3_600_000), *steady(1, iso=10.0)]
    lives = fault_lives(run(happened, frozenset({restart})))
    assert list(lives.values()) == [[FaultState.PENDING, FaultState.CONFIRMED]]


def test_a_written_code_is_told_as_sae_text() -> None:
    (pending, confirmed) = run(steady(1, iso=10.0)).messages
    assert isinstance(confirmed, FaultReport)
    assert (confirmed.dtc, confirmed.failure_type, confirmed.source) == ("P0AA6", 0x13, "derived")
    assert isinstance(pending, FaultReport)
    assert pending.fault_id == confirmed.fault_id
    assert confirmed.signals == {"iso": 10.0}


def test_a_freeze_is_kept_through_a_kill_and_told_as_incomplete() -> None:
    happened = [*steady(10), *steady(2, iso=10.0), *steady(2, iso=10.0)]
    spool = run(happened, frozenset({len(happened) - 40}))
    (freeze,) = [m.freeze for m in spool.messages if isinstance(m, FaultReport) and m.freeze]
    assert not freeze.is_complete
    assert freeze.offsets_ms[0] < -9_000
    assert freeze.signals["iso"][0] == 800.0
    assert freeze.signals["iso"][-1] == 10.0


def flagged(
    *, alarms: float | None, level: float | None, seconds: float = 3.0
) -> list[FaultReport]:
    spool = run(steady(seconds, alarms=alarms, level=level))
    return [m for m in without_freezes(spool) if isinstance(m, FaultReport)]


def test_alarm_bits_become_faults_with_the_level_as_severity() -> None:
    told = flagged(alarms=float(1 << 4 | 1 << 23), level=4.0)
    confirmed = [one for one in told if one.state is FaultState.CONFIRMED]
    assert [(one.dtc, one.severity, one.source) for one in confirmed] == [
        ("GB32960-4", 4, "alarm_flag"),
        ("GB32960-23", 4, "alarm_flag"),
    ]
    assert confirmed[0].text_zh == "SOC低报警"
    assert "须对照标准核实" in confirmed[1].text_zh
    assert confirmed[0].signals["level"] == 4.0


@pytest.mark.parametrize("alarms", [None, 4294967295.0, -1.0, 0.5, 8589934592.0, float("inf")])
def test_flags_that_are_not_available_raise_nothing(alarms: float | None) -> None:
    assert flagged(alarms=alarms, level=3.0) == []


@pytest.mark.parametrize("level", [None, 0.0, 254.0, 255.0, 5.0, 1.0])
def test_a_level_that_says_nothing_counts_as_the_lowest(level: float | None) -> None:
    assert {one.severity for one in flagged(alarms=2.0, level=level)} == {1}


def test_a_fault_that_gets_worse_is_told_again_under_its_id_and_keeps_its_worst() -> None:
    happened = steady(3, alarms=2.0, level=1.0) + steady(1, alarms=2.0, level=3.0)
    happened += steady(1, alarms=2.0, level=1.0) + steady(4)
    told = [m for m in without_freezes(run(happened)) if isinstance(m, FaultReport)]
    assert [(one.state.value, one.severity) for one in told] == [
        ("pending", 1),
        ("confirmed", 1),
        ("confirmed", 3),
        ("cleared", 3),
    ]
    assert len({one.fault_id for one in told}) == 1


def test_a_state_of_another_shape_is_forgotten_and_the_others_stay() -> None:
    spool = run(steady(5, current=5.0, iso=10.0))
    spool.states["faults"] = msgspec.json.encode(["old"])
    judgement = Judgement.restored(PROFILE, spool)
    assert judgement.is_in_use
    assert judgement.open_fault_codes() == []


def test_every_name_a_rule_reads_must_be_a_signal_of_the_bench() -> None:
    assert {"alarms", "level", "iso", "current"} <= PROFILE.condition_names()
    assert compile_condition("iso < 35").names == {"iso"}
