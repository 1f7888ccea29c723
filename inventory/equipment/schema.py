"""Each field of a register row as it is stored and shown, spelled once."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Field, SQLModel

from inventory.agreements.schema import AgreementOut
from inventory.database import enum_as_text
from inventory.equipment.rules import EquipmentStatus, Ownership
from inventory.money_column import InFen
from inventory.proofs.schema import ProofOut


class EquipmentFields(SQLModel):
    """A register row without what is dated; the fields are those of `rules.EquipmentItem`.

    `original_value` 原值 is what all pieces of the row cost when they were bought, in CNY.
    """

    asset_number: str = Field(max_length=64)
    item_zh: str = Field(max_length=200)
    item_en: str = Field(default="", max_length=200)
    quantity: float = Field(default=1.0, gt=0)
    quantity_unit: str = Field(default="", max_length=20)
    model: str = Field(default="", max_length=200)
    serial: str = Field(default="", max_length=200)
    status: EquipmentStatus = Field(
        default=EquipmentStatus.IN_SERVICE, sa_type=enum_as_text(EquipmentStatus)
    )
    station_codes: list[str] = Field(default_factory=list)
    serves_rows: list[str] = Field(default_factory=list)
    bench_code: str | None = Field(default=None, max_length=64)
    parameters: str = Field(default="", max_length=4000)
    owner: Ownership = Field(default=Ownership.OWN, sa_type=enum_as_text(Ownership))
    location: str = Field(default="", max_length=200)
    original_value: Decimal | None = Field(default=None, ge=0, sa_type=InFen)


class HistoryEntry(SQLModel):
    """Something that happened to a thing: what it was and what it became, field by field."""

    at: datetime
    who: str
    action: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None


class EquipmentOut(EquipmentFields):
    """A register row as the API shows it, with everything that was ever proven or agreed on."""

    organisation_code: str
    proofs: list[ProofOut]
    agreements: list[AgreementOut]
