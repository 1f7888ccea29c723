"""The alerts' table, and who watches."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field

from inventory.alerts.schema import AlertFields
from inventory.database import Row


class Alert(AlertFields, Row, table=True):
    """A stored alert; closed ones stay as history.

    `bench_code` and `organisation_code` are no foreign keys: an alert outlives what it tells of.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open",
            "key",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True, max_length=120)
    bench_code: str | None = Field(default=None, index=True, max_length=32)
    organisation_code: str | None = Field(default=None, index=True, max_length=32)
    booking_id: int | None = Field(default=None, foreign_key="booking.id")
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class WatchLease(Row, table=True):
    """Who may watch until when, so that of several servers exactly one does."""

    __tablename__ = "watch_lease"

    name: str = Field(primary_key=True, max_length=40)
    holder: str = Field(max_length=80)
    until: datetime
