"""Which deliveries a message leads to: one a person and channel, decided once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.database import Database
from inventory.notifications.preferring import preferred
from inventory.notifications.rules import (
    FOR_GROUPS,
    URGENCY,
    Channel,
    MessageKind,
    Timing,
    may_reach_at,
)
from inventory.notifications.table import (
    Delivery,
    GroupBot,
    InboxEntry,
    MailAddress,
    NotificationPreferences,
    OutboxMessage,
)

MOST_AT_ONCE = 100
"""Chosen: other writers wait for some milliseconds only."""


@dataclass(frozen=True, slots=True)
class Outreach:
    """What this installation can do: send mail, and which gateways of bots its operator trusts."""

    can_mail: bool = False
    bot_origins: tuple[str, ...] = ()


def plan(database: Database, outreach: Outreach, now: datetime) -> int:
    """Make the deliveries of messages that have none yet; how many messages were looked at.

    May be called by several processes at once. A person without a verified address, or an
    installation that sends no mail, gets none: the inbox has every message.
    """
    waiting = (
        select(OutboxMessage)
        .where(col(OutboxMessage.planned_at).is_(None))
        .order_by(col(OutboxMessage.id))
        .limit(MOST_AT_ONCE)
    )
    with database.read() as db:
        if db.exec(waiting).first() is None:
            return 0
    with database.begin() as db:
        messages = db.exec(waiting).all()
        if outreach.can_mail:
            db.add_all(_mails(db, messages))
        db.add_all(_to_groups(db, messages, now))
        for one in messages:
            one.planned_at = now
            db.add(one)
    return len(messages)


def _mails(db: Session, messages: Sequence[OutboxMessage]) -> list[Delivery]:
    known = {one.id: one for one in messages}
    query = (
        select(InboxEntry, NotificationPreferences)
        .join(MailAddress, col(MailAddress.user_id) == col(InboxEntry.user_id))
        .join(
            NotificationPreferences,
            col(NotificationPreferences.user_id) == col(InboxEntry.user_id),
            isouter=True,
        )
        .where(col(InboxEntry.message_id).in_(known), col(MailAddress.verified_at).is_not(None))
        .order_by(col(InboxEntry.message_id), col(InboxEntry.user_id))
    )
    found: list[Delivery] = []
    for entry, row in db.exec(query).all():
        message, wanted = known[entry.message_id], preferred(row)
        timing = wanted.timing(message.kind)
        if timing is Timing.OFF:
            continue
        at = may_reach_at(message.at, URGENCY[message.kind], timing, wanted.hours)
        found.append(_delivery(message, Channel.EMAIL, at, user_id=entry.user_id))
    return found


def _to_groups(db: Session, messages: Sequence[OutboxMessage], now: datetime) -> list[Delivery]:
    codes = {one.organisation_code for one in messages}
    query = select(GroupBot).where(
        col(GroupBot.organisation_code).in_(codes), col(GroupBot.ended_at).is_(None)
    )
    bots = db.exec(query.order_by(col(GroupBot.id))).all()
    return [
        _delivery(message, Channel.WEBHOOK, now, group_bot_id=bot.id)
        for message in messages
        for bot in bots
        if bot.organisation_code == message.organisation_code and is_told(bot, message.kind)
    ]


def is_told(bot: GroupBot, kind: MessageKind) -> bool:
    """Whether a group is told of a kind."""
    return kind in FOR_GROUPS if bot.kinds is None else kind.value in bot.kinds


def _delivery(
    message: OutboxMessage,
    channel: Channel,
    at: datetime,
    *,
    user_id: int | None = None,
    group_bot_id: int | None = None,
) -> Delivery:
    return Delivery(
        message_id=message.id or 0,
        channel=channel,
        not_before_at=at,
        user_id=user_id,
        group_bot_id=group_bot_id,
    )
