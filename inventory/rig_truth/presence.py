"""Who came, who did not, and who is in the next one's time; told by measured use (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.intervals import Span

CLOCK_OFF = timedelta(minutes=1)
"""Chosen: use measured by a clock further off can't be laid beside a booking."""
HEARD_WITHIN = timedelta(minutes=1)
"""Chosen: thirty heartbeats; a bench not heard for longer may be in use without our knowing."""
NO_SHOW_AFTER = timedelta(minutes=15)
"""Chosen: who is a quarter of an hour late without a word does not come."""
WARNED_AHEAD = timedelta(minutes=15)
"""Chosen: time to clear a bench, or to find another one."""


@dataclass(frozen=True, slots=True)
class Use:
    """A usage session; `until` is its end, or the last that was heard of it while it goes on."""

    started_at: datetime
    until: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class Presence:
    """What a bench of a booking says of the time since its start.

    `used_s` is measured use in that time by the rows themselves; `waiting_rows` are those the
    bench holds back. `has_reported`: that it was in use at any time, so that it can.
    """

    last_seen_at: datetime | None
    clock_offset_s: float | None
    is_in_use: bool
    waiting_rows: int
    used_s: float
    has_reported: bool


def first_use(
    uses: Iterable[Use], span: Span, set_up: timedelta, others: Sequence[Span]
) -> datetime | None:
    """When a booking was begun to be used, its set-up time included; None: not yet.

    Use that goes on from before counts from the beginning of the slot, unless it began in the
    slot of somebody else, who then has not left.
    """
    opens = span.start_at - set_up
    found: list[datetime] = []
    for use in uses:
        is_met = use.started_at < span.end_at and (use.until > opens or use.is_open)
        is_others = use.started_at < opens and any(
            one.start_at <= use.started_at < one.end_at for one in others
        )
        if is_met and not is_others:
            found.append(max(use.started_at, opens))
    return min(found, default=None)


def nobody_came(
    presences: Sequence[Presence], start_at: datetime, now: datetime, grace: timedelta
) -> bool:
    """Whether it is sure that nobody came to a slot: all its benches could tell, and none does.

    No evidence is no proof of absence: a booking without benches, or with one that was not heard,
    holds rows back, has a wrong clock or never reported any use, is nobody's no-show.
    """
    if now < start_at + grace or not presences:
        return False
    return all(_tells_of_nobody(one, now) for one in presences)


def overruns(use: Use, before: Sequence[Span], next_from: datetime, now: datetime) -> bool:
    """Whether use goes on that may reach into a slot from `next_from` on.

    Args:
        use: a session of the bench.
        before: slots that have begun, without the next one.
        next_from: when the next one's set-up begins.
        now: the moment.
    """
    if not use.is_open or use.started_at >= next_from or next_from - now > WARNED_AHEAD:
        return False
    return not any(one.start_at <= now < one.end_at for one in before)


def _tells_of_nobody(one: Presence, now: datetime) -> bool:
    is_heard = one.last_seen_at is not None and now - one.last_seen_at <= HEARD_WITHIN
    is_clock_right = abs(one.clock_offset_s or 0.0) <= CLOCK_OFF.total_seconds()
    is_used = one.is_in_use or one.used_s > 0
    return is_heard and is_clock_right and one.has_reported and not one.waiting_rows and not is_used
