"""Each field of an entry of income, spelled once."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.bookable import MAX_KEY
from inventory.database import enum_as_text
from inventory.income.rules import IncomeSource
from inventory.money_column import InFen, Yuan
from inventory.organisations.schema import Code

MOST_WORDS = 400
MOST_RIGS = 100
FIRST_DAY = date(2000, 1, 1)
Words = Annotated[
    str, StringConstraints(min_length=1, max_length=MOST_WORDS, strip_whitespace=True)
]
Key = Annotated[str, StringConstraints(min_length=1, max_length=MAX_KEY)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
_ENTRY: dict[str, Any] = {
    "id": 3,
    "organisation_code": "BJ01",
    "station_code": "BJ01-T",
    "source": "outside",
    "amount": "1200.00",
    "received_on": "2026-12-05",
    "words": "外校考前训练 3 小时，1200 元",
    "booking_id": 17,
    "sharing_request_id": 7,
    "corrects_id": None,
    "entered_at": "2026-12-05T06:00:00Z",
    "entered_by": "bj-master",
    "corrected_by_id": None,
    "parts": [
        {
            "resource_key": "bench:BJ01/battery-01",
            "bench_code": "battery-01",
            "amount": "1200.00",
        }
    ],
}


class IncomeFields(SQLModel):
    """Money that came in for the use of rigs, in CNY.

    Entries are never changed: one that was wrong gets a counter-entry with the same parts, the
    same day and the sign turned, which names it in `corrects_id`.
    """

    organisation_code: Code
    station_code: Code | None = None
    source: IncomeSource = Column(sa_type=enum_as_text(IncomeSource))
    amount: Decimal = Column(sa_type=InFen)
    received_on: date
    words: str = Column(max_length=MOST_WORDS)
    booking_id: int | None = None
    sharing_request_id: int | None = None
    corrects_id: int | None = None
    entered_at: datetime
    entered_by: str = Column(max_length=80)


class IncomePartFields(SQLModel):
    """What of an entry one rig earned; a register row that is a bench has its code."""

    resource_key: str = Column(max_length=MAX_KEY)
    bench_code: str | None = None
    amount: Decimal = Column(sa_type=InFen)


class RigPart(BaseModel):
    """A rig (`bench:` or `equipment:`) and its part of the amount; null for equal parts."""

    model_config = ConfigDict(extra="forbid")

    resource_key: Key
    amount: Yuan | None = None


class IncomeOrder(BaseModel):
    """Income as it is entered; without an organisation: of the caller's own.

    What belongs to a booking or a request for shared use is inside or outside as that is, and
    without `rigs` it is shared over those of the booking; `source` is needed only without either.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "amount": "1200.00",
                    "received_on": "2026-12-05",
                    "words": "外校考前训练 3 小时",
                    "sharing_request_id": 7,
                }
            ]
        },
    )

    organisation: Code | None = None
    station: Code | None = None
    source: IncomeSource | None = None
    amount: Annotated[Yuan, Field(gt=0)]
    received_on: date
    words: Words
    booking_id: Number | None = None
    sharing_request_id: Number | None = None
    rigs: Annotated[list[RigPart], Field(max_length=MOST_RIGS)] | None = None


class CorrectionOrder(BaseModel):
    """Why an entry was wrong."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"words": "重复登记"}]}
    )

    words: Words


class IncomePartOut(IncomePartFields):
    """A rig's part as the API shows it."""


class IncomeOut(IncomeFields):
    """An entry as the API shows it; `corrected_by_id` is the counter-entry's, if there is one."""

    model_config = {"json_schema_extra": {"examples": [_ENTRY]}}

    id: int
    corrected_by_id: int | None = None
    parts: list[IncomePartOut]


class IncomePage(BaseModel):
    """A page of entries, the latest day first; the sums are of all pages.

    Where one bench is asked for, they are of its parts.
    """

    items: list[IncomeOut]
    total: int = Field(description="items on all pages")
    next: int | None = Field(description="offset of the next page; null on the last one")
    inside: Decimal
    outside: Decimal


class DraftRig(BaseModel):
    """A rig of a booking that income would be shared over."""

    resource_key: str
    name: str


class IncomeDraft(BaseModel):
    """What an entry for a booking would say.

    `amount` is the price note's, where that is nothing but an amount. `known` is what was entered
    for the booking before, corrections taken off.
    """

    booking_id: int
    sharing_request_id: int | None
    source: IncomeSource
    station_code: str | None
    received_on: date
    words: str
    amount: Decimal | None
    rigs: list[DraftRig]
    known: Decimal
