"""What a receive path has to do: open in its maker, then receive, perhaps send, and close."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from can_bridge.frames import FrameBatch
from can_bridge.profile_tables import BusEntry


class AdapterGone(Exception):
    """The adapter stopped working: unplugged, switched off, or the connection to it broke.

    `lost_frames` came before, but only in part.
    """

    def __init__(self, reason: str, lost_frames: int = 0) -> None:
        super().__init__(reason)
        self.lost_frames = lost_frames


class Controller(Enum):
    """Error state of the CAN controller, as ISO 11898-1 has it."""

    ACTIVE = "active"
    PASSIVE = "passive"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Received:
    """What came since the last call.

    Attributes:
        frames: data frames in order, on one channel: the bus's name.
        errors: error frames, or other reports of errors on the bus.
        lost: frames that adapter or kernel had to give up, or that arrived unreadable.
        controller: its error state where something was said of it.
        detail: something a person at the bench should read, or "".
    """

    frames: FrameBatch = field(default_factory=FrameBatch.empty)
    errors: int = 0
    lost: int = 0
    controller: Controller | None = None
    detail: str = ""


NOTHING = Received()


class Adapter(Protocol):
    """An open adapter; used by one thread, except for `send`."""

    @property
    def can_send(self) -> bool:
        """Whether it was opened so that frames to it reach the bus."""

    @property
    def is_listen_only(self) -> bool:
        """Verified to be silent on the wire, or without wires."""

    def receive(self, timeout_s: float) -> Received:
        """Wait until something comes, then take all that is there; `NOTHING` after the time.

        Raises:
            AdapterGone: it has to be opened anew.
        """

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        """Put one classic data frame on the bus.

        Raises:
            OSError: the adapter does not take it.
        """

    def close(self) -> None:
        """Let go of the adapter; never raises."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which adapter to open and how; `may_transmit` only while diagnostics are armed."""

    entry: BusEntry
    channel: str
    may_transmit: bool = False

    @property
    def name(self) -> str:
        """The bus's name in the profile."""
        return self.entry.name

    @property
    def must_be_silent(self) -> bool:
        """Opened now, it is refused unless it can be shown to be listen-only."""
        return not self.may_transmit and not self.entry.accept_active
