"""What can be wrong with a booking, as facts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from inventory.booking_policies.rules import Objection
from inventory.errors import InventoryError, SlotTaken, Unknown


class UnknownResource(Unknown):
    """Nothing that can be booked has this key."""

    kind = "resource"


class UnknownSeries(Unknown):
    """No series has this id."""

    kind = "series"


class UnknownSwap(Unknown):
    """No offer to swap has this id."""

    kind = "swap"


class PolicyRefused(InventoryError):
    """Policies don't let this booking pass; `nearest` are spans that would, as texts."""

    def __init__(
        self, refusals: Sequence[Objection], nearest: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__("; ".join(one.said.en for one in refusals))
        self.refusals = [asdict(one) for one in refusals]
        self.nearest = [{"start_at": start, "end_at": end} for start, end in nearest]


@dataclass(frozen=True, slots=True)
class Collision:
    """One time of a series that can't be had, and the problem it would have been alone."""

    start_at: str
    end_at: str
    problem: str
    detail: str
    facts: Mapping[str, object]


class SeriesRefused(SlotTaken):
    """Some times of a series can't be had, and the caller did not say to take the rest."""

    def __init__(self, collisions: Sequence[Collision], wanted: int) -> None:
        InventoryError.__init__(
            self, f"{len(collisions)} of {wanted} times can't be booked; nothing was"
        )
        self.wanted = wanted
        self.collisions = [asdict(one) for one in collisions]
