"""When telemetry is looked at for signs of life, and when again (pure).

The store forgets rows by age and takes long to read; what was heard of a bench is kept per day
(UTC) instead. Rows that waited at the bench come late: a day that is over is looked at again.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

HOUR_S, DAY_S = 3600, 86_400
SETTLED = timedelta(minutes=5)
"""Chosen: rows are seconds late as a rule; an hour is looked at once it is over for so long."""
AGAIN_AFTER = (timedelta(days=1), timedelta(days=8))
"""Chosen: a broken network is mended within a day or a week; spools seldom hold more."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How far into a day, in seconds, it was looked at, and when that was."""

    until_s: int
    at: datetime


def day_start(day: date) -> datetime:
    """The first moment of a day (UTC)."""
    return datetime.combine(day, time(), UTC)


def due(looked: Looked | None, day: date, now: datetime) -> tuple[int, int] | None:
    """Which seconds `[from, to)` of a day are to be looked at now; None: none."""
    start = day_start(day)
    settled_s = int((now - SETTLED - start).total_seconds())
    until_s = min(max(settled_s, 0), DAY_S) // HOUR_S * HOUR_S
    from_s = 0 if looked is None else looked.until_s
    if until_s > from_s:
        return from_s, until_s
    over_at = start + timedelta(seconds=DAY_S)
    if looked is not None and any(looked.at < over_at + wait <= now for wait in AGAIN_AFTER):
        return 0, DAY_S
    return None
