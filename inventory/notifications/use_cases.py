"""A person's inbox, and how that person wants to be told."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, select

from inventory.accounts.rules import Principal
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import Invalid
from inventory.moments import SCHOOL_ZONE
from inventory.notifications.errors import UnknownMessage
from inventory.notifications.planning import Outreach
from inventory.notifications.preferring import preferred
from inventory.notifications.rules import (
    TECHNICAL,
    URGENCY,
    Channel,
    DeliveryState,
    MessageKind,
    default_timing,
)
from inventory.notifications.schema import (
    InboxItem,
    InboxPage,
    KindChoice,
    PreferencesOrder,
    PreferencesOut,
)
from inventory.notifications.table import (
    Delivery,
    InboxEntry,
    MailAddress,
    NotificationPreferences,
    OutboxMessage,
)
from inventory.notifications.wording import Language, worded
from inventory.paging import page

_IS_UNREAD = col(InboxEntry.read_at).is_(None)


def inbox(
    db: Session,
    principal: Principal,
    language: Language,
    *,
    is_unread: bool | None,
    offset: int,
    limit: int,
) -> InboxPage:
    """The caller's own messages, the latest first, in a language."""
    own = col(InboxEntry.user_id) == principal.user_id
    wanted: list[ColumnElement[bool]] = [own]
    if is_unread is not None:
        wanted.append(_IS_UNREAD if is_unread else ~_IS_UNREAD)
    rows = db.exec(
        select(InboxEntry, OutboxMessage)
        .join(OutboxMessage, col(OutboxMessage.id) == col(InboxEntry.message_id))
        .where(*wanted)
        .order_by(col(InboxEntry.message_id).desc())
        .offset(offset)
        .limit(limit)
    ).all()
    counted = select(func.count()).select_from(InboxEntry)
    total = db.exec(counted.where(*wanted)).one()
    items = [_shown(entry, message, language) for entry, message in rows]
    unread = db.exec(counted.where(own, _IS_UNREAD)).one()
    facts = page(items, total, offset)
    return InboxPage(items=facts.items, total=facts.total, next=facts.next, unread=unread)


def mark_read(database: Database, principal: Principal, ids: Collection[int], now: datetime) -> int:
    """Mark some of the caller's messages as read; how many were unread.

    It leaves no audit entry: it is nobody's affair but the reader's.

    Raises:
        UnknownMessage: one of them is not in the caller's inbox.
    """
    own = (col(InboxEntry.user_id) == principal.user_id) & col(InboxEntry.message_id).in_(ids)
    with database.begin() as db:
        known = set(db.exec(select(InboxEntry.message_id).where(own)).all())
        for missing in sorted(set(ids) - known):
            raise UnknownMessage(str(missing))
        return _mark(db, own, now)


def mark_all_read(database: Database, principal: Principal, up_to: int, now: datetime) -> int:
    """Mark all of the caller's messages up to a number as read; how many were unread.

    Up to the latest one the reader has seen, so that one that came meanwhile stays unread.
    """
    own = (col(InboxEntry.user_id) == principal.user_id) & (col(InboxEntry.message_id) <= up_to)
    with database.begin() as db:
        return _mark(db, own, now)


def preferences(db: Session, principal: Principal, outreach: Outreach) -> PreferencesOut:
    """How the caller is told, defaults included."""
    wanted = preferred(db.get(NotificationPreferences, principal.user_id))
    mail = db.get(MailAddress, principal.user_id)
    hours = wanted.hours
    return PreferencesOut(
        language=wanted.language,
        quiet_from=f"{hours.quiet_from:%H:%M}",
        quiet_until=f"{hours.quiet_until:%H:%M}",
        digest_at=f"{hours.digest_at:%H:%M}",
        kinds=[
            KindChoice(
                kind=kind,
                urgency=URGENCY[kind],
                timing=wanted.timing(kind),
                default=default_timing(kind),
            )
            for kind in MessageKind
            if kind not in TECHNICAL
        ],
        can_mail=outreach.can_mail,
        address=(mail.address or None) if mail else None,
        is_verified=mail is not None and mail.verified_at is not None,
        code_until=mail.code_until if mail else None,
        mail_trouble=_mail_trouble(db, principal),
    )


def change_preferences(
    database: Database,
    principal: Principal,
    order: PreferencesOrder,
    outreach: Outreach,
    *,
    now: datetime,
) -> PreferencesOut:
    """Change how the caller is told; it counts for messages from now on.

    Raises:
        Invalid: a kind that can't be chosen.
    """
    for kind in order.timings:
        if kind in TECHNICAL:
            raise Invalid("timings", f"kinds of messages of the inbox; {kind.value} is none")
    with database.begin() as db:
        row = db.get(NotificationPreferences, principal.user_id)
        old = None if row is None else _facts(row)
        row = row or _fresh(principal, now)
        for name in ("language", "quiet_from", "quiet_until", "digest_at"):
            value = getattr(order, name)
            if value is not None:
                setattr(row, name, value)
        changed = row.timings | {
            kind.value: timing and timing.value for kind, timing in order.timings.items()
        }
        row.timings = {kind: timing for kind, timing in changed.items() if timing}
        row.changed_at = now
        db.add(row)
        db.flush()
        record(
            db,
            who=principal.username,
            action="changed",
            entity="notification_preferences",
            entity_id=principal.username,
            organisation_code=principal.organisation_code,
            old=old,
            new=_facts(row),
            at=now,
        )
        return preferences(db, principal, outreach)


def _shown(entry: InboxEntry, message: OutboxMessage, language: Language) -> InboxItem:
    words = worded(message.kind, message.facts, language, SCHOOL_ZONE)
    return InboxItem(
        id=message.id or 0,
        kind=message.kind,
        urgency=URGENCY[message.kind],
        organisation_code=message.organisation_code,
        at=message.at,
        read_at=entry.read_at,
        title=words.title,
        lines=list(words.lines),
        path=words.path,
    )


def _mark(db: Session, which: ColumnElement[bool], now: datetime) -> int:
    unread = db.exec(select(func.count()).select_from(InboxEntry).where(which, _IS_UNREAD)).one()
    db.exec(update(InboxEntry).where(which, _IS_UNREAD).values(read_at=now))
    return unread


def _fresh(principal: Principal, now: datetime) -> NotificationPreferences:
    wanted = preferred(None)
    return NotificationPreferences(
        user_id=principal.user_id,
        language=wanted.language,
        quiet_from=f"{wanted.hours.quiet_from:%H:%M}",
        quiet_until=f"{wanted.hours.quiet_until:%H:%M}",
        digest_at=f"{wanted.hours.digest_at:%H:%M}",
        timings={},
        changed_at=now,
    )


def _facts(row: NotificationPreferences) -> dict[str, object]:
    return row.model_dump(exclude={"user_id", "changed_at"})


def _mail_trouble(db: Session, principal: Principal) -> str:
    query = (
        select(Delivery.reason)
        .where(
            col(Delivery.user_id) == principal.user_id,
            col(Delivery.channel) == Channel.EMAIL,
            col(Delivery.attempts) > 0,
            col(Delivery.state) != DeliveryState.WITHDRAWN,
        )
        .order_by(col(Delivery.id).desc())
        .limit(1)
    )
    return db.exec(query).first() or ""
