"""The tables of income: entries, and what of each a rig earned; rows are only ever added."""

from sqlalchemy import Index
from sqlmodel import Field

from inventory.benches.schema import BenchCode
from inventory.database import Row
from inventory.income.schema import IncomeFields, IncomePartFields
from inventory.organisations.schema import Code


class IncomeEntry(IncomeFields, Row, table=True):
    """A stored entry."""

    __tablename__ = "income_entry"
    __table_args__ = (Index("ix_income_entry_days", "organisation_code", "received_on"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", max_length=32)
    station_code: Code | None = Field(default=None, foreign_key="station.code", max_length=32)
    booking_id: int | None = Field(default=None, foreign_key="booking.id", index=True)
    sharing_request_id: int | None = Field(default=None, foreign_key="sharing_request.id")
    corrects_id: int | None = Field(default=None, foreign_key="income_entry.id", unique=True)


class IncomePart(IncomePartFields, Row, table=True):
    """A stored part."""

    __tablename__ = "income_part"

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="income_entry.id", index=True)
    bench_code: BenchCode | None = Field(
        default=None, foreign_key="bench.code", index=True, max_length=32
    )
