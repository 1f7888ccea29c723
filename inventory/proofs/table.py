"""The table of proofs; a thing has as many as were ever made."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.proofs.schema import ProofFields


class EquipmentProof(ProofFields, Row, table=True):
    """A stored proof of a register row."""

    __tablename__ = "equipment_proof"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_code", "asset_number"],
            ["equipment.organisation_code", "equipment.asset_number"],
            name="fk_equipment_proof_equipment",
        ),
        Index("ix_equipment_proof_equipment", "organisation_code", "asset_number"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(max_length=32)
    asset_number: str = Field(max_length=64)
    document_id: str | None = Field(default=None, foreign_key="document.id", max_length=32)
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime
