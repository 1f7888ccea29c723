"""Each field of an account, spelled once."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints
from sqlmodel import Field, SQLModel

from inventory.accounts.rules import MAX_PASSWORD, Role
from inventory.database import enum_as_text
from inventory.organisations.schema import Code, Name, OrganisationOut

Username = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?$", max_length=40)
]
MAX_KEY_DAYS = 365


class UserFields(SQLModel):
    """What is said of a person with an account."""

    username: Username
    name: Name
    role: Role = Field(sa_type=enum_as_text(Role))
    organisation_code: Code
    is_disabled: bool = False


class Me(SQLModel):
    """The caller, and what the caller may do."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "username": "zhang.wei",
                    "name": "张伟",
                    "role": "stationmaster",
                    "organisation": {"code": "BJ01", "kind": "school", "name_zh": "北京示范学校"},
                    "actions": ["read_station", "write_register"],
                    "is_read_only": False,
                }
            ]
        }
    }

    username: str
    name: str
    role: Role
    organisation: OrganisationOut
    actions: list[str]
    is_read_only: bool = Field(description="true when an API key is used")


class Login(SQLModel):
    """User name and password."""

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {
            "examples": [{"username": "zhang.wei", "password": "correct horse battery staple"}]
        },
    }

    username: str = Field(max_length=64)
    password: str = Field(max_length=MAX_PASSWORD)


class ApiKeyFields(SQLModel):
    """What is said of an API key."""

    name: Name


class ApiKeyCreate(ApiKeyFields):
    """Order of an API key."""

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {"examples": [{"name": "monthly report", "days": 90}]},
    }

    days: int = Field(default=90, ge=1, le=MAX_KEY_DAYS, description="days until it expires")


class ApiKeyOut(ApiKeyFields):
    """An API key without its secret."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "id": "3f9c0a1b2d4e",
                    "name": "monthly report",
                    "username": "zhang.wei",
                    "created_at": "2026-12-01T02:00:00Z",
                    "expires_at": "2027-03-01T02:00:00Z",
                }
            ]
        }
    }

    id: str
    username: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class ApiKeyMade(ApiKeyOut):
    """A new API key; the secret is shown this once."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "id": "3f9c0a1b2d4e",
                    "name": "monthly report",
                    "username": "zhang.wei",
                    "created_at": "2026-12-01T02:00:00Z",
                    "expires_at": "2027-03-01T02:00:00Z",
                    "key": "smk_3f9c0a1b2d4e_…",
                }
            ]
        }
    }

    key: str = Field(description="send it as `Authorization: Bearer <key>`")
