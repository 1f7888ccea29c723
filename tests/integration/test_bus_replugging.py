import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from can_bridge.bridge import Bridge, BridgeParts
from can_bridge.buses.adapter import Adapter, Wanted
from can_bridge.buses.load import BitRates
from can_bridge.buses.receiving import BusFacts, BusReceiver
from can_bridge.buses.slcan import open_slcan
from can_bridge.buses.socketcand import open_socketcand
from can_bridge.catalogue import BusDecoder
from can_bridge.clock import SystemClock
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.frames import FrameBatch
from can_bridge.judgement import KeptStates
from can_bridge.profile import load_profile
from can_bridge.profile_tables import BusEntry
from can_bridge.spool import Spool
from can_bridge.uplink import RecordingUplink
from telemetry.contract import encoding
from telemetry.contract.payloads import (
    BenchState,
    BusHealth,
    BusState,
    DurableMessage,
    Identity,
    IdentityKind,
)
from telemetry.contract.topics import Stream
from tests.pty_adapter import PtyAdapter
from tests.rig import POSIX_ONLY
from tests.socketcand_server import SocketcandServer

TIMES = 100
FRAMES_EACH_TIME = 20
DBC = 'BU_: A\nBO_ 291 M: 8 A\n SG_ Counter : 0|32@1+ (1,0) [0|0] "" A\n'
PROFILE = 'name = "replug"\n[[buses]]\nname = "hv"\ndbc = "replug.dbc"\n'


class Plug(Protocol):
    def plug(self) -> None: ...
    def unplug(self) -> None: ...
    def wait_until_open(self) -> None: ...
    def send(self, raw: bytes) -> None: ...


class Witness:
    """Notes the counter in every frame the bridge takes."""

    def __init__(self) -> None:
        self.counters: list[int] = []

    def take(self, bus: str, batch: FrameBatch, now_ms: int) -> None:
        assert bus == "hv"
        assert now_ms
        self.counters += [int.from_bytes(frame.data[:4], "little") for frame in batch]

    def due(self, now_ms: int) -> Sequence[DurableMessage]:
        del now_ms
        return []

    def states(self) -> dict[str, bytes]:
        return {}

    def restore(self, kept: KeptStates) -> None:
        del kept

    def close(self, now_ms: int) -> Sequence[DurableMessage]:
        del now_ms
        return []


class Replugging:
    """A bridge on an adapter that a person plugs and unplugs."""

    def __init__(
        self,
        folder: Path,
        plug: Plug,
        opener: Callable[[bool], Adapter],
        *,
        is_plugged: bool = True,
    ) -> None:
        (folder / "replug.dbc").write_text(DBC, encoding="utf-8")
        (folder / "replug.toml").write_text(PROFILE, encoding="utf-8")
        self.plug = plug
        if is_plugged:
            plug.plug()
        facts = BusFacts("hv", "test", BitRates(500_000, 500_000))
        # the policy itself is tested with numbers; here a hundred pauses must not take minutes
        self.receiver = BusReceiver(facts, opener, pause_s=lambda _failures, _chance: 0.005)
        self.receiver.start()
        self.witness = Witness()
        self.uplink = RecordingUplink()
        self.uplink.connect()
        decoder = FrameDecoder(load_dbc(folder / "replug.dbc").database)
        self.bridge = Bridge(
            BridgeParts(
                bench="battery-01",
                profile=load_profile(folder / "replug.toml"),
                receivers=[self.receiver],
                decoders=[BusDecoder("hv", decoder)],
                identity=Identity(kind=IdentityKind.SIMULATOR),
                spool=Spool(folder / "spool.sqlite", "battery-01"),
                publisher=self.uplink,
                clock=SystemClock(),
                observers=[self.witness],
            )
        )

    def state(self) -> BenchState:
        told = [raw for kind, raw in self.uplink.published if kind is Stream.STATE]
        state = encoding.decode(Stream.STATE, told[-1])
        assert isinstance(state, BenchState)
        return state

    def step_until(self, condition: Callable[[], object], what: str) -> None:
        pause, deadline_s = threading.Event(), time.monotonic() + 10
        while True:
            self.bridge.step()
            if condition():
                return
            assert time.monotonic() < deadline_s, f"{what}: {self.state()}"
            pause.wait(0.002)

    def run(self, frame_of: Callable[[int], bytes], half_a_frame: bytes) -> list[int]:
        """Replug again and again; the counters of the frames sent while it was plugged in."""
        sent: list[int] = []
        counter = 0
        for _ in range(TIMES):
            self.plug.wait_until_open()
            for left in reversed(range(FRAMES_EACH_TIME)):
                # the half comes together with the last whole one, so it has been read with it
                self.plug.send(frame_of(counter) + (b"" if left else half_a_frame))
                sent.append(counter)
                counter += 1
            self.step_until(lambda: len(self.witness.counters) == len(sent), "frames")
            assert self.bridge_says(BusHealth.ACTIVE)
            self.plug.unplug()
            # the bench goes on sending, to nobody
            counter += 5
            self.step_until(lambda: self.bridge_says(BusHealth.DOWN), "unplugged")
            self.plug.plug()
        self.step_until(lambda: self.state().buses[0].reconnects == TIMES, "back again")
        return sent

    def bridge_says(self, health: BusHealth) -> bool:
        state = self.state()
        summary = BusState.DOWN if health is BusHealth.DOWN else BusState.ACTIVE
        return (state.bus, [bus.state for bus in state.buses]) == (summary, [health])

    def close(self) -> None:
        self.receiver.stop()
        self.plug.unplug()


def check(replugging: Replugging, sent: list[int]) -> None:
    assert replugging.witness.counters == sent
    (bus,) = replugging.state().buses
    assert (bus.frames, bus.reconnects) == (TIMES * FRAMES_EACH_TIME, TIMES)
    # of each half frame it is known that it came
    assert bus.lost_frames == TIMES


@POSIX_ONLY
def test_a_serial_adapter_replugged_a_hundred_times_loses_and_invents_nothing(
    tmp_path: Path,
) -> None:
    adapter = PtyAdapter(tmp_path / "adapter")
    wanted = Wanted(BusEntry(name="hv", interface="slcan"), str(adapter.path))
    replugging = Replugging(tmp_path, adapter, lambda _: open_slcan(wanted))
    try:
        sent = replugging.run(
            lambda counter: f"t1238{counter.to_bytes(8, 'little').hex()}\r".encode(), b"t12380011"
        )
        check(replugging, sent)
        assert adapter.mode == "L"
    finally:
        replugging.close()


def test_a_socketcand_server_restarted_a_hundred_times_loses_and_invents_nothing(
    tmp_path: Path, free_port: int
) -> None:
    server = SocketcandServer(free_port)
    options: dict[str, str | int | float | bool] = {"host": "127.0.0.1", "port": free_port}
    entry = BusEntry(name="hv", interface="socketcand", accept_active=True, options=options)
    wanted = Wanted(entry, "can0")
    replugging = Replugging(tmp_path, server, lambda _: open_socketcand(wanted))
    try:
        sent = replugging.run(
            lambda n: f"< frame 123 1.5 {n.to_bytes(8, 'little').hex()} >".encode(), b"< frame 12"
        )
        check(replugging, sent)
    finally:
        replugging.close()


def check_late(late: Replugging, frame: bytes) -> None:
    """A bridge that was there first tells that its adapter is not, takes it, and counts nothing."""
    late.step_until(lambda: late.bridge_says(BusHealth.DOWN), "the adapter is not there yet")
    assert late.state().buses[0].detail
    late.plug.plug()
    late.plug.wait_until_open()
    late.plug.send(frame)
    late.step_until(lambda: late.bridge_says(BusHealth.ACTIVE), "it came")
    (bus,) = late.state().buses
    assert (bus.frames, bus.reconnects, bus.lost_frames, bus.detail) == (1, 0, 0, "")


@POSIX_ONLY
def test_a_serial_adapter_may_be_plugged_in_after_the_bridge_has_started(tmp_path: Path) -> None:
    adapter = PtyAdapter(tmp_path / "adapter")
    wanted = Wanted(BusEntry(name="hv", interface="slcan"), str(adapter.path))
    late = Replugging(tmp_path, adapter, lambda _: open_slcan(wanted), is_plugged=False)
    try:
        check_late(late, b"t12380000000000000000\r")
        assert adapter.mode == "L"
    finally:
        late.close()


def test_a_socketcand_server_may_start_after_the_bridge(tmp_path: Path, free_port: int) -> None:
    server = SocketcandServer(free_port)
    options: dict[str, str | int | float | bool] = {"host": "127.0.0.1", "port": free_port}
    entry = BusEntry(name="hv", interface="socketcand", accept_active=True, options=options)
    wanted = Wanted(entry, "can0")
    late = Replugging(tmp_path, server, lambda _: open_socketcand(wanted), is_plugged=False)
    try:
        check_late(late, b"< frame 123 1.5 0000000000000000 >")
    finally:
        late.close()
