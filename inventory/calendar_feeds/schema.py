"""Each field of a calendar feed, spelled once."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import Field as Member
from sqlmodel import Field, SQLModel

from inventory.bookable import MAX_KEY
from inventory.calendar_feeds.rules import FeedKind
from inventory.database import enum_as_text
from inventory.organisations.schema import Code, Name

Language = Literal["zh", "en"]
Key = Annotated[str, StringConstraints(min_length=5, max_length=MAX_KEY)]
_EXAMPLE: dict[str, Any] = {
    "id": 5,
    "name": "张伟的预约",
    "kind": "mine",
    "resource_key": None,
    "station_code": None,
    "language": "zh",
    "has_people": False,
    "created_at": "2026-12-01T02:00:00Z",
    "last_used_at": None,
    "ended_at": None,
}


class FeedFields(SQLModel):
    """What a calendar shows; `has_people`: with the names and notes of who booked."""

    name: Name
    kind: FeedKind = Field(sa_type=enum_as_text(FeedKind))
    resource_key: str | None = Field(default=None, max_length=MAX_KEY)
    station_code: Code | None = None
    language: str = Field(default="zh", max_length=2)
    has_people: bool = False


class FeedOrder(BaseModel):
    """A calendar to subscribe to: of my bookings, of one thing, or of a station."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"name": "电池台架", "kind": "resource", "resource_key": "bench:BJ01/battery-01"}
            ]
        },
    )

    name: Name
    kind: FeedKind
    resource_key: Key | None = None
    station_code: Code | None = None
    language: Language = "zh"
    has_people: bool = False


class FeedOut(FeedFields):
    """A feed without its address."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}}

    id: int
    created_at: datetime
    last_used_at: datetime | None = None
    ended_at: datetime | None = None


class FeedMade(FeedOut):
    """A new feed; its address is shown this once."""

    model_config = {
        "json_schema_extra": {
            "examples": [_EXAMPLE | {"path": "/calendars/…43 characters….ics", "url": "https://…"}]
        }
    }

    path: str = Member(description="below the installation's address; whoever has it may read")
    url: str = Member(description="the whole address, to paste into a calendar program")
