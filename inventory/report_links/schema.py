"""Each field of a report link, spelled once."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Member
from sqlmodel import Field, SQLModel

from inventory.benches.schema import BenchCode
from inventory.labels.schema import MOST_USED
from inventory.labels.sheets import SheetKind
from inventory.organisations.schema import Code
from inventory.work_orders.schema import AssetNumber

_EXAMPLE: dict[str, Any] = {
    "id": 4,
    "organisation_code": "BJ01",
    "bench_code": "battery-01",
    "asset_number": None,
    "token": "pQ3xV1bT0mWcZk8rYd5nLA",
    "path": "/report/pQ3xV1bT0mWcZk8rYd5nLA",
    "created_at": "2026-12-01T08:00:00Z",
    "created_by": "bj-master",
    "ended_at": None,
}


class ReportLinkFields(SQLModel):
    """A code on a bench or on a piece of the register; whoever has it may report, until it ends.

    The token is kept as it is: a label that wore off is printed again, and all it opens is a page
    on which to report.
    """

    organisation_code: Code
    bench_code: BenchCode | None = None
    asset_number: str | None = Field(default=None, max_length=64)
    token: str = Field(max_length=32)
    created_at: datetime
    created_by: str = Field(max_length=80)
    ended_at: datetime | None = None


class ReportLinkOrder(BaseModel):
    """The one thing that is to have a code: a bench, or a piece of the school's register."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"bench_code": "battery-01"}]}
    )

    bench_code: BenchCode | None = None
    asset_number: AssetNumber | None = None


class ReportLabelOrder(BaseModel):
    """Labels to report by: of all benches of a station, or of the things that are named.

    `used` labels of the first sheet are gone already.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"station": "BJ01-T", "sheet": "3x8"}]}
    )

    station: Code
    bench_codes: list[BenchCode] = Member(default=[], max_length=1000)
    asset_numbers: list[AssetNumber] = Member(default=[], max_length=1000)
    sheet: SheetKind = SheetKind.A4_3X8
    used: int = Member(default=0, ge=0, le=MOST_USED)


class ReportLinkOut(ReportLinkFields):
    """A report link as the API shows it; `path` is below the installation's address."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}}

    id: int
    path: str
