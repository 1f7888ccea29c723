from pathlib import Path

import pytest

from device_sims.bench import kind_of
from device_sims.fault_scenarios import SCENARIOS, BenchKind, Scenario, UnknownScenario
from device_sims.injections import InjectionFolder, UnknownSimulator
from telemetry.contract.payloads import FaultReport, FaultState, UsageEvent
from tests.integration.sim_desk import SimDesk, reported, samples, usages

SHOWN_WITHIN_S = 120
"""Some faults show only while high voltage is off, or while the motor is loaded."""
HEALED_WITHIN_S = 150
"""A failed precharge is forgotten when high voltage is switched off at the end of the exercise."""


@pytest.mark.parametrize("kind", list(BenchKind))
def test_a_healthy_bench_works_and_every_frame_is_decoded_whole(
    kind: BenchKind, tmp_path: Path
) -> None:
    desk = SimDesk(kind, tmp_path)
    said = desk.run(300)
    assert [report.event for report in usages(said)[:1]] == [UsageEvent.STARTED]
    assert not any(isinstance(message, FaultReport) for message in said)
    frames = desk.state().frames
    assert frames.decoded > 300 * 80
    others = (frames.short, frames.unknown_id, frames.unknown_mux, frames.undecodable, frames.lost)
    assert others == (0, 0, 0, 0, 0)
    named = {signal.name for signal in desk.bridge.birth.signals}
    seen = samples(said)
    assert {name for row in seen for name in row.values} == named, "a message was never sent"
    absent = {name for row in seen for name, value in row.values.items() if value is None}
    assert absent == set(), "a value of a healthy bench is not believed"
    desk.close()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: f"{one.kind.value}-{one.name}")
def test_every_scenario_raises_its_code_and_only_that_and_clears(
    scenario: Scenario, tmp_path: Path
) -> None:
    desk = SimDesk(scenario.kind, tmp_path, publish_period_ms=10_000, period_s=0.5)
    assert reported(desk.run(20), FaultState.CONFIRMED) == set()
    desk.bench.active_faults = [scenario.name]
    ill = desk.run(SHOWN_WITHIN_S)
    assert reported(ill, FaultState.CONFIRMED) == {scenario.dtc}
    [failure_type] = {one.failure_type for one in ill if isinstance(one, FaultReport)}
    assert failure_type == scenario.failure_type
    desk.bench.active_faults = []
    healed = desk.run(20)
    while desk.state().fault_codes and desk.bench.now_s < 140 + HEALED_WITHIN_S:
        healed += desk.run(5)
    assert reported(healed, FaultState.CONFIRMED) == set()
    assert reported(ill + healed, FaultState.CLEARED) == {scenario.dtc}
    assert desk.state().fault_codes == []
    desk.close()


def test_low_isolation_is_confirmed_within_a_second(tmp_path: Path) -> None:
    desk = SimDesk(BenchKind.BATTERY, tmp_path)
    desk.run(5)
    desk.bench.active_faults = ["isolation-low"]
    told = [message for message in desk.run(1) if isinstance(message, FaultReport)]
    assert told[-1].state is FaultState.CONFIRMED
    assert (told[-1].severity, told[-1].dtc) == (3, "P0AA6")
    assert told[-1].signals["isolation_kohm"] == 20
    desk.close()


def test_every_fault_of_the_shipped_benches_has_words_and_a_remedy_in_both_languages(
    tmp_path: Path,
) -> None:
    assert len({(one.kind, one.dtc) for one in SCENARIOS}) == len(SCENARIOS) >= 20
    for kind in BenchKind:
        desk = SimDesk(kind, tmp_path / kind.value)
        entries = {fault.entry.dtc: fault.entry for fault in desk.profile.faults}
        assert set(entries) == {one.dtc for one in SCENARIOS if one.kind is kind}
        for entry in entries.values():
            assert all((entry.text_zh, entry.text_en, entry.remedy_zh, entry.remedy_en)), entry.dtc
        desk.close()


def test_bench_codes_tell_their_kind() -> None:
    assert kind_of("battery-01") is BenchKind.BATTERY
    assert kind_of("rig-7") is None


def test_injections_are_replaced_as_a_whole_and_survive_a_restart(tmp_path: Path) -> None:
    folder = InjectionFolder(tmp_path)
    folder.announce("battery-01", BenchKind.BATTERY)
    folder.inject("battery-01", "isolation-low")
    folder.inject("battery-01", "over-temperature")
    assert folder.announce("battery-01", BenchKind.BATTERY).active == (
        "isolation-low",
        "over-temperature",
    )
    assert folder.clear("battery-01", "isolation-low").active == ("over-temperature",)
    assert folder.clear("battery-01").active == ()
    assert [path.name for path in tmp_path.iterdir()] == ["battery-01.json"]


def test_unknown_benches_and_faults_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    folder = InjectionFolder(tmp_path)
    with pytest.raises(UnknownSimulator, match="sim run"):
        folder.inject("battery-01", "isolation-low")
    folder.announce("battery-01", BenchKind.BATTERY)
    with pytest.raises(UnknownSimulator, match="battery-01"):
        folder.clear("battery-02")
    with pytest.raises(UnknownScenario, match="isolation-low"):
        folder.inject("battery-01", "overspeed")
