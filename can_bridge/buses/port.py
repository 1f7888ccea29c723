"""What the bridge needs of a bus, whatever adapter is behind it."""

from dataclasses import dataclass
from typing import Protocol

from can_bridge.frames import FrameBatch


@dataclass(frozen=True, slots=True)
class BusStatus:
    """How a bus is doing; counts are since the receiver was made.

    `is_down`: the adapter cannot be read just now. `lost_frames`: came, but were given up because
    the bridge was held up and the backlog was full.
    """

    is_down: bool = False
    lost_frames: int = 0


class FrameSource(Protocol):
    """A bus that is received from."""

    @property
    def name(self) -> str:
        """The bus's name in the profile."""

    @property
    def status(self) -> BusStatus:
        """How the bus is doing just now."""

    def start(self) -> None:
        """Begin to receive."""

    def drain(self) -> FrameBatch:
        """All data frames received since the last call, in order, on channel `name`."""

    def ask_to_stop(self) -> None:
        """Let the receiving end at its next chance."""

    def stop(self) -> None:
        """End receiving and close the adapter."""
