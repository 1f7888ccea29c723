"""The tables of consumables and their movements; codes are unique within an organisation."""

from datetime import datetime

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from inventory.consumables.schema import ConsumableFacts, MovementFacts
from inventory.database import WIDE, Row
from inventory.organisations.schema import Code


class Consumable(ConsumableFacts, Row, table=True):
    """A stored consumable; amounts are thousandths of the unit."""

    __tablename__ = "consumable"
    __table_args__ = (UniqueConstraint("organisation_code", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", max_length=32)
    minimum_milli: int = Field(default=0, sa_type=WIDE)
    station_codes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class StockMovement(MovementFacts, Row, table=True):
    """A stored movement; only ever added. `milli` is negative for what went out."""

    __tablename__ = "stock_movement"

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    consumable_id: int = Field(foreign_key="consumable.id", index=True)
    milli: int = Field(sa_type=WIDE)
    who: str = Field(max_length=80)
    at: datetime
