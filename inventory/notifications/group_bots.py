"""Groups of 企业微信, 钉钉 and 飞书 that a school has told."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Resource, authorize
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import Invalid, NotAllowed
from inventory.notifications.bots import BotService, secret_objection, url_objection
from inventory.notifications.errors import UnknownGroupBot
from inventory.notifications.planning import Outreach, is_told
from inventory.notifications.rules import TECHNICAL, Channel, DeliveryState, MessageKind
from inventory.notifications.schema import GroupBotChange, GroupBotOrder, GroupBotOut
from inventory.notifications.table import Delivery, GroupBot, OutboxMessage
from inventory.notifications.wording import Language
from inventory.organisations.use_cases import organisation


def group_bots(
    db: Session, principal: Principal, now: datetime, *, offset: int, limit: int
) -> tuple[list[GroupBotOut], int]:
    """Groups the caller manages that are told, by name, and how many in all.

    Raises:
        NotAllowed: the caller's role does not include it.
    """
    _demand_role(principal)
    wanted = (
        col(GroupBot.organisation_code).in_(visible_organisations(principal)),
        col(GroupBot.ended_at).is_(None),
    )
    query = select(GroupBot).where(*wanted).order_by(col(GroupBot.name), col(GroupBot.id))
    total = db.exec(select(func.count()).select_from(GroupBot).where(*wanted)).one()
    rows = db.exec(query.offset(offset).limit(limit)).all()
    return [_shown(db, row, now) for row in rows], total


def make_group_bot(
    database: Database,
    principal: Principal,
    order: GroupBotOrder,
    outreach: Outreach,
    *,
    now: datetime,
) -> GroupBotOut:
    """Tell a group of the caller's own school from now on.

    Raises:
        NotAllowed: the caller's role does not include it.
        Invalid: address or secret are not of such a bot, or a kind can't be chosen.
    """
    _demand_role(principal)
    row = GroupBot(
        organisation_code=principal.organisation_code,
        name=order.name,
        service=order.service,
        language=order.language,
        url=order.url,
        secret=order.secret,
        kinds=_chosen(order.kinds),
        created_at=now,
        created_by=principal.username,
    )
    _demand_sense(row, outreach)
    with database.begin() as db:
        db.add(row)
        db.flush()
        _note(db, row, principal, "made", now, (None, _facts(row)))
        return _shown(db, row, now)


def change_group_bot(
    database: Database,
    principal: Principal,
    bot_id: int,
    change: GroupBotChange,
    outreach: Outreach,
    *,
    now: datetime,
) -> GroupBotOut:
    """Change a group; what the change does not name stays.

    Raises:
        UnknownGroupBot: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include it.
        Invalid: address or secret are not of such a bot, or a kind can't be chosen.
    """
    with database.begin() as db:
        row = _bot(db, principal, bot_id)
        old, named = _facts(row), change.model_fields_set
        if "kinds" in named:
            row.kinds = _chosen(change.kinds)
        for name in ("name", "language", "url", "secret"):
            value = getattr(change, name)
            if value is not None:
                setattr(row, name, value)
        _demand_sense(row, outreach)
        db.add(row)
        db.flush()
        new: dict[str, object] = dict(_facts(row))
        new["is_address_changed"] = bool(named & {"url", "secret"})
        _note(db, row, principal, "changed", now, (old, new))
        return _shown(db, row, now)


def end_group_bot(database: Database, principal: Principal, bot_id: int, *, now: datetime) -> None:
    """Tell a group no more; its address and secret are forgotten.

    Raises:
        UnknownGroupBot: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include it.
    """
    with database.begin() as db:
        row = _bot(db, principal, bot_id)
        _note(db, row, principal, "ended", now, (_facts(row), None))
        row.ended_at, row.url, row.secret = now, "", ""
        db.add(row)


def send_test(database: Database, principal: Principal, bot_id: int, *, now: datetime) -> None:
    """Put a test message for a group into the outbox; the group's row says how it went.

    Raises:
        UnknownGroupBot: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include it.
    """
    with database.begin() as db:
        row = _bot(db, principal, bot_id)
        message = OutboxMessage(
            kind=MessageKind.CHANNEL_TEST,
            organisation_code=row.organisation_code,
            at=now,
            facts={"by": principal.username},
            token=secrets.token_hex(8),
            planned_at=now,
        )
        db.add(message)
        db.flush()
        db.add(
            Delivery(
                message_id=message.id or 0,
                channel=Channel.WEBHOOK,
                not_before_at=now,
                group_bot_id=row.id,
            )
        )
        _note(db, row, principal, "tested", now, (None, _facts(row)))


def _demand_role(principal: Principal) -> None:
    if authorize(principal, Action.MANAGE_GROUP_BOT) is not Decision.ALLOWED:
        raise NotAllowed(Action.MANAGE_GROUP_BOT.value)


def _bot(db: Session, principal: Principal, bot_id: int) -> GroupBot:
    _demand_role(principal)
    unknown = UnknownGroupBot(str(bot_id))
    row = db.get(GroupBot, bot_id)
    if row is None or row.ended_at is not None:
        raise unknown
    owner = organisation(db, row.organisation_code)
    resource = Resource(owner.code, owner.evaluated_by)
    demand(principal, Action.MANAGE_GROUP_BOT, resource, unknown)
    return row


def _chosen(kinds: list[MessageKind] | None) -> list[str] | None:
    for kind in kinds or ():
        if kind in TECHNICAL:
            raise Invalid("kinds", f"kinds of messages a group can be told; {kind.value} is none")
    return None if kinds is None else sorted({kind.value for kind in kinds})


def _demand_sense(row: GroupBot, outreach: Outreach) -> None:
    service = BotService(row.service)
    if (lacking := url_objection(service, row.url, outreach.bot_origins)) is not None:
        raise Invalid("url", lacking)
    if (lacking := secret_objection(service, row.secret)) is not None:
        raise Invalid("secret", lacking)


def _facts(row: GroupBot) -> dict[str, object]:
    """What the trail may have: neither address nor secret."""
    return {"name": row.name, "service": row.service, "language": row.language, "kinds": row.kinds}


def _shown(db: Session, row: GroupBot, now: datetime) -> GroupBotOut:
    of_bot = col(Delivery.group_bot_id) == row.id
    waits = col(Delivery.state) == DeliveryState.WAITING
    count = select(func.count()).select_from(Delivery)
    due = col(Delivery.not_before_at) <= now
    latest = select(Delivery.reason).where(of_bot, col(Delivery.attempts) > 0)
    sent = select(func.max(col(Delivery.done_at)))
    return GroupBotOut(
        id=row.id or 0,
        organisation_code=row.organisation_code,
        name=row.name,
        service=BotService(row.service),
        language=Language(row.language),
        host=urlsplit(row.url).hostname or "",
        is_signed=bool(row.secret),
        kinds=[kind for kind in MessageKind if is_told(row, kind)],
        created_at=row.created_at,
        created_by=row.created_by,
        waiting=db.exec(count.where(of_bot, waits, due)).one(),
        last_sent_at=db.exec(sent.where(of_bot, col(Delivery.state) == DeliveryState.SENT)).one(),
        trouble=db.exec(latest.order_by(col(Delivery.id).desc()).limit(1)).first() or "",
    )


def _note(
    db: Session,
    row: GroupBot,
    principal: Principal,
    action: str,
    now: datetime,
    facts: tuple[Mapping[str, object] | None, Mapping[str, object] | None],
) -> None:
    record(
        db,
        who=principal.username,
        action=action,
        entity="group_bot",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old=facts[0],
        new=facts[1],
        at=now,
    )
