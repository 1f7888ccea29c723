"""Each field of a label, spelled once."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.labels.rules import LENGTH
from inventory.labels.sheets import SHEETS, SheetKind
from inventory.organisations.schema import Code

AssetNumber = Annotated[str, StringConstraints(min_length=1, max_length=64)]
MOST_USED = max(sheet.places for sheet in SHEETS.values()) - 1
MOST_LABELS = 5000
"""Chosen: a school of 2,000 pieces twice over; 77 pages of the smallest labels."""


class LabelFields(SQLModel):
    """A label's code and the piece it is on."""

    code: str = Column(max_length=LENGTH)
    organisation_code: Code
    asset_number: str = Column(max_length=64)


class LabelOrder(BaseModel):
    """Which labels to print: of the named pieces, or else of all a station has.

    `used` labels of the first page are gone already.
    """

    model_config = ConfigDict(extra="forbid")

    station: Code
    asset_numbers: list[AssetNumber] = Field(default=[], max_length=MOST_LABELS)
    locations: list[str] = Field(default=[], max_length=200)
    sheet: SheetKind = SheetKind.A4_3X8
    used: int = Field(default=0, ge=0, le=MOST_USED)
