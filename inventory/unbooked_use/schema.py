"""Each field of a note on unbooked use, spelled once, and what the API tells of such use."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.benches.schema import BenchCode
from inventory.bookings.schema import SlotMoment
from inventory.database import enum_as_text
from inventory.organisations.schema import Code
from inventory.paging import Page
from inventory.unbooked_use.rules import CauseKind, UsePurpose

_NOTE: dict[str, Any] = {
    "id": 3,
    "bench_code": "battery-01",
    "organisation_code": "BJ01",
    "start_at": "2026-11-30T11:30:00Z",
    "end_at": "2026-11-30T12:40:00Z",
    "belongs_to": "王老师",
    "purpose": "class",
    "words": "临时补课",
    "created_at": "2026-12-01T00:10:00Z",
    "created_by": "bj-master",
}


class UseNoteFields(SQLModel):
    """Whose use of a bench it was in `[start_at, end_at)`, and what for.

    `belongs_to` is a name in people's own words: who used it need not have an account.
    """

    bench_code: BenchCode
    organisation_code: Code
    start_at: datetime
    end_at: datetime
    belongs_to: str = Column(max_length=80)
    purpose: UsePurpose = Column(sa_type=enum_as_text(UsePurpose))
    words: str = Column(default="", max_length=500)
    created_at: datetime
    created_by: str = Column(max_length=80)


class UseNoteOrder(BaseModel):
    """Whose a stretch of unbooked use was; any moment of it says which stretch is meant."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "bench_code": "battery-01",
                    "at": "2026-11-30T11:30:00Z",
                    "belongs_to": "王老师",
                    "purpose": "class",
                    "words": "临时补课",
                }
            ]
        },
    )

    bench_code: BenchCode
    at: SlotMoment
    belongs_to: Annotated[
        str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)
    ]
    purpose: UsePurpose
    words: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)] = ""


class UseNoteOut(UseNoteFields):
    """A note as the API shows it."""

    model_config = {"json_schema_extra": {"examples": [_NOTE]}}

    id: int


class CauseOut(BaseModel):
    """What may explain a stretch; `seconds` is how much of it lies outside of opening hours."""

    kind: CauseKind
    booking_id: int | None = None
    title: str = ""
    holder: str = ""
    work_order_id: int | None = None
    seconds: float | None = None


class SessionBehind(BaseModel):
    """A usage session that reaches into a stretch; it may reach out of it, into a booking."""

    usage_id: str
    start_at: datetime
    end_at: datetime
    is_open: bool


class UnbookedOut(BaseModel):
    """A stretch of measured use in nobody's booking.

    `explained_s` is how much of it notes tell of; `is_settled`: all of it. `timeline` is where the
    API tells what happened then.
    """

    bench: str
    name_zh: str
    name_en: str
    station_code: str | None
    start_at: datetime
    end_at: datetime
    seconds: float
    is_open: bool
    explained_s: float
    is_settled: bool
    causes: list[CauseOut]
    usage_sessions: list[SessionBehind]
    notes: list[UseNoteOut]
    timeline: str


class UnbookedPage(Page[UnbookedOut]):
    """Stretches, the latest first; the sums are of all there are in the days asked for.

    `seconds` is what the figures call unbooked use. `short` are stretches too short to be listed.
    """

    seconds: float
    explained_s: float
    short: int = Field(description="stretches left out of the list")
    short_s: float
