"""How deliveries leave the outbox: claimed with a lease, sent by somebody else, settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from inventory.database import Database
from inventory.notifications.bots import Outcome
from inventory.notifications.letters import Letter
from inventory.notifications.rules import (
    LEASE_LASTS,
    PAUSES,
    TECHNICAL,
    Channel,
    DeliveryState,
    pause_after,
)
from inventory.notifications.table import Delivery, GroupBot, InboxEntry, OutboxMessage
from inventory.notifications.targets import Target, target_of

MOST_TOGETHER = {Channel.EMAIL: 50, Channel.WEBHOOK: 10}
"""Chosen: a longer mail is not read; a text of a group is to fit one screen."""
BOT_RESTS = timedelta(seconds=4)
"""All three services take 20 texts a minute of a bot and then turn it away for minutes."""
Loaded = tuple[Delivery, OutboxMessage]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be sent in one go.

    Attributes:
        batch: the same for every attempt, and different from that of any other parcel of any
            installation: ids of mails are made of it.
        delivery_ids: what is settled with it.
        leased_until: nobody else tries before.
        target: who gets it, and how.
        letters: what to say.
    """

    batch: str
    delivery_ids: tuple[int, ...]
    leased_until: datetime
    target: Target
    letters: tuple[Letter, ...]


def claim(database: Database, channel: Channel, now: datetime) -> Parcel | None:
    """The next parcel of a channel, which is the caller's for `LEASE_LASTS`; None: nothing is due.

    What one person or group is due goes together, and so it does again after a crash. What can't
    or need not be sent any more is withdrawn on the way.
    """
    with database.read() as db:
        if _first(db, channel, now) is None:
            return None
    with database.begin() as db:
        while (first := _first(db, channel, now)) is not None:
            parcel = _parcel(db, _together(db, first, now), now)
            if parcel is not None:
                return parcel
    return None


def settle(database: Database, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """Write down how an attempt ended.

    A success counts whoever has the lease by now; a failure only while it is the caller's.
    """
    with database.begin() as db:
        query = select(Delivery).where(
            col(Delivery.id).in_(parcel.delivery_ids),
            col(Delivery.state) == DeliveryState.WAITING,
        )
        for row in db.exec(query).all():
            if outcome.is_sent:
                _end(db, row, DeliveryState.SENT, now)
            elif row.leased_until == parcel.leased_until:
                _fail(db, row, outcome, now)


def _first(db: Session, channel: Channel, now: datetime) -> Loaded | None:
    # a rest that ends far ahead is that of a clock that was set back since
    resting = select(GroupBot.id).where(
        col(GroupBot.next_at) > now, col(GroupBot.next_at) < now + BOT_RESTS * 2
    )
    is_person = col(Delivery.group_bot_id).is_(None)
    query = (
        select(Delivery, OutboxMessage)
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.message_id))
        .where(
            _is_due(now),
            col(Delivery.channel) == channel,
            or_(is_person, col(Delivery.group_bot_id).not_in(resting)),
        )
        .order_by(col(Delivery.not_before_at), col(Delivery.id))
    )
    return db.exec(query.limit(1)).first()


def _is_due(now: datetime) -> ColumnElement[bool]:
    leased = col(Delivery.leased_until)
    is_free = or_(leased.is_(None), leased <= now, leased > now + LEASE_LASTS * 2)
    is_waiting = col(Delivery.state) == DeliveryState.WAITING
    return is_waiting & (col(Delivery.not_before_at) <= now) & is_free


def _together(db: Session, first: Loaded, now: datetime) -> Sequence[Loaded]:
    """What travels with the first one: what did before, else what is due to the same reader."""
    row, message = first
    query = (
        select(Delivery, OutboxMessage)
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.message_id))
        .order_by(col(Delivery.id))
    )
    if row.batch is not None:
        waits = col(Delivery.state) == DeliveryState.WAITING
        return db.exec(query.where(col(Delivery.batch) == row.batch, waits)).all()
    if message.kind in TECHNICAL:
        return [first]
    query = query.where(
        _is_due(now),
        col(Delivery.batch).is_(None),
        col(Delivery.user_id) == row.user_id
        if row.group_bot_id is None
        else col(Delivery.group_bot_id) == row.group_bot_id,
        col(OutboxMessage.kind).not_in(TECHNICAL),
    )
    return db.exec(query.limit(MOST_TOGETHER[row.channel])).all()


def _parcel(db: Session, loaded: Sequence[Loaded], now: datetime) -> Parcel | None:
    """Lease them; None where all were withdrawn or given up."""
    first = loaded[0][0]
    target, objection = target_of(db, first, loaded[0][1].kind, now)
    if target is None:
        for row, _ in loaded:
            _end(db, row, DeliveryState.WITHDRAWN, now, objection)
        return None
    kept = [(row, message) for row, message in loaded if _is_wanted(db, row, message, now)]
    if not kept:
        return None
    batch = first.batch or f"{first.id}.{loaded[0][1].token}"
    for row, _ in kept:
        row.batch, row.leased_until, row.attempts = batch, now + LEASE_LASTS, row.attempts + 1
        db.add(row)
    if first.group_bot_id is not None:
        bot = db.get_one(GroupBot, first.group_bot_id)
        bot.next_at = now + BOT_RESTS
        db.add(bot)
    db.flush()
    ids = tuple(row.id or 0 for row, _ in kept)
    letters = tuple(_letter(message, target) for _, message in kept)
    return Parcel(batch, ids, now + LEASE_LASTS, target, letters)


def _is_wanted(db: Session, row: Delivery, message: OutboxMessage, now: datetime) -> bool:
    """Whether to send it at all; if not, that is written down."""
    if row.attempts > len(PAUSES):
        # who tried last died each time before it could say why
        _end(db, row, DeliveryState.DEAD, now, row.reason or "attempts ended without an answer")
        return False
    if row.user_id is None or message.attach_ics is not None:
        return True
    entry = db.get(InboxEntry, (message.id, row.user_id))
    if entry is None or entry.read_at is None:
        return True
    _end(db, row, DeliveryState.WITHDRAWN, now, "read in the inbox before")
    return False


def _letter(message: OutboxMessage, target: Target) -> Letter:
    facts = dict(message.facts) | dict(target.facts)
    return Letter(message.id or 0, message.kind, facts, message.at, message.attach_ics)


def _fail(db: Session, row: Delivery, outcome: Outcome, now: datetime) -> None:
    pause = None if outcome.is_final else pause_after(row.attempts)
    if pause is None:
        _end(db, row, DeliveryState.DEAD, now, outcome.reason)
        return
    row.reason = outcome.reason[:300]
    row.not_before_at, row.leased_until = now + pause, None
    db.add(row)


def _end(db: Session, row: Delivery, state: DeliveryState, now: datetime, reason: str = "") -> None:
    row.state, row.reason, row.done_at, row.leased_until = state, reason[:300], now, None
    db.add(row)
    db.flush()
