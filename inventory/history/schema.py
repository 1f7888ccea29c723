"""What the API says of the past of benches."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from inventory.faults.rules import FaultState
from inventory.monitoring.schema import ReportedValue, SeriesOut


class RollupStep(StrEnum):
    """Width of a rollup."""

    MINUTE = "minute"
    HOUR = "hour"


class RollupSeries(BaseModel):
    """One signal; the lists belong together by position, steps without a value have no entry.

    `minimum`, `mean` and `maximum` are null for text, where `counted` is 0. `active_s` is how long
    the signal was not zero.
    """

    name: str
    unit: str
    start: list[datetime]
    counted: list[int]
    minimum: list[float | None]
    mean: list[float | None]
    maximum: list[float | None]
    last: list[ReportedValue]
    active_s: list[float]


class RollupsOut(BaseModel):
    """Rollups that begin in `[start, end)`."""

    bench: str
    start: datetime
    end: datetime
    step: RollupStep
    series: list[RollupSeries]


class DayOfUse(BaseModel):
    """One bench and local day: measured time of use, and usage sessions that began on it."""

    bench: str
    day: date
    used_s: float
    usage_sessions: int


class UtilisationOut(BaseModel):
    """Use per bench and day of China's time, days without any use included."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "first": "2026-12-01",
                    "last": "2026-12-01",
                    "days": [
                        {
                            "bench": "battery-01",
                            "day": "2026-12-01",
                            "used_s": 5400.0,
                            "usage_sessions": 3,
                        }
                    ],
                }
            ]
        }
    )

    first: date
    last: date
    days: list[DayOfUse]


class FaultInterval(BaseModel):
    """A fault from when it was first seen until it was cleared; `end` null: still open."""

    fault_id: str
    dtc: str
    severity: int
    state: FaultState
    start: datetime
    confirmed_at: datetime | None
    end: datetime | None
    is_blocking: bool = Field(description="takes the bench out of working order while confirmed")
    text_zh: str
    text_en: str


class UsageInterval(BaseModel):
    """A usage session; `end` null: still going on, and known to until `seen_until`."""

    usage_id: str
    start: datetime
    seen_until: datetime
    end: datetime | None


class TimelineOut(BaseModel):
    """What reaches into `[start, end)`, by its beginning, whole and not cut at the ends.

    The totals say how many there are where the lists hold only the latest `limit` of each.
    """

    bench: str
    start: datetime
    end: datetime
    faults: list[FaultInterval]
    fault_total: int
    usage_sessions: list[UsageInterval]
    usage_session_total: int


class ComparedSide(BaseModel):
    """One side of a comparison: a bench from a moment on."""

    bench: str
    start: datetime
    series: list[SeriesOut]


class DifferentUnit(BaseModel):
    """A signal both benches have, in units that can't be drawn together."""

    name: str
    unit: str
    other_unit: str


class ComparisonOut(BaseModel):
    """Two stretches of equal length, each from its own `start`: compare by time since then."""

    length_s: float
    points: int
    one: ComparedSide
    other: ComparedSide
    different_units: list[DifferentUnit]
    missing: list[str] = Field(description="wanted signals that one of the benches does not have")
