"""The tables of rectifications: what they are now, and everything that happened to them."""

from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.rectifications.schema import EntryFields, RectificationFields


class Rectification(RectificationFields, Row, table=True):
    """A stored rectification; a finding has at most one, for ever.

    `list_version` is no foreign key: a finding may be that no list applies.
    """

    __tablename__ = "rectification"
    __table_args__ = (UniqueConstraint("station_code", "list_version", "row_id", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    station_code: Code = Field(foreign_key="station.code", max_length=32)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    finding: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class RectificationEntry(EntryFields, Row, table=True):
    """A stored step; only ever added."""

    __tablename__ = "rectification_entry"

    id: int | None = Field(default=None, primary_key=True)
    rectification_id: int = Field(foreign_key="rectification.id", index=True)
    document_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
