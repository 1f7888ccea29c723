"""The life of a usage session: started → extended … → ended (pure)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from inventory.step_order import UNKNOWN, Order


class UsageEvent(StrEnum):
    """What a bench reports of a usage session."""

    STARTED = "started"
    EXTENDED = "extended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class UsageLife:
    """A session in use until `ended_at` is known; `observed_at` is the latest step, of `order`."""

    started_at: datetime
    observed_at: datetime
    ended_at: datetime | None = None
    order: Order = UNKNOWN
    ended_order: Order = UNKNOWN


@dataclass(frozen=True, slots=True)
class UsageStep:
    """A reported step; `ended_at` None at the end means that it ended when it was observed."""

    event: UsageEvent
    started_at: datetime
    observed_at: datetime
    ended_at: datetime | None = None
    order: Order = UNKNOWN


def step(life: UsageLife | None, reported: UsageStep) -> UsageLife | None:
    """The life after a reported step; None when the step changes nothing.

    The same steps make the same life in whichever order they come. An ended session stays ended;
    the latest step is the one the bench made last, whatever its clock said.
    """
    is_end = reported.event is UsageEvent.ENDED
    after = life or UsageLife(reported.started_at, reported.observed_at, order=reported.order)
    after = replace(after, started_at=min(after.started_at, reported.started_at))
    if reported.order > after.order and (after.ended_at is None or is_end):
        after = replace(after, observed_at=reported.observed_at, order=reported.order)
    if is_end and (after.ended_at is None or reported.order < after.ended_order):
        ended_at = max(reported.ended_at or reported.observed_at, after.started_at)
        after = replace(after, ended_at=ended_at, ended_order=reported.order)
    return None if after == life else after
