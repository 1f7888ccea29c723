"""What callers send to book, to change and to step on."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from inventory.benches.schema import BenchCode
from inventory.bookable import MAX_KEY, BookingPurpose, resource_of
from inventory.bookings.drafts import BookingWish
from inventory.bookings.life import LONGEST_HOLD, BookingStep
from inventory.bookings.rules import SeriesScope
from inventory.bookings.schema import SlotMoment
from inventory.school_calendar.recurrence import ClosedDays
from inventory.stations.rules import Level
from inventory.stations.schema import ModuleCode

_MOST_RESOURCES = 50
"""Chosen: a hall has 40 workstations; who wants more books the rooms."""
_MOST_BUFFER_MINUTES = 24 * 60
_MINUTE = timedelta(minutes=1)


def _known_key(text: str) -> str:
    return resource_of(text).key


ResourceKey = Annotated[str, Field(max_length=MAX_KEY), AfterValidator(_known_key)]
Words = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Title = Annotated[str, StringConstraints(max_length=120, strip_whitespace=True)]
Buffer = Annotated[int, Field(ge=0, le=_MOST_BUFFER_MINUTES)]
Headcount = Annotated[int, Field(ge=1, le=10_000)]
Number = Annotated[str, StringConstraints(max_length=64, strip_whitespace=True)]
Username = Annotated[str, Field(min_length=1, max_length=80)]


class Described(BaseModel):
    """What a booking is for."""

    title: Title = ""
    note: Words = ""
    module: ModuleCode | None = None
    level: Level | None = None
    headcount: Headcount | None = None
    has_minors: bool = False
    supervisor: Number | None = None


class BookingOrder(Described):
    """What a caller wants to book: `resources` by key, or one bench by its code.

    Without a holder: for themselves. The buffers are kept free before and after.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "resources": ["bench:BJ01/battery-01", "person:BJ01/T-017"],
                    "start_at": "2026-12-01T08:00:00+08:00",
                    "end_at": "2026-12-01T09:40:00+08:00",
                    "purpose": "class",
                    "title": "2-1 电池检测",
                    "set_up_min": 15,
                }
            ]
        },
    )

    bench_code: BenchCode | None = None
    resources: Annotated[list[ResourceKey], Field(max_length=_MOST_RESOURCES)] = []
    start_at: SlotMoment
    end_at: SlotMoment
    purpose: BookingPurpose
    wish: BookingWish = BookingWish.BOOK
    hold_min: Annotated[int, Field(ge=1, le=LONGEST_HOLD // _MINUTE)] | None = None
    holder: Username | None = None
    set_up_min: Buffer = 0
    clear_up_min: Buffer = 0

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.resources and self.bench_code is None:
            raise ValueError("expected resources, or a bench_code")
        return self


class SeriesOrder(BookingOrder):
    """A booking that recurs: `rule` is RRULE text of RFC 5545 with an end.

    What falls on a day off is left out (`closed`), or held on the day that makes up for it.
    `except_at` are starts to leave out. With `take_rest`, times that can't be had are left out.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "bench_code": "battery-01",
                    "start_at": "2026-12-01T08:00:00+08:00",
                    "end_at": "2026-12-01T09:40:00+08:00",
                    "purpose": "class",
                    "title": "2-1 电池检测",
                    "rule": "FREQ=WEEKLY;COUNT=6",
                    "closed": "make_up",
                }
            ]
        },
    )

    rule: Annotated[str, Field(min_length=1, max_length=400)]
    closed: ClosedDays = ClosedDays.SKIP
    except_at: Annotated[list[SlotMoment], Field(max_length=400)] = []
    take_rest: bool = False


class BookingChange(BaseModel):
    """What changes of a booking; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    resources: Annotated[list[ResourceKey], Field(min_length=1, max_length=_MOST_RESOURCES)] = []
    start_at: SlotMoment | None = None
    end_at: SlotMoment | None = None
    set_up_min: Buffer | None = None
    clear_up_min: Buffer | None = None
    title: Title | None = None
    note: Words | None = None
    module: ModuleCode | None = None
    level: Level | None = None
    headcount: Headcount | None = None
    has_minors: bool | None = None
    supervisor: Number | None = None


class SeriesChange(BookingChange):
    """What changes of the bookings of a series from one of them on, or of all to come.

    New times are those of the booking that was pointed at; the others move by as much.
    """

    scope: SeriesScope
    take_rest: bool = False


class SeriesEnd(BaseModel):
    """Which bookings of a series are given back."""

    model_config = ConfigDict(extra="forbid")

    scope: SeriesScope
    reason: Annotated[str, StringConstraints(max_length=400, strip_whitespace=True)] = ""


class StepOrder(BaseModel):
    """A step of a booking's life; declining needs words."""

    model_config = ConfigDict(extra="forbid")

    step: BookingStep
    reason: Annotated[str, StringConstraints(max_length=400, strip_whitespace=True)] = ""


class SwapOrder(BaseModel):
    """Which of the caller's bookings is offered for the other one."""

    model_config = ConfigDict(extra="forbid")

    offered_id: Annotated[int, Field(ge=1, le=2**31 - 1)]


class SwapAnswer(BaseModel):
    """Whether the offer is accepted."""

    model_config = ConfigDict(extra="forbid")

    accept: bool
