"""How pressing a day is, and when to remind of it (pure)."""

from datetime import date
from enum import StrEnum

WITHIN_DAYS = 60
"""Chosen: a calibration laboratory takes weeks, and a school has to send things in turns."""
LEADS = (30, 7, 0)
"""Chosen: days before the last one on which a reminder is made; 0 is the last day and any after."""


class DueState(StrEnum):
    """How pressing it is, the most pressing first; `undated` has no end that anybody stated."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"
    UNDATED = "undated"


def due_state(due_on: date | None, on: date, within_days: int = WITHIN_DAYS) -> DueState:
    """The state of something whose last good day is `due_on`, seen on a day."""
    if due_on is None:
        return DueState.UNDATED
    if due_on < on:
        return DueState.OVERDUE
    return DueState.SOON if (due_on - on).days <= within_days else DueState.LATER


def lead_of(due_on: date | None, on: date) -> int | None:
    """The reminder that is due on a day, in days before the end; None when it is too early.

    Only the shortest lead that is reached counts, so that what is recorded late makes one reminder
    and not three.
    """
    if due_on is None:
        return None
    left = (due_on - on).days
    return min((lead for lead in LEADS if left <= lead), default=None)
