"""API keys: made once, stored as a hash, reading only."""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.accounts.logins import digest, principal_of
from inventory.accounts.rules import Action, Decision, Principal, authorize
from inventory.accounts.schema import MAX_KEY_DAYS, ApiKeyCreate, ApiKeyMade, ApiKeyOut
from inventory.accounts.table import ApiKey, User
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import Invalid, UnknownApiKey

_FORM = re.compile(r"smk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NOTE_USE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """The account a key acts as; `who` ordered it, which on the command line is another."""

    account: User
    who: str


def create_api_key(
    database: Database, owner: KeyOwner, order: ApiKeyCreate, *, now: datetime
) -> ApiKeyMade:
    """Make a key that acts as its owner, reading only; its text is not kept.

    Raises:
        Invalid: more days than a key may live.
    """
    if not 1 <= order.days <= MAX_KEY_DAYS:
        raise Invalid("days", f"1 to {MAX_KEY_DAYS}")
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = ApiKey(
        id=key_id,
        name=order.name,
        user_id=owner.account.id or 0,
        secret_hash=digest(secret),
        created_at=now,
        expires_at=now + timedelta(days=order.days),
    )
    with database.begin() as db:
        db.add(row)
        new = {"name": row.name, "username": owner.account.username, "expires_at": row.expires_at}
        _note(db, row, owner.account, owner.who, "created", new)
    return ApiKeyMade(
        **shown(row, owner.account.username).model_dump(), key=f"smk_{key_id}_{secret}"
    )


def api_keys(db: Session, principal: Principal | None) -> list[tuple[ApiKey, User]]:
    """Keys the caller may manage: own ones, an administrator's whole organisation; None: all."""
    query = select(ApiKey, User).join(User, col(User.id) == col(ApiKey.user_id))
    if principal is not None:
        if authorize(principal, Action.MANAGE_ACCOUNTS) is Decision.ALLOWED:
            query = query.where(User.organisation_code == principal.organisation_code)
        else:
            query = query.where(User.id == principal.user_id)
    return list(db.exec(query.order_by(col(ApiKey.created_at), col(ApiKey.id))).all())


def revoke_api_key(
    database: Database, key_id: str, *, principal: Principal | None, who: str, now: datetime
) -> None:
    """End a key at once.

    Raises:
        UnknownApiKey: there is none that the caller may manage.
    """
    with database.begin() as db:
        for row, owner in api_keys(db, principal):
            if row.id == key_id:
                row.revoked_at = row.revoked_at or now
                _note(db, row, owner, who, "revoked", {"revoked_at": row.revoked_at})
                return
    raise UnknownApiKey(key_id)


def principal_of_key(database: Database, presented: str, now: datetime) -> Principal | None:
    """Who the key stands for; None when it is malformed, unknown, expired or revoked."""
    form = _FORM.fullmatch(presented)
    if form is None:
        return None
    with database.read() as db:
        row = db.get(ApiKey, form[1])
        owner = None if row is None else db.get(User, row.user_id)
    if row is None or owner is None or owner.is_disabled:
        return None
    if not hmac.compare_digest(row.secret_hash, digest(form[2])):
        return None
    if row.revoked_at is not None or now >= row.expires_at:
        return None
    if row.last_used_at is None or now - row.last_used_at > _NOTE_USE_AFTER:
        with database.begin() as db:
            used = db.get(ApiKey, row.id)
            if used is not None:
                used.last_used_at = now
    return principal_of(owner, is_read_only=True)


def shown(row: ApiKey, username: str) -> ApiKeyOut:
    """The key as its owner may see it later."""
    return ApiKeyOut(
        id=row.id,
        name=row.name,
        username=username,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


def _note(
    db: Session, row: ApiKey, owner: User, who: str, action: str, new: dict[str, object]
) -> None:
    record(
        db,
        who=who,
        action=action,
        entity="api_key",
        entity_id=row.id,
        organisation_code=owner.organisation_code,
        new=new,
    )
