import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import can
import numpy as np
import pytest

from can_bridge.assembly import BridgeSite, assemble
from can_bridge.frames import FrameBatch
from can_bridge.profile import load_profile
from can_bridge.recording.reading import Recording
from can_bridge.recording.recorder import recording_folder
from can_bridge.recording.segments import counts_in, segments_in
from telemetry.contract.broker_address import BrokerAddress
from tests.rig import POSIX_ONLY

DBC = 'BU_: A\nBO_ 1 M: 8 A\n SG_ Count : 0|32@1+ (1,0) [0|0] "" A\n'
PROFILE = """
name = "recorded"
[[buses]]
name = "hv"
dbc = "hv.dbc"
interface = "virtual"
channel = "{bench}"
[recording]
is_on = true
keep_mib = 8
"""
FEEDER = """
import struct, sys, threading, time
from pathlib import Path
import can
from tests.integration.test_bench_recording import running_bridge
folder, port = Path(sys.argv[1]), int(sys.argv[2])
with running_bridge(folder, port), can.Bus("battery-01", interface="virtual") as bus:
    for number in range(100_000):
        data = struct.pack("<Q", number)
        bus.send(can.Message(arbitration_id=1, is_extended_id=False, data=data))
        if number % 50 == 0:
            print(number, time.time(), flush=True)
            threading.Event().wait(0.025)
"""


@contextmanager
def running_bridge(folder: Path, port: int) -> Iterator[None]:
    (folder / "hv.dbc").write_text(DBC, "utf-8")
    (folder / "hv.toml").write_text(PROFILE, "utf-8")
    # no broker listens there: a bench records all the same
    address = BrokerAddress.of_user("127.0.0.1", port, "battery-01", "x")
    site = BridgeSite("battery-01", address, folder / "spool")
    bridge = assemble(load_profile(folder / "hv.toml"), site)
    stop = threading.Event()
    thread = threading.Thread(target=bridge.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def numbers(batch: FrameBatch) -> list[int]:
    found: list[int] = batch.data.copy().view("<u8")[:, 0].tolist()
    return found


def recorded(folder: Path) -> tuple[FrameBatch, Recording]:
    recording = Recording(recording_folder(folder / "spool", "battery-01"))
    return FrameBatch.joined(list(recording.batches())), recording


def test_every_frame_a_bridge_receives_is_recorded_on_the_wall_clock(
    tmp_path: Path, free_port: int
) -> None:
    begun_s = time.time()
    with (
        running_bridge(tmp_path, free_port),
        can.Bus("battery-01", interface="virtual") as bus,
    ):
        for number in range(3000):
            data = number.to_bytes(8, "little")
            bus.send(can.Message(arbitration_id=1, is_extended_id=False, data=data))
            if number % 100 == 0:
                threading.Event().wait(0.03)
        threading.Event().wait(0.3)
    batch, recording = recorded(tmp_path)
    assert numbers(batch) == list(range(3000))
    assert recording.damaged == set()
    assert begun_s - 0.1 <= batch.timestamp_s.min() <= batch.timestamp_s.max() <= time.time()
    assert counts_in(recording.folder).frames == 3000


@POSIX_ONLY
def test_a_killed_bridge_loses_no_more_than_its_last_seconds(
    tmp_path: Path, free_port: int
) -> None:
    feeder = subprocess.Popen(
        [sys.executable, "-c", FEEDER, str(tmp_path), str(free_port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert feeder.stdout is not None
    sent: list[tuple[int, float]] = []
    for line in feeder.stdout:
        number, at_s = line.split()
        sent.append((int(number), float(at_s)))
        if sent[-1][1] - sent[0][1] > 4:
            break
    feeder.send_signal(signal.SIGKILL)
    feeder.wait(10)
    feeder.stdout.close()

    batch, _ = recorded(tmp_path)
    found = numbers(batch)
    assert found == list(range(len(found)))
    # one second between writings, a tick, and what a busy machine adds
    due = next(number for number, at_s in sent if at_s > sent[-1][1] - 2.5)
    assert len(found) > due
    with running_bridge(tmp_path, free_port):
        pass
    assert len(segments_in(recording_folder(tmp_path / "spool", "battery-01"))) == 1


def test_a_full_disk_stops_the_recording_but_not_the_bridge(tmp_path: Path, free_port: int) -> None:
    folder = recording_folder(tmp_path / "spool", "battery-01")
    folder.parent.mkdir(parents=True)
    folder.write_text("nothing can be written here", "utf-8")
    with (
        running_bridge(tmp_path, free_port),
        can.Bus("battery-01", interface="virtual") as bus,
    ):
        for number in range(200):
            data = number.to_bytes(8, "little")
            bus.send(can.Message(arbitration_id=1, is_extended_id=False, data=data))
        threading.Event().wait(1.5)
        folder.unlink()
        bus.send(can.Message(arbitration_id=1, is_extended_id=False, data=bytes(8)))
        threading.Event().wait(1.5)
    batch, recording = recorded(tmp_path)
    assert numbers(batch) == [0]
    assert counts_in(recording.folder).lost_frames == 200


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_a_disk_that_takes_half_a_block_leaves_a_readable_segment(tmp_path: Path) -> None:
    import resource

    from can_bridge.recording.blocks import encoded
    from can_bridge.recording.segments import SegmentWriter
    from tests.unit.can_bridge.log_batches import any_frames

    writer = SegmentWriter(tmp_path, 64 << 20, 600)
    block = encoded(any_frames(1), 0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(len(block) * 2.5), hard))
    try:
        for _ in range(4):
            writer.append(block, 60, 1_700_000_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    writer.append(block, 60, 1_700_000_000_000)
    writer.close()
    recording = Recording(tmp_path)
    assert sum(len(batch) for batch in recording.batches()) == 3 * 60
    assert recording.damaged == set()
    assert writer.counts.lost_frames == 2 * 60
    assert (np.array([len(one) for one in Recording(tmp_path).batches()]) == 60).all()
