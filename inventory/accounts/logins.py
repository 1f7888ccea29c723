"""Logging in and out, and who a session token stands for."""

import hashlib
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from inventory.accounts.passwords import Passwords
from inventory.accounts.rules import Principal
from inventory.accounts.table import LoginAttempts, LoginSession, User
from inventory.accounts.throttling import (
    FORGET_AFTER,
    PER_ACCOUNT,
    PER_ADDRESS,
    is_forgotten,
    wait,
)
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import TooBusy, TooManyAttempts, WrongCredentials

IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)
"""Use is noted at most this often, so that reading a page seldom writes."""
_TOKEN_BYTES = 32
_ALL_ACCOUNTS = "*"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries to log in, from where and when."""

    username: str
    password: str
    address: str
    at: datetime

    @property
    def account(self) -> str:
        """The key failures are counted under; bounded, since it comes from outside."""
        return self.username.strip().lower()[:60]


def digest(secret: str) -> str:
    """SHA-256 of a random secret; enough, since it has 256 bits and can't be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def log_in(
    database: Database, passwords: Passwords, attempt: Attempt, *, replaced_token: str | None = None
) -> str:
    """Open a login session and return its token; a session that was open before is closed.

    The try is counted before the password is looked at, so that many at once can't slip past.

    Raises:
        WrongCredentials: unknown user, disabled account or wrong password, indistinguishably.
        TooManyAttempts: wait first.
        TooBusy: too many log in at once; the try did not count.
    """
    found = _reserve_attempt(database, attempt)
    try:
        is_right = passwords.matches(attempt.password, found.password_hash if found else None)
    except TooBusy:
        with database.begin() as db:
            _take_back(db, attempt)
        raise
    if found is None or found.id is None or not is_right:
        with database.begin() as db:
            _note(db, attempt, found, "login_failed")
        raise WrongCredentials
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with database.begin() as db:
        _forgive(db, attempt)
        if replaced_token is not None:
            _end(db, replaced_token)
        db.exec(delete(LoginSession).where(col(LoginSession.expires_at) <= attempt.at))
        db.add(
            LoginSession(
                token_hash=digest(token),
                user_id=found.id,
                created_at=attempt.at,
                used_at=attempt.at,
                expires_at=attempt.at + ABSOLUTE_LIMIT,
            )
        )
        _note(db, attempt, found, "logged_in")
    return token


def log_out(database: Database, token: str, principal: Principal) -> None:
    """Close a login session; the token is worthless from now on."""
    with database.begin() as db:
        _end(db, token)
        record(
            db,
            who=principal.username,
            action="logged_out",
            entity="login",
            entity_id=principal.username,
            organisation_code=principal.organisation_code,
        )


def principal_of_session(
    database: Database, token: str, now: datetime, *, is_use: bool = True
) -> Principal | None:
    """Who the token stands for; None when it is unknown, expired, idle or the account is closed.

    `is_use` False looks without counting as use, so that an open page alone keeps no login alive.
    """
    with database.read() as db:
        row = db.exec(
            select(LoginSession, User)
            .join(User, col(User.id) == col(LoginSession.user_id))
            .where(LoginSession.token_hash == digest(token))
        ).first()
    if row is None:
        return None
    login, owner = row
    if now >= login.expires_at or now - login.used_at > IDLE_LIMIT or owner.is_disabled:
        # removed, so that a clock set back later does not revive it
        with database.begin() as db:
            _end(db, token)
        return None
    if is_use and now - login.used_at > TOUCH_AFTER:
        with database.begin() as db:
            kept = db.get(LoginSession, login.token_hash)
            if kept is not None:
                kept.used_at = now
    return principal_of(owner)


def principal_of(owner: User, *, is_read_only: bool = False) -> Principal:
    """The account as the one who asks."""
    return Principal(
        user_id=owner.id or 0,
        username=owner.username,
        role=owner.role,
        organisation_code=owner.organisation_code,
        is_read_only=is_read_only,
    )


def _end(db: Session, token: str) -> None:
    db.exec(delete(LoginSession).where(col(LoginSession.token_hash) == digest(token)))


def _reserve_attempt(database: Database, attempt: Attempt) -> User | None:
    with database.begin() as db:
        old = col(LoginAttempts.last_at) < attempt.at - FORGET_AFTER
        db.exec(delete(LoginAttempts).where(old))
        for account, allowance in ((attempt.account, PER_ACCOUNT), (_ALL_ACCOUNTS, PER_ADDRESS)):
            pause = wait(db.get(LoginAttempts, (account, attempt.address)), allowance, attempt.at)
            if pause > timedelta(0):
                raise TooManyAttempts(math.ceil(pause.total_seconds()))
        for account in (attempt.account, _ALL_ACCOUNTS):
            _count(db, account, attempt)
        return db.exec(
            select(User).where(User.username == attempt.account, col(User.is_disabled).is_(False))
        ).first()


def _count(db: Session, account: str, attempt: Attempt) -> None:
    row = db.get(LoginAttempts, (account, attempt.address))
    if row is None:
        row = LoginAttempts(
            account=account,
            address=attempt.address,
            failures=0,
            first_at=attempt.at,
            last_at=attempt.at,
        )
        db.add(row)
    elif is_forgotten(row, attempt.at):
        row.failures, row.first_at = 0, attempt.at
    row.failures += 1
    row.last_at = attempt.at


def _take_back(db: Session, attempt: Attempt) -> None:
    for account in (attempt.account, _ALL_ACCOUNTS):
        row = db.get(LoginAttempts, (account, attempt.address))
        if row is not None and row.failures > 0:
            row.failures -= 1


def _forgive(db: Session, attempt: Attempt) -> None:
    _take_back(db, attempt)
    own = db.get(LoginAttempts, (attempt.account, attempt.address))
    if own is not None:
        db.delete(own)


def _note(db: Session, attempt: Attempt, found: User | None, action: str) -> None:
    record(
        db,
        who=attempt.account or "?",
        action=action,
        entity="login",
        entity_id=attempt.account,
        organisation_code=found.organisation_code if found else None,
        new={"address": attempt.address},
        at=attempt.at,
    )
