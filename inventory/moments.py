"""How milliseconds of the wire become moments and back, and which day it is at school."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SCHOOL_ZONE = ZoneInfo("Asia/Shanghai")
"""The schools' calendar day; all of China keeps one time."""
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 253_402_300_799_000


def moment(epoch_ms: int) -> datetime:
    """The aware UTC moment; a clock gone wild is kept between the years 1970 and 9999."""
    return _ZERO + timedelta(milliseconds=min(max(epoch_ms, 0), _LATEST_MS))


def epoch_ms(at: datetime) -> int:
    """Milliseconds since 1970 of an aware moment."""
    return (at - _ZERO) // timedelta(milliseconds=1)


def today(now: datetime) -> date:
    """The schools' calendar day at a moment."""
    return now.astimezone(SCHOOL_ZONE).date()
