"""What a bench's transport figures mean (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from inventory.benches.rules import Liveness

CHINA = ZoneInfo("Asia/Shanghai")


class TransportState(StrEnum):
    """Whether a bench's data come through: trouble means lost or stuck, notice is worth a look."""

    OK = "ok"
    NOTICE = "notice"
    TROUBLE = "trouble"
    UNKNOWN = "unknown"


class TransportReason(StrEnum):
    """Why a bench's transport is not simply ok."""

    DROPPED = "dropped"
    EXPIRED = "expired"
    REJECTED = "rejected"
    MISSING = "missing"
    QUARANTINED = "quarantined"
    CLOCK_OFF = "clock_off"
    BACKLOG = "backlog"
    DELAYED = "delayed"
    GAPS = "gaps"
    SILENT = "silent"
    NEVER = "never"


class ClockState(StrEnum):
    """Whether a bench's clock agrees with ingest's."""

    OK = "ok"
    OFF = "off"
    UNKNOWN = "unknown"


_TROUBLE = frozenset(
    {
        TransportReason.DROPPED,
        TransportReason.EXPIRED,
        TransportReason.REJECTED,
        TransportReason.BACKLOG,
    }
)
_NO_NOTICE = frozenset({TransportReason.SILENT, TransportReason.NEVER})
CLOCK_TOLERANCE_S = 2.0
"""Chosen: what a person notices beside a wall clock; heartbeats themselves come every 2 s."""
BACKLOG_S = 60.0
"""Chosen: rows that wait longer than a minute are no longer a hiccup of the network."""
DELAY_P99_S = 10.0
"""Chosen: a broker that restarts holds rows up for some seconds, an outage for longer."""
GAP_NOTICE_S = 10.0
"""Chosen: the sum of a day; a bench that restarts once takes less."""


@dataclass(frozen=True, slots=True)
class BenchSigns:
    """Figures of one bench of today; `missing`, `quarantined` and the backlog are now."""

    liveness: Liveness
    dropped: int = 0
    expired: int = 0
    quarantined: int = 0
    rejected: int = 0
    missing: int = 0
    backlog_age_s: float | None = None
    delay_p99_s: float | None = None
    gap_s: float = 0.0
    clock: ClockState = ClockState.UNKNOWN


def clock_state(offset_s: float | None) -> ClockState:
    """Class of a clock's offset."""
    if offset_s is None:
        return ClockState.UNKNOWN
    return ClockState.OFF if abs(offset_s) > CLOCK_TOLERANCE_S else ClockState.OK


def reasons(signs: BenchSigns) -> tuple[TransportReason, ...]:
    """What is the matter, the worst first."""
    return tuple(_reasons(signs))


def state(found: tuple[TransportReason, ...]) -> TransportState:
    """The worst of the reasons; a bench that is switched off is neither well nor ill."""
    if any(reason in _TROUBLE for reason in found):
        return TransportState.TROUBLE
    if any(reason not in _NO_NOTICE for reason in found):
        return TransportState.NOTICE
    return TransportState.UNKNOWN if found else TransportState.OK


def local_day(now: datetime) -> date:
    """The day it is where the stations are."""
    return now.astimezone(CHINA).date()


def day_begins(day: date) -> datetime:
    """The first moment of a local day."""
    return datetime.combine(day, time(), CHINA)


def _reasons(signs: BenchSigns) -> Iterator[TransportReason]:
    if signs.liveness is Liveness.NEVER:
        yield TransportReason.NEVER
        return
    backlog_s, delay_s = signs.backlog_age_s or 0.0, signs.delay_p99_s or 0.0
    worst_first = (
        (TransportReason.DROPPED, signs.dropped > 0),
        (TransportReason.EXPIRED, signs.expired > 0),
        (TransportReason.REJECTED, signs.rejected > 0),
        (TransportReason.BACKLOG, backlog_s > BACKLOG_S),
        (TransportReason.MISSING, signs.missing > 0),
        (TransportReason.QUARANTINED, signs.quarantined > 0),
        (TransportReason.CLOCK_OFF, signs.clock is ClockState.OFF),
        (TransportReason.DELAYED, delay_s > DELAY_P99_S),
        (TransportReason.GAPS, signs.gap_s > GAP_NOTICE_S),
        (TransportReason.SILENT, signs.liveness is not Liveness.ONLINE),
    )
    yield from (reason for reason, is_so in worst_first if is_so)
