"""The one door to people: a message is written in the transaction of what it tells of."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic_core import to_jsonable_python
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from inventory.accounts.rules import Role
from inventory.accounts.table import User
from inventory.calendar_texts import CalendarEvent
from inventory.notifications.letters import EVENTS
from inventory.notifications.rules import MessageKind
from inventory.notifications.table import InboxEntry, OutboxMessage

Fact = str | int | float | bool | date | datetime | None | Sequence[str]
MANAGERS = (Role.STATIONMASTER, Role.ADMINISTRATOR)
"""Who is told where a school as a whole is."""
MAX_KEY = 200


@dataclass(frozen=True, slots=True)
class Everybody:
    """All accounts of an organisation, None: of any, with one of some roles."""

    organisation_code: str | None
    roles: Collection[Role] = MANAGERS


Recipient = str | Everybody
"""A user name, or roles of an organisation."""


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody is to be told.

    Attributes:
        kind: what happened; its texts and the facts they show are in `notifications/texts.py`.
        organisation_code: whose matter it is; the group bots of this organisation are told too.
            What concerns two organisations is two messages.
        recipients: user names and roles; people of any organisation, disabled accounts are left
            out, and who is named twice has it once. Names nobody has are left out: whoever put
            them there may have left the school since.
        facts: what the texts show: names, numbers, moments; never a sentence, never a secret.
            Moments are aware. People's own words may be among them as they are: texts of others
            are never templates, and each channel takes the sting out of them. Facts the texts
            don't know are kept, facts they miss leave out the line that would show them.
        at: when it happened.
        dedupe_key: tells the same news from other news of its kind: the second message with a key
            is not put. Begin it with the slice's name: `bookings:17:no_show`.
        attach_ics: an event that goes with the e-mail as iCalendar file; it is made when the mail
            is, since that takes ten times as long as all else of a message. Or the file itself.
        done_by: user name of who did it and so need not be told.
    """

    kind: MessageKind
    organisation_code: str
    recipients: Collection[Recipient]
    facts: Mapping[str, Fact]
    at: datetime
    dedupe_key: str | None = None
    attach_ics: CalendarEvent | str | None = None
    done_by: str | None = None


def put(db: Session, message: Message) -> int | None:
    """Put a message in the outbox, in the caller's own write transaction, and into the inboxes.

    It costs three statements and sends nothing: e-mail and groups are told by whoever empties the
    outbox, soon after the transaction commits, and never if it does not.

    Returns:
        How many people have it in their inbox, possibly 0; None when its `dedupe_key` was put
        before.
    """
    key = message.dedupe_key
    if key is not None:
        # cut like the column; writers take turns, so what is not there now will not be
        key = key[:MAX_KEY]
        known = select(OutboxMessage.id).where(OutboxMessage.dedupe_key == key)
        if db.exec(known).first() is not None:
            return None
    row = OutboxMessage(
        kind=message.kind,
        organisation_code=message.organisation_code,
        at=message.at,
        facts=to_jsonable_python(dict(message.facts)),
        dedupe_key=key,
        attach_ics=_kept(message.attach_ics),
        token=secrets.token_hex(8),
    )
    db.add(row)
    db.flush()
    people = people_of(db, message)
    db.add_all(InboxEntry(message_id=row.id or 0, user_id=one) for one in people)
    db.flush()
    return len(people)


def _kept(attached: CalendarEvent | str | None) -> str | None:
    return EVENTS.dump_json(attached).decode() if isinstance(attached, CalendarEvent) else attached


def people_of(db: Session, message: Message) -> list[int]:
    """Ids of the accounts that would have a message in their inbox now."""
    names = sorted({one for one in message.recipients if isinstance(one, str)})
    wanted: list[ColumnElement[bool]] = [col(User.username).in_(names)]
    wanted += [_is_one_of(one) for one in message.recipients if isinstance(one, Everybody)]
    query = select(User.id).where(or_(*wanted), col(User.is_disabled).is_(False))
    if message.done_by is not None:
        query = query.where(User.username != message.done_by)
    return [one for one in db.exec(query.order_by(col(User.id))).all() if one is not None]


def _is_one_of(everybody: Everybody) -> ColumnElement[bool]:
    has_role = col(User.role).in_(everybody.roles)
    if everybody.organisation_code is None:
        return has_role
    return has_role & (col(User.organisation_code) == everybody.organisation_code)
