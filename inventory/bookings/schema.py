"""Each field of a booking, spelled once."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.benches.schema import BenchCode
from inventory.bookable import MAX_KEY, ResourceKind
from inventory.bookings.rules import BookingPurpose, BookingState, SwapState
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
    """A set of resources of one organisation is somebody's in `[start_at, end_at)`.

    `organisation_code` owns the resources, `requester_organisation_code` uses them (another one in
    open sharing); `station_code` is that of the first resource that has one. Nobody else gets them
    from `set_up_s` before until `clear_up_s` after. `holder` is the user name of the person who
    answers for it, `supervisor` the staff number of who must be present. `approval_by` says whose
    word it needs, empty for none's. `occurrence_at` is the start that the series gave it.
    `revision` counts changes others see in their calendars. `cancelled_at` is when it ended before
    its time, whichever way; `reason` says why.
    """

    organisation_code: Code
    station_code: Code | None = None
    requester_organisation_code: Code
    start_at: datetime
    end_at: datetime = Column(index=True)
    set_up_s: int = 0
    clear_up_s: int = 0
    purpose: BookingPurpose = Column(sa_type=enum_as_text(BookingPurpose))
    holder: str = Column(max_length=80)
    title: str = Column(default="", max_length=120)
    note: str = Column(default="", max_length=200)
    module: str | None = Column(default=None, max_length=8)
    level: str | None = Column(default=None, max_length=16)
    headcount: int | None = None
    has_minors: bool = False
    supervisor: str | None = Column(default=None, max_length=64)
    state: BookingState = Column(default=BookingState.BOOKED, sa_type=enum_as_text(BookingState))
    hold_until: datetime | None = None
    waiting_since: datetime | None = None
    approval_by: str = Column(default="", max_length=80)
    decided_at: datetime | None = None
    decided_by: str | None = Column(default=None, max_length=80)
    series_id: int | None = None
    occurrence_at: datetime | None = None
    displaced_by_id: int | None = None
    revision: int = 0
    created_at: datetime
    created_by: str = Column(max_length=80)
    changed_at: datetime
    changed_by: str = Column(max_length=80)
    checked_in_at: datetime | None = None
    checked_in_by: str | None = Column(default=None, max_length=80)
    ended_early_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str | None = Column(default=None, max_length=80)
    reason: str = Column(default="", max_length=400)


class PartFields(SQLModel):
    """One thing a booking takes, in `[blocked_from, blocked_to)` with buffers.

    `is_asked` is what the caller named; the rest comes with it, as the benches of a room do. Where
    `is_holding`, nobody else can have it, after `held_until` (None: for good) nothing is held.
    """

    resource_key: str = Column(max_length=MAX_KEY)
    kind: ResourceKind = Column(sa_type=enum_as_text(ResourceKind))
    organisation_code: Code
    bench_code: BenchCode | None = None
    blocked_from: datetime
    blocked_to: datetime
    is_asked: bool = True
    is_holding: bool = True
    held_until: datetime | None = None


class SeriesFields(SQLModel):
    """A recurring booking: RRULE text of RFC 5545, counted from `first_at` in the local `zone`.

    `exceptions` are the starts (ISO 8601) that were left out, `resources` the keys asked for. One
    that was cut off another at "this and following" names it in `split_from_id`.
    """

    organisation_code: Code
    rule: str = Column(max_length=400)
    first_at: datetime
    zone: str = Column(default="Asia/Shanghai", max_length=40)
    length_s: int
    split_from_id: int | None = None
    created_at: datetime
    created_by: str = Column(max_length=80)


class SwapFields(SQLModel):
    """An offer to exchange the slots of two bookings; `wanted` is the other side's."""

    offered_id: int
    wanted_id: int
    state: SwapState = Column(default=SwapState.OFFERED, sa_type=enum_as_text(SwapState))
    offered_at: datetime
    offered_by: str = Column(max_length=80)
    answered_at: datetime | None = None
    answered_by: str | None = Column(default=None, max_length=80)


class HistoryEntry(BaseModel):
    """Something that happened to a booking: what it was and what it became, field by field."""

    at: datetime
    who: str
    action: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None


class PartOut(BaseModel):
    """One thing a booking takes, as the API shows it."""

    resource_key: str
    kind: ResourceKind
    bench_code: str | None
    is_asked: bool


_BOOKING: dict[str, Any] = {
    "id": 17,
    "bench_code": "battery-01",
    "parts": [
        {
            "resource_key": "bench:BJ01/battery-01",
            "kind": "bench",
            "bench_code": "battery-01",
            "is_asked": True,
        }
    ],
    "organisation_code": "BJ01",
    "requester_organisation_code": "BJ01",
    "station_code": "BJ01-T",
    "start_at": "2026-12-01T00:00:00Z",
    "end_at": "2026-12-01T02:00:00Z",
    "purpose": "class",
    "holder": "bj-teacher",
    "note": "2-1 电池检测",
    "state": "booked",
    "created_at": "2026-11-28T03:00:00Z",
    "created_by": "bj-teacher",
    "changed_at": "2026-11-28T03:00:00Z",
    "changed_by": "bj-teacher",
    "cancelled_at": None,
    "cancelled_by": None,
}


class BookingOut(BookingFields):
    """A booking as the API shows it; `bench_code` is its first bench's."""

    model_config = {"json_schema_extra": {"examples": [_BOOKING]}}

    id: int
    bench_code: str | None
    parts: list[PartOut]


class WarningOut(BaseModel):
    """What a policy warns of, in words with figures."""

    code: str
    zh: str
    en: str
    field: str
    resource_key: str


class PlacedOut(BookingOut):
    """A booking that was just made or changed: what warns, and which bookings gave way."""

    warnings: list[WarningOut] = []
    displaced: list[int] = []


class SwapOut(SwapFields):
    """An offer to exchange slots as the API shows it."""

    id: int


class SeriesOut(SeriesFields):
    """A series as the API shows it; its members are bookings with its `series_id`."""

    id: int
    resources: list[str]
    exceptions: list[str]


class CollisionOut(BaseModel):
    """A time of a series that could not be had, and the problem it would have been alone."""

    start_at: str
    end_at: str
    problem: str
    detail: str
    facts: dict[str, Any]


class SeriesPlacedOut(BaseModel):
    """A series that was made or changed: its bookings, and what could not be had."""

    series: SeriesOut | None
    bookings: list[PlacedOut]
    collisions: list[CollisionOut]


class WeekRigOut(BaseModel):
    """A row of the week plan."""

    resource_key: str
    name_zh: str
    name_en: str
    station_code: str | None


class WeekEventOut(BaseModel):
    """A booking of one row of the week plan; with buffers it is blocked longer than it is held."""

    booking_id: int
    resource_key: str
    start_at: datetime
    end_at: datetime
    blocked_from: datetime
    blocked_to: datetime
    state: BookingState
    purpose: BookingPurpose
    title: str
    holder: str
    module: str | None
    series_id: int | None
    checked_in_at: datetime | None
    is_asked: bool


class WeekOut(BaseModel):
    """The rigs of a station or of all I see, and what holds them from Monday to Sunday."""

    start_at: datetime
    end_at: datetime
    rigs: list[WeekRigOut]
    events: list[WeekEventOut]
