"""Each field of a register row as it is stored and shown, spelled once."""

from datetime import date

from sqlmodel import Field, SQLModel

from inventory.database import enum_as_text
from inventory.equipment.rules import EquipmentStatus, Ownership


class EquipmentFields(SQLModel):
    """A register row; the fields are those of `rules.EquipmentItem`, see there."""

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
    calibration_done_on: date | None = None
    calibration_valid_until: date | None = None
    verification_done_on: date | None = None
    verification_valid_until: date | None = None
    safety_test_done_on: date | None = None
    safety_test_valid_until: date | None = None
    functional_check_on: date | None = None
    certificate_no: str = Field(default="", max_length=200)
    owner: Ownership = Field(default=Ownership.OWN, sa_type=enum_as_text(Ownership))
    borrowed_until: date | None = None
    location: str = Field(default="", max_length=200)


class EquipmentOut(EquipmentFields):
    """A register row as the API shows it."""

    organisation_code: str
