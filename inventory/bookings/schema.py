"""Each field of a booking, spelled once."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.benches.schema import BenchCode
from inventory.bookings.rules import BookingPurpose, BookingState
from inventory.database import enum_as_text
from inventory.organisations.schema import Code

_FIRST_YEAR, _LAST_YEAR = 1971, 9998


def _plausible(at: datetime) -> datetime:
    # the ends of the calendar leave no room for arithmetic and time zones
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise ValueError(f"expected a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return at


SlotMoment = Annotated[AwareDatetime, AfterValidator(_plausible)]


class BookingFields(SQLModel):
    """A bench is held for somebody in `[start_at, end_at)`.

    `organisation_code` and `station_code` are the bench's when it was booked; `holder` is the user
    name of the person who answers for the slot.
    """

    bench_code: BenchCode
    organisation_code: Code
    station_code: Code | None = None
    start_at: datetime
    end_at: datetime = Column(index=True)
    purpose: BookingPurpose = Column(sa_type=enum_as_text(BookingPurpose))
    holder: str = Column(max_length=80)
    note: str = Column(default="", max_length=200)
    state: BookingState = Column(default=BookingState.BOOKED, sa_type=enum_as_text(BookingState))
    created_at: datetime
    created_by: str = Column(max_length=80)
    cancelled_at: datetime | None = None
    cancelled_by: str | None = Column(default=None, max_length=80)


class BookingOrder(BaseModel):
    """What a caller wants to book; without a holder: for themselves."""

    model_config = ConfigDict(extra="forbid")

    bench_code: BenchCode
    start_at: SlotMoment
    end_at: SlotMoment
    purpose: BookingPurpose
    holder: str | None = Field(default=None, min_length=1, max_length=80)
    note: str = Field(default="", max_length=200)


class BookingOut(BookingFields):
    """A booking as the API shows it."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "id": 17,
                    "bench_code": "battery-01",
                    "organisation_code": "BJ01",
                    "station_code": "BJ01-T",
                    "start_at": "2026-12-01T00:00:00Z",
                    "end_at": "2026-12-01T02:00:00Z",
                    "purpose": "class",
                    "holder": "bj-teacher",
                    "note": "2-1 电池检测",
                    "state": "booked",
                    "created_at": "2026-11-28T03:00:00Z",
                    "created_by": "bj-teacher",
                    "cancelled_at": None,
                    "cancelled_by": None,
                }
            ]
        }
    }

    id: int
