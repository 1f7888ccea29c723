"""The register's listing as the API shows it."""

from datetime import date

from pydantic import BaseModel, Field

from inventory.due.rules import DueState
from inventory.due_entries import DueKind
from inventory.equipment.rules import EquipmentStatus
from inventory.equipment.schema import EquipmentFields


class RegisterLine(EquipmentFields):
    """A register row with what it counts for and what of it ends first."""

    organisation_code: str
    rows: list[str]
    modules: list[str]
    due_kind: DueKind | None
    due_on: date | None
    due_state: DueState | None


class RegisterSorts(BaseModel):
    """What a whole register has, to choose from; `rows` are by module."""

    model_config = {"from_attributes": True}

    statuses: dict[EquipmentStatus, int]
    due: dict[DueState, int]
    rooms: list[str]
    rows: dict[str, list[str]]


class RegisterPage(BaseModel):
    """The pieces that were looked for; `known` counts the whole register."""

    items: list[RegisterLine]
    total: int = Field(description="items on all pages")
    next: int | None = Field(description="offset of the next page; null on the last one")
    known: int
    sorts: RegisterSorts
