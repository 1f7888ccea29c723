"""The usage session's table."""

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from inventory.database import Row
from inventory.usage_sessions.schema import UsageSessionFields


class UsageSession(UsageSessionFields, Row, table=True):
    """A stored usage session; like a fault it may come before its bench is registered.

    `orders` are those of the steps that count: `latest` and `ended`.
    """

    __tablename__ = "usage_session"

    bench_code: str = Field(primary_key=True)
    usage_id: str = Field(primary_key=True)
    evidence: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    orders: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}")
    )
