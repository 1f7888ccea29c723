"""Each field of a search for free slots, spelled once."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from inventory.bookable import MAX_KEY, BookingPurpose, ResourceKind
from inventory.booking_policies.schema import ObjectionOut
from inventory.bookings.schema import SlotMoment
from inventory.organisations.schema import Code
from inventory.staff.rules import StaffRole
from inventory.staff.schema import Module

MAX_MINUTES = 31 * 24 * 60
MAX_NEEDS = 12
"""Chosen: a set of a dozen kinds of things is an exam with everything it takes."""
_STRICT = ConfigDict(extra="forbid")


class NeedIn(BaseModel):
    """So many of some alternatives: those of `keys`, else all that the rest describes.

    `profile` is a bench's, `staff_role` a person's; of equipment only keys are taken.
    """

    model_config = _STRICT

    count: int = Field(default=1, ge=1, le=20)
    keys: list[Annotated[str, Field(max_length=MAX_KEY)]] = Field(
        default_factory=list, max_length=200
    )
    kind: ResourceKind = ResourceKind.BENCH
    station: Code | None = None
    profile: str | None = Field(default=None, max_length=64)
    staff_role: StaffRole | None = None


_SEARCH: dict[str, Any] = {
    "start_at": "2026-12-01T00:00:00Z",
    "end_at": "2026-12-08T00:00:00Z",
    "minutes": 90,
    "purpose": "exam",
    "needs": [
        {"kind": "bench", "profile": "battery", "count": 1},
        {"keys": ["room:BJ01/101"]},
        {"kind": "person", "staff_role": "assessor"},
    ],
}


class FreeSearch(BaseModel):
    """A set that is to be free at once, for how long, and when to look; at most four weeks.

    What the order will have (module, minors, supervisor, buffers) counts: policies ask for it.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_SEARCH]})

    start_at: SlotMoment | None = None
    end_at: SlotMoment | None = None
    minutes: int = Field(ge=1, le=MAX_MINUTES)
    needs: list[NeedIn] = Field(min_length=1, max_length=MAX_NEEDS)
    purpose: BookingPurpose = BookingPurpose.CLASS
    module: Module | None = None
    headcount: int = Field(default=0, ge=0, le=10_000)
    has_minors: bool = False
    supervisor: str | None = Field(default=None, max_length=64)
    set_up_min: int = Field(default=0, ge=0, le=1440)
    clear_up_min: int = Field(default=0, ge=0, le=1440)
    wanted: int = Field(default=5, ge=1, le=50)
    organisation: Code | None = None


class PickedOut(BaseModel):
    """A resource that would be taken."""

    resource_key: str
    kind: ResourceKind
    code: str
    name: str


class FreeSlotOut(BaseModel):
    """A slot in which the whole set is free and may be booked by the caller."""

    start_at: datetime
    end_at: datetime
    resources: list[PickedOut]
    warnings: list[ObjectionOut]
    needs_approval_by: list[str]


class FreeSlotsOut(BaseModel):
    """The first slots; where there is none, `refusals` says what stands against the first moment.

    `considered` is how many resources were looked at.
    """

    slots: list[FreeSlotOut]
    refusals: list[ObjectionOut]
    considered: int


class FreeNowOut(PickedOut):
    """A resource at a time: free until when, or taken until when; `is_bookable` by the caller.

    `under_repair` is the number of the work order that keeps it out of use.
    """

    station_code: str | None
    is_free: bool
    is_open: bool
    is_bookable: bool
    free_until: datetime | None
    taken_until: datetime | None
    under_repair: int | None
    refusals: list[ObjectionOut]
    warnings: list[ObjectionOut]
    needs_approval_by: list[str]
