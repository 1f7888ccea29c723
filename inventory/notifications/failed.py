"""Deliveries that were given up, how they are tried again, and how full the outbox is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import Select

from inventory.accounts.access import visible_organisations
from inventory.accounts.rules import Principal
from inventory.accounts.table import User
from inventory.audit.use_cases import SYSTEM, record
from inventory.database import Database
from inventory.notifications.errors import UnknownDelivery
from inventory.notifications.rules import Channel, DeliveryState
from inventory.notifications.schema import FailedDelivery
from inventory.notifications.table import Delivery, GroupBot, InboxEntry, OutboxMessage

KEPT_FOR = timedelta(days=400)
"""Chosen: a school year and its holidays; messages name people and are no record of anything."""
_FORGOTTEN_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    """How the outbox does; `oldest_due_at` is of what could have been sent by now."""

    unplanned: int
    waiting: dict[Channel, int]
    sent_of_day: dict[Channel, int]
    dead: dict[Channel, int]
    oldest_due_at: datetime | None


def failed(
    db: Session, principal: Principal | None, *, offset: int, limit: int
) -> tuple[list[FailedDelivery], int]:
    """Deliveries that were given up, the latest first, and how many in all.

    Args:
        db: where they are.
        principal: sees those to people and groups of the own organisation; None, the operator at
            the command line, sees all.
        offset: how many to skip.
        limit: how many at most.
    """
    query = _dead(principal)
    rows = db.exec(query.order_by(col(Delivery.id).desc()).offset(offset).limit(limit)).all()
    total = db.exec(select(func.count()).select_from(query.subquery())).one()
    found = [
        FailedDelivery(
            id=row.id or 0,
            channel=row.channel,
            kind=message.kind,
            organisation_code=message.organisation_code,
            to=username or group or "",
            at=message.at,
            given_up_at=row.done_at or row.not_before_at,
            attempts=row.attempts,
            reason=row.reason,
        )
        for row, message, username, group in rows
    ]
    return found, total


def retry(
    database: Database, principal: Principal | None, delivery_id: int, *, now: datetime
) -> None:
    """Try a delivery again that was given up, as often as a new one.

    Raises:
        UnknownDelivery: none of this number was given up, or the caller may not know of it.
    """
    with database.begin() as db:
        found = db.exec(_dead(principal).where(col(Delivery.id) == delivery_id)).first()
        if found is None:
            raise UnknownDelivery(str(delivery_id))
        row, message = found[0], found[1]
        row.state, row.attempts, row.done_at, row.reason = DeliveryState.WAITING, 0, None, ""
        row.not_before_at = now
        db.add(row)
        record(
            db,
            who=principal.username if principal else SYSTEM,
            action="retried",
            entity="notification_delivery",
            entity_id=str(row.id),
            organisation_code=message.organisation_code,
            at=now,
        )


def figures(db: Session, now: datetime) -> OutboxFigures:
    """How many wait, were sent in the last 24 h and were given up, by channel."""
    is_new = col(OutboxMessage.planned_at).is_(None)
    waits = col(Delivery.state) == DeliveryState.WAITING
    is_late = waits & (col(Delivery.not_before_at) <= now)
    sent = (col(Delivery.state) == DeliveryState.SENT) & (
        col(Delivery.done_at) >= now - timedelta(days=1)
    )
    moments: tuple[datetime | None, ...] = (
        db.exec(select(func.min(col(Delivery.not_before_at))).where(is_late)).one(),
        db.exec(select(func.min(col(OutboxMessage.at))).where(is_new)).one(),
    )
    return OutboxFigures(
        db.exec(select(func.count()).select_from(OutboxMessage).where(is_new)).one(),
        _by_channel(db, waits),
        _by_channel(db, sent),
        _by_channel(db, col(Delivery.state) == DeliveryState.DEAD),
        min((one for one in moments if one is not None), default=None),
    )


def forget(database: Database, now: datetime) -> int:
    """Delete messages older than `KEPT_FOR` of which nothing waits any more; how many went."""
    old = (
        select(OutboxMessage.id)
        .where(
            col(OutboxMessage.at) < now - KEPT_FOR,
            col(OutboxMessage.planned_at).is_not(None),
            col(OutboxMessage.id).not_in(
                select(Delivery.message_id).where(col(Delivery.state) == DeliveryState.WAITING)
            ),
        )
        .order_by(col(OutboxMessage.id))
        .limit(_FORGOTTEN_AT_ONCE)
    )
    with database.read() as db:
        if db.exec(old).first() is None:
            return 0
    with database.begin() as db:
        ids = db.exec(old).all()
        db.exec(delete(InboxEntry).where(col(InboxEntry.message_id).in_(ids)))
        db.exec(delete(Delivery).where(col(Delivery.message_id).in_(ids)))
        db.exec(delete(OutboxMessage).where(col(OutboxMessage.id).in_(ids)))
        facts = {"messages": len(ids), "older_than_days": KEPT_FOR.days}
        record(
            db,
            who=SYSTEM,
            action="forgotten",
            entity="outbox_message",
            entity_id="",
            new=facts,
            at=now,
        )
    return len(ids)


def _by_channel(db: Session, which: ColumnElement[bool]) -> dict[Channel, int]:
    query = select(Delivery.channel, func.count()).where(which).group_by(col(Delivery.channel))
    found = dict(db.exec(query).all())
    return {channel: found.get(channel, 0) for channel in Channel}


def _dead(principal: Principal | None) -> Select[Delivery, OutboxMessage, str, str]:
    query = (
        select(Delivery, OutboxMessage, User.username, GroupBot.name)
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.message_id))
        .join(User, col(User.id) == col(Delivery.user_id), isouter=True)
        .join(GroupBot, col(GroupBot.id) == col(Delivery.group_bot_id), isouter=True)
        .where(col(Delivery.state) == DeliveryState.DEAD)
    )
    if principal is None:
        return query
    own = visible_organisations(principal)
    return query.where(
        or_(col(User.organisation_code).in_(own), col(GroupBot.organisation_code).in_(own))
    )
