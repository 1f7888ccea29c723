"""What the bridge needs of a bus, whatever adapter is behind it."""

from dataclasses import dataclass
from typing import Protocol

from can_bridge.frames import FrameBatch
from telemetry.contract.payloads import BusHealth, BusReport


@dataclass(frozen=True, slots=True)
class BusStatus:
    """How a bus is doing; counts are since the receiver was made.

    Attributes:
        health: the worst thing that is true of the bus just now.
        frames: data frames received, whether the bridge could keep them or not.
        error_frames: reported by the controller; they say something of the bus, not of the bench.
        lost_frames: came, but adapter, kernel or a full backlog gave them up.
        reconnects: how often the adapter came back after it was gone.
        load: share of the bit rate in use, see `load.bits_on_the_wire`.
        frames_per_s: data frames, over the same seconds as `load`.
        last_frame_at_ms: wall clock of the computer; None before the first frame.
        is_listen_only: verified to send nothing, not even acknowledgements, or without wires.
        detail: what the adapter or the system said last, as it said it.
    """

    health: BusHealth = BusHealth.ACTIVE
    frames: int = 0
    error_frames: int = 0
    lost_frames: int = 0
    reconnects: int = 0
    load: float = 0.0
    frames_per_s: float = 0.0
    last_frame_at_ms: int | None = None
    is_listen_only: bool = False
    interface: str = ""
    detail: str = ""

    @property
    def is_down(self) -> bool:
        """Nothing can come: the adapter is gone, or its controller has left the bus."""
        return self.health in {BusHealth.DOWN, BusHealth.BUS_OFF}

    def report(self, name: str) -> BusReport:
        """As the bench tells it."""
        return BusReport(
            name=name,
            interface=self.interface,
            state=self.health,
            is_listen_only=self.is_listen_only,
            frames=self.frames,
            error_frames=self.error_frames,
            lost_frames=self.lost_frames,
            reconnects=self.reconnects,
            load=round(self.load, 4),
            frames_per_s=round(self.frames_per_s, 1),
            last_frame_at_ms=self.last_frame_at_ms,
            detail=self.detail[:_LONGEST_DETAIL],
        )


_LONGEST_DETAIL = 300


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


class Transmitter(Protocol):
    """A bus that can be sent to; only the gate of `can_bridge.diagnostics` may hold one."""

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        """Put one classic data frame on the bus.

        Raises:
            BusUnavailable: the adapter is gone, open to listen only, or refuses the frame.
        """
