"""A bench of a simulated term: its day through the bridge's rules, as messages of the wire."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from can_bridge.judgement import Judgement
from can_bridge.profile import load_profile
from device_sims.bench import profile_path
from device_sims.fault_scenarios import BenchKind
from device_sims.term.plan import SECOND, BenchDay
from device_sims.term.stretches import Stretch, common, merged, minus
from telemetry.contract.encoding import encode
from telemetry.contract.payloads import (
    Birth,
    DurableMessage,
    FaultReport,
    Identity,
    IdentityKind,
    Samples,
    SignalInfo,
    UpMessage,
    UsageReport,
    Value,
)
from telemetry.contract.topics import Stream, up

ROW_MS = 60_000
"""Chosen: a row a minute is enough to tell when a bench was heard; a bridge sends five a second."""
_EPOCH = 1
_VALUES: Mapping[
    BenchKind, tuple[Mapping[str, Value], Mapping[str, Value], Mapping[str, Value]]
] = {
    BenchKind.BATTERY: (
        {
            "pack_current_a": 0.0,
            "hv_commanded": False,
            "isolation_kohm": 2000.0,
            "pack_voltage_v": 350.0,
        },
        {"pack_current_a": 24.0, "hv_commanded": True},
        {"isolation_kohm": 20.0},
    ),
    BenchKind.MOTOR: (
        {"motor_speed_rpm": 0.0, "motor_enabled": False, "resolver_valid": True},
        {"motor_speed_rpm": 1500.0, "motor_enabled": True},
        {"resolver_valid": False},
    ),
    BenchKind.GATEWAY: (
        {"ignition_on": False, "door_open": False, "vcu_present": True},
        {"ignition_on": True},
        {"vcu_present": False},
    ),
}
"""What a bench's signals say at rest, in use and with its blocking fault."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it reaches the house."""

    at_ms: int
    bench: str
    topic: str
    payload: bytes
    is_fault: bool


class _Nothing:
    """No earlier state of the rules."""

    def state(self, name: str) -> bytes | None:  # noqa: ARG002 - the port's
        """Whatever is asked for."""
        return None


class BenchFeed:
    """One bench over a term; days must come in order.

    `look_ms` is how often the rules of its profile look at the signals, at most 5 s apart.
    """

    def __init__(self, bench: str, kind: BenchKind, look_ms: int) -> None:
        self._bench = bench
        self._profile = load_profile(profile_path(kind))
        self._judgement = Judgement.restored(self._profile, _Nothing())
        self._rest, self._work, self._fault = _VALUES[kind]
        self._look_ms = look_ms
        usage = self._profile.profile.usage
        self._tail_ms = int((usage.idle_s if usage else 0.0) * SECOND) + 3 * look_ms
        self._seq = 0

    @property
    def idle_s(self) -> float:
        """After how much idleness a usage session ends."""
        usage = self._profile.profile.usage
        return usage.idle_s if usage else 0.0

    def birth(self, at_ms: int) -> Delivery:
        """The bench tells what it is."""
        signals = [SignalInfo(name=name) for name in self._rest]
        message = Birth(
            observed_at_ms=at_ms,
            epoch=_EPOCH,
            profile=self._profile.profile.name,
            identity=Identity(kind=IdentityKind.SIMULATOR),
            signals=signals,
            publish_period_ms=ROW_MS,
        )
        return self._delivery(message, Stream.BIRTH, at_ms)

    def day(self, day: BenchDay) -> Iterator[Delivery]:
        """All messages of a day in the order the bench made them."""
        watched = minus([day.on], day.off)
        windows = [(start - self._look_ms, end + self._tail_ms) for start, end in day.active]
        windows += ((at - 3 * self._look_ms, at + 60 * SECOND) for one in day.faulty for at in one)
        for start, end in watched:
            yield from self._watched(day, (start, end), common([(start, end)], windows))
            yield from self._sent(day, self._judgement.end_usage(end) if end == day.on[1] else [])

    def _watched(self, day: BenchDay, span: Stretch, windows: list[Stretch]) -> Iterator[Delivery]:
        looks = {at for one in windows for at in _grid(one, self._look_ms)}
        rows = set(_grid(span, ROW_MS))
        for at in sorted(looks | rows):
            values = self._values(day, at)
            messages: list[DurableMessage] = []
            if at in looks:
                messages += self._judgement.step(values, at, frames=10)
            if at in rows:
                messages.append(
                    Samples(observed_at_ms=at, epoch=_EPOCH, seq=1, values=dict(values))
                )
            yield from self._sent(day, messages)

    def _values(self, day: BenchDay, at: int) -> Mapping[str, Value]:
        is_used, is_faulty = _is_in(day.active, at), _is_in(day.faulty, at)
        return {
            **self._rest,
            **(self._work if is_used else {}),
            **(self._fault if is_faulty else {}),
        }

    def _sent(self, day: BenchDay, messages: list[DurableMessage]) -> Iterator[Delivery]:
        for message in messages:
            self._seq += 1
            numbered = msgspec.structs.replace(message, epoch=_EPOCH, seq=self._seq)
            at = message.observed_at_ms
            # what the network holds up comes when it is back, in the order it was made
            late = [end for start, end in merged(day.offline) if start <= at < end]
            yield self._delivery(numbered, _stream(numbered), late[0] if late else at)

    def _delivery(self, message: UpMessage, stream: Stream, at_ms: int) -> Delivery:
        is_fault = isinstance(message, FaultReport)
        return Delivery(at_ms, self._bench, up(self._bench, stream), encode(message), is_fault)


def _stream(message: DurableMessage) -> Stream:
    if isinstance(message, UsageReport):
        return Stream.USAGE
    return Stream.FAULTS if isinstance(message, FaultReport) else Stream.SAMPLES


def _grid(span: Stretch, step_ms: int) -> range:
    """Whole steps since 1970 in `[start, end)`."""
    return range(-(-span[0] // step_ms) * step_ms, span[1], step_ms)


def _is_in(stretches: tuple[Stretch, ...], at: int) -> bool:
    return any(start <= at < end for start, end in stretches)
