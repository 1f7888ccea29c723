"""A whole simulated bench: plant, schedule and diagnostics, stepped on time that is handed in."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import can

from device_sims.duty_cycles import Duty
from device_sims.fault_scenarios import BenchKind, Scenario, find_scenario
from device_sims.frames import DBC_FOLDER, FrameSchedule, SimFrame
from device_sims.injections import InjectionFolder
from device_sims.plants import plant_of
from device_sims.uds_server import SimulatedEcu, UdsServer, dtc_bytes

PROFILE_FOLDER = Path(__file__).parent / "profiles"
TURN_S = 0.02
"""How often the host looks at its benches; the shortest cycle time of the DBCs."""
POLL_S = 0.1
LONGEST_CATCH_UP_S = 1.0
LARGEST_SPEED = 1000.0
REQUEST_ID, RESPONSE_ID = 0x7E4, 0x7EC
CONFIRMED_STATUS = 0x2F
"""Test failed now, this cycle and since clearing; pending and confirmed (ISO 14229-1)."""

_BUSES: Mapping[BenchKind, Mapping[str, str]] = {
    BenchKind.BATTERY: {"hv": "battery.dbc"},
    BenchKind.MOTOR: {"drive": "motor.dbc"},
    BenchKind.GATEWAY: {
        "powertrain": "gateway_powertrain.dbc",
        "body": "gateway_body.dbc",
        "comfort": "gateway_comfort.dbc",
    },
}


def bus_names(kind: BenchKind) -> list[str]:
    """Buses of a kind of bench; the first one carries the diagnostics."""
    return list(_BUSES[kind])


def profile_path(kind: BenchKind) -> Path:
    """The bench profile that fits the simulator."""
    return PROFILE_FOLDER / f"{kind.value}.toml"


def kind_of(bench: str) -> BenchKind | None:
    """The kind that a bench code begins with, None where it begins with none."""
    return next((kind for kind in BenchKind if bench.startswith(f"{kind.value}-")), None)


Send = Callable[[SimFrame], None]


class SimulatedBench:
    """Steps a plant and sends what its control units would send.

    Runs as fast as `advance` is called. It imitates neither bus errors nor arbitration, and its
    frames come at whole steps of its plant.
    """

    def __init__(
        self,
        code: str,
        kind: BenchKind,
        seed: int,
        sends: Mapping[str, Send],
        duty: Duty = Duty.FREE,
    ) -> None:
        """`sends` has one function per bus name of the kind."""
        self.code = code
        self.kind = kind
        self._active_faults: tuple[str, ...] = ()
        self._plant = plant_of(kind, seed, duty)
        self._step_ms = round(self._plant.step_s * 1000)
        self._schedules = [
            (FrameSchedule(DBC_FOLDER / dbc, self._plant.step_s), sends[bus])
            for bus, dbc in _BUSES[kind].items()
        ]
        first = sends[bus_names(kind)[0]]
        self._server = UdsServer(SimulatedEcu.of_bench(code), first, REQUEST_ID, RESPONSE_ID)
        self._now_ms = 0
        self._owed_s = 0.0

    @property
    def now_s(self) -> float:
        """Bench time since the start, in seconds; frames sent just now have this moment."""
        return self._now_ms / 1000

    @property
    def active_faults(self) -> Sequence[str]:
        """Names of the injected scenarios; their codes can be read by UDS at once."""
        return self._active_faults

    @active_faults.setter
    def active_faults(self, names: Sequence[str]) -> None:
        scenarios = [find_scenario(self.kind, name) for name in names]
        self._active_faults = tuple(names)
        self._server.dtcs = {_stored(scenario): CONFIRMED_STATUS for scenario in scenarios}

    def advance(self, dt_s: float) -> None:
        """Let `dt_s` seconds of bench time pass."""
        plant, step_s = self._plant, self._plant.step_s
        self._owed_s += dt_s
        while self._owed_s >= step_s - 1e-9:
            self._owed_s -= step_s
            self._now_ms += self._step_ms
            plant.advance(step_s, self._active_faults)
            for schedule, send in self._schedules:
                for frame in schedule.due(self._now_ms, plant.signals):
                    send(frame)
        self._server.process()

    def take(self, frames: Iterable[SimFrame]) -> None:
        """Consider frames that others sent on the bench's first bus."""
        for frame in frames:
            self._server.take(frame)


def _stored(scenario: Scenario) -> bytes:
    return dtc_bytes(scenario.dtc, scenario.failure_type)


@dataclass(slots=True)
class _Hosted:
    bench: SimulatedBench
    buses: Sequence[can.BusABC]
    seen_ns: int = -1


class BenchHost:
    """Runs simulated benches on virtual CAN buses of this process.

    At `speed` 1 in real time; at more, bench time runs that many times as fast as the clock, or
    as fast as the machine can (`reached_speed`).
    """

    def __init__(self, injections: InjectionFolder, speed: float = 1.0) -> None:
        if not 0 < speed <= LARGEST_SPEED:
            raise ValueError(f"speed {speed:g}: expected more than 0, at most {LARGEST_SPEED:g}")
        self._injections = injections
        self._speed = speed
        self._hosted: list[_Hosted] = []
        self.reached_speed = 0.0

    def add(self, code: str, kind: BenchKind, seed: int, duty: Duty = Duty.FREE) -> None:
        """Add a bench; its buses are the virtual channels `{code}.{bus name}`."""
        names = bus_names(kind)
        buses = [can.Bus(channel=f"{code}.{name}", interface="virtual") for name in names]
        sends = {name: _sender(bus) for name, bus in zip(names, buses, strict=True)}
        self._injections.announce(code, kind)
        self._hosted.append(_Hosted(SimulatedBench(code, kind, seed, sends, duty), buses))

    def run(self, stop: threading.Event, monotonic_s: Callable[[], float]) -> None:
        """Step all benches until told to stop, then close their buses."""
        started_s = before_s = next_poll_s = monotonic_s()
        longest_s = max(LONGEST_CATCH_UP_S, TURN_S * self._speed * 2)
        done_s = 0.0
        try:
            while not stop.wait(TURN_S):
                now_s = monotonic_s()
                if now_s >= next_poll_s:
                    next_poll_s = now_s + POLL_S
                    self._poll()
                dt_s = min((now_s - before_s) * self._speed, longest_s)
                before_s = now_s
                for hosted in self._hosted:
                    hosted.bench.take(_received(hosted.buses[0]))
                    hosted.bench.advance(dt_s)
                done_s += dt_s
                self.reached_speed = done_s / max(TURN_S, monotonic_s() - started_s)
        finally:
            for hosted in self._hosted:
                for bus in hosted.buses:
                    bus.shutdown()

    def _poll(self) -> None:
        for hosted in self._hosted:
            code = hosted.bench.code
            changed_ns = self._injections.changed_at_ns(code)
            if changed_ns in (0, hosted.seen_ns):
                continue
            hosted.seen_ns = changed_ns
            hosted.bench.active_faults = self._injections.read(code).active


def _sender(bus: can.BusABC) -> Send:
    def send(frame: SimFrame) -> None:
        bus.send(
            can.Message(
                arbitration_id=frame.arbitration_id,
                is_extended_id=frame.is_extended_id,
                data=frame.data,
            )
        )

    return send


def _received(bus: can.BusABC) -> Iterable[SimFrame]:
    while (message := bus.recv(0)) is not None:
        yield SimFrame(message.arbitration_id, message.is_extended_id, bytes(message.data))
