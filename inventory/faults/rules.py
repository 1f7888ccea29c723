"""The life of a fault: pending → confirmed → cleared (pure)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from inventory.step_order import UNKNOWN, Order


class FaultState(StrEnum):
    """Pending ones are not yet believed; a cleared one never comes back under the same id."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"


OPEN_STATES = (FaultState.PENDING, FaultState.CONFIRMED)
_RANK = {FaultState.PENDING: 0, FaultState.CONFIRMED: 1, FaultState.CLEARED: 2}


@dataclass(frozen=True, slots=True)
class FaultLife:
    """Where a fault stands; moments are the bench's own (`observed_at`).

    `order` is that of the step that brought the state, `confirmed_order` of the one that confirmed.
    """

    state: FaultState
    first_at: datetime
    observed_at: datetime
    confirmed_at: datetime | None = None
    cleared_at: datetime | None = None
    order: Order = UNKNOWN
    confirmed_order: Order = UNKNOWN


@dataclass(frozen=True, slots=True)
class FaultStep:
    """What a bench reports of a fault."""

    state: FaultState
    first_at: datetime
    observed_at: datetime
    order: Order = UNKNOWN


def step(life: FaultLife | None, reported: FaultStep) -> FaultLife | None:
    """The life after a reported step; None when the step changes nothing.

    The same steps make the same life in whichever order they come: the furthest state counts, of
    steps to one state the first the bench made. A fault may be heard of first in any state, since
    what came before may have been lost with a disk.
    """
    if life is None:
        is_confirmation = reported.state is FaultState.CONFIRMED
        life = FaultLife(
            reported.state,
            reported.first_at,
            reported.observed_at,
            confirmed_at=reported.observed_at if is_confirmation else None,
            order=reported.order,
            confirmed_order=reported.order if is_confirmation else UNKNOWN,
        )
        is_cleared = reported.state is FaultState.CLEARED
        return replace(life, cleared_at=reported.observed_at) if is_cleared else life
    after = replace(life, first_at=min(life.first_at, reported.first_at))
    if brings_state(life, reported):
        cleared_at = reported.observed_at if reported.state is FaultState.CLEARED else None
        after = replace(
            after,
            state=reported.state,
            observed_at=reported.observed_at,
            order=reported.order,
            cleared_at=cleared_at,
        )
    if reported.state is FaultState.CONFIRMED and _confirms(life, reported):
        after = replace(after, confirmed_at=reported.observed_at, confirmed_order=reported.order)
    return None if after == life else after


def brings_state(life: FaultLife | None, reported: FaultStep) -> bool:
    """Whether the fault's state, and what is told with it, are those of this step."""
    if life is None or reported.state is life.state:
        return life is None or reported.order < life.order
    return _RANK[reported.state] > _RANK[life.state]


def _confirms(life: FaultLife, reported: FaultStep) -> bool:
    return life.confirmed_at is None or reported.order < life.confirmed_order


def is_blocking(state: FaultState, severity: int, blocking_severity: int) -> bool:
    """Whether a fault takes its bench out of working order: confirmed and severe enough."""
    return state is FaultState.CONFIRMED and severity >= blocking_severity
