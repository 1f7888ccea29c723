"""Which equipment serves which requirement: what is asked, what is offered, what is given.

`solving.assign` finds the best way. What "best" means, in this order: the fewest rows whose
shortage makes a station not ready, then unknown, then only advised against; then as much as
possible that counts, then as little as possible to be bought; then things meant for a row before
substitutes, in the order in which they are offered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

NEGLIGIBLE = 1e-9
"""Amounts are sums and differences of a few floats; what is left below this is rounding."""
ADVICE, UNDECIDED, BINDING = 1, 2, 3
"""How much a shortage weighs; 0 is nothing."""
WHOLE = ("",)
"""The only part of a thing that is no kit."""


class Worth(Enum):
    """What an offer is good for: it counts, or it only explains why something is short."""

    USABLE = "usable"
    BROKEN = "broken"
    LAME = "lame"


@dataclass(frozen=True, slots=True)
class Demand:
    """A row that needs `amount` (more than 0) in its own unit; whole numbers where it is pieces.

    The weights say what a shortage costs: `short` for being short at all, `missing` when nothing
    is there, `too_few` when something is. `waived_by` names rows of which any one that is met by
    its own makes this one needless.
    """

    row_id: str
    amount: float
    is_whole: bool = False
    short: int = 0
    missing: int = BINDING
    too_few: int = BINDING
    waived_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What a thing could give to a row: all of it is `amount` in the row's unit.

    A lame thing that explains a shortage weighs `alone` when nothing counts for the row and
    `beside` when something does. `option` 0 is the row's own equipment; the legs of a higher
    option serve only together, one of each. A substitute may be used only while the rows of
    `homes` are met, so that no gap is just moved. `parts` of a kit are used up separately.
    `action` is what must be done first; such offers are for plans.
    """

    asset_number: str
    amount: float
    worth: Worth = Worth.USABLE
    alone: int = 0
    beside: int = 0
    option: int = 0
    leg: int = 0
    homes: tuple[str, ...] = ()
    parts: tuple[str, ...] = WHOLE
    action: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """What an offer gives to a row."""

    offer: Offer
    amount: float

    @property
    def asset_number(self) -> str:
        """The thing that gives."""
        return self.offer.asset_number

    @property
    def counted(self) -> float:
        """What of it counts; of things that serve together, once."""
        return self.amount if self.offer.leg == 0 else 0.0


@dataclass(frozen=True, slots=True)
class Served:
    """What a row is given; `lack` is what nothing even explains."""

    shares: tuple[Share, ...] = ()
    lack: float = 0.0
    waived_by: str = ""

    def given(self, worth: Worth) -> tuple[Share, ...]:
        """The shares of one worth."""
        return tuple(share for share in self.shares if share.offer.worth is worth)

    @property
    def counted(self) -> float:
        """How much counts."""
        return sum(share.counted for share in self.given(Worth.USABLE))


Offers = Mapping[str, Sequence[Offer]]
"""Per row id, in the order of the row's preference."""


def weight_of(demand: Demand, served: Served) -> int:
    """What a row's shortage weighs under an assignment; 0 when it is met or waived."""
    if served.waived_by or served.counted >= demand.amount - NEGLIGIBLE:
        return 0
    weights = [ADVICE, demand.short]
    has_usable = served.counted > NEGLIGIBLE
    lame = served.given(Worth.LAME)
    weights += [share.offer.beside if has_usable else share.offer.alone for share in lame]
    if served.lack > NEGLIGIBLE:
        is_something = served.lack < demand.amount - NEGLIGIBLE
        weights.append(demand.too_few if is_something else demand.missing)
    return max(weights)
