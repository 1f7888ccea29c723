"""The only place that opens CAN adapters: listen-only, received by a thread of its own."""

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import can

from can_bridge.buses.port import BusStatus
from can_bridge.errors import BusUnavailable
from can_bridge.frames import Frame, FrameBatch
from can_bridge.profile_tables import BusEntry
from telemetry.contract.payloads import BusHealth

log = logging.getLogger(__name__)

RECEIVE_TIMEOUT_S = 0.5
SEND_WITHIN_S = 0.5
LONGEST_BACKLOG = 100_000
"""Frames kept while the bridge is held up; 8 s of a saturated 1 Mbit/s bus. More are counted."""

_WITHOUT_WIRES = frozenset({"virtual", "udp_multicast"})
_LISTEN_ONLY: dict[str, dict[str, object]] = {
    "slcan": {"listen_only": True},
    "vector": {"listen_only": True},
    "pcan": {"state": can.BusState.PASSIVE},
    "systec": {"state": can.BusState.PASSIVE},
    "kvaser": {"driver_mode": False},
}
"""How python-can 4.6 makes each interface silent; others must be made so by a person."""

Hook = Callable[[Frame], None]


def channel_of(entry: BusEntry, bench: str) -> str:
    """The adapter's channel for this bench."""
    return entry.channel.replace("{bench}", bench)


def open_bus(entry: BusEntry, bench: str, may_transmit: bool = False) -> can.BusABC:
    """Open an adapter, listen-only unless transmitting is allowed by the profile.

    Raises:
        BusUnavailable: no such interface or adapter, or one that cannot be made listen-only and
            that nobody vouches for.
    """
    channel = channel_of(entry, bench)
    options: dict[str, Any] = dict(entry.options)
    if entry.interface not in _WITHOUT_WIRES:
        options.setdefault("bitrate", entry.bitrate)
        if not may_transmit:
            options |= _listen_only(entry, channel)
    try:
        return can.Bus(channel=channel, interface=entry.interface, **options)
    except (can.CanError, OSError, ValueError, TypeError, ImportError) as refused:
        raise BusUnavailable(entry.interface, channel, str(refused)) from refused


def _listen_only(entry: BusEntry, channel: str) -> dict[str, object]:
    known = _LISTEN_ONLY.get(entry.interface)
    if known is not None:
        return known
    if entry.accept_active:
        return {}
    raise BusUnavailable(
        entry.interface,
        channel,
        "cannot be made listen-only from here; an adapter that may take part in the traffic needs "
        "accept_active = true in the profile",
    )


class BusReceiver:
    """Receives from one bus into a bounded backlog that the bridge drains.

    `lost_frames` counts frames given up while the backlog was full. `hooks` see every frame in the
    receiving thread and must only enqueue.
    """

    def __init__(self, name: str, bus: can.BusABC) -> None:
        self.name = name
        self.bus = bus
        self.lost_frames = 0
        self.is_down = False
        self.hooks: list[Hook] = []
        self._backlog: deque[Frame] = deque()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._receive, name=f"can-{name}", daemon=True)

    def start(self) -> None:
        """Begin to receive."""
        self._thread.start()

    @property
    def status(self) -> BusStatus:
        """How the bus is doing just now."""
        health = BusHealth.DOWN if self.is_down else BusHealth.ACTIVE
        return BusStatus(health, lost_frames=self.lost_frames)

    def drain(self) -> FrameBatch:
        """All data frames received since the last call, in order, on channel `name`."""
        backlog = self._backlog
        return FrameBatch.of(backlog.popleft() for _ in range(len(backlog)))

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        """Put one frame on the bus; see `Transmitter`."""
        message = can.Message(
            arbitration_id=arbitration_id, is_extended_id=is_extended_id, data=data
        )
        try:
            self.bus.send(message, timeout=SEND_WITHIN_S)
        except (can.CanError, OSError) as failed:
            raise BusUnavailable(self.name, str(self.bus.channel_info), str(failed)) from failed

    def ask_to_stop(self) -> None:
        """Let the thread end at its next chance."""
        self._stopping.set()

    def stop(self) -> None:
        """End the thread and close the adapter."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(RECEIVE_TIMEOUT_S * 4)
        with contextlib.suppress(can.CanError, OSError):
            self.bus.shutdown()

    def _receive(self) -> None:
        while not self._stopping.is_set():
            try:
                message = self.bus.recv(RECEIVE_TIMEOUT_S)
            except (can.CanError, OSError) as broken:
                if not self.is_down:
                    log.warning("bus %s: %s", self.name, broken)
                self.is_down = True
                self._stopping.wait(RECEIVE_TIMEOUT_S)
                continue
            self.is_down = False
            if message is not None and not (message.is_error_frame or message.is_remote_frame):
                self._keep(message)

    def _keep(self, message: can.Message) -> None:
        frame = Frame(
            message.timestamp,
            self.name,
            message.arbitration_id,
            message.is_extended_id,
            bytes(message.data),
        )
        if len(self._backlog) >= LONGEST_BACKLOG:
            self.lost_frames += 1
        else:
            self._backlog.append(frame)
        for hook in self.hooks:
            hook(frame)
