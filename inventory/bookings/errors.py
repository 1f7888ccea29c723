"""What can be wrong with a booking, as facts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from inventory.booking_policies.rules import Objection
from inventory.errors import InventoryError, SlotTaken, StepNotPossible, Unknown


class UnknownResource(Unknown):
    """Nothing that can be booked has this key."""

    kind = "resource"


class UnknownSeries(Unknown):
    """No series has this id."""

    kind = "series"


class UnknownSwap(Unknown):
    """No offer to swap has this id."""

    kind = "swap"


class NoLongerThere(StepNotPossible):
    """Something was scrapped, or somebody leaves before; `left_on` is a person's last day."""

    def __init__(self, key: str, name: str, left_on: date | None) -> None:
        super().__init__("book", "gone", [])
        self.resource_key = key
        self.left_on = left_on.isoformat() if left_on else None
        if left_on is None:
            self.zh, self.en = f"“{name}”已报废，不能预约。", f"{name} is scrapped."
        else:
            self.zh = f"“{name}”于 {left_on} 离岗，此后不能预约。"
            self.en = f"{name} leaves on {left_on} and can't be booked after that."
        self.args = (self.en,)


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
