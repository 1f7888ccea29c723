"""The audit trail's table; triggers made by the migrations keep it append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from inventory.database import WIDE, Row


class AuditEntry(Row, table=True):
    """One change: `old` is None for something new, `new` is None for something gone.

    `organisation_code` says whose affair it was (None: everybody's); it has no foreign key, since
    an entry outlives what it tells of.
    """

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    at: datetime
    who: str = Field(max_length=80)
    action: str = Field(max_length=64)
    entity: str = Field(max_length=64, index=True)
    entity_id: str = Field(max_length=200, index=True)
    organisation_code: str | None = Field(default=None, max_length=32, index=True)
    old: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    new: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
