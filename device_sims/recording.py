"""A simulated bench written into a log file, faster than real time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, Protocol

import can

from device_sims.bench import Send, SimulatedBench, bus_names
from device_sims.duty_cycles import Duty
from device_sims.fault_scenarios import BenchKind, find_scenario
from device_sims.frames import SimFrame

LOG_SUFFIXES = (".asc", ".blf", ".csv", ".log", ".mf4", ".trc")
LONGEST_STRETCH_S = 10.0


class UnwritableRecording(ValueError):
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
            UnwritableRecording: any other text.
        """
        name, _, span = text.partition("@")
        first, _, last = span.partition("-")
        try:
            fault = cls(name, float(first), float(last))
        except ValueError:
            fault = cls(name, 0.0, 0.0)
        if not 0 <= fault.from_s < fault.until_s:
            raise UnwritableRecording(f"{text!r}: expected NAME@FROM-UNTIL in seconds")
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


class _Writer(Protocol):
    def sender(self, bus: str, channel: int, now_s: Callable[[], float]) -> Send: ...

    def close(self) -> None: ...


class _CandumpWriter:
    """candump text; python-can's own writer takes most of the time a simulation has."""

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("w", encoding="ascii", newline="\n")

    def sender(self, bus: str, channel: int, now_s: Callable[[], float]) -> Send:
        del channel
        write = self._file.write

        def send(frame: SimFrame) -> None:
            width = 8 if frame.is_extended_id else 3
            number = f"{frame.arbitration_id:0{width}X}"
            write(f"({now_s():.6f}) {bus} {number}#{frame.data.hex().upper()}\n")

        return send

    def close(self) -> None:
        self._file.close()


class _PythonCanWriter:
    """Every other format, by python-can."""

    def __init__(self, path: Path) -> None:
        try:
            self._logger = can.Logger(path)
        except (ValueError, NotImplementedError, ImportError) as refused:
            raise UnwritableRecording(f"{path}: {refused}") from refused

    def sender(self, bus: str, channel: int, now_s: Callable[[], float]) -> Send:
        del bus
        take = self._logger.on_message_received

        def send(frame: SimFrame) -> None:
            take(
                can.Message(
                    timestamp=now_s(),
                    arbitration_id=frame.arbitration_id,
                    is_extended_id=frame.is_extended_id,
                    data=frame.data,
                    channel=channel,
                )
            )

        return send

    def close(self) -> None:
        self._logger.stop()


def record(plan: RecordingPlan, path: Path) -> int:
    """Write the traffic of all buses of a bench and return how many frames there were.

    Time starts at 0. candump names channels by bus; other formats number them in the order of the
    bench's buses.

    Raises:
        UnwritableRecording: a format, duration or fault that can't be had.
        OSError: the file can't be written.
    """
    _check(plan, path)
    frames = 0
    writer: _Writer = (_CandumpWriter if path.suffix.lower() == ".log" else _PythonCanWriter)(path)
    with closing(writer):

        def counted(send: Send) -> Send:
            def sending(frame: SimFrame) -> None:
                nonlocal frames
                frames += 1
                send(frame)

            return sending

        sends = {
            bus: counted(writer.sender(bus, channel, lambda: bench.now_s))
            for channel, bus in enumerate(bus_names(plan.kind))
        }
        bench = SimulatedBench(plan.kind.value, plan.kind, plan.seed, sends, plan.duty)
        for part_s, active in plan.stretches():
            if list(bench.active_faults) != active:
                bench.active_faults = active
            bench.advance(part_s)
    return frames


def _check(plan: RecordingPlan, path: Path) -> None:
    if path.suffix.lower() not in LOG_SUFFIXES:
        known = " ".join(LOG_SUFFIXES)
        raise UnwritableRecording(f"{path}: suffix {path.suffix!r}, known: {known}")
    if not plan.seconds > 0:
        raise UnwritableRecording(f"seconds {plan.seconds:g}: expected more than 0")
    for fault in plan.faults:
        find_scenario(plan.kind, fault.name)
