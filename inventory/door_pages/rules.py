"""What a door says of a rig at a moment (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from inventory.bookable import BookingPurpose


@dataclass(frozen=True, slots=True)
class DoorSlot:
    """A booking as a passer-by may see it; `who` is empty where people are not shown."""

    start_at: datetime
    end_at: datetime
    purpose: BookingPurpose
    title: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class DoorState:
    """What runs, what comes next, and what was before; `under_repair` is a work order's number."""

    name: str
    code: str
    running: DoorSlot | None
    coming: tuple[DoorSlot, ...]
    under_repair: int | None = None

    @property
    def free_until(self) -> datetime | None:
        """When the next one begins; None: it is taken now, or nothing is known to come."""
        return None if self.running or not self.coming else self.coming[0].start_at


def door_state(
    name: str, code: str, slots: Iterable[DoorSlot], now: datetime, under_repair: int | None = None
) -> DoorState:
    """What a door says of one thing; slots that are over are left out."""
    ahead = sorted((one for one in slots if one.end_at > now), key=lambda one: one.start_at)
    running = next((one for one in ahead if one.start_at <= now), None)
    coming = tuple(one for one in ahead if one.start_at > now)
    return DoorState(name, code, running, coming, under_repair)
