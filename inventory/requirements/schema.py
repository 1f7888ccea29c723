"""The columns of a requirement list file and of its settings, each spelled once."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from inventory.database import enum_as_text
from inventory.requirements.parameters import Outcome, PieceState

MAX_CELL = 2000


class RequirementCells(SQLModel):
    """A row as the file has it: the list is kept word for word, its meaning is read from here."""

    row_id: str = Field(max_length=64)
    certificate: str = Field(default="", max_length=MAX_CELL)
    module_code: str = Field(max_length=8)
    module_name: str = Field(default="", max_length=MAX_CELL)
    level: str = Field(max_length=MAX_CELL)
    station_use: str = Field(max_length=MAX_CELL)
    category: str = Field(default="", max_length=MAX_CELL)
    exam_task: str = Field(default="*", max_length=MAX_CELL)
    item_zh: str = Field(max_length=MAX_CELL)
    item_en: str = Field(default="", max_length=MAX_CELL)
    technical_parameters: str = Field(default="-", max_length=MAX_CELL)
    quantity_basis: str = Field(max_length=MAX_CELL)
    quantity_n: str = Field(max_length=MAX_CELL)
    per_n_examinees: str = Field(default="", max_length=MAX_CELL)
    obligation: str = Field(max_length=MAX_CELL)
    calibration_required: str = Field(default="no", max_length=MAX_CELL)
    interval_months: str = Field(default="", max_length=MAX_CELL)
    calibration_document: str = Field(default="", max_length=MAX_CELL)
    calibration_evidence: str = Field(default="", max_length=MAX_CELL)
    sharing_rule: str = Field(default="", max_length=MAX_CELL)
    substitute_allowed: str = Field(default="", max_length=MAX_CELL)
    alternative_group: str = Field(default="-", max_length=MAX_CELL)
    authority_item: str = Field(max_length=MAX_CELL)
    authority_parameters: str = Field(max_length=MAX_CELL)
    authority_quantity: str = Field(max_length=MAX_CELL)
    list_version: str = Field(default="", max_length=MAX_CELL)
    is_inference: str = Field(default="", max_length=MAX_CELL)
    source_address: str = Field(default="", max_length=MAX_CELL)


class RequirementOut(RequirementCells):
    """A requirement as the API shows it.

    `settled_parameters` are its clauses as far as people decided; `extra_cells` are columns of the
    file that mean nothing to us.
    """

    settled_parameters: str = ""
    extra_cells: dict[str, str] = {}


class ListFields(SQLModel):
    """What is said of a version of a requirement list.

    `binding_authorities` are names separated by commas; `sha256` is that of the imported file.
    """

    version: str = Field(max_length=64)
    title: str = Field(default="", max_length=200)
    is_official: bool = False
    binding_authorities: str = Field(max_length=400)
    level_inheritance: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    source_name: str = Field(default="", max_length=200)
    sha256: str = Field(max_length=64)
    row_count: int = Field(ge=0)
    skipped_rows: int = Field(default=0, ge=0)
    imported_at: datetime
    imported_by: str = Field(max_length=80)


class ListOut(ListFields):
    """A list version as the API shows it; `organisation_code` published it, null: everybody's."""

    organisation_code: str | None


class DecisionFields(SQLModel):
    """What a person decided of a piece of parameter text, for equal text of the same item."""

    item_zh: str = Field(max_length=200)
    text: str = Field(min_length=1, max_length=MAX_CELL)
    outcome: Outcome = Field(sa_type=enum_as_text(Outcome))
    clause: str = Field(default="", max_length=MAX_CELL)
    note: str = Field(default="", max_length=400)
    decided_by: str = Field(max_length=80)
    decided_at: datetime


class DecisionIn(SQLModel):
    """A decision as it is sent; `clause` (in the clause grammar) is for that outcome only."""

    model_config = {"extra": "forbid"}

    item_zh: str = Field(max_length=200)
    text: str = Field(min_length=1, max_length=MAX_CELL)
    outcome: Outcome
    clause: str = Field(default="", max_length=MAX_CELL)
    note: str = Field(default="", max_length=400)


class PieceOut(SQLModel):
    """A piece of parameter text of a list, once for all rows of the item that have it.

    `clause` is what counts (read, settled) or is proposed; `doubts` say why it is only proposed.
    """

    item_zh: str
    text: str
    state: PieceState
    clause: str
    doubts: list[str]
    row_ids: list[str]
    outcome: Outcome | None = None
    note: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
