"""Full CAN buses from a process of its own, for benchmarks of what receives them."""

import threading
import time
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Protocol

import can

from can_bridge.frames import Frame
from can_bridge.logs.reading import read_batches
from tests.pty_adapter import PtyAdapter
from tests.socketcand_server import SocketcandServer

LOG, CHANNEL = "logs/kona2019_pcan_ccan_off_on_ready_off.gvret.csv", "0"
BUSES = ("one", "two", "three")
FRAMES_PER_S = 4170
"""A full bus of 500 kbit/s with the bit stuffing of recorded traffic."""
BURST_S = 0.01
FIRST_PORT = 43210
GROUPS = ("239.74.163.81", "239.74.163.82", "239.74.163.83")


class Line(Protocol):
    """One bus as the sender has it."""

    def plug(self) -> None:
        """Be there to be opened."""

    def unplug(self) -> None:
        """Be gone."""

    def wait_until_open(self) -> None:
        """Return when somebody listens."""

    def send(self, raw: bytes) -> None:
        """Put a burst on the line, however long that takes."""


class Multicast:
    """A bus by python-can's multicast; `raw` is the frames of a burst, 9 to 12 bytes each."""

    def __init__(self, group: str, port: int) -> None:
        self._place: dict[str, Any] = {"channel": group, "port": port}

    def plug(self) -> None:
        """See `Line`."""
        self._bus = can.Bus(interface="udp_multicast", **self._place)

    def unplug(self) -> None:
        """See `Line`."""
        self._bus.shutdown()

    def wait_until_open(self) -> None:
        """Nobody tells; the warm-up has to do."""

    def send(self, raw: bytes) -> None:
        """See `Line`."""
        for line in raw.split(b"\n")[:-1]:
            number, _, data = line.partition(b" ")
            self._bus.send(
                can.Message(
                    arbitration_id=int(number, 16),
                    is_extended_id=False,
                    data=bytes.fromhex(data.decode()),
                )
            )


def places(path: str, folder: str) -> list[dict[str, Any]]:
    """Interface, channel and options of each bus, as a profile and python-can name them."""
    if path == "slcan":
        return [{"channel": f"{folder}/{name}"} for name in BUSES]
    if path == "socketcand":
        return [
            {"channel": "can0", "host": "127.0.0.1", "port": FIRST_PORT + place}
            for place in range(len(BUSES))
        ]
    return [{"channel": group, "port": FIRST_PORT + place} for place, group in enumerate(GROUPS)]


def line_of(path: str, place: dict[str, Any]) -> Line:
    """The sender's end of a bus."""
    if path == "slcan":
        return PtyAdapter(Path(place["channel"]))
    if path == "socketcand":
        return SocketcandServer(place["port"])
    return Multicast(place["channel"], place["port"])


def text_of(path: str, frame: Frame) -> bytes:
    """A frame as it goes over the line."""
    data = frame.data.hex()
    if path == "slcan":
        return f"t{frame.arbitration_id:03X}{len(frame.data)}{data}\r".encode()
    if path == "socketcand":
        return f"< frame {frame.arbitration_id:03X} {time.time():.6f} {data} >".encode()
    return f"{frame.arbitration_id:X} {data}\n".encode()


@dataclass(frozen=True)
class Task:
    """What the sending process does; `recordings` is the folder of the reference recordings."""

    path: str
    folder: str
    recordings: str
    seconds: float


def send(task: Task, go: Event, told: "Queue[str | int]") -> None:
    """The sending process: full buses for so long, at an even pace; tells how many frames."""
    log = Path(task.recordings) / LOG
    frames = [one for batch in read_batches(log, CHANNEL) for one in batch]
    texts = [text_of(task.path, one) for one in frames if not one.is_extended_id]
    lines = [line_of(task.path, place) for place in places(task.path, task.folder)]
    for line in lines:
        line.plug()
    told.put("plugged")
    for line in lines:
        line.wait_until_open()
    told.put("open")
    go.wait()
    go.clear()
    pause, start_s, sent = threading.Event(), time.monotonic(), 0
    while (elapsed_s := time.monotonic() - start_s) < task.seconds:
        due = int(elapsed_s * FRAMES_PER_S) - sent
        burst = b"".join(texts[(sent + n) % len(texts)] for n in range(due))
        for line in lines:
            line.send(burst)
        sent += due
        pause.wait(max(0.0, BURST_S - (time.monotonic() - start_s - elapsed_s)))
    told.put(sent * len(lines))
    go.wait()
    for line in lines:
        line.unplug()
