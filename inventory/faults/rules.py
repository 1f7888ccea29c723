"""The life of a fault: pending → confirmed → cleared (pure)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FaultState(StrEnum):
    """Pending ones are not yet believed; a cleared one never comes back under the same id."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"


OPEN_STATES = (FaultState.PENDING, FaultState.CONFIRMED)
_RANK = {FaultState.PENDING: 0, FaultState.CONFIRMED: 1, FaultState.CLEARED: 2}


@dataclass(frozen=True, slots=True)
class FaultLife:
    """Where a fault stands; moments are the bench's own (`observed_at`)."""

    state: FaultState
    first_at: datetime
    observed_at: datetime
    confirmed_at: datetime | None = None
    cleared_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FaultStep:
    """What a bench reports of a fault."""

    state: FaultState
    first_at: datetime
    observed_at: datetime


def step(life: FaultLife | None, reported: FaultStep) -> FaultLife | None:
    """The life after a reported step; None when the step changes nothing.

    Repeated steps and steps that come after a later one are the ones that change nothing. A fault
    may be heard of first in any state, since what came before may have been lost with a disk.
    """
    if life is not None and _RANK[reported.state] <= _RANK[life.state]:
        return None
    confirmed_at = life.confirmed_at if life else None
    cleared_at = None
    if reported.state is FaultState.CONFIRMED:
        confirmed_at = reported.observed_at
    elif reported.state is FaultState.CLEARED:
        cleared_at = reported.observed_at
    return FaultLife(
        state=reported.state,
        first_at=life.first_at if life else reported.first_at,
        observed_at=reported.observed_at,
        confirmed_at=confirmed_at,
        cleared_at=cleared_at,
    )


def is_blocking(state: FaultState, severity: int, blocking_severity: int) -> bool:
    """Whether a fault takes its bench out of working order: confirmed and severe enough."""
    return state is FaultState.CONFIRMED and severity >= blocking_severity
