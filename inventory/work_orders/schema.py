"""Each field of a work order and its history, spelled once."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.benches.schema import BenchCode
from inventory.database import enum_as_text
from inventory.documents.schema import Documents
from inventory.organisations.schema import Code
from inventory.work_orders.rules import WorkOrderSource, WorkOrderState, WorkOrderStep

Text = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Username = Annotated[str, StringConstraints(min_length=1, max_length=80)]
AssetNumber = Annotated[str, StringConstraints(min_length=1, max_length=64)]

_EXAMPLE: dict[str, Any] = {
    "id": 12,
    "organisation_code": "BJ01",
    "station_code": "BJ01-T",
    "bench_code": "battery-01",
    "asset_number": None,
    "source": "bench",
    "fault_key": "P0AA6",
    "text": "绝缘电阻过低",
    "state": "in_progress",
    "times": 1,
    "is_fault_present": True,
    "is_blocking": True,
    "blocking_since": "2026-12-01T02:00:05Z",
    "reported_by": "bench:battery-01",
    "owner": "bj-teacher",
    "due_on": "2026-12-20",
    "opened_at": "2026-12-01T02:00:05Z",
    "changed_at": "2026-12-02T01:00:00Z",
    "finished_at": None,
    "is_overdue": False,
    "awaits_confirmation": False,
    "fault": {"dtc": "P0AA6", "severity": 3},
}


class WorkOrderFields(SQLModel):
    """Something is to be repaired: a bench, a piece of the register, or both in one.

    `fault_key` is the cause of what a bench reported: code, failure type and control unit, without
    the occurrence. `is_blocking` takes the thing out of use while the order is unfinished;
    `blocking_since` is since when it does, None while it does not. `times` counts how often it was
    opened. `owner` is the user name of who repairs it, until the end of `due_on`.
    """

    organisation_code: Code
    station_code: Code | None = None
    bench_code: BenchCode | None = None
    asset_number: str | None = Column(default=None, max_length=64)
    source: WorkOrderSource = Column(sa_type=enum_as_text(WorkOrderSource))
    fault_key: str | None = Column(default=None, max_length=200)
    text: str = Column(max_length=2000)
    state: WorkOrderState = Column(
        default=WorkOrderState.REPORTED, sa_type=enum_as_text(WorkOrderState)
    )
    times: int = 1
    is_fault_present: bool = False
    is_blocking: bool = False
    blocking_since: datetime | None = None
    reported_by: str = Column(max_length=80)
    owner: str | None = Column(default=None, max_length=80)
    due_on: date | None = None
    opened_at: datetime
    changed_at: datetime
    finished_at: datetime | None = None


class WorkOrderEntryFields(SQLModel):
    """One step in a work order's history; `state` is the one it led to."""

    at: datetime
    who: str = Column(max_length=80)
    step: WorkOrderStep = Column(sa_type=enum_as_text(WorkOrderStep))
    state: WorkOrderState = Column(sa_type=enum_as_text(WorkOrderState))
    text: str = Column(default="", max_length=2000)


class WorkOrderReport(BaseModel):
    """What somebody of the school found: a bench, a piece of the school's register, or both."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"asset_number": "BJ01-0007", "text": "表笔绝缘破损", "is_blocking": True}]
        },
    )

    bench_code: BenchCode | None = None
    asset_number: AssetNumber | None = None
    text: Words
    is_blocking: bool = Field(default=False, description="must not be used until it is repaired")
    document_ids: Documents = []


class WorkOrderAssignment(BaseModel):
    """Who repairs it and until when; None takes a fact back."""

    model_config = ConfigDict(extra="forbid")

    owner: Username | None = None
    due_on: date | None = None


class WorkOrderStepOrder(BaseModel):
    """A step with its words and its photos; `is_blocking` is said by triage alone."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"step": "done", "text": "更换高压线束，复测绝缘合格"}]},
    )

    step: WorkOrderStep
    text: Text = ""
    document_ids: Documents = []
    is_blocking: bool | None = None


class WorkOrderEntryOut(WorkOrderEntryFields):
    """A step as the API shows it."""

    id: int
    document_ids: list[str]


class WorkOrderOut(WorkOrderFields):
    """A work order as the API shows it; `fault` is what the bench said last."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}}

    id: int
    is_overdue: bool
    awaits_confirmation: bool = Field(
        description="the bench no longer reports the fault; a person has to say that it is mended"
    )
    fault: dict[str, Any] | None


class WorkOrderPage(WorkOrderOut):
    """A work order with all that happened to it, the oldest first."""

    model_config = {
        "json_schema_extra": {"examples": [_EXAMPLE | {"history": [], "possible": ["done"]}]}
    }

    history: list[WorkOrderEntryOut]
    possible: list[WorkOrderStep] = Field(description="steps the caller may take now")
