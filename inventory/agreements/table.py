"""The table of agreements; a thing has as many as were ever made."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from inventory.agreements.schema import AgreementFields
from inventory.database import Row
from inventory.organisations.schema import Code


class EquipmentAgreement(AgreementFields, Row, table=True):
    """A stored agreement on a register row."""

    __tablename__ = "equipment_agreement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_code", "asset_number"],
            ["equipment.organisation_code", "equipment.asset_number"],
            name="fk_equipment_agreement_equipment",
        ),
        Index("ix_equipment_agreement_equipment", "organisation_code", "asset_number"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(max_length=32)
    asset_number: str = Field(max_length=64)
    document_id: str | None = Field(default=None, foreign_key="document.id", max_length=32)
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime
