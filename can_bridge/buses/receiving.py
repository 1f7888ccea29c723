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
from can_bridge.errors import BusAbsent, BusUnavailable
from can_bridge.frames import Frame, FrameBatch

log = logging.getLogger(__name__)

RECEIVE_TIMEOUT_S = 0.5
GATHER_S = 0.01
"""Chosen: between two looks a saturated bus sends some 40 frames, which then cost little more
than one. Kernel and USB buffers hold several times as much."""
PLENTY = 100
"""More at once than a full 1 Mbit/s bus sends between two looks: others are waiting already."""

Hook = Callable[[Frame], None]
Opener = Callable[[bool], Adapter]
"""Opens the adapter anew, told whether frames may be sent through it."""


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

    `may_send` is asked at every turn. The adapter is opened listen-only, and anew, so that it can
    send, for as long as the answer is yes.
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
            BusUnavailable: it cannot be opened as wanted. One that is not there yet is waited for,
                and later failures of any kind are met by trying again.
        """
        self.name = facts.name
        self.hooks: list[Hook] = []
        self.may_send: Callable[[], bool] = _never
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
        self._is_for_sending = self._was_open = False
        self._failures = 0
        self._told = ""
        self._adapter: Adapter | None = None
        try:
            self._use(opener(False), is_for_sending=False)
        except BusAbsent as absent:
            self._signs = self._signs.closed()
            self._tell(str(absent))

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

    @property
    def can_send(self) -> bool:
        """Whether the adapter is there and open for sending."""
        adapter = self._adapter
        return adapter is not None and adapter.can_send

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        """Put one frame on the bus; see `Transmitter`."""
        adapter = self._adapter
        if adapter is None:
            raise BusUnavailable(self._facts.interface, self.name, "the adapter is gone")
        if not adapter.can_send:
            raise BusUnavailable(self._facts.interface, self.name, "it is open to listen only")
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
                self._open_again()
                continue
            if self._is_open_the_wrong_way(adapter):
                self._change_over()
                continue
            try:
                received = adapter.receive(RECEIVE_TIMEOUT_S)
            except AdapterGone as gone:
                self._note_gone(gone)
                continue
            self._note_works()
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

    def _is_open_the_wrong_way(self, adapter: Adapter) -> bool:
        if self.may_send():
            # what can send anyway, for want of wires or of a silent mode, stays as it is
            return not (self._is_for_sending or adapter.can_send)
        return self._is_for_sending

    def _change_over(self) -> None:
        self._signs = self._signs.closed()
        self._close()
        is_for_sending = self.may_send()
        manner = "so that it can send" if is_for_sending else "listen-only"
        log.info("bus %s: the adapter is opened anew, %s", self.name, manner)
        self._detail = f"being opened anew, {manner}"
        self._open(is_for_sending=is_for_sending)

    def _note_gone(self, gone: AdapterGone) -> None:
        self._lost += gone.lost_frames
        self._signs = self._signs.closed()
        self._tell(f"adapter gone: {gone}")
        self._close()

    def _open_again(self) -> None:
        chance = random.random()  # noqa: S311 -- jitter
        if self._stopping.wait(self._pause_s(self._failures, chance)):
            return
        self._failures += 1
        was_open = self._was_open
        if self._open(is_for_sending=self.may_send()):
            self._reconnects += was_open

    def _open(self, *, is_for_sending: bool) -> bool:
        try:
            adapter = self._opener(is_for_sending)
        except BusUnavailable as refused:
            self._tell(str(refused))
            return False
        self._use(adapter, is_for_sending=is_for_sending)
        return True

    def _use(self, adapter: Adapter, *, is_for_sending: bool) -> None:
        self._is_for_sending, self._was_open = is_for_sending, True
        self._signs = self._signs.opened()
        self._detail = ""
        if is_for_sending and not adapter.can_send:
            self._detail = "armed, but listen-only was set from outside: nothing can be sent"
            log.warning("bus %s: %s", self.name, self._detail)
        self._adapter = adapter

    def _note_works(self) -> None:
        self._failures = 0
        if self._told:
            self._told = ""
            log.info("bus %s: the adapter is there", self.name)

    def _tell(self, reason: str) -> None:
        """Show why the adapter is away, and log it once for as long as that stays the same."""
        self._detail = reason
        if reason != self._told:
            self._told = reason
            log.warning("bus %s: %s", self.name, reason)

    def _close(self) -> None:
        adapter, self._adapter = self._adapter, None
        if adapter is not None:
            with contextlib.suppress(OSError):
                adapter.close()


def _never() -> bool:
    return False
