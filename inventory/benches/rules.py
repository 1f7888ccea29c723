"""Which signs of life a bench gives (pure)."""

from datetime import datetime, timedelta
from enum import StrEnum


class Liveness(StrEnum):
    """Sign of life: late ones missed heartbeats or said goodbye, silent ones exceed their limit."""

    ONLINE = "online"
    LATE = "late"
    SILENT = "silent"
    NEVER = "never"


LATE_AFTER = timedelta(seconds=6)
"""Chosen: three heartbeats of 2 s may be lost before a bench is called late."""


def liveness(
    last_seen_at: datetime | None, *, is_online: bool, now: datetime, silence_limit: timedelta
) -> Liveness:
    """Classify a bench; `is_online` is the last word of the bench itself or of its will."""
    if last_seen_at is None:
        return Liveness.NEVER
    age = now - last_seen_at
    if age > silence_limit:
        return Liveness.SILENT
    if not is_online or age > LATE_AFTER:
        return Liveness.LATE
    return Liveness.ONLINE
