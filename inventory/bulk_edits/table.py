"""The tables of bulk edits: what was ordered, and what it did to each piece."""

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from inventory.bulk_edits.schema import BulkEditFields
from inventory.database import Row
from inventory.organisations.schema import Code


class BulkEdit(BulkEditFields, Row, table=True):
    """A stored bulk edit; `pieces` is how many it changed."""

    __tablename__ = "bulk_edit"

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    change: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class BulkEditPiece(Row, table=True):
    """What an edit did to a piece; only ever added."""

    __tablename__ = "bulk_edit_piece"

    bulk_edit_id: int = Field(primary_key=True, foreign_key="bulk_edit.id")
    asset_number: str = Field(primary_key=True, max_length=64)
    old: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    new: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
