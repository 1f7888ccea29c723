"""Each field of a rectification and its history, spelled once."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.accounts.rules import Role
from inventory.database import enum_as_text
from inventory.documents.schema import Documents
from inventory.organisations.schema import Code
from inventory.readiness.findings import FindingKind
from inventory.rectifications.rules import RectificationState, RectificationStep

Text = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]
Username = Annotated[str, StringConstraints(min_length=1, max_length=80)]
RowId = Annotated[str, StringConstraints(max_length=64)]
Version = Annotated[str, StringConstraints(max_length=64)]


_EXAMPLE: dict[str, Any] = {
    "id": 3,
    "station_code": "BJ01-E",
    "organisation_code": "BJ01",
    "list_version": "DRAFT-0.1",
    "row_id": "R-021",
    "kind": "calibration_expired",
    "state": "in_progress",
    "is_present": True,
    "times": 1,
    "owner": "bj-teacher",
    "due_on": "2026-12-20",
    "submitted_by": None,
    "opened_at": "2026-12-01T08:00:00Z",
    "changed_at": "2026-12-02T01:00:00Z",
    "is_overdue": False,
    "finding": {},
}


class RectificationFields(SQLModel):
    """A finding that became work: `(station_code, list_version, row_id, kind)` is which one.

    `row_id` is empty for a finding on the list as a whole. `times` counts how often it was opened,
    `is_present` is whether the latest check reports the finding. `owner` is the user name of who
    mends it, until the end of `due_on`.
    """

    station_code: Code
    organisation_code: Code
    list_version: str = Column(max_length=64)
    row_id: str = Column(max_length=64)
    kind: FindingKind = Column(sa_type=enum_as_text(FindingKind))
    state: RectificationState = Column(
        default=RectificationState.OPEN, sa_type=enum_as_text(RectificationState)
    )
    is_present: bool = True
    times: int = 1
    owner: str | None = Column(default=None, max_length=80)
    due_on: date | None = None
    submitted_by: str | None = Column(default=None, max_length=80)
    opened_at: datetime
    changed_at: datetime


class EntryFields(SQLModel):
    """One step in a rectification's history; `state` is the one it led to."""

    at: datetime
    who: str = Column(max_length=80)
    step: RectificationStep = Column(sa_type=enum_as_text(RectificationStep))
    state: RectificationState = Column(sa_type=enum_as_text(RectificationState))
    text: str = Column(default="", max_length=2000)


class Assignment(BaseModel):
    """Who mends it and until when; None takes a fact back."""

    model_config = ConfigDict(extra="forbid")

    owner: Username | None = None
    due_on: date | None = None


class RectificationOrder(Assignment):
    """The finding that is to become work; without a version: of the list that applies."""

    station: Code
    row_id: RowId
    kind: FindingKind
    list_version: Version | None = None
    text: Text = ""


class StepOrder(BaseModel):
    """A step with its words and its evidence, which is named by document ids."""

    model_config = ConfigDict(extra="forbid")

    step: RectificationStep
    text: Text = ""
    document_ids: Documents = []


class EntryOut(EntryFields):
    """A step as the API shows it."""

    id: int
    document_ids: list[str]


class OwnerOut(BaseModel):
    """Somebody of the school who can be given a rectification."""

    username: str
    name: str
    role: Role


class RectificationOut(RectificationFields):
    """A rectification as the API shows it; `finding` is what the check said when it was opened."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}}

    id: int
    is_overdue: bool
    finding: dict[str, Any]


class RectificationPage(RectificationOut):
    """A rectification with all that happened to it, the oldest first."""

    model_config = {
        "json_schema_extra": {"examples": [_EXAMPLE | {"history": [], "possible": ["submit"]}]}
    }

    history: list[EntryOut]
    possible: list[RectificationStep] = Field(description="steps the caller may take now")
