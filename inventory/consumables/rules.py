"""What a stock is after its movements, and what of it goes off when (pure).

Amounts are whole thousandths of the unit, so that sums are exact.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

MILLI = 1000
MAX_MILLI = 10**12
"""A billion units: more is a slip of the pen."""


class MovementKind(StrEnum):
    """Why a stock changed; `corrected` sets it to what was counted."""

    RECEIVED = "received"
    USED = "used"
    EXPIRED = "expired"
    CORRECTED = "corrected"


class StockState(StrEnum):
    """How a stock stands to its minimum."""

    ENOUGH = "enough"
    LOW = "low"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of a stock by `milli`, which is negative for what goes out."""

    kind: MovementKind
    milli: int
    happened_on: date
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of something received; `expires_on` is the last day it may be used."""

    milli: int
    expires_on: date | None


def change(kind: MovementKind, amount_milli: int, stock_milli: int) -> int | None:
    """What a movement adds to a stock; None when more would go out than there is.

    Args:
        kind: why.
        amount_milli: how much comes in or goes out, or what was counted; not negative.
        stock_milli: what there is before.
    """
    match kind:
        case MovementKind.RECEIVED:
            return amount_milli
        case MovementKind.CORRECTED:
            return amount_milli - stock_milli
        case MovementKind.USED | MovementKind.EXPIRED:
            return -amount_milli if amount_milli <= stock_milli else None


def state_of(stock_milli: int, minimum_milli: int) -> StockState:
    """How a stock stands to its minimum; the minimum itself is enough."""
    if stock_milli >= minimum_milli:
        return StockState.ENOUGH
    return StockState.LOW if stock_milli else StockState.EMPTY


def lots(movements: Iterable[Movement]) -> list[Lot]:
    """What is left of each delivery when the oldest goes out first, oldest first.

    Expired goods are thrown away from those that go off first; what a correction finds has no date.
    """
    left: deque[Lot] = deque()
    for one in movements:
        if one.milli > 0:
            left.append(Lot(one.milli, one.expires_on))
            continue
        if one.kind is MovementKind.EXPIRED:
            left = deque(sorted(left, key=lambda lot: lot.expires_on or date.max))
        _take(left, -one.milli)
    return list(left)


def low_since(movements: Iterable[Movement], minimum_milli: int) -> date | None:
    """The day since which a stock is below its minimum; None where it is not, or never was above.

    Entered late, a movement counts on the day it happened, and never before one entered earlier.
    """
    stock, since, was_enough = 0, None, False
    for one in movements:
        stock += one.milli
        if stock >= minimum_milli:
            since, was_enough = None, True
        elif since is None and was_enough:
            since = one.happened_on
    return since


def _take(left: deque[Lot], milli: int) -> None:
    while milli and left:
        first = left.popleft()
        if first.milli > milli:
            left.appendleft(replace(first, milli=first.milli - milli))
            return
        milli -= first.milli


def milli_of(amount: Decimal) -> int:
    """Thousandths of an amount with at most three decimals."""
    return int(amount * MILLI)


def shown(milli: int) -> str:
    """An amount without needless zeros."""
    return f"{Decimal(milli) / MILLI:f}" if milli % MILLI else str(milli // MILLI)
