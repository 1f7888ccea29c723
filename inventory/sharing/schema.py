"""Each field of an offer, spelled once."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import Field as Member
from sqlmodel import Field, SQLModel

from inventory.bookable import MAX_KEY, ResourceKind
from inventory.database import enum_as_text
from inventory.organisations.schema import Code, Name
from inventory.school_calendar.schema import Clock, EndClock, Weekday
from inventory.sharing.hindrances import HindranceKind
from inventory.sharing.rules import OfferState
from inventory.stations.schema import ModuleCode, StationPlace

Words = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Key = Annotated[str, StringConstraints(min_length=5, max_length=MAX_KEY)]
MOST_THINGS = 20
MOST_HOURS = 28
_HOURS = [{"weekday": 5, "opens": "08:00", "closes": "17:00"}]
_OFFER: dict[str, Any] = {
    "station_code": "BJ01-T",
    "title_zh": "动力电池总成检修台架",
    "title_en": "Traction battery bench",
    "hours": _HOURS,
    "first_day": None,
    "last_day": None,
    "least_minutes": 60,
    "most_minutes": 480,
    "notice_hours": 24,
    "conditions_zh": "操作人员须持低压电工证",
    "conditions_en": "Operators need an electrician's certificate",
    "price_note": "400 元/小时，兄弟院校减半",
    "modules": ["2-1"],
}


class OfferHours(BaseModel):
    """On a weekday (0 is Monday) from one local time to another; 24:00 is midnight."""

    model_config = ConfigDict(extra="forbid")

    weekday: Weekday
    opens: Clock
    closes: EndClock


class OfferFields(SQLModel):
    """What a station shares and how; see `OfferOrder` for the lists.

    A slot lasts from `least_minutes` to `most_minutes` and is asked for `notice_hours` ahead, on
    days from `first_day` to `last_day` (None: no bound). `price_note` is what it costs, in words.
    `supervisor` is the staff number of who is present; the buffers are before and after a slot.
    """

    station_code: Code
    title_zh: Name
    title_en: str = Field(default="", max_length=120)
    first_day: date | None = None
    last_day: date | None = None
    least_minutes: int = Field(default=60, ge=15, le=1440)
    most_minutes: int = Field(default=480, ge=15, le=1440)
    notice_hours: int = Field(default=24, ge=0, le=24 * 60)
    conditions_zh: str = Field(default="", max_length=2000)
    conditions_en: str = Field(default="", max_length=2000)
    price_note: str = Field(default="", max_length=200)


class ContactFields(SQLModel):
    """Whom to ask; others see it when they have an agreement, everybody if it is public."""

    contact_name: str = Field(default="", max_length=80)
    contact_phone: str = Field(default="", max_length=40)
    contact_email: str = Field(default="", max_length=120)


class OwnersFields(ContactFields):
    """What only the owner knows of an offer."""

    is_contact_public: bool = False
    supervisor: str | None = Field(default=None, max_length=64)
    set_up_minutes: int = Field(default=0, ge=0, le=240)
    clear_up_minutes: int = Field(default=0, ge=0, le=240)


class OfferOrder(OfferFields, OwnersFields):
    """An offer as its owner writes it: all of `resources` together are one thing to ask for."""

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {"examples": [_OFFER | {"resources": ["bench:BJ01/battery-01"]}]},
    }

    conditions_zh: Words = ""
    conditions_en: Words = ""
    price_note: Line = ""
    resources: list[Key] = Member(min_length=1, max_length=MOST_THINGS)
    hours: list[OfferHours] = Member(min_length=1, max_length=MOST_HOURS)
    modules: list[ModuleCode] = Member(default=[], max_length=20)


class HindranceOut(BaseModel):
    """Why an offer is free less often than its hours say, or never; in both languages."""

    kind: HindranceKind
    zh: str
    en: str


class OfferOwned(OfferOrder):
    """An offer as those who manage it see it, with what keeps it from being free."""

    model_config = {
        "extra": "ignore",
        "json_schema_extra": {
            "examples": [
                _OFFER
                | {
                    "id": 2,
                    "organisation_code": "BJ01",
                    "resources": ["bench:BJ01/battery-01"],
                    "state": "published",
                    "created_at": "2026-12-01T02:00:00Z",
                    "created_by": "bj-master",
                    "changed_at": "2026-12-01T02:00:00Z",
                    "changed_by": "bj-master",
                    "hindrances": [
                        {
                            "kind": "school_closed",
                            "zh": "按学校校历，以下时段不开放：周六。",
                            "en": "By the school's calendar it is closed then: Sat.",
                        }
                    ],
                }
            ]
        },
    }

    id: int
    organisation_code: str
    state: OfferState
    hindrances: list[HindranceOut] = []
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


class OfferStored(SQLModel):
    """What happened to an offer."""

    state: OfferState = Field(default=OfferState.DRAFT, sa_type=enum_as_text(OfferState))
    created_at: datetime
    created_by: str = Field(max_length=80)
    changed_at: datetime
    changed_by: str = Field(max_length=80)


class SpanOut(BaseModel):
    """A half-open span in which a slot may lie."""

    start_at: datetime
    end_at: datetime


class ThingOut(BaseModel):
    """One thing of an offer; of people it is only said that there is one."""

    kind: ResourceKind
    name_zh: str
    name_en: str


class OfferOut(OfferFields):
    """A published offer as everybody sees it: no names of people, contact only if it is public.

    `is_alive`, `is_calibrated` and `is_in_order` are null where nobody knows. `free` are the next
    spans that fit what was asked for.
    """

    model_config = {
        "json_schema_extra": {
            "examples": [
                _OFFER
                | {
                    "id": 2,
                    "organisation_code": "BJ01",
                    "organisation_name_zh": "北京示范职业学校",
                    "organisation_name_en": "Beijing Demonstration School",
                    "station_name_zh": "培训站",
                    "station_name_en": "Training station",
                    "place": {"address": "某路 1 号", "latitude": 39.96, "longitude": 116.3},
                    "things": [{"kind": "bench", "name_zh": "电池台架", "name_en": "Battery"}],
                    "profiles": ["battery"],
                    "is_alive": True,
                    "is_calibrated": True,
                    "is_in_order": True,
                    "free": [
                        {"start_at": "2026-12-05T00:00:00Z", "end_at": "2026-12-05T09:00:00Z"}
                    ],
                }
            ]
        }
    }

    id: int
    organisation_code: str
    organisation_name_zh: str
    organisation_name_en: str
    station_name_zh: str
    station_name_en: str
    place: StationPlace
    hours: list[OfferHours]
    things: list[ThingOut]
    profiles: list[str]
    modules: list[str]
    contact: ContactFields | None = None
    is_alive: bool | None
    is_calibrated: bool | None
    is_in_order: bool | None
    distance_km: float | None = None
    free: list[SpanOut] = []
