from collections.abc import Iterator
from pathlib import Path

import can
import pytest

from can_bridge.bridge import Bridge, BridgeParts
from can_bridge.buses.receiving import BusReceiver
from can_bridge.catalogue import BusDecoder
from can_bridge.clock import HandClock
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.frames import Frame, FrameBatch
from can_bridge.profile import load_profile
from can_bridge.spool import Spool
from can_bridge.uplink import RecordingUplink
from telemetry.contract import encoding
from telemetry.contract.payloads import (
    Ack,
    BenchState,
    BusState,
    FaultReport,
    FaultState,
    Identity,
    IdentityKind,
    Samples,
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


class HandReceiver(BusReceiver):
    """A receiver without a thread: the test puts the frames in."""

    def __init__(self) -> None:
        self.pending: list[Frame] = []
        super().__init__("hv", can.Bus(channel="unused", interface="virtual"))

    def put(self, value: int) -> None:
        self.pending.append(Frame(0.0, "hv", 1, False, value.to_bytes(2, "little")))

    def drain(self) -> FrameBatch:
        frames, self.pending = self.pending, []
        return FrameBatch.of(frames)


class Desk:
    def __init__(self, folder: Path) -> None:
        (folder / "desk.dbc").write_text(DBC, encoding="utf-8")
        (folder / "desk.toml").write_text(PROFILE, encoding="utf-8")
        self.folder = folder
        self.clock = HandClock()
        self.uplink = RecordingUplink()
        self.receiver = HandReceiver()
        self.start()

    def start(self) -> None:
        profile = load_profile(self.folder / "desk.toml")
        decoder = FrameDecoder(load_dbc(self.folder / "desk.dbc").database)
        self.spool = Spool(self.folder / "spool.sqlite", "battery-01")
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
            )
        )

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
        return [one.state for one in self.sent(Stream.FAULTS) if isinstance(one, FaultReport)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.spool.close()
    made.receiver.bus.shutdown()


def test_one_samples_message_per_period_and_none_from_a_silent_bus(desk: Desk) -> None:
    desk.uplink.connect()
    desk.run(2.0, 500)
    assert desk.spool.last_seq == pytest.approx(10, abs=1)
    before = desk.spool.last_seq
    desk.run(10.0)
    # values go stale after 1 s, which is before the bus counts as silent
    assert desk.spool.last_seq - before <= 6
    last = desk.sent(Stream.STATE)[-1]
    assert isinstance(last, BenchState)
    assert last.bus is BusState.SILENT


def test_a_signal_that_stays_away_is_not_repeated_for_ever(desk: Desk) -> None:
    desk.uplink.connect()
    desk.run(1.0, 500)
    desk.run(1.5)
    last = desk.sent(Stream.SAMPLES)[-1]
    assert isinstance(last, Samples)
    assert last.observed_at_ms < desk.clock.now_ms() - 300


def test_a_restart_neither_repeats_nor_forgets_a_fault(desk: Desk) -> None:
    desk.uplink.connect()
    desk.run(1.0, 500)
    desk.run(1.0, 20)
    assert desk.faults() == [FaultState.PENDING, FaultState.CONFIRMED]
    desk.bridge.step()
    desk.restart()
    desk.uplink.published.clear()
    desk.uplink.connect()
    desk.uplink.incoming.put(Ack(epoch=desk.spool.epoch, seq=desk.spool.last_seq))
    desk.run(2.0, 20)
    told_again = [
        one for one in desk.sent(Stream.FAULTS) if isinstance(one, FaultReport) and one.seq > 14
    ]
    assert told_again == []
    state = desk.sent(Stream.STATE)[-1]
    assert isinstance(state, BenchState)
    assert state.fault_codes == ["P0AA6"]
    desk.run(2.0, 500)
    assert desk.faults()[-1] is FaultState.CLEARED


def test_unacknowledged_rows_are_sent_again_on_a_new_connection(desk: Desk) -> None:
    desk.uplink.connect()
    desk.run(1.0, 500)
    first = [row.seq for row in desk.sent(Stream.SAMPLES) if isinstance(row, Samples)]
    desk.uplink.incoming.put(Ack(epoch=desk.spool.epoch, seq=2))
    desk.run(0.1, 500)
    desk.uplink.published.clear()
    desk.uplink.connect()
    desk.run(0.1, 500)
    again = [row.seq for row in desk.sent(Stream.SAMPLES) if isinstance(row, Samples)]
    assert again[: len(first) - 2] == first[2:]
    assert desk.uplink.published[0][0] is Stream.BIRTH


def test_rows_a_restored_store_no_longer_has_are_declared_gone(desk: Desk) -> None:
    desk.uplink.connect()
    desk.run(2.0, 500)
    desk.uplink.incoming.put(Ack(epoch=desk.spool.epoch, seq=9))
    desk.run(0.2, 500)
    for _ in range(60):
        desk.uplink.incoming.put(Ack(epoch=desk.spool.epoch, seq=3))
        desk.run(0.2, 500)
    records = [
        (row.seq, row.last_seq, row.dropped)
        for row in desk.sent(Stream.SAMPLES)
        if isinstance(row, Samples) and row.dropped
    ]
    assert records[0] == (4, 9, 6)
