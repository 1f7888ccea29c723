"""Each field of an alert, spelled once."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.alerts.rules import AlertEnd, AlertKind
from inventory.database import enum_as_text


class AlertFields(SQLModel):
    """Something that somebody should look at, in `[opened_at, closed_at)`; open without an end.

    `key` names what it is about over time: there is at most one open alert of a key. `times` counts
    how often it opened. Without a bench or organisation it concerns the whole installation.
    """

    kind: AlertKind = Column(sa_type=enum_as_text(AlertKind))
    key: str = Column(max_length=120)
    bench_code: str | None = Column(default=None, max_length=32)
    organisation_code: str | None = Column(default=None, max_length=32)
    booking_id: int | None = None
    opened_at: datetime
    closed_at: datetime | None = None
    closed_because: AlertEnd | None = Column(default=None, sa_type=enum_as_text(AlertEnd))
    times: int = 1
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = Column(default=None, max_length=80)
    note: str = Column(default="", max_length=400)


class Acknowledgement(BaseModel):
    """That a person has seen an alert, and what is being done."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field(default="", max_length=400)


class AlertOut(AlertFields):
    """An alert as the API shows it; `facts` are figures by the kind of alert."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "id": 5,
                    "kind": "bench_silent",
                    "key": "bench_silent:battery-01:17",
                    "bench_code": "battery-01",
                    "organisation_code": "BJ01",
                    "booking_id": 17,
                    "opened_at": "2026-12-01T00:25:00Z",
                    "closed_at": None,
                    "closed_because": None,
                    "times": 1,
                    "acknowledged_at": None,
                    "acknowledged_by": None,
                    "note": "",
                    "facts": {"last_seen_at": "2026-12-01T00:20:00+00:00", "limit_s": 300.0},
                }
            ]
        }
    }

    id: int
    facts: dict[str, str | int | float | None] = {}
