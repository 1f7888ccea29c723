"""What people are told of, how pressing it is, and when it may reach them (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class MessageKind(StrEnum):
    """What happened; each has its texts in `notifications/texts.py`, with the facts they show."""

    BOOKING_REQUESTED = "booking_requested"
    BOOKING_CONFIRMED = "booking_confirmed"
    BOOKING_APPROVED = "booking_approved"
    BOOKING_DECLINED = "booking_declined"
    BOOKING_CHANGED = "booking_changed"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_DISPLACED = "booking_displaced"
    HOLD_EXPIRES = "hold_expires"
    HOLD_EXPIRED = "hold_expired"
    WAITLIST_OFFER = "waitlist_offer"
    SWAP_PROPOSED = "swap_proposed"
    SWAP_ANSWERED = "swap_answered"
    RIG_FAILED_SUBSTITUTE_PROPOSED = "rig_failed_substitute_proposed"
    RIG_RESTORED = "rig_restored"
    NO_SHOW_RELEASED = "no_show_released"
    OVERRUN_AHEAD = "overrun_ahead"
    UNBOOKED_USE = "unbooked_use"
    SHARING_REQUEST = "sharing_request"
    SHARING_TERMS = "sharing_terms"
    SHARING_AGREED = "sharing_agreed"
    SHARING_DECLINED = "sharing_declined"
    SHARING_CANCELLED = "sharing_cancelled"
    FEEDBACK_ASKED = "feedback_asked"
    FEEDBACK_GIVEN = "feedback_given"
    REMINDER_DUE = "reminder_due"
    ALERT_OPENED = "alert_opened"
    WORK_ORDER_OPENED = "work_order_opened"
    WORK_ORDER_ASSIGNED = "work_order_assigned"
    RECTIFICATION_ASSIGNED = "rectification_assigned"
    RECTIFICATION_SUBMITTED = "rectification_submitted"
    RECTIFICATION_RETURNED = "rectification_returned"
    RECTIFICATION_REOPENED = "rectification_reopened"
    ADDRESS_CHECK = "address_check"
    CHANNEL_TEST = "channel_test"


class Urgency(StrEnum):
    """How pressing a message is: `urgent` disturbs quiet hours, `low` waits for the digest."""

    URGENT = "urgent"
    NORMAL = "normal"
    LOW = "low"


class Channel(StrEnum):
    """How a message leaves the house; the inbox has every message and is none of these."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class Timing(StrEnum):
    """When a person wants a kind of message by e-mail."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    OFF = "off"


class DeliveryState(StrEnum):
    """Where a delivery stands; `dead` is one that is no longer tried, and why is on record."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


_URGENT = frozenset(
    {
        MessageKind.BOOKING_DISPLACED,
        MessageKind.BOOKING_CANCELLED,
        MessageKind.HOLD_EXPIRES,
        MessageKind.WAITLIST_OFFER,
        MessageKind.RIG_FAILED_SUBSTITUTE_PROPOSED,
        MessageKind.RIG_RESTORED,
        MessageKind.NO_SHOW_RELEASED,
        MessageKind.OVERRUN_AHEAD,
        MessageKind.ALERT_OPENED,
        MessageKind.ADDRESS_CHECK,
        MessageKind.CHANNEL_TEST,
    }
)
_LOW = frozenset(
    {
        MessageKind.HOLD_EXPIRED,
        MessageKind.REMINDER_DUE,
        MessageKind.UNBOOKED_USE,
        MessageKind.FEEDBACK_ASKED,
        MessageKind.FEEDBACK_GIVEN,
    }
)
URGENCY: Mapping[MessageKind, Urgency] = {
    kind: Urgency.URGENT if kind in _URGENT else Urgency.LOW if kind in _LOW else Urgency.NORMAL
    for kind in MessageKind
}
"""Chosen: urgent is what somebody would have to act on before the next morning."""
TECHNICAL = frozenset({MessageKind.ADDRESS_CHECK, MessageKind.CHANNEL_TEST})
"""About the channel itself: nobody can switch them off and no inbox has them."""
FOR_GROUPS = frozenset(
    {
        MessageKind.BOOKING_REQUESTED,
        MessageKind.BOOKING_DISPLACED,
        MessageKind.RIG_FAILED_SUBSTITUTE_PROPOSED,
        MessageKind.NO_SHOW_RELEASED,
        MessageKind.OVERRUN_AHEAD,
        MessageKind.SHARING_REQUEST,
        MessageKind.REMINDER_DUE,
        MessageKind.ALERT_OPENED,
        MessageKind.WORK_ORDER_OPENED,
        MessageKind.RECTIFICATION_RETURNED,
    }
)
"""Of what a group is told unless somebody chose: what concerns a whole staff room."""


def default_timing(kind: MessageKind) -> Timing:
    """How a person who said nothing gets a kind by e-mail."""
    return Timing.DIGEST if URGENCY[kind] is Urgency.LOW else Timing.AT_ONCE


QUIET_FROM, QUIET_UNTIL = time(22), time(7)
"""Chosen: nobody repairs a bench at night; the inbox has it all the same."""
DIGEST_AT = time(7, 30)
"""Chosen: before the first lesson."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A person's quiet hours `[quiet_from, quiet_until)`, over midnight where the second is less.

    Local times of `zone`. Two equal times mean that no hour is quiet.
    """

    zone: ZoneInfo
    quiet_from: time = QUIET_FROM
    quiet_until: time = QUIET_UNTIL
    digest_at: time = DIGEST_AT


def may_reach_at(at: datetime, urgency: Urgency, timing: Timing, hours: Hours) -> datetime:
    """The earliest moment at which an e-mail may be sent.

    Args:
        at: when it happened, aware.
        urgency: what is urgent waits for nothing but a digest that was asked for.
        timing: at once or in the digest; the digest's hour counts even where it is a quiet one.
        hours: of the person who gets it.
    """
    if timing is Timing.DIGEST:
        return next_local(at, hours.digest_at, hours.zone)
    if urgency is Urgency.URGENT or not is_quiet(at, hours):
        return at
    return next_local(at, hours.quiet_until, hours.zone)


def is_quiet(at: datetime, hours: Hours) -> bool:
    """Whether a moment lies in the quiet hours."""
    local = at.astimezone(hours.zone).time()
    begin, end = hours.quiet_from, hours.quiet_until
    if begin <= end:
        return begin <= local < end
    return local >= begin or local < end


def next_local(at: datetime, wanted: time, zone: ZoneInfo) -> datetime:
    """The first moment not before `at` whose local time is `wanted`."""
    local = at.astimezone(zone)
    found = datetime.combine(local.date(), wanted, zone)
    if found < local:
        found = datetime.combine(local.date() + timedelta(days=1), wanted, zone)
    return found.astimezone(at.tzinfo)


PAUSES = tuple(
    timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240, 480, 720, 720)
)
"""Chosen: a mail server that is away for a weekend's first day is waited for, about 39 h in all."""
LEASE_LASTS = timedelta(minutes=3)
"""Chosen: longer than all time-outs of an attempt together; after it another process may try."""


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts failed; None: give up, and show it."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
