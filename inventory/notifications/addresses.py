"""Where a person gets mail: an address counts once a code that was mailed there came back."""

import hmac
import re
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session

from inventory.accounts.rules import Principal
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import Invalid
from inventory.moments import today
from inventory.notifications.errors import MailNotSetUp, TooManyCodes, UnknownMailAddress
from inventory.notifications.planning import Outreach
from inventory.notifications.rules import Channel, MessageKind
from inventory.notifications.table import Delivery, MailAddress, OutboxMessage

CODE_LASTS = timedelta(minutes=30)
"""Chosen: mail servers that meet us for the first time let a mail wait for some minutes."""
CODES_A_DAY = 5
"""Chosen: enough for typing errors, and too few to flood a stranger's mailbox."""
TRIES = 5
"""Of 1,000,000 codes; then another one has to be mailed."""
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
"""RFC 5321 without quoted names, signs beside ASCII and bare addresses of machines."""
_MAX_LOCAL = 64
Facts = dict[str, object] | None


def is_address(text: str) -> bool:
    """Whether mail can be sent there; nothing in it can begin another header."""
    return _ADDRESS.fullmatch(text) is not None and len(text.partition("@")[0]) <= _MAX_LOCAL


def set_address(
    database: Database,
    principal: Principal,
    address: str,
    outreach: Outreach,
    *,
    now: datetime,
) -> None:
    """Mail a code to an address; until it comes back, the caller gets no mail.

    Called again with the same address it mails another code; an address that counts already
    stays as it is.

    Raises:
        MailNotSetUp: this installation sends no mail.
        Invalid: it is no address.
        TooManyCodes: enough of them were mailed today.
    """
    if not outreach.can_mail:
        raise MailNotSetUp
    if not is_address(address):
        raise Invalid("address", "an e-mail address such as zhang.wei@example.edu.cn")
    with database.begin() as db:
        row = db.get(MailAddress, principal.user_id)
        if row is not None and row.address == address and row.verified_at is not None:
            return
        old: Facts = None if row is None else {"address": masked(row.address)}
        row = row or MailAddress(user_id=principal.user_id, address=address)
        _count(row, now)
        row.address, row.verified_at = address, None
        row.code, row.code_tries = f"{secrets.randbelow(10**6):06d}", 0
        row.code_until = now + CODE_LASTS
        db.add(row)
        db.flush()
        _mail_code(db, principal, now)
        _note(db, principal, "asked", now, (old, {"address": masked(address)}))


def check_code(database: Database, principal: Principal, code: str, *, now: datetime) -> None:
    """Let the address count whose code this is.

    Raises:
        UnknownMailAddress: no code is under way.
        Invalid: it is another one, or it came too late or after too many wrong ones.
    """
    with database.begin() as db:
        row = db.get(MailAddress, principal.user_id)
        if row is None or row.code is None or row.code_until is None:
            raise UnknownMailAddress(principal.username)
        is_alive = now < row.code_until and row.code_tries < TRIES
        is_right = is_alive and hmac.compare_digest(row.code.encode(), code.strip().encode())
        row.code_tries += 1
        if is_right:
            row.verified_at, row.code, row.code_until = now, None, None
            _note(db, principal, "verified", now, (None, {"address": masked(row.address)}))
        db.add(row)
    # outside of the transaction, which has to keep the number of tries
    if not is_right:
        expected = "the code of the latest mail" if is_alive else "a new code: this one has ended"
        raise Invalid("code", expected)


def forget_address(database: Database, principal: Principal, *, now: datetime) -> None:
    """Send the caller no mail any more; how many codes were mailed today is remembered.

    Raises:
        UnknownMailAddress: there is none.
    """
    with database.begin() as db:
        row = db.get(MailAddress, principal.user_id)
        if row is None or not row.address:
            raise UnknownMailAddress(principal.username)
        _note(db, principal, "forgotten", now, ({"address": masked(row.address)}, None))
        row.address, row.verified_at, row.code, row.code_until = "", None, None, None
        db.add(row)


def masked(address: str) -> str:
    """The address as the trail may have it: enough to recognise it, too little to write there."""
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}" if address else ""


def _count(row: MailAddress, now: datetime) -> None:
    day = today(now).isoformat()
    if row.codes_on != day:
        row.codes_on, row.codes_sent = day, 0
    if row.codes_sent >= CODES_A_DAY:
        raise TooManyCodes(CODES_A_DAY)
    row.codes_sent += 1


def _mail_code(db: Session, principal: Principal, now: datetime) -> None:
    message = OutboxMessage(
        kind=MessageKind.ADDRESS_CHECK,
        organisation_code=principal.organisation_code,
        at=now,
        facts={},
        token=secrets.token_hex(8),
        planned_at=now,
    )
    db.add(message)
    db.flush()
    db.add(
        Delivery(
            message_id=message.id or 0,
            channel=Channel.EMAIL,
            not_before_at=now,
            user_id=principal.user_id,
        )
    )


def _note(
    db: Session,
    principal: Principal,
    action: str,
    now: datetime,
    facts: tuple[Facts, Facts],
) -> None:
    record(
        db,
        who=principal.username,
        action=action,
        entity="mail_address",
        entity_id=principal.username,
        organisation_code=principal.organisation_code,
        old=facts[0],
        new=facts[1],
        at=now,
    )
