"""Which calendars there are, how far they reach and how their addresses look (pure)."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

from inventory.intervals import Span


class FeedKind(StrEnum):
    """Whose bookings a calendar has: mine, those of one thing, those of a station."""

    MINE = "mine"
    RESOURCE = "resource"
    STATION = "station"


MOST_FEEDS = 20
"""Chosen: a calendar per rig of a workshop; one that is not used any more can be ended."""
MOST_EVENTS = 5000
"""Chosen: a year of a busy station; the earliest are left out, and the calendar's name says so."""
BACK = timedelta(days=90)
AHEAD = timedelta(days=400)
"""As far as can be booked."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def window(now: datetime) -> Span:
    """What a calendar shows at a moment."""
    return Span(now - BACK, now + AHEAD)


def is_token(text: str) -> bool:
    """Whether a text could be a token of ours; others need not be looked for."""
    return _TOKEN.fullmatch(text) is not None
