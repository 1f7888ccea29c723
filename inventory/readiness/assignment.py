"""Which equipment serves which requirement, behind one function.

First version: rows choose in a fixed order, each takes the offers it prefers. What one row has
taken no other row of the same check gets. Alternatives (整车 or 台架), kits counted as their parts
and one-way substitution are not used yet, and the choice is not optimal where one thing could
serve several rows: `assign` is where that comes in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.requirements.units import normalised

_NEGLIGIBLE = 1e-9
"""Amounts are sums and differences of a few floats; what is left below this is rounding."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A row that still needs `amount`, in its own unit."""

    row_id: str
    amount: float


@dataclass(frozen=True, slots=True)
class Offer:
    """What a thing could give to a row: all of it is `amount` in the row's unit."""

    asset_number: str
    amount: float


@dataclass(frozen=True, slots=True)
class Share:
    """What a thing gives to a row."""

    asset_number: str
    amount: float


def assign(
    demands: Sequence[Demand],
    offers: Mapping[str, Sequence[Offer]],
    used: dict[str, float] | None = None,
) -> dict[str, tuple[Share, ...]]:
    """Give things to rows.

    With fixed orders this has the property a check relies on: one more thing never leaves any row
    with less.

    Args:
        demands: rows in the order in which they choose.
        offers: per row id, in the order of the row's preference.
        used: fraction (0-1) of each thing that earlier calls of the same check gave away; updated.
    """
    taken = {} if used is None else used
    return {demand.row_id: _serve(demand, offers.get(demand.row_id, ()), taken)
            for demand in demands}  # fmt: skip


def matching_name(item_zh: str) -> str:
    """The form in which names of things are compared."""
    return "".join(normalised(item_zh).casefold().split())


def _serve(demand: Demand, offers: Sequence[Offer], taken: dict[str, float]) -> tuple[Share, ...]:
    shares = []
    wanted = demand.amount
    for offer in offers:
        if wanted <= _NEGLIGIBLE:
            break
        free = (1.0 - taken.get(offer.asset_number, 0.0)) * offer.amount
        amount = min(wanted, free)
        if amount <= _NEGLIGIBLE:
            continue
        shares.append(Share(offer.asset_number, amount))
        taken[offer.asset_number] = taken.get(offer.asset_number, 0.0) + amount / offer.amount
        wanted -= amount
    return tuple(shares)
