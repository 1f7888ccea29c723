"""A bus as the bridge has it: received by a thread of its own, watched, and opened again."""

import contextlib
import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from can_bridge.buses.adapter import Adapter, AdapterGone, Received
from can_bridge.buses.backlog import LONGEST_BACKLOG, Backlog
from can_bridge.buses.health import Signs
from can_bridge.buses.load import BitRates, LoadMeter, seconds_on_wire
from can_bridge.buses.port import BusStatus
from can_bridge.buses.reconnecting import pause_s
from can_bridge.clock import Clock, SystemClock
from can_bridge.errors import BusUnavailable
from can_bridge.frames import Frame, FrameBatch

log = logging.getLogger(__name__)

RECEIVE_TIMEOUT_S = 0.5
GATHER_S = 0.01
"""Chosen: between two looks a saturated bus sends some 40 frames, which then cost little more
than one. Kernel and USB buffers hold several times as much."""
PLENTY = 100
"""More at once than a full 1 Mbit/s bus sends between two looks: others are waiting already."""

Hook = Callable[[Frame], None]
Opener = Callable[[], Adapter]


@dataclass(frozen=True, slots=True)
class BusFacts:
    """What stays the same of a bus while adapters come and go."""

    name: str
    interface: str
    rates: BitRates


class BusReceiver:
    """Receives from one bus into a bounded backlog that the bridge drains.

    `hooks` see every data frame in the receiving thread and must only enqueue. While there are
    any, frames are handed over as they come; otherwise they are gathered for `GATHER_S`.
    """

    def __init__(
        self,
        facts: BusFacts,
        opener: Opener,
        *,
        clock: Clock | None = None,
        backlog_limit: int = LONGEST_BACKLOG,
        pause_s: Callable[[int, float], float] = pause_s,
    ) -> None:
        """Open the adapter; `pause_s` says how long to wait between attempts to do so again.

        Raises:
            BusUnavailable: it cannot be opened as wanted. Later failures are met by trying again.
        """
        self.name = facts.name
        self.hooks: list[Hook] = []
        self._facts = facts
        self._opener = opener
        self._clock = clock or SystemClock()
        self._backlog = Backlog(backlog_limit)
        self._pause_s = pause_s
        self._meter = LoadMeter()
        self._signs = Signs()
        self._frames = self._errors = self._lost = self._reconnects = 0
        self._last_frame_at_ms: int | None = None
        self._detail = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"can-{self.name}", daemon=True)
        self._adapter: Adapter | None = opener()

    def start(self) -> None:
        """Begin to receive."""
        self._thread.start()

    @property
    def status(self) -> BusStatus:
        """How the bus is doing just now."""
        now_s = self._clock.monotonic_s()
        self._meter.look(now_s)
        adapter = self._adapter
        return BusStatus(
            health=self._signs.health(now_s),
            frames=self._frames,
            error_frames=self._errors,
            lost_frames=self._lost,
            reconnects=self._reconnects,
            load=self._meter.load,
            frames_per_s=self._meter.frames_per_s,
            last_frame_at_ms=self._last_frame_at_ms,
            is_listen_only=adapter is not None and adapter.is_listen_only,
            interface=self._facts.interface,
            detail=self._detail,
        )

    def drain(self) -> FrameBatch:
        """All data frames received since the last call, in order, on channel `name`."""
        frames = self._backlog.take()
        if len(frames):
            self._meter.add(len(frames), seconds_on_wire(frames, self._facts.rates))
        return frames

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        """Put one frame on the bus; see `Transmitter`."""
        adapter = self._adapter
        if adapter is None:
            raise BusUnavailable(self._facts.interface, self.name, "the adapter is gone")
        try:
            adapter.send(arbitration_id, is_extended_id, data)
        except OSError as failed:
            raise BusUnavailable(self._facts.interface, self.name, str(failed)) from failed

    def ask_to_stop(self) -> None:
        """Let the thread end at its next chance."""
        self._stopping.set()

    def stop(self) -> None:
        """End the thread and close the adapter."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(RECEIVE_TIMEOUT_S * 4)
        else:
            self._close()

    def _run(self) -> None:
        try:
            self._receive()
        finally:
            # also what was opened after nobody wanted it any more
            self._close()

    def _receive(self) -> None:
        while not self._stopping.is_set():
            adapter = self._adapter
            if adapter is None:
                return
            try:
                received = adapter.receive(RECEIVE_TIMEOUT_S)
            except AdapterGone as gone:
                self._note_gone(gone)
                self._open_again()
                continue
            self._keep(received)
            if len(received.frames) < PLENTY and not self.hooks:
                self._stopping.wait(GATHER_S)

    def _keep(self, received: Received) -> None:
        frames = len(received.frames)
        if frames or received.errors or received.controller is not None:
            self._signs = self._signs.after(
                frames, received.errors, received.controller, self._clock.monotonic_s()
            )
        self._errors += received.errors
        self._lost += received.lost
        self._detail = received.detail or self._detail
        if not frames:
            return
        self._frames += frames
        self._last_frame_at_ms = self._clock.now_ms()
        self._lost += self._backlog.put(received.frames)
        hooks = tuple(self.hooks)
        if hooks:
            for frame in received.frames:
                for hook in hooks:
                    hook(frame)

    def _note_gone(self, gone: AdapterGone) -> None:
        log.warning("bus %s: adapter gone: %s", self.name, gone)
        self._lost += gone.lost_frames
        self._detail = str(gone)
        self._signs = self._signs.closed()
        self._close()

    def _open_again(self) -> None:
        failures = 0
        while not self._stopping.wait(self._pause_s(failures, random.random())):  # noqa: S311 -- jitter
            try:
                adapter = self._opener()
            except BusUnavailable as still_gone:
                self._detail = str(still_gone)
                failures += 1
                continue
            self._adapter = adapter
            self._reconnects += 1
            self._signs = self._signs.opened()
            self._detail = ""
            log.info("bus %s: adapter is back", self.name)
            return

    def _close(self) -> None:
        adapter, self._adapter = self._adapter, None
        if adapter is not None:
            with contextlib.suppress(OSError):
                adapter.close()
