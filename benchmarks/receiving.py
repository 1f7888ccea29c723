"""How fast frames are received, and what a frame costs: this project beside python-can.

python benchmarks/receiving.py [RUNS]

A second process sends as fast as it can: over a pseudo-terminal for slcan, over TCP on loopback for
socketcand. SocketCAN needs a kernel with CAN; here the same socket calls read can_frame datagrams
from UDP on loopback, put there in bursts while nobody measures, so only the reading counts.
Every figure is the median of the runs; the two take turns.
"""

import logging
import multiprocessing
import socket
import statistics
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import can
from can.interfaces.socketcan.socketcan import capture_message

from can_bridge.buses.adapter import Adapter, Wanted
from can_bridge.buses.can_frames import packed
from can_bridge.buses.load import BitRates
from can_bridge.buses.receiving import BusFacts, BusReceiver
from can_bridge.buses.slcan import open_slcan
from can_bridge.buses.socketcan import SocketCanAdapter, widen
from can_bridge.buses.socketcand import open_socketcand
from can_bridge.profile_tables import BusEntry
from tests.pty_adapter import PtyAdapter
from tests.socketcand_server import SocketcandServer

RUNS = 5
OURS, THEIRS = 200_000, 20_000
SLOW_SLCAN = 10_000
TICK_S = 0.01
BURST, BURSTS = 200, 250
SO_TIMESTAMPNS = 35
PORT = 43121
Opened = TypeVar("Opened")


@dataclass(frozen=True)
class Figure:
    """One run: frames received, over what time, with how much processor time of this process."""

    frames: int
    wall_s: float
    cpu_s: float


def payload(number: int) -> bytes:
    """Eight bytes that differ from frame to frame."""
    return struct.pack("<Q", number * 0x9E3779B97F4A7C15 & 0xFFFF_FFFF_FFFF_FFFF)


def send_slcan(path: str, frames: int, is_over: Event) -> None:
    """The other process: an adapter that sends without pause once its channel is open."""
    adapter = PtyAdapter(Path(path))
    adapter.plug()
    adapter.wait_until_open()
    lines = [b"t%03X8%s\r" % (n % 0x7FF, payload(n).hex().upper().encode()) for n in range(frames)]
    adapter.send(b"".join(lines))
    is_over.wait()
    adapter.unplug()


def send_socketcand(port: int, frames: int, is_over: Event) -> None:
    """The other process: a server that sends without pause once its bus is open."""
    server = SocketcandServer(port)
    server.plug()
    server.wait_until_open()
    elements = [
        b"< frame %03X 1700000000.%06d %s >" % (n % 0x7FF, n % 10**6, payload(n).hex().encode())
        for n in range(frames)
    ]
    server.send(b"".join(elements))
    is_over.wait()
    server.unplug()


def ours(opener: Callable[[], Adapter], frames: int) -> Figure:
    """Receive with the bridge's receiver, drained as the bridge does it."""
    receiver = BusReceiver(
        BusFacts("bench", "any", BitRates(500_000, 500_000)),
        lambda _: opener(),
        backlog_limit=frames,
    )
    receiver.start()
    pause, taken = threading.Event(), 0
    while not (taken := len(receiver.drain())):
        pause.wait(0.001)
    # the first batch came before the clock ran
    start_s, start_cpu_s, begun = time.perf_counter(), time.process_time(), taken
    while taken < frames:
        taken += len(receiver.drain())
        pause.wait(TICK_S)
    figure = Figure(
        frames - begun, time.perf_counter() - start_s, time.process_time() - start_cpu_s
    )
    lost = receiver.status.lost_frames
    receiver.stop()
    if lost:
        raise RuntimeError(f"{lost} frames lost")
    return figure


def theirs(opener: Callable[[], can.BusABC], frames: int) -> Figure:
    """Receive with python-can."""
    with opener() as bus:
        while bus.recv(10.0) is None:
            pass
        start_s, start_cpu_s = time.perf_counter(), time.process_time()
        for _ in range(frames - 1):
            while bus.recv(10.0) is None:
                pass
        return Figure(frames - 1, time.perf_counter() - start_s, time.process_time() - start_cpu_s)


def with_sender(
    send: Callable[..., None], where: str | int, frames: int, receive: Callable[[], Figure]
) -> Figure:
    """One run against a process that sends."""
    context = multiprocessing.get_context("spawn")
    is_over = context.Event()
    sender = context.Process(target=send, args=(where, frames, is_over))
    sender.start()
    try:
        return receive()
    finally:
        is_over.set()
        sender.join()


def when_there(open_once: Callable[[], Opened]) -> Opened:
    """Open something that the other process is still preparing."""
    pause, deadline_s = threading.Event(), time.monotonic() + 20
    while True:
        try:
            return open_once()
        except Exception:
            if time.monotonic() > deadline_s:
                raise
            pause.wait(0.05)


def slcan_runs(folder: Path) -> tuple[Figure, Figure]:
    """Ours, then python-can's."""
    path = folder / "adapter"
    wanted = Wanted(BusEntry(name="hv", interface="slcan"), str(path))
    mine = with_sender(
        send_slcan,
        str(path),
        OURS,
        lambda: ours(lambda: when_there(lambda: open_slcan(wanted)), OURS),
    )
    options: dict[str, Any] = {"bitrate": 500_000, "listen_only": True, "sleep_after_open": 0}
    peer = with_sender(
        send_slcan,
        str(path),
        SLOW_SLCAN,
        lambda: theirs(
            lambda: when_there(lambda: can.Bus(interface="slcan", channel=str(path), **options)),
            SLOW_SLCAN,
        ),
    )
    return mine, peer


def socketcand_runs() -> tuple[Figure, Figure]:
    """Ours, then python-can's."""
    place: dict[str, Any] = {"host": "127.0.0.1", "port": PORT}
    entry = BusEntry(name="hv", interface="socketcand", accept_active=True, options=dict(place))
    wanted = Wanted(entry, "can0")
    mine = with_sender(
        send_socketcand,
        PORT,
        OURS,
        lambda: ours(lambda: when_there(lambda: open_socketcand(wanted)), OURS),
    )
    peer = with_sender(
        send_socketcand,
        PORT,
        THEIRS,
        lambda: theirs(
            lambda: when_there(lambda: can.Bus(interface="socketcand", channel="can0", **place)),
            THEIRS,
        ),
    )
    return mine, peer


def datagram_runs() -> tuple[Figure, Figure]:
    """Reading raw frames: ours, then python-can's function for SocketCAN, from like sockets."""
    raw = [packed(n % 0x7FF, False, payload(n)) for n in range(BURST)]
    return bursts(raw, _by_buffers), bursts(raw, _by_messages)


def _by_buffers(sock: socket.socket) -> Callable[[], int]:
    widen(sock)
    adapter = SocketCanAdapter("hv", sock, is_listen_only=True, can_send=True)
    return lambda: len(adapter.receive(0.0).frames)


def _by_messages(sock: socket.socket) -> Callable[[], int]:
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    return lambda: int(capture_message(sock) is not None)


def bursts(raw: list[bytes], prepare: Callable[[socket.socket], Callable[[], int]]) -> Figure:
    """Time only the reading of bursts that lie in the socket already."""
    wall_s = cpu_s = 0.0
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as into,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out_of,
    ):
        out_of.bind(("127.0.0.1", 0))
        into.connect(out_of.getsockname())
        read = prepare(out_of)
        for _ in range(BURSTS):
            for datagram in raw:
                into.send(datagram)
            start_s, start_cpu_s = time.perf_counter(), time.process_time()
            left = len(raw)
            while left:
                left -= read()
            wall_s += time.perf_counter() - start_s
            cpu_s += time.process_time() - start_cpu_s
    return Figure(BURSTS * len(raw), wall_s, cpu_s)


def row(name: str, figures: list[Figure], base: list[Figure]) -> str:
    """A line of the table."""
    rates = [figure.frames / figure.wall_s for figure in figures]
    costs = [figure.cpu_s / figure.frames * 1e6 for figure in figures]
    ratio = statistics.median(rates) / statistics.median(one.frames / one.wall_s for one in base)
    spread = f"{min(rates):,.0f}–{max(rates):,.0f}"
    median = statistics.median(rates)
    return f"| {name} | {median:,.0f} | {spread} | {statistics.median(costs):.2f} | {ratio:.1f} |"


def main(runs: int) -> None:
    """Print the table."""
    # its warnings about chunks that end amid a frame would cost it more than receiving
    logging.getLogger("can").setLevel(logging.CRITICAL)
    print("| receive path | frames/s (median) | min–max | CPU µs/frame | × python-can |")  # noqa: T201
    print("|---|---|---|---|---|")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        paths: dict[str, Callable[[], tuple[Figure, Figure]]] = {
            "slcan over a pty": lambda: slcan_runs(Path(folder)),
            "socketcand over TCP": socketcand_runs,
            "raw can_frame datagrams": datagram_runs,
        }
        for name, run in paths.items():
            taken = [run() for _ in range(runs)]
            mine, peer = [one for one, _ in taken], [other for _, other in taken]
            print(row(name, mine, peer))  # noqa: T201
            print(row(f"{name}, python-can", peer, peer), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
