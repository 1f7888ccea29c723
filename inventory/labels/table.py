"""The table of label codes: a piece has one, for ever."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from inventory.database import Row
from inventory.labels.rules import LENGTH
from inventory.labels.schema import LabelFields
from inventory.organisations.schema import Code


class EquipmentLabel(LabelFields, Row, table=True):
    """A stored code; it stays with the piece, so that a label printed again is the same."""

    __tablename__ = "equipment_label"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_code", "asset_number"],
            ["equipment.organisation_code", "equipment.asset_number"],
        ),
        UniqueConstraint("organisation_code", "asset_number"),
    )

    code: str = Field(primary_key=True, max_length=LENGTH)
    organisation_code: Code = Field(max_length=32)
    asset_number: str = Field(max_length=64)
    made_at: datetime
