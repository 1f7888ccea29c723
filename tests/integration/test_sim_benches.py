from collections.abc import Iterator
from pathlib import Path

import pytest

from can_bridge.catalogue import BusDecoder, Catalogue
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.frames import Frame
from can_bridge.judgement import Judgement
from can_bridge.profile import CheckedProfile, load_profile
from device_sims.bench import Send, SimulatedBench, bus_names, kind_of, profile_path
from device_sims.duty_cycles import DutyCycle, battery_exercise
from device_sims.fault_scenarios import SCENARIOS, BenchKind, Scenario, UnknownScenario
from device_sims.frames import SimFrame
from device_sims.injections import InjectionFolder, UnknownSimulator
from telemetry.contract.payloads import FaultReport, FaultState, UsageReport, Value

PERIOD_S = 0.1


class NothingKept:
    def state(self, name: str) -> bytes | None:
        kept: dict[str, bytes] = {}
        return kept.get(name)


class Desk:
    """A simulated bench and the rules of its profile on one hand-moved clock, without threads."""

    def __init__(self, kind: BenchKind, seed: int = 7) -> None:
        self.profile: CheckedProfile = load_profile(profile_path(kind))
        self.frames: list[Frame] = []
        buses = [
            BusDecoder(bus.name, FrameDecoder(load_dbc(self.profile.dbc_path(bus)).database))
            for bus in self.profile.profile.buses
        ]
        self._decoders = {bus.name: bus.decoder for bus in buses}
        self._catalogue = Catalogue(buses, self.profile)
        sends = {name: self._collect(name) for name in bus_names(kind)}
        self.bench = SimulatedBench(f"{kind.value}-09", kind, seed, sends)
        self._judgement = Judgement.restored(self.profile, NothingKept())
        self.values: dict[str, Value] = {}
        self._now_ms = 1_700_000_000_000

    def _collect(self, bus: str) -> Send:
        def send(frame: SimFrame) -> None:
            self.frames.append(Frame(0.0, bus, *frame))

        return send

    def run(self, seconds: float) -> Iterator[FaultReport | UsageReport]:
        for _ in range(round(seconds / PERIOD_S)):
            self.frames.clear()
            self.bench.advance(PERIOD_S)
            self._now_ms += round(PERIOD_S * 1000)
            for frame in self.frames:
                for decoded in self._decoders[str(frame.channel)].decode(frame).signals:
                    signal = self._catalogue.wire_signal(decoded.plan)
                    self.values[signal.name] = signal.believed(decoded)
            for message in self._judgement.step(self.values, self._now_ms, len(self.frames)):
                assert isinstance(message, FaultReport | UsageReport)
                yield message


@pytest.mark.parametrize("kind", list(BenchKind))
def test_a_healthy_bench_works_and_never_reports_a_fault(kind: BenchKind) -> None:
    desk = Desk(kind)
    first_minute = list(desk.run(60))
    later = list(desk.run(240))
    assert any(isinstance(message, UsageReport) for message in first_minute)
    assert not any(isinstance(message, FaultReport) for message in first_minute + later)
    assert None not in desk.values.values()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: f"{one.kind.value}-{one.name}")
def test_every_scenario_raises_its_code_and_only_that(scenario: Scenario) -> None:
    desk = Desk(scenario.kind)
    list(desk.run(20))
    desk.bench.active_faults = [scenario.name]
    # a stuck contactor shows only once high voltage is off
    raised = [m for m in desk.run(90) if isinstance(m, FaultReport)]
    confirmed = [m for m in raised if m.state is FaultState.CONFIRMED]
    assert {m.dtc for m in confirmed} == {scenario.dtc}
    desk.bench.active_faults = []
    healed = [m for m in desk.run(20) if isinstance(m, FaultReport)]
    assert {m.dtc for m in healed if m.state is FaultState.CLEARED} <= {scenario.dtc}
    assert not any(m.state is FaultState.CONFIRMED for m in healed)


def test_low_isolation_is_confirmed_within_a_second() -> None:
    desk = Desk(BenchKind.BATTERY)
    list(desk.run(5))
    desk.bench.active_faults = ["isolation-low"]
    told = [m for m in desk.run(1) if isinstance(m, FaultReport)]
    assert told[-1].state is FaultState.CONFIRMED
    assert (told[-1].severity, told[-1].dtc) == (3, "P0AA6")
    assert told[-1].signals["isolation_kohm"] == 20


def test_the_same_seed_gives_the_same_frames() -> None:
    one, other = Desk(BenchKind.MOTOR, 3), Desk(BenchKind.MOTOR, 3)
    for _ in range(50):
        list(one.run(0.1))
        list(other.run(0.1))
        assert one.frames == other.frames


def test_a_day_of_duty_repeats_by_its_seed() -> None:
    one, other = (DutyCycle(battery_exercise, 5) for _ in range(2))
    steps = [0.1 + (step * 7 % 29) / 10 for step in range(200)]
    assert [one.after(dt) for dt in steps] == [other.after(dt) for dt in steps]


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
