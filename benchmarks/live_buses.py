"""Three saturated 500 kbit/s buses through a real bridge: its share of a core, and frames lost.

python benchmarks/live_buses.py [SECONDS] [FOLDER OF THE REFERENCE RECORDINGS]

Recorded Kona P-CAN traffic, 4,167 frames/s on each of three serial-line adapters (pseudo
terminals), into `stationmaster bridge run` as a process of its own: received, decoded, judged,
spooled, sent to Mosquitto every 200 ms and acknowledged. Every frame sent must be counted by the
bridge. The peer does the same for a third of the time, received by python-can's slcan reader and
decoded by cantools, without publishing: its reader takes byte after byte.
"""

import itertools
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil

from can_bridge.dbc.loading import load_dbc
from can_bridge.frames import FrameBatch
from can_bridge.logs.reading import read_batches
from telemetry.contract.payloads import BenchState
from telemetry.contract.topics import Stream
from tests.integration.broker_for_benches import PrivateBroker, RememberingIngest
from tests.pty_adapter import PtyAdapter
from tests.rig import accepts, until

LOG, CHANNEL = "kona2019_pcan_ccan_off_on_ready_off.gvret.csv", "0"
BUSES = ("a", "b", "c")
FRAMES_PER_S = 12_500
TICK_S = 0.01
BENCH = "battery-01"
PROFILE = """
name = "saturated"
publish_period_ms = 200
"""
PEER = """
import sys, threading
import can, cantools
database = cantools.database.load_file(sys.argv[1], strict=False)
def receive(path):
    bus = can.Bus(interface="slcan", channel=path, bitrate=500000, listen_only=True,
                  sleep_after_open=0.1)
    while True:
        message = bus.recv(1.0)
        if message is not None:
            try:
                database.decode_message(message.arbitration_id, message.data, decode_choices=False)
            except Exception:
                pass
for path in sys.argv[2:]:
    threading.Thread(target=receive, args=(path,)).start()
"""


@dataclass(frozen=True)
class Load:
    """What a receiving process took; `late_s` is how far it held the senders up in the end."""

    frames: int
    seconds: float
    core: float
    late_s: float


class Sender:
    """Writes a log's frames to one adapter at a third of the whole rate."""

    def __init__(self, adapter: PtyAdapter, lines: list[bytes]) -> None:
        self.sent = 0
        self.late_s = 0.0
        self._adapter = adapter
        self._chunks = itertools.cycle(
            [b"".join(lines[at : at + 42]) for at in range(0, len(lines) - 41, 42)]
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Send nothing more."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        start_s = time.monotonic()
        while not self._stop.is_set():
            due_s = start_s + self.sent / (FRAMES_PER_S / len(BUSES))
            self.late_s = time.monotonic() - due_s
            if self.late_s < 0:
                self._stop.wait(-self.late_s)
            self._adapter.send(next(self._chunks))
            self.sent += 42


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def slcan_lines(batch: FrameBatch) -> list[bytes]:
    """Frames as a serial-line adapter writes them."""
    return [
        f"t{frame.arbitration_id:03X}{len(frame.data)}{frame.data.hex()}\r".encode()
        for frame in batch
    ]


def run_load(
    adapters: list[PtyAdapter], lines: list[bytes], process: psutil.Process, seconds: float
) -> Load:
    """Send for that long and watch the receiving process."""
    senders = [Sender(adapter, lines) for adapter in adapters]
    for sender in senders:
        sender.start()
    pause = threading.Event()
    pause.wait(2.0)
    before, start_s = process.cpu_times(), time.monotonic()
    pause.wait(seconds)
    after, end_s = process.cpu_times(), time.monotonic()
    late_s = max(sender.late_s for sender in senders)
    for sender in senders:
        sender.stop()
    busy_s = after.user + after.system - before.user - before.system
    sent = sum(sender.sent for sender in senders)
    return Load(sent, end_s - start_s, busy_s / (end_s - start_s), max(late_s, 0.0))


def bridge_load(folder: Path, dbc: Path, lines: list[bytes], seconds: float) -> tuple[Load, int]:
    """The load of a bridge, and how many frames it counted."""
    adapters = [PtyAdapter(folder / bus) for bus in BUSES]
    for adapter in adapters:
        adapter.plug()
    tables = "".join(
        f'[[buses]]\nname = "{bus}"\ndbc = "{dbc}"\ninterface = "slcan"\n'
        f'channel = "{folder / bus}"\noptions = {{ sleep_after_open = 0.1 }}\n'
        for bus in BUSES
    )
    (folder / "bench.toml").write_text(PROFILE + tables, encoding="utf-8")
    (folder / "credentials.json").write_text(f'{{"{BENCH}": "none"}}', encoding="utf-8")
    broker = PrivateBroker(folder, free_port())
    broker.start()
    until(lambda: accepts(broker.port), "the broker listens")
    ingest = RememberingIngest(broker.port)
    command = [sys.executable, "-m", "stationmaster", "bridge", "run", "--bench", BENCH]
    command += ["--profile", str(folder / "bench.toml"), "--broker-port", str(broker.port)]
    command += ["--broker-host", "127.0.0.1", "--credentials", str(folder / "credentials.json")]
    bridge = subprocess.Popen(command, env={"STATIONMASTER_VAR": str(folder / "var")})  # noqa: S603
    try:
        for adapter in adapters:
            adapter.wait_until_open()
        ingest.wait_for(lambda seen: (BENCH, Stream.BIRTH) in seen.latest)
        load = run_load(adapters, lines, psutil.Process(bridge.pid), seconds)
        threading.Event().wait(3.0)
        state = ingest.latest[BENCH, Stream.STATE]
        assert isinstance(state, BenchState)  # noqa: S101 -- the stream's type
        counts = state.frames
        counted = counts.decoded + counts.short + counts.unknown_id
        return load, counted + counts.unknown_mux + counts.undecodable
    finally:
        bridge.terminate()
        bridge.wait()
        ingest.stop()
        broker.kill()
        for adapter in adapters:
            adapter.unplug()


def peer_load(folder: Path, dbc: Path, lines: list[bytes], seconds: float) -> Load:
    """The load of python-can and cantools."""
    adapters = [PtyAdapter(folder / f"peer-{bus}") for bus in BUSES]
    for adapter in adapters:
        adapter.plug()
    paths = [str(adapter.path) for adapter in adapters]
    command = [sys.executable, "-c", PEER, str(dbc), *paths]
    peer = subprocess.Popen(command)  # noqa: S603 -- our own text
    try:
        for adapter in adapters:
            adapter.wait_until_open()
        return run_load(adapters, lines, psutil.Process(peer.pid), seconds)
    finally:
        # it must still read while the senders end
        peer.terminate()
        peer.wait()
        for adapter in adapters:
            adapter.unplug()


def main(seconds: float, reference: Path) -> None:
    """Print the table."""
    batch = FrameBatch.joined(list(read_batches(reference / "logs" / LOG, CHANNEL)))
    dbc = reference / "dbc" / "kona_pcan.cantools-ok.dbc"
    load_dbc(dbc)
    lines = slcan_lines(batch)
    with tempfile.TemporaryDirectory() as folder:
        ours, counted = bridge_load(Path(folder), dbc, lines, seconds)
        peer = peer_load(Path(folder), dbc, lines, seconds / 3)
    rows = [
        "| 3 buses, 12,500 frames/s asked | frames/s | share of a core | frames lost | held up |",
        "|---|---|---|---|---|",
        _row("bridge: received, decoded, published", ours, str(ours.frames - counted)),
        _row("python-can slcan + cantools, not published", peer, "waits instead"),
    ]
    sys.stdout.write("\n".join(rows) + "\n")


def _row(name: str, load: Load, lost: str) -> str:
    rate = load.frames / (load.seconds + 2)
    return f"| {name} | {rate:,.0f} | {load.core:.1%} | {lost} | {load.late_s:.2f} s |"


if __name__ == "__main__":
    default = Path(__file__).resolve().parents[2] / "shared" / "can"
    main(
        float(sys.argv[1]) if len(sys.argv) > 1 else 600.0,
        Path(sys.argv[2]) if len(sys.argv) > 2 else default,  # noqa: PLR2004
    )
