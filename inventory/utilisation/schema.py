"""What the API says of utilisation."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from inventory.bookings.rules import BookingPurpose
from inventory.income.rules import Earned
from inventory.income.schema import IncomeOut
from inventory.money import in_yuan
from inventory.utilisation.rules import BookingOutcome, Figures

_TIMES = (
    "opening",
    "available",
    "booked",
    "booked_available",
    "used",
    "used_available",
    "booked_used",
    "unbooked_used",
    "maintenance_used",
    "effective",
    "outside_used",
    "no_show",
    "overrun",
    "observable",
    "observed",
)
_COUNTS = ("usage_sessions", "bookings", "no_shows", "unmeasured")
_SHARES = ("occupancy", "utilisation", "shared", "coverage")
_FIGURES: dict[str, Any] = {
    "opening_s": 234000.0,
    "available_s": 216000.0,
    "booked_s": 108000.0,
    "booked_available_s": 108000.0,
    "used_s": 86400.0,
    "used_available_s": 84600.0,
    "booked_used_s": 79200.0,
    "unbooked_used_s": 7200.0,
    "maintenance_used_s": 0.0,
    "effective_s": 86400.0,
    "outside_used_s": 10800.0,
    "no_show_s": 7200.0,
    "overrun_s": 1800.0,
    "observable_s": 216000.0,
    "observed_s": 205200.0,
    "usage_sessions": 14,
    "bookings": 12,
    "no_shows": 1,
    "unmeasured": 0,
    "occupancy": 0.5,
    "utilisation": 0.3917,
    "shared": 0.125,
    "coverage": 0.95,
}


class GroupBy(StrEnum):
    """What a report tells figures of; all: of everything together."""

    ALL = "all"
    BENCH = "bench"
    STATION = "station"
    ORGANISATION = "organisation"
    MODULE = "module"


class RankBy(StrEnum):
    """Which figure puts the rows of a report in order, the highest first."""

    UTILISATION = "utilisation"
    OCCUPANCY = "occupancy"
    USED = "used"
    NO_SHOWS = "no_shows"
    COVERAGE = "coverage"
    RETURN_RATE = "return_rate"


class FiguresOut(BaseModel):
    """Time in seconds, counts and shares (0 to 1; null where there is nothing to share).

    `available_s` is opening time without repairs, blocking faults and maintenance; `occupancy` and
    `utilisation` are booked and measured time within it. `effective_s` are the machine hours
    有效机时: measured use without that in maintenance; `shared` 共享率 is `outside_used_s` of them.
    `unmeasured` bookings saw no use, but their bench was not heard enough to call them no-shows.
    `coverage` is how much of the available time the bench was heard in; null: never looked at.
    """

    opening_s: float
    available_s: float
    booked_s: float
    booked_available_s: float
    used_s: float
    used_available_s: float
    booked_used_s: float
    unbooked_used_s: float
    maintenance_used_s: float
    effective_s: float
    outside_used_s: float
    no_show_s: float
    overrun_s: float
    observable_s: float
    observed_s: float
    usage_sessions: int
    bookings: int
    no_shows: int
    unmeasured: int
    occupancy: float | None
    utilisation: float | None
    shared: float | None
    coverage: float | None


class MoneyOut(BaseModel):
    """What rigs earned and cost, in CNY.

    `return_rate` 收益率 is (inside + 1.5 × outside) / original value of the `valued_rigs`, those of
    `rigs` whose original value the register has; null where there is none. `counted_…` is their
    income alone.
    """

    inside: Decimal
    outside: Decimal
    counted_inside: Decimal
    counted_outside: Decimal
    original_value: Decimal | None
    rigs: int
    valued_rigs: int
    return_rate: float | None


class GroupOut(BaseModel):
    """Figures of a group in a period of local days, both included; `name` is a term's.

    `money` is null for who does not read income, and by module: income is a rig's.
    """

    group: str
    name_zh: str = ""
    name_en: str = ""
    first: date
    last: date
    period: str = ""
    figures: FiguresOut
    money: MoneyOut | None = None


class UtilisationReportOut(BaseModel):
    """What was available, booked and really used; what lies ahead of `until` is not counted.

    `functional` 功能利用率 is how many modules of the rigs were measured in use, of all they are
    there for. A module's row counts the available time of every rig that is there for it.
    `income_elsewhere` is what came in meanwhile for other things than the benches counted here.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "first": "2026-11-23",
                    "last": "2026-11-29",
                    "until": "2026-11-29T16:00:00Z",
                    "benches": 1,
                    "rows": [
                        {
                            "group": "battery-01",
                            "name_zh": "动力电池台架",
                            "name_en": "Battery bench",
                            "first": "2026-11-23",
                            "last": "2026-11-29",
                            "period": "",
                            "figures": _FIGURES,
                        }
                    ],
                    "total": _FIGURES,
                    "modules_used": 1,
                    "modules_offered": 2,
                    "functional": 0.5,
                }
            ]
        }
    )

    first: date
    last: date
    until: datetime
    benches: int
    rows: list[GroupOut]
    total: FiguresOut
    money: MoneyOut | None = None
    income_elsewhere: Decimal | None = None
    modules_used: int
    modules_offered: int
    functional: float | None


class HoursOut(BaseModel):
    """Seconds by weekday (Monday first) and hour of the day, all within the available time."""

    first: date
    last: date
    benches: int
    available_s: list[list[float]] = Field(description="7 lists of 24")
    booked_s: list[list[float]]
    used_s: list[list[float]]


class BookingUsed(BaseModel):
    """A booking held against measurement.

    `before_s` and `after_s` are use that reaches into it from outside, other bookings left out;
    `heard_s` is how much of it the bench gave signs of life.
    """

    booking_id: int
    start_at: datetime
    end_at: datetime
    purpose: BookingPurpose
    title: str
    holder: str
    requester_organisation_code: str
    module: str | None
    outcome: BookingOutcome
    used_s: float
    before_s: float
    after_s: float
    heard_s: float
    usage_ids: list[str]


class MeasuredSession(BaseModel):
    """A usage session and the bookings it falls into, none: unbooked.

    `timeline` is where the API tells what happened then; `is_open`: it goes on.
    """

    usage_id: str
    start_at: datetime
    end_at: datetime
    is_open: bool
    booking_ids: list[int]
    timeline: str


class BenchUtilisationOut(BaseModel):
    """What a bench's figures are made of; the lists hold the latest, the totals count all."""

    bench: str
    first: date
    last: date
    until: datetime
    figures: FiguresOut
    bookings: list[BookingUsed]
    booking_total: int
    usage_sessions: list[MeasuredSession]
    usage_session_total: int
    money: MoneyOut | None = None
    income: list[IncomeOut] = []
    income_total: int = 0


def money_out(found: Earned) -> MoneyOut:
    """What rigs earned and cost, as the API shows it."""
    return MoneyOut(
        inside=in_yuan(found.inside),
        outside=in_yuan(found.outside),
        counted_inside=in_yuan(found.counted_inside),
        counted_outside=in_yuan(found.counted_outside),
        original_value=in_yuan(found.value) if found.valued else None,
        rigs=found.rigs,
        valued_rigs=found.valued,
        return_rate=found.return_rate,
    )


def figures_out(found: Figures) -> FiguresOut:
    """Figures as the API shows them."""
    return FiguresOut.model_validate(
        {f"{name}_s": getattr(found, name) / 1000 for name in _TIMES}
        | {name: getattr(found, name) for name in (*_COUNTS, *_SHARES)}
    )
