"""The thread that talks to the broker: it takes all that came, hands it over, and rests."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import MQTTProtocolVersion

from telemetry.ingest.line import Line
from telemetry.ingest.packets import Published

log = structlog.get_logger()

REST_S = 0.018
"""Chosen: one wake-up and one commit with its fsync per 20 ms instead of one per message, and still
99 of 100 rows are committed within 25 ms of their publishing."""
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

    All callbacks come from its thread: those of the client, `on_came` with messages, which may wait
    for room, and `on_failure` with why an attempt to connect failed.
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
                if self._talk():
                    pause_s = shortest_s
            except (OSError, ValueError) as failure:
                self._on_failure(failure)
            except Exception:
                # a thread that ended here would leave ingest deaf while it looks alive
                log.exception("talking to the broker failed; connecting anew")
            self._stopping.wait(pause_s)
            pause_s = min(2 * pause_s, longest_s)

    def _talk(self) -> bool:
        client, was_connected = self._client, False
        try:
            while isinstance(line := client.socket(), Line):
                self._line = line
                if self._stopping.is_set():
                    client.disconnect()
                    client.loop_write()
                    line.close()
                    break
                self._turn(line)
                was_connected |= client.is_connected()
        finally:
            self._line = None
        return was_connected

    def _turn(self, line: Line) -> None:
        client = self._client
        client.loop_write()
        is_all_sent = line.flush()
        came = line.receive()
        while line.has_for_paho() and client.socket() is line:
            client.loop_read()
        if came:
            self._on_came(came)
        client.loop_misc()
        if line.may_have_more or client.socket() is not line:
            return
        if came:
            self._stopping.wait(REST_S)
        else:
            self._wait(line, is_all_sent=is_all_sent)

    def _wait(self, line: Line, *, is_all_sent: bool) -> None:
        # told before looking: who puts something after this look wakes
        self._is_waiting = True
        if not (line.has_kept() or self._client.want_write() or self._stopping.is_set()):
            own = line.fileno()
            select.select([own, self._woken.fileno()], [] if is_all_sent else [own], [], LOOK_S)
        self._is_waiting = False
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(64)
