"""Who talks to the broker: the thread that writes, so that a batch is one wake-up of one thread.

Where that one is kept from it, by a store that hangs, a thread of its own goes on: keep-alives are
answered. It also connects.
"""

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import MQTTProtocolVersion

from telemetry.ingest.line import Line
from telemetry.ingest.packets import Published

log = structlog.get_logger()

REST_S = 0.018
"""Chosen: one wake-up and one commit with its fsync in that time instead of one per message, and
still 99 of 100 rows are committed within 25 ms of their publishing."""
UNATTENDED_S = 1.0
"""Chosen: a fifth of the keep-alive; a commit takes some milliseconds."""
LOOK_S = 1.0
"""How often the keep-alive is looked at where nothing comes; as often as paho's own loop does."""
RECONNECT_S = (1.0, 2.0)
"""Shortest and longest pause between attempts; short because a local broker restarts in 0.3 s."""


class LineClient(mqtt.Client):
    """Paho with a `Line` for its connection."""

    def _create_socket(self) -> Line:
        # where paho makes its other kinds of sockets; there is no public way to bring one
        return Line(super()._create_socket(), is_5=self.protocol == MQTTProtocolVersion.MQTTv5)


class Network:
    """Connects a client, lets it talk and connects it again, until told to stop.

    Its own thread calls `on_came` with messages, which may wait for room, and `on_failure` with why
    an attempt to connect failed. Callbacks of the client come from there or from `attend`, never
    two at a time.
    """

    def __init__(
        self,
        client: LineClient,
        on_came: Callable[[list[Published]], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        self._client = client
        self._on_came = on_came
        self._on_failure = on_failure
        self._stopping = threading.Event()
        self._line: Line | None = None
        self._turning = threading.Lock()
        self._attended_s = 0.0
        self._is_needed = threading.Event()
        self._is_waiting = False
        self._woken, self._waking = socket.socketpair()
        self._woken.setblocking(False)
        self._waking.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="ingest-network", daemon=True)

    def start(self) -> None:
        """Begin; the client knows whereto."""
        self._thread.start()

    def stop(self) -> None:
        """Take leave of the broker and end."""
        self._stopping.set()
        self._is_needed.set()
        self._wake()
        self._thread.join()
        self._woken.close()
        self._waking.close()

    def put(self, packets: bytes) -> None:
        """Send whole packets with what is sent next, now if nothing is; lost without connection."""
        line = self._line
        if line is not None:
            line.put(packets)
            self._wake()

    def attend(self, most: int) -> list[Published] | None:
        """What came, taken by the caller's thread instead; None: there is no connection to attend.

        Some more than `most` may come. Whoever calls it goes on, with `rest` between, or is
        replaced after `UNATTENDED_S`.
        """
        # never waited for: the other thread may hold it until the caller makes room
        if not self._turning.acquire(blocking=False):
            return None
        try:
            line = self._line
            if line is None or self._stopping.is_set():
                return None
            self._attended_s = time.monotonic()
            came = self._turn(line)
            while line.may_have_more and len(came) < most:
                came += self._turn(line)
            if self._client.socket() is not line:
                self._line = None
                self._is_needed.set()
            return came
        finally:
            self._turning.release()

    def rest(self, stop: threading.Event, within_s: float, *, has_come: bool) -> None:
        """Between two calls of `attend`: send, then let messages gather, or wait for the first."""
        line = self._line
        if line is None or not self._turning.acquire(blocking=False):
            return
        try:
            is_all_sent = line.flush()
        finally:
            self._turning.release()
        if line.may_have_more:
            return
        if has_come:
            stop.wait(REST_S)
        elif not self._client.want_write():
            _wait([line], within_s, until_sent=not is_all_sent)

    def _wake(self) -> None:
        if self._is_waiting:
            self._is_waiting = False
            with contextlib.suppress(BlockingIOError):
                self._waking.send(b"!")

    def _run(self) -> None:
        shortest_s, longest_s = RECONNECT_S
        pause_s = shortest_s
        while not self._stopping.is_set():
            try:
                self._client.reconnect()
            except (OSError, ValueError) as failure:
                self._on_failure(failure)
            else:
                if self._talk():
                    pause_s = shortest_s
            self._stopping.wait(pause_s)
            pause_s = min(2 * pause_s, longest_s)

    def _talk(self) -> bool:
        client, was_connected = self._client, False
        while True:
            # before looking: what is lost after the look sets it again
            self._is_needed.clear()
            line = client.socket()
            if self._stopping.is_set() or not isinstance(line, Line):
                break
            self._line = line
            if time.monotonic() - self._attended_s < UNATTENDED_S:
                self._is_needed.wait(UNATTENDED_S)
            else:
                self._stand_in(line)
            was_connected |= client.is_connected()
        with self._turning:
            self._line = None
            if line is not None:
                client.disconnect()
                client.loop_write()
                line.close()
        return was_connected

    def _stand_in(self, line: Line) -> None:
        with self._turning:
            came = self._turn(line)
            # in order: nobody may attend before these are handed over
            self._on_came(came)
            is_all_sent = line.flush()
        if came:
            self._stopping.wait(REST_S)
        elif not line.may_have_more:
            self._wait_or_wake(line, until_sent=not is_all_sent)

    def _turn(self, line: Line) -> list[Published]:
        client = self._client
        try:
            client.loop_write()
            line.flush()
            came = line.receive()
            while line.has_for_paho() and client.socket() is line:
                client.loop_read()
            client.loop_misc()
        except Exception:
            # ingest would be deaf and look alive
            log.exception("talking to the broker failed; connecting anew")
            line.close()
            return []
        return came

    def _wait_or_wake(self, line: Line, *, until_sent: bool) -> None:
        # told before looking: who puts something after this look wakes
        self._is_waiting = True
        if not (line.has_kept() or self._client.want_write() or self._stopping.is_set()):
            _wait([line, self._woken], LOOK_S, until_sent=until_sent)
        self._is_waiting = False
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(64)


def _wait(read: list[Line | socket.socket], within_s: float, *, until_sent: bool) -> None:
    ends = [one.fileno() for one in read]
    # the other thread may have closed the line
    with contextlib.suppress(OSError, ValueError):
        select.select(ends, ends[:1] if until_sent else [], [], within_s)
