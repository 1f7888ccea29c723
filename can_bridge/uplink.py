"""The port between a bridge and its broker, and a recording one for tests and dry runs."""

import queue
from dataclasses import dataclass
from typing import Protocol

from telemetry.contract.payloads import Ack, BenchState
from telemetry.contract.topics import Stream


@dataclass(frozen=True, slots=True)
class Connected:
    """A new connection is up and subscribed; nothing of the old one counts any more."""


Incoming = Connected | Ack


class Uplink(Protocol):
    """What a bridge needs of its connection."""

    @property
    def incoming(self) -> "queue.Queue[Incoming]":
        """`Connected` and every `Ack`, to be drained by the bridge's thread."""

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted this bench just now."""

    def start(self) -> None:
        """Begin to connect, and reconnect until stopped."""

    def publish(self, stream: Stream, payload: bytes) -> bool:
        """Hand a message to the connection; False when there is none."""

    def stop(self, farewell: BenchState) -> None:
        """Say goodbye and end."""


class RecordingUplink:
    """Keeps what was published; nothing is delivered and nobody acknowledges by itself."""

    def __init__(self) -> None:
        self.incoming: queue.Queue[Incoming] = queue.Queue()
        self.is_connected = False
        self.published: list[tuple[Stream, bytes]] = []

    def connect(self) -> None:
        """Act as a broker that has just accepted the bench."""
        self.is_connected = True
        self.incoming.put(Connected())

    def start(self) -> None:
        """Do nothing: `connect` decides."""

    def publish(self, stream: Stream, payload: bytes) -> bool:
        """Keep the message when connected."""
        if self.is_connected:
            self.published.append((stream, payload))
        return self.is_connected

    def stop(self, farewell: BenchState) -> None:
        """End the connection; `farewell` is not kept."""
        del farewell
        self.is_connected = False
