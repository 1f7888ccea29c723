"""A stretch of a simulated bench's life, as fast as the machine can."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from device_sims.bench import Send, SimulatedBench, bus_names
from device_sims.duty_cycles import Duty
from device_sims.fault_scenarios import BenchKind, find_scenario
from device_sims.frames import SimFrame

LONGEST_STRETCH_S = 10.0


class UnusableRecording(ValueError):
    """A recording that was asked for in a way that can't be done; the text says why."""


class TimedFault(NamedTuple):
    """A scenario that is active in [`from_s`, `until_s`) of bench time."""

    name: str
    from_s: float
    until_s: float

    @classmethod
    def parse(cls, text: str) -> "TimedFault":
        """Read `isolation-low@600-900`.

        Raises:
            UnusableRecording: any other text.
        """
        name, _, span = text.partition("@")
        first, _, last = span.partition("-")
        try:
            fault = cls(name, float(first), float(last))
        except ValueError:
            fault = cls(name, 0.0, 0.0)
        if not 0 <= fault.from_s < fault.until_s:
            raise UnusableRecording(f"{text!r}: expected NAME@FROM-UNTIL in seconds")
        return fault


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """What to record; the same plan gives the same frames."""

    kind: BenchKind
    seconds: float
    seed: int = 0
    duty: Duty = Duty.FREE
    faults: Sequence[TimedFault] = ()

    def stretches(self) -> Iterator[tuple[float, list[str]]]:
        """Pieces of time in which the same faults are active: how long, and which."""
        edges = {self.seconds, *(edge for one in self.faults for edge in one[1:])}
        now_s = 0.0
        for edge_s in sorted(edge for edge in edges if edge <= self.seconds):
            active = [one.name for one in self.faults if one.from_s <= now_s < one.until_s]
            while now_s < edge_s:
                part_s = min(LONGEST_STRETCH_S, edge_s - now_s)
                yield part_s, active
                now_s += part_s


class TimedFrame(NamedTuple):
    """A frame with its bench time and the name of its bus."""

    at_s: float
    bus: str
    frame: SimFrame


def recorded(plan: RecordingPlan) -> Iterator[list[TimedFrame]]:
    """The traffic of all buses of a bench, some seconds at a time; time starts at 0.

    Raises:
        UnusableRecording: a duration that can't be had.
        UnknownScenario: this kind of bench has no such fault.
    """
    if not plan.seconds > 0:
        raise UnusableRecording(f"seconds {plan.seconds:g}: expected more than 0")
    for fault in plan.faults:
        find_scenario(plan.kind, fault.name)
    gathered: list[TimedFrame] = []

    def onto(bus: str) -> Send:
        return lambda frame: gathered.append(TimedFrame(bench.now_s, bus, frame))

    sends = {bus: onto(bus) for bus in bus_names(plan.kind)}
    bench = SimulatedBench(plan.kind.value, plan.kind, plan.seed, sends, plan.duty)
    for part_s, active in plan.stretches():
        if list(bench.active_faults) != active:
            bench.active_faults = active
        bench.advance(part_s)
        yield list(gathered)
        gathered.clear()
