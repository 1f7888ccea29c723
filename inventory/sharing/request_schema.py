"""Each field of a request for shared use and its history, spelled once."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import Field as Member
from sqlmodel import Field, SQLModel

from inventory.bookings.schema import SlotMoment
from inventory.database import enum_as_text
from inventory.organisations.schema import Code
from inventory.sharing.rules import SharingSide, SharingState, SharingStep
from inventory.sharing.schema import ContactFields, Line, Words

Purpose = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Person = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Phone = Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)]
RATING = Member(ge=1, le=5, description="1 bad to 5 good")
_EXAMPLE: dict[str, Any] = {
    "id": 7,
    "offer_id": 2,
    "title_zh": "动力电池总成检修台架",
    "title_en": "Traction battery bench",
    "organisation_code": "BJ01",
    "requester_organisation_code": "GX02",
    "start_at": "2026-12-05T00:00:00Z",
    "end_at": "2026-12-05T03:00:00Z",
    "purpose": "模块 2-1 考前训练",
    "headcount": 8,
    "state": "terms_offered",
    "terms_no": 1,
    "terms": "自带绝缘手套；损坏照价赔偿",
    "price_note": "1200 元",
    "hold_until": "2026-12-04T02:00:00Z",
    "requested_at": "2026-12-01T02:00:00Z",
    "changed_at": "2026-12-01T08:00:00Z",
}


class RequestFields(SQLModel):
    """Somebody of another organisation wants to use what is offered, in `[start_at, end_at)`.

    `terms` and `price_note` are what the owner offered last, `terms_no` counts those offers;
    `accepted_no` is the one both sides agreed to. `used_s` is how long the benches were measured to
    be in use during the visit, None where they can't tell or it is not over.
    """

    start_at: datetime
    end_at: datetime
    purpose: str = Field(max_length=500)
    headcount: int = 1
    has_minors: bool = False
    requested_by: str = Field(max_length=80)
    visitor_name: str = Field(max_length=80)
    visitor_phone: str = Field(default="", max_length=40)
    state: SharingState = Field(default=SharingState.REQUESTED, sa_type=enum_as_text(SharingState))
    terms_no: int = 0
    terms: str = Field(default="", max_length=2000)
    price_note: str = Field(default="", max_length=200)
    accepted_no: int | None = None
    accepted_by: str | None = Field(default=None, max_length=80)
    accepted_at: datetime | None = None
    used_s: int | None = None
    owner_rating: int | None = None
    owner_feedback: str = Field(default="", max_length=2000)
    requester_rating: int | None = None
    requester_feedback: str = Field(default="", max_length=2000)
    changed_at: datetime


class EntryFields(SQLModel):
    """One step in a request's history; `state` is the one it led to."""

    at: datetime
    who: str = Field(max_length=80)
    side: SharingSide = Field(sa_type=enum_as_text(SharingSide))
    step: SharingStep = Field(sa_type=enum_as_text(SharingStep))
    state: SharingState = Field(sa_type=enum_as_text(SharingState))
    text: str = Field(default="", max_length=2000)


class RequestOrder(BaseModel):
    """What somebody asks for, and whom the owner may call about it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "offer_id": 2,
                    "start_at": "2026-12-05T00:00:00Z",
                    "end_at": "2026-12-05T03:00:00Z",
                    "purpose": "模块 2-1 考前训练",
                    "headcount": 8,
                    "visitor_name": "李老师",
                    "visitor_phone": "139 0000 0000",
                }
            ]
        },
    )

    offer_id: Annotated[int, Member(ge=1, le=2**31 - 1)]
    start_at: SlotMoment
    end_at: SlotMoment
    purpose: Purpose
    headcount: Annotated[int, Member(ge=1, le=500)] = 1
    has_minors: bool = False
    visitor_name: Person
    visitor_phone: Phone = ""


class SharingStepOrder(BaseModel):
    """A step with its words.

    `terms` and `price_note` go with `offer_terms`, `terms_no` (the terms that were read) with
    `accept`, `rating` with `feedback`.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"step": "decline"}]})

    step: SharingStep
    text: Words = ""
    terms: Words = ""
    price_note: Line = ""
    terms_no: int | None = None
    rating: Annotated[int, RATING] | None = None


class SharingEntryOut(BaseModel):
    """A step as the API shows it; `who` is null for people of the other side."""

    id: int
    at: datetime
    who: str | None
    side: SharingSide
    step: SharingStep
    state: SharingState
    text: str


class RequestOut(BaseModel):
    """A request as either side sees it in a list."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE | {"side": "owner"}]}}

    id: int
    offer_id: int
    title_zh: str
    title_en: str
    organisation_code: Code
    requester_organisation_code: Code
    side: SharingSide = Member(description="which side the caller is on")
    start_at: datetime
    end_at: datetime
    purpose: str
    headcount: int
    state: SharingState
    terms_no: int
    terms: str
    price_note: str
    hold_until: datetime | None
    requested_at: datetime
    changed_at: datetime


class RequestPage(RequestOut):
    """A request with all that happened to it.

    `visitor` is for the owner, `contact` for who asks, once both agreed or if it is public.
    """

    model_config = {
        "json_schema_extra": {
            "examples": [_EXAMPLE | {"side": "owner", "history": [], "possible": ["decline"]}]
        }
    }

    booking_id: int | None = Member(default=None, description="for the owner")
    visitor: ContactFields | None = None
    contact: ContactFields | None = None
    accepted_at: datetime | None = None
    checked_in_at: datetime | None = None
    used_s: int | None = None
    owner_rating: int | None = None
    owner_feedback: str = ""
    requester_rating: int | None = None
    requester_feedback: str = ""
    history: list[SharingEntryOut] = []
    possible: list[SharingStep] = Member(default=[], description="steps the caller may take now")
