"""Each field of a bulk edit, spelled once."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.bulk_edits.rules import MOST_PIECES
from inventory.equipment.rules import EquipmentStatus, Ownership
from inventory.money_column import Yuan
from inventory.organisations.schema import Code

AssetNumber = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
RowId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]
_CHANGE: dict[str, Any] = {"location": "实训楼 102", "status": "in_service"}
_PIECE: dict[str, Any] = {
    "asset_number": "BJ01-0001",
    "old": {"location": "实训楼 101"},
    "new": {"location": "实训楼 102"},
}


class RegisterChange(BaseModel):
    """The same for every piece; what is left out stays, an empty text or list clears.

    `original_value` is each row's own, not their sum.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_CHANGE]})

    item_zh: Name | None = None
    item_en: Line | None = None
    model: Line | None = None
    status: EquipmentStatus | None = None
    owner: Ownership | None = None
    location: Line | None = None
    original_value: Yuan | None = None
    station_codes: list[Code] | None = Field(default=None, max_length=100)
    serves_rows: list[RowId] | None = Field(default=None, max_length=100)

    @model_validator(mode="after")
    def _says_something(self) -> "RegisterChange":
        if not self.wanted():
            raise ValueError("expected at least one field to change")
        return self

    def wanted(self) -> dict[str, Any]:
        """The fields to change, in JSON's own types; lists without what is said twice."""
        told = self.model_dump(mode="json", exclude_none=True)
        lists = {name: list(dict.fromkeys(v)) for name, v in told.items() if isinstance(v, list)}
        return told | lists


class BulkEditOrder(BaseModel):
    """One change to many pieces; without an organisation: of the caller's own."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"asset_numbers": ["BJ01-0001", "BJ01-0002"], "change": _CHANGE}]
        },
    )

    organisation: Code | None = None
    asset_numbers: Annotated[list[AssetNumber], Field(min_length=1, max_length=MOST_PIECES)]
    change: RegisterChange


class BulkEditFields(SQLModel):
    """A change that was made to many pieces at once, and who took it back."""

    organisation_code: Code
    at: datetime
    who: str = Column(max_length=80)
    pieces: int
    undone_at: datetime | None = None
    undone_by: str | None = Column(default=None, max_length=80)


class PieceChangeOut(BaseModel):
    """What becomes of one piece: only fields that differ, before and after."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_PIECE]})

    asset_number: str
    old: dict[str, Any]
    new: dict[str, Any]


class BulkPreview(BaseModel):
    """What an order would do; it is refused as a whole while `unknown` is not empty."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"changes": [_PIECE], "unchanged": [], "unknown": []}]}
    )

    changes: list[PieceChangeOut]
    unchanged: list[str] = Field(description="asset numbers of which it is so already")
    unknown: list[str] = Field(description="asset numbers the register does not have")


class BulkEditOut(BulkEditFields):
    """A bulk edit as the API shows it; `change` is what was ordered."""

    id: int
    change: dict[str, Any]
    can_undo_until: datetime | None = Field(description="null when it can't be taken back any more")


class BulkEditPage(BulkEditOut):
    """A bulk edit with what became of each piece; those that were so already are left out."""

    changes: list[PieceChangeOut]
