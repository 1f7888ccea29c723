"""Each field of a consumable and of a movement, spelled once."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.consumables.rules import MovementKind, StockState
from inventory.database import enum_as_text
from inventory.organisations.schema import Code, Name
from inventory.requirements.tabular import PassedOver, RowProblem

ConsumableCode = Annotated[
    str, StringConstraints(pattern=r"^[^\s;|'\"=+@#-][^\s;|'\"]{0,63}$", max_length=64)
]
Amount = Annotated[
    Decimal, Field(ge=0, le=1_000_000_000, max_digits=13, decimal_places=3, allow_inf_nan=False)
]
NameEn = Annotated[str, StringConstraints(max_length=120, strip_whitespace=True)]
Unit = Annotated[str, StringConstraints(max_length=20, strip_whitespace=True)]
Location = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Note = Annotated[str, StringConstraints(max_length=400, strip_whitespace=True)]
DocumentId = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{32})?$")]
Stations = Annotated[list[Code], Field(max_length=200)]
_EXAMPLE: dict[str, Any] = {
    "id": 4,
    "organisation_code": "BJ01",
    "code": "COOLANT",
    "name_zh": "冷却液",
    "name_en": "coolant",
    "unit": "L",
    "minimum": 20,
    "station_codes": [],
    "location": "库房 2",
    "stock": 12.5,
    "state": "low",
    "expires_on": "2027-03-01",
}


class ConsumableFacts(SQLModel):
    """What is said of a consumable; its stock is the sum of its movements."""

    code: ConsumableCode = Column(max_length=64)
    name_zh: Name = Column(max_length=120)
    name_en: NameEn = Column(default="", max_length=120)
    unit: Unit = Column(default="", max_length=20)
    station_codes: Stations = Column(default_factory=list)
    location: Location = Column(default="", max_length=200)


class MovementFacts(SQLModel):
    """A movement; `expires_on` is the last day what was received may be used."""

    kind: MovementKind = Column(sa_type=enum_as_text(MovementKind))
    happened_on: date
    expires_on: date | None = None
    note: Note = Column(default="", max_length=400)
    document_id: DocumentId = Column(default="", max_length=64)


class ConsumableOrder(ConsumableFacts):
    """A consumable to add; without an organisation: to the caller's own."""

    model_config = {"extra": "forbid"}

    minimum: Amount = Decimal(0)
    organisation: Code | None = None


class ConsumableChange(BaseModel):
    """What changes of a consumable; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    name_zh: Name | None = None
    name_en: NameEn | None = None
    minimum: Amount | None = None
    station_codes: Stations | None = None
    location: Location | None = None


class MovementOrder(BaseModel):
    """A movement to enter; without a day: today. For a correction `amount` is what was counted."""

    model_config = ConfigDict(extra="forbid")

    kind: MovementKind
    amount: Amount
    happened_on: date | None = None
    expires_on: date | None = None
    note: Note = ""
    document_id: DocumentId = ""


class MovementOut(MovementFacts):
    """A movement as the API shows it; `change` is negative for what went out."""

    id: int
    change: float
    who: str
    at: datetime


class ConsumableOut(ConsumableFacts):
    """A consumable with its stock; `expires_on` is when something in stock goes off first."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}}

    id: int
    organisation_code: str
    minimum: float
    stock: float
    state: StockState
    expires_on: date | None


class StockImported(BaseModel):
    """What an import did, in consumables; `corrected` are those whose stock it changed."""

    created: int
    updated: int
    unchanged: int
    corrected: int
    problems: list[RowProblem]
    ignored_columns: list[str]
    passed_over: list[PassedOver] = Field(description="rows that are comments")
