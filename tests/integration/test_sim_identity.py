from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from can_bridge.diagnostics.overhearing import MARK, MARK_ID
from can_bridge.profile_tables import AlarmFlagsEntry, Profile
from device_sims import identity
from device_sims.duty_cycles import EXAMINEES, GROUPS, Duty
from device_sims.fault_scenarios import BenchKind
from telemetry.contract.payloads import Birth, FaultState, IdentityKind, UpMessage, UsageEvent
from tests.integration.sim_desk import SimDesk, reported, usages


def claiming_hardware(profile: Profile) -> Profile:
    """What somebody writes who wants a simulator to pass: real wires, real bench."""
    buses = [msgspec.structs.replace(bus, interface="slcan") for bus in profile.buses]
    return msgspec.structs.replace(profile, identity=IdentityKind.HARDWARE, buses=buses)


def kinds(messages: list[UpMessage]) -> list[IdentityKind]:
    return [message.identity.kind for message in messages if isinstance(message, Birth)]


def test_simulators_and_bridge_mean_the_same_mark() -> None:
    assert (identity.MARK_ID, identity.MARK) == (MARK_ID, MARK)


@pytest.mark.parametrize("kind", list(BenchKind))
def test_a_simulator_on_real_wires_with_a_forged_profile_is_told_by_its_mark(
    kind: BenchKind, tmp_path: Path
) -> None:
    desk = SimDesk(kind, tmp_path, edited=claiming_hardware)
    assert set(kinds(desk.run(3))) == {IdentityKind.SIMULATOR}
    desk.close()


def with_alarm_flags(profile: Profile) -> Profile:
    flags = AlarmFlagsEntry(signal="alarm_flags", level_signal="alarm_level")
    return msgspec.structs.replace(profile, faults=[], alarm_flags=[flags])


def test_alarm_flags_of_the_battery_are_read_as_the_standard_numbers_them(tmp_path: Path) -> None:
    desk = SimDesk(BenchKind.BATTERY, tmp_path, edited=with_alarm_flags)
    assert reported(desk.run(60), FaultState.CONFIRMED) == set()
    desk.bench.active_faults = ["isolation-low"]
    # longer than the values around a fault are gathered, after which it is reported once more
    assert reported(desk.run(10), FaultState.CONFIRMED) == {"GB32960-11"}
    desk.bench.active_faults = ["over-temperature"]
    after = desk.run(10)
    assert reported(after, FaultState.CONFIRMED) == {"GB32960-0", "GB32960-1"}
    assert reported(after, FaultState.CLEARED) == {"GB32960-11"}
    desk.close()


@pytest.mark.parametrize(
    ("duty", "hours", "turns"), [(Duty.CLASS, 0.9, GROUPS), (Duty.EXAM, 1.8, EXAMINEES)]
)
def test_each_turn_of_a_class_or_an_exam_is_one_usage_session(
    duty: Duty, hours: float, turns: int, tmp_path: Path
) -> None:
    desk = SimDesk(BenchKind.BATTERY, tmp_path, duty=duty, publish_period_ms=60_000, period_s=2.0)
    said = desk.run(hours * 3600)
    ended = [one for one in usages(said) if one.event is UsageEvent.ENDED]
    pauses = [
        (later.started_at_ms - (earlier.ended_at_ms or 0)) / 1000
        for earlier, later in pairwise(ended)
    ]
    first_break = next(place for place, pause_s in enumerate(pauses, 1) if pause_s > 300)
    assert first_break == turns
    desk.close()
