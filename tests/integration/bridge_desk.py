"""A bridge without threads, broker or wires: the test moves the clock and puts the frames in."""

from collections.abc import Callable, Sequence
from pathlib import Path

from can_bridge.bridge import Bridge, BridgeParts
from can_bridge.buses.port import BusStatus
from can_bridge.catalogue import BusDecoder
from can_bridge.clock import HandClock
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.diagnostics.bench import BenchDiagnostics
from can_bridge.frames import Frame, FrameBatch
from can_bridge.observing import FrameObserver
from can_bridge.profile import load_profile
from can_bridge.spool import Spool
from can_bridge.uplink import RecordingUplink
from telemetry.contract import encoding
from telemetry.contract.payloads import (
    FaultReport,
    FaultState,
    Identity,
    IdentityKind,
    UpMessage,
)
from telemetry.contract.topics import Stream

DBC = 'BU_: A\nBO_ 1 M: 2 A\n SG_ Iso : 0|16@1+ (1,0) [0|60000] "kOhm" A\n'
PROFILE = """
name = "desk"
publish_period_ms = 200
stale_after_s = 1.0
[[buses]]
name = "hv"
dbc = "desk.dbc"
[signals.isolation_kohm]
source = "M.Iso"
[[faults]]
condition = "isolation_kohm < 35"
dtc = "P0AA6"
severity = 3
confirm_s = 0.5
clear_s = 1.0
text_zh = "绝缘"
text_en = "isolation"
"""


class HandReceiver:
    """A bus without an adapter: the test puts the frames in."""

    def __init__(self) -> None:
        self.name = "hv"
        self.status = BusStatus()
        self.pending: list[Frame] = []

    def start(self) -> None:
        """Nothing runs."""

    def ask_to_stop(self) -> None:
        """Nothing runs."""

    def stop(self) -> None:
        """Nothing runs."""

    def put(self, value: int) -> None:
        self.pending.append(Frame(0.0, "hv", 1, False, value.to_bytes(2, "little")))

    def put_frame(self, can_id: int, data: bytes) -> None:
        self.pending.append(Frame(0.0, "hv", can_id, can_id > 0x7FF, data))

    def drain(self) -> FrameBatch:
        frames, self.pending = self.pending, []
        return FrameBatch.of(frames)


class Desk:
    def __init__(
        self,
        folder: Path,
        observers: Sequence[FrameObserver] = (),
        diagnostics: Callable[[], BenchDiagnostics] | None = None,
        profile: str = PROFILE,
    ) -> None:
        (folder / "desk.dbc").write_text(DBC, encoding="utf-8")
        (folder / "desk.toml").write_text(profile, encoding="utf-8")
        self.folder = folder
        self.observers = observers
        self.diagnostics = diagnostics
        self.clock = HandClock()
        self.uplink = RecordingUplink()
        self.receiver = HandReceiver()
        self.start()

    def start(self) -> None:
        profile = load_profile(self.folder / "desk.toml")
        decoder = FrameDecoder(load_dbc(self.folder / "desk.dbc").database)
        self.spool = Spool(self.folder / "spool.sqlite", "battery-01")
        informant = self.diagnostics() if self.diagnostics else None
        self.bridge = Bridge(
            BridgeParts(
                bench="battery-01",
                profile=profile,
                receivers=[self.receiver],
                decoders=[BusDecoder("hv", decoder)],
                identity=Identity(kind=IdentityKind.SIMULATOR),
                spool=self.spool,
                publisher=self.uplink,
                clock=self.clock,
                observers=(*self.observers, *([informant] if informant else [])),
                informant=informant,
            )
        )

    def close(self) -> None:
        self.spool.close()

    def restart(self) -> None:
        self.spool.close()
        self.start()

    def run(self, seconds: float, value: int | None = None) -> None:
        for _ in range(round(seconds / 0.05)):
            self.clock.advance(0.05)
            if value is not None:
                self.receiver.put(value)
            self.bridge.step()

    def sent(self, stream: Stream) -> list[UpMessage]:
        return [encoding.decode(kind, raw) for kind, raw in self.uplink.published if kind is stream]

    def faults(self) -> list[FaultState]:
        """Steps in the order of their numbers, one that was sent again once."""
        steps = (one for one in self.sent(Stream.FAULTS) if isinstance(one, FaultReport))
        by_number = {(one.epoch, one.seq): one.state for one in steps}
        return list(by_number.values())
