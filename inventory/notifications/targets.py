"""Who gets a delivery and in which language, as things stand when it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from inventory.accounts.table import User
from inventory.notifications.bots import BotService
from inventory.notifications.preferring import preferred
from inventory.notifications.rules import MessageKind
from inventory.notifications.table import (
    Delivery,
    GroupBot,
    MailAddress,
    NotificationPreferences,
)
from inventory.notifications.wording import Language


@dataclass(frozen=True, slots=True)
class BotAddress:
    """Where and how a group is told; never log it: who has the address can write there."""

    service: BotService
    url: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Target:
    """Who reads; either `address` or `bot` is given.

    `facts` are those that only exist while something is sent, such as a code.
    """

    language: Language
    address: str = ""
    bot: BotAddress | None = None
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)


def target_of(
    db: Session, row: Delivery, kind: MessageKind, now: datetime
) -> tuple[Target | None, str]:
    """Who gets a delivery now; without anybody, why not."""
    if row.group_bot_id is not None:
        return _group(db, row.group_bot_id)
    user, mail = db.get(User, row.user_id), db.get(MailAddress, row.user_id)
    if user is None or user.is_disabled:
        return None, "the account is closed"
    if mail is None:
        return None, "the person has no address any more"
    language = preferred(db.get(NotificationPreferences, row.user_id)).language
    if kind is MessageKind.ADDRESS_CHECK:
        return _unchecked(mail, user, language, now)
    if mail.verified_at is None:
        return None, "the address is not verified"
    return Target(language, mail.address), ""


def _group(db: Session, bot_id: int) -> tuple[Target | None, str]:
    bot = db.get_one(GroupBot, bot_id)
    if bot.ended_at is not None:
        return None, "the group is told no more"
    address = BotAddress(BotService(bot.service), bot.url, bot.secret)
    return Target(Language(bot.language), bot=address), ""


def _unchecked(
    mail: MailAddress, user: User, language: Language, now: datetime
) -> tuple[Target | None, str]:
    """A code goes to the address it is to prove; it is in no message, since inboxes keep those."""
    if mail.code is None or mail.code_until is None or mail.code_until <= now:
        return None, "the code has ended"
    facts = {
        "username": user.username,
        "code": mail.code,
        "code_until": mail.code_until.isoformat(),
    }
    return Target(language, mail.address, facts=facts), ""
