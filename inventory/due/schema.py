"""Each field of an entry of the due calendar and of a reminder, spelled once."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.database import enum_as_text
from inventory.due.rules import DueState
from inventory.due_entries import DueKind
from inventory.organisations.schema import Code

_EXAMPLE: dict[str, Any] = {
    "kind": "calibration",
    "organisation_code": "BJ01",
    "entity": "equipment",
    "entity_id": "BJ01/BJ01-0001",
    "name_zh": "绝缘电阻测试仪",
    "name_en": "insulation resistance tester",
    "due_on": "2027-02-28",
    "station_codes": ["BJ01-T"],
    "detail": "CAL-2026-0001",
    "state": "soon",
    "days_left": 20,
}


class DueOut(BaseModel):
    """Something that ends; `due_on` is its last good day, `days_left` below 0 is overdue.

    `station_codes` empty means every station of the organisation.
    """

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}, "from_attributes": True}

    kind: DueKind
    organisation_code: str
    entity: str
    entity_id: str
    name_zh: str
    name_en: str
    due_on: date | None
    station_codes: list[str]
    detail: str
    state: DueState
    days_left: int | None


class DueCalendar(BaseModel):
    """What ends when, the most pressing first; `counts` are over all pages and states."""

    on_date: date
    counts: dict[DueState, int]
    items: list[DueOut]
    total: int = Field(description="items on all pages")
    next: int | None = Field(description="offset of the next page; null on the last one")


class ReminderFields(SQLModel):
    """That somebody is to be told of a day that comes; each once per day and lead time.

    `settled_at` is set when the thing was renewed before anybody was told.
    """

    kind: DueKind = Column(sa_type=enum_as_text(DueKind))
    organisation_code: Code
    entity: str = Column(max_length=64)
    entity_id: str = Column(max_length=200)
    name_zh: str = Column(max_length=200)
    name_en: str = Column(max_length=200)
    due_on: date
    lead_days: int
    detail: str = Column(default="", max_length=200)
    made_at: datetime
    sent_at: datetime | None = None
    settled_at: datetime | None = None


class ReminderOut(ReminderFields):
    """A reminder as the API shows it."""

    id: int
