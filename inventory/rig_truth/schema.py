"""Each field of a notice, spelled once, and what the API shows of rigs and bookings."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.bookable import MAX_KEY
from inventory.bookings.orders import ResourceKey
from inventory.bookings.schema import BookingOut
from inventory.database import enum_as_text
from inventory.rig_truth.rules import NoticeState, TroubleKind


class NoticeFields(SQLModel):
    """A holder was told that a rig of a booking is not in order."""

    resource_key: str = Column(max_length=MAX_KEY)
    state: NoticeState = Column(default=NoticeState.OPEN, sa_type=enum_as_text(NoticeState))
    opened_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = Column(default=None, max_length=80)


class TroubleOut(BaseModel):
    """Why a rig is not in order, in words."""

    kind: TroubleKind
    zh: str
    en: str
    since_at: datetime


class SubstituteOut(BaseModel):
    """Something equivalent that is in order and free then."""

    resource_key: str
    name_zh: str
    name_en: str
    station_code: str | None


class FailedPartOut(BaseModel):
    """A rig of a booking that is not in order; only what was asked for can be exchanged."""

    resource_key: str
    is_asked: bool
    troubles: list[TroubleOut]
    substitutes: list[SubstituteOut]
    told_at: datetime | None


class AffectedOut(BaseModel):
    """A booking whose rigs are not in order as far as is known now."""

    booking: BookingOut
    failed: list[FailedPartOut]


class SubstitutionOrder(BaseModel):
    """Which rig of a booking is exchanged for which other one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"failed": "bench:BJ01/battery-01", "substitute": "bench:BJ01/battery-03"}]
        },
    )

    failed: ResourceKey
    substitute: ResourceKey
