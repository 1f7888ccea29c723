"""The life of a usage session: started → extended … → ended (pure)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class UsageEvent(StrEnum):
    """What a bench reports of a usage session."""

    STARTED = "started"
    EXTENDED = "extended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class UsageLife:
    """A session in use until `ended_at` is known; `observed_at` is the latest step."""

    started_at: datetime
    observed_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UsageStep:
    """A reported step; `ended_at` None at the end means that it ended when it was observed."""

    event: UsageEvent
    started_at: datetime
    observed_at: datetime
    ended_at: datetime | None = None


def step(life: UsageLife | None, reported: UsageStep) -> UsageLife | None:
    """The life after a reported step; None when the step changes nothing.

    An ended session stays ended; steps observed no later than the latest one change nothing,
    except that an end is always believed.
    """
    if life is not None and life.ended_at is not None:
        return None
    is_end = reported.event is UsageEvent.ENDED
    if life is not None and not is_end and reported.observed_at <= life.observed_at:
        return None
    known = life or UsageLife(reported.started_at, reported.observed_at)
    latest = max(known.observed_at, reported.observed_at)
    if not is_end:
        return replace(known, observed_at=latest)
    ended_at = max(reported.ended_at or reported.observed_at, known.started_at)
    return replace(known, observed_at=latest, ended_at=ended_at)
