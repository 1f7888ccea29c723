"""Each field of a review, its steps and its comments, spelled once."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.database import enum_as_text
from inventory.documents.schema import Documents
from inventory.organisations.schema import Code
from inventory.reviews.progress import Stage, next_step, waits_for
from inventory.reviews.rules import ReviewState, ReviewStep, Side

Text = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
RowId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
_EXAMPLE: dict[str, Any] = {
    "id": 4,
    "station_code": "BJ01-E",
    "organisation_code": "BJ01",
    "state": "conditions_completed",
    "list_version": "DRAFT-0.1",
    "snapshot_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "binding_count": 0,
    "started_at": "2026-12-01T08:00:00Z",
    "changed_at": "2026-12-20T08:00:00Z",
    "next_step": "pass_conditions",
    "waiting_for": "evaluation",
}


class ReviewFields(SQLModel):
    """A station's way through the guide's workflow.

    `list_version`, `snapshot_sha256` and `binding_count` are those of the latest step: the list it
    was taken under, the frozen check, and how many things it finds that bind, each once over all
    modules and levels. A version is empty where no list applied.
    """

    station_code: Code
    organisation_code: Code
    state: ReviewState = Column(
        default=ReviewState.APPLIED, sa_type=enum_as_text(ReviewState), index=True
    )
    list_version: str = Column(default="", max_length=64)
    snapshot_sha256: str = Column(default="", max_length=64)
    binding_count: int = 0
    started_at: datetime
    changed_at: datetime


class ReviewEntryFields(SQLModel):
    """One step: who took it for which side, where it led, and on what it rested."""

    at: datetime
    who: str = Column(max_length=80)
    side: Side = Column(sa_type=enum_as_text(Side))
    step: ReviewStep = Column(sa_type=enum_as_text(ReviewStep))
    state: ReviewState = Column(sa_type=enum_as_text(ReviewState))
    text: str = Column(default="", max_length=2000)
    list_version: str = Column(default="", max_length=64)
    binding_count: int = 0


class CommentFields(SQLModel):
    """A word on a row of the list; `reply_to` is the comment that is answered."""

    row_id: str = Column(max_length=64)
    at: datetime
    who: str = Column(max_length=80)
    side: Side = Column(sa_type=enum_as_text(Side))
    text: str = Column(max_length=2000)
    reply_to: int | None = None


class ReviewStepOrder(BaseModel):
    """A step with its words and its papers, which are named by document ids."""

    model_config = ConfigDict(extra="forbid")

    step: ReviewStep
    text: Text = ""
    document_ids: Documents = []


class Application(BaseModel):
    """A station that wants to become one of the evaluation organisation's."""

    model_config = ConfigDict(extra="forbid")

    station: Code
    text: Text = ""
    document_ids: Documents = []


class CommentOrder(BaseModel):
    """What somebody has to say on a row; a reply is on the row of what it answers."""

    model_config = ConfigDict(extra="forbid")

    row_id: RowId
    text: Words
    reply_to: int | None = Field(default=None, ge=1, le=2**31 - 1)


class ReviewEntryOut(ReviewEntryFields):
    """A step as the API shows it."""

    id: int
    snapshot_sha256: str
    document_ids: list[str]


class CommentOut(CommentFields):
    """A comment as the API shows it."""

    id: int


class ReviewOut(ReviewFields):
    """A review as the API shows it."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}}

    id: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def next_step(self) -> ReviewStep | None:
        """What leads on; null while it runs, and when it ended."""
        return next_step(self.state)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def waiting_for(self) -> Side | None:
        """Whose turn it is since `changed_at`."""
        return waits_for(self.state)


class ReviewPage(ReviewOut):
    """A review with its steps and comments, the oldest first."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                _EXAMPLE | {"stages": [], "history": [], "comments": [], "possible": ["return"]}
            ]
        }
    }

    stages: list[Stage] = Field(description="the steps of the guide, in its order")
    history: list[ReviewEntryOut]
    comments: list[CommentOut]
    possible: list[ReviewStep] = Field(description="steps the caller may take now")


class SnapshotOut(BaseModel):
    """A frozen check; `is_intact` says whether its text still has its hash."""

    sha256: str
    is_intact: bool
    content: dict[str, Any]
