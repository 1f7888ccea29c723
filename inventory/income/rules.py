"""Income of rigs and what it comes to, held against what the rigs cost (pure).

return rate 收益率 = (income inside + 1.5 × income outside) / original value, of the rigs whose
original value is known: of the others neither income nor value counts. Amounts are fen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import attrgetter

from inventory.money import OUTSIDE_WEIGHT, equal_parts


class IncomeSource(StrEnum):
    """Who paid: the school's own house, or others."""

    INSIDE = "inside"
    OUTSIDE = "outside"


class PartsDontAddUp(Exception):
    """Parts of an amount are not the amount; `parts_fen` is their sum, None: not all are told."""

    def __init__(self, parts_fen: int | None) -> None:
        super().__init__("the parts are not the whole")
        self.parts_fen = parts_fen


@dataclass(frozen=True, slots=True)
class Earned:
    """What rigs earned and cost; `summed` adds them up.

    `valued` rigs have an original value; `counted_…` is their income alone.
    """

    rigs: int = 0
    valued: int = 0
    inside: int = 0
    outside: int = 0
    counted_inside: int = 0
    counted_outside: int = 0
    value: int = 0

    @property
    def return_rate(self) -> float | None:
        """收益率; None where no rig's original value is known, or all are 0."""
        times, whole = OUTSIDE_WEIGHT
        income = whole * self.counted_inside + times * self.counted_outside
        return income / (whole * self.value) if self.value > 0 else None


def earned(inside: int, outside: int, value: int | None) -> Earned:
    """Of one rig; `value` None: nobody stated what it cost."""
    if value is None:
        return Earned(1, 0, inside, outside)
    return Earned(1, 1, inside, outside, inside, outside, value)


def summed(parts: Iterable[Earned]) -> Earned:
    """The sums."""
    return Earned(*map(sum, zip(*map(_ALL, parts), strict=True)))


_ALL = attrgetter(*(one.name for one in fields(Earned)))


def parted(amount: int, told: Sequence[int | None]) -> tuple[int, ...]:
    """The part of each rig: as told, or equal ones where none is told.

    Raises:
        PartsDontAddUp: some are told and others not, or their sum is not the amount.
    """
    known = [one for one in told if one is not None]
    if not known:
        return equal_parts(amount, len(told)) if told else ()
    if len(known) < len(told):
        raise PartsDontAddUp(None)
    if sum(known) != amount:
        raise PartsDontAddUp(sum(known))
    return tuple(known)
