"""Each field of a school's calendar, spelled once; clocks are local, weekday 0 is Monday."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from inventory.bookable import MAX_KEY
from inventory.organisations.schema import Code
from inventory.school_calendar.rules import DayKind, DaySource

Clock = Annotated[str, StringConstraints(pattern=r"^(?:[01]\d|2[0-3]):[0-5]\d$")]
EndClock = Annotated[str, StringConstraints(pattern=r"^(?:[0-2]\d|3[0-5]):[0-5]\d$")]
"""Up to 35:59: what closes after midnight belongs to the day it opened."""
Weekday = Annotated[int, Field(ge=0, le=6)]
Title = Annotated[str, StringConstraints(max_length=80, strip_whitespace=True)]
_FIRST_YEAR, _LAST_YEAR = 2000, 2199


def _of_a_school(day: date) -> date:
    # the ends of the calendar leave no room for weeks and time zones
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"expected a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return day


SchoolDate = Annotated[date, AfterValidator(_of_a_school)]
_STRICT = ConfigDict(extra="forbid")


class TermIn(BaseModel):
    """A term; both days belong to it, week 1 has the first."""

    model_config = _STRICT

    name: Annotated[Title, StringConstraints(min_length=1)]
    first_day: SchoolDate
    last_day: SchoolDate


class PeriodIn(BaseModel):
    """A lesson period 节次."""

    model_config = _STRICT

    number: int = Field(ge=1, le=30)
    starts: Clock
    ends: EndClock
    name: Title = ""


class HoursIn(BaseModel):
    """Open on a weekday, of a station or of one resource by its key, else of the whole school.

    A place with rows of its own has no others; the same moment twice says closed that weekday.
    """

    model_config = _STRICT

    weekday: Weekday
    opens: Clock
    closes: EndClock
    station: Code | None = None
    resource: str | None = Field(default=None, max_length=MAX_KEY)


class DayIn(BaseModel):
    """A day that is not as its weekday is; a make-up day names the day off it `replaces`."""

    model_config = _STRICT

    day: SchoolDate
    kind: DayKind
    as_weekday: Weekday | None = None
    replaces: SchoolDate | None = None
    name: Title = ""


Terms = Annotated[list[TermIn], Field(max_length=60)]
Periods = Annotated[list[PeriodIn], Field(max_length=30)]
Hours = Annotated[list[HoursIn], Field(max_length=2000)]
Days = Annotated[list[DayIn], Field(max_length=1000)]


class SettingsIn(BaseModel):
    """Whether public holidays and make-up days hold, and the time zone of the school's clocks."""

    model_config = _STRICT

    follows_public_holidays: bool = True
    zone: str = Field(default="Asia/Shanghai", max_length=40)


class TermOut(TermIn):
    """A term and how many weeks it has."""

    weeks: int


class PublicDayOut(BaseModel):
    """A public holiday or make-up day, as far as the school says nothing else of it."""

    day: date
    kind: DayKind
    as_weekday: int | None
    replaces: date | None
    name: str
    name_en: str


_CALENDAR: dict[str, Any] = {
    "organisation_code": "BJ01",
    "settings": {"follows_public_holidays": True, "zone": "Asia/Shanghai"},
    "terms": [
        {"name": "第一学期", "first_day": "2026-08-31", "last_day": "2027-01-17", "weeks": 20}
    ],
    "periods": [{"number": 1, "starts": "08:00", "ends": "08:45", "name": "第1节"}],
    "hours": [{"weekday": 0, "opens": "08:00", "closes": "21:00"}],
    "days": [],
    "public_days": [],
    "is_announced": True,
    "defaults": ["terms", "periods", "hours", "days"],
    "changed_at": None,
    "changed_by": None,
}


class CalendarOut(BaseModel):
    """A school's calendar; `defaults` names the parts the school has not set itself.

    `public_days` are those of a year; `is_announced` is false before its make-up days are known.
    """

    model_config = {"json_schema_extra": {"examples": [_CALENDAR]}}

    organisation_code: str
    settings: SettingsIn
    terms: list[TermOut]
    periods: list[PeriodIn]
    hours: list[HoursIn]
    days: list[DayIn]
    public_days: list[PublicDayOut]
    is_announced: bool
    defaults: list[str]
    changed_at: datetime | None = None
    changed_by: str | None = None


class SpanOut(BaseModel):
    """A half-open span."""

    start_at: datetime
    end_at: datetime


class LessonOut(SpanOut):
    """A lesson of a day."""

    number: int
    name: str


class SchoolDayOut(BaseModel):
    """A local day: as which weekday it is kept (null: a day off), and what it is called."""

    day: date
    weekday: int
    kept_as: int | None
    name: str
    name_en: str
    source: DaySource | None
    term: str | None
    week: int | None
    open: list[SpanOut]
    lessons: list[LessonOut]
