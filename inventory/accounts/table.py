"""Accounts, login sessions, API keys and counted login attempts."""

from datetime import datetime

from sqlmodel import Field

from inventory.accounts.schema import ApiKeyFields, UserFields, Username
from inventory.database import Row
from inventory.organisations.schema import Code


class User(UserFields, Row, table=True):
    """A stored account; the hash is argon2id with its own parameters and salt."""

    __tablename__ = "user_account"

    id: int | None = Field(default=None, primary_key=True)
    username: Username = Field(unique=True, max_length=40)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    password_hash: str = Field(max_length=255)
    created_at: datetime


class LoginSession(Row, table=True):
    """A login; `token_hash` is the SHA-256 of the cookie's value, which is stored nowhere."""

    __tablename__ = "login_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    created_at: datetime
    used_at: datetime
    expires_at: datetime


class ApiKey(ApiKeyFields, Row, table=True):
    """A key that acts as its maker, reading only."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True, max_length=16)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    secret_hash: str = Field(max_length=64)
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class LoginAttempts(Row, table=True):
    """Failed logins of one account from one address, or of one address in all (`account` "*")."""

    __tablename__ = "login_attempts"

    account: str = Field(primary_key=True, max_length=64)
    address: str = Field(primary_key=True, max_length=64)
    failures: int
    first_at: datetime
    last_at: datetime = Field(index=True)
