"""A simulated bench with the real bridge on one hand-moved clock, without threads or wires."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from can_bridge.bridge import Bridge, BridgeParts
from can_bridge.buses.port import BusStatus
from can_bridge.catalogue import BusDecoder
from can_bridge.clock import HandClock
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.diagnostics.bench import BenchDiagnostics
from can_bridge.frames import Frame, FrameBatch
from can_bridge.profile import check_profile, load_profile
from can_bridge.profile_tables import Profile
from can_bridge.spool import Spool
from can_bridge.uplink import RecordingUplink
from device_sims.bench import Send, SimulatedBench, bus_names, profile_path
from device_sims.duty_cycles import Duty
from device_sims.fault_scenarios import BenchKind
from device_sims.frames import SimFrame
from telemetry.contract import encoding
from telemetry.contract.payloads import (
    Ack,
    BenchState,
    FaultReport,
    FaultState,
    Identity,
    Samples,
    UpMessage,
    UsageReport,
)
from telemetry.contract.topics import Stream

PERIOD_S = 0.25
"""Of the bridge: five times its usual tick, because batches are what takes time here."""


class HandBus:
    """A bus without an adapter: the simulated bench puts the frames in."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.status = BusStatus()
        self.pending: list[Frame] = []

    def start(self) -> None:
        """Nothing runs."""

    def ask_to_stop(self) -> None:
        """Nothing runs."""

    def stop(self) -> None:
        """Nothing runs."""

    def drain(self) -> FrameBatch:
        frames, self.pending = self.pending, []
        return FrameBatch.of(frames)


class SimDesk:
    def __init__(  # noqa: PLR0913 -- a test names what it changes
        self,
        kind: BenchKind,
        folder: Path,
        seed: int = 7,
        *,
        duty: Duty = Duty.FREE,
        publish_period_ms: int = 1000,
        period_s: float = PERIOD_S,
        edited: Callable[[Profile], Profile] = lambda profile: profile,
    ) -> None:
        self.period_s = period_s
        path = profile_path(kind)
        shipped = load_profile(path).profile
        slower = msgspec.structs.replace(shipped, publish_period_ms=publish_period_ms)
        self.profile = profile = check_profile(path, edited(slower))
        self.buses = {name: HandBus(name) for name in bus_names(kind)}
        sends = {name: self._put_on(bus) for name, bus in self.buses.items()}
        self.bench = SimulatedBench(f"{kind.value}-09", kind, seed, sends, duty)
        self.clock = HandClock()
        self.uplink = RecordingUplink()
        self.uplink.connect()
        self.spool = Spool(folder / "spool.sqlite", self.bench.code)
        decoders = [
            BusDecoder(bus.name, FrameDecoder(load_dbc(profile.dbc_path(bus)).database))
            for bus in shipped.buses
        ]
        stated = Identity(kind=profile.profile.identity, adapter="desk")
        diagnostics = BenchDiagnostics(profile.profile, stated)
        self.bridge = Bridge(
            BridgeParts(
                bench=self.bench.code,
                profile=profile,
                receivers=list(self.buses.values()),
                decoders=decoders,
                identity=stated,
                spool=self.spool,
                publisher=self.uplink,
                clock=self.clock,
                observers=[diagnostics],
                informant=diagnostics,
            )
        )

    def _put_on(self, bus: HandBus) -> Send:
        def send(frame: SimFrame) -> None:
            bus.pending.append(Frame(self.bench.now_s, bus.name, *frame))

        return send

    def close(self) -> None:
        self.spool.close()

    def run(self, seconds: float) -> list[UpMessage]:
        """Let time pass; returns what the bridge published meanwhile."""
        before = len(self.uplink.published)
        for _ in range(round(seconds / self.period_s)):
            self.clock.advance(self.period_s)
            self.bench.advance(self.period_s)
            self.bridge.step()
            self._acknowledge()
        return [encoding.decode(stream, raw) for stream, raw in self.uplink.published[before:]]

    def _acknowledge(self) -> None:
        self.uplink.incoming.put(Ack(epoch=self.spool.epoch, seq=self.spool.last_seq))

    def state(self) -> BenchState:
        """What the bridge said of the bench last."""
        raw = next(raw for kind, raw in reversed(self.uplink.published) if kind is Stream.STATE)
        said = encoding.decode(Stream.STATE, raw)
        assert isinstance(said, BenchState)
        return said


def reported(messages: Sequence[UpMessage], state: FaultState) -> set[str]:
    """Codes of the faults that reached that state."""
    return {m.dtc for m in messages if isinstance(m, FaultReport) and m.state is state}


def samples(messages: Sequence[UpMessage]) -> list[Samples]:
    return [message for message in messages if isinstance(message, Samples)]


def usages(messages: Sequence[UpMessage]) -> list[UsageReport]:
    return [message for message in messages if isinstance(message, UsageReport)]
