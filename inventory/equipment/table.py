"""The equipment register's table; asset numbers are unique within an organisation."""

from sqlalchemy import JSON, Column
from sqlmodel import Field

from inventory.database import Row
from inventory.equipment.schema import EquipmentFields
from inventory.organisations.schema import Code


class Equipment(EquipmentFields, Row, table=True):
    """A stored register row."""

    __tablename__ = "equipment"

    organisation_code: Code = Field(
        primary_key=True, foreign_key="organisation.code", index=True, max_length=32
    )
    asset_number: str = Field(primary_key=True, max_length=64)
    bench_code: str | None = Field(
        default=None, foreign_key="bench.code", unique=True, max_length=32
    )
    station_codes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    serves_rows: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
