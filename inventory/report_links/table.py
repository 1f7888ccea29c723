"""The tables of report links, of what was reported by them, and of attempts in the last hour."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from inventory.benches.schema import BenchCode
from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.report_links.schema import ReportLinkFields

_RUNS = text("ended_at IS NULL")


def _one_running(column: str) -> Index:
    return Index(
        f"uq_report_link_{column}",
        "organisation_code",
        column,
        unique=True,
        sqlite_where=_RUNS,
        postgresql_where=_RUNS,
    )


class ReportLink(ReportLinkFields, Row, table=True):
    """A stored link; a thing has one that runs at most, ended ones stay as history."""

    __tablename__ = "report_link"
    __table_args__ = (_one_running("bench_code"), _one_running("asset_number"))

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", max_length=32)
    bench_code: BenchCode | None = Field(default=None, foreign_key="bench.code", max_length=32)
    token: str = Field(unique=True, max_length=32)


class PublicReport(Row, table=True):
    """The number somebody was given and the work order it stands for; nothing says who it was.

    `form_id` is of the page the report was written on: sent twice, it is one report.
    """

    __tablename__ = "public_report"

    number: str = Field(primary_key=True, max_length=8)
    form_id: str | None = Field(default=None, unique=True, max_length=32)
    report_link_id: int = Field(foreign_key="report_link.id", index=True)
    work_order_id: int = Field(foreign_key="work_order.id", index=True)
    at: datetime


class ReportAttempt(Row, table=True):
    """An attempt of the last hour; older ones are deleted, since an address may be a person's."""

    __tablename__ = "report_attempt"

    id: int | None = Field(default=None, primary_key=True)
    report_link_id: int | None = Field(default=None, foreign_key="report_link.id")
    address: str = Field(max_length=64)
    at: datetime = Field(index=True)
