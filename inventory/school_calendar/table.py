"""The calendar's table: one row a school, so that one statement reads all of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code


def _part() -> Column[list[dict[str, Any]]]:
    # none_as_null: a part that was never set is NULL on either database, not the text "null"
    return Column(JSON(none_as_null=True), nullable=True)


class SchoolCalendar(Row, table=True):
    """A stored calendar, parts spelled as the API takes them; None: left to the default."""

    __tablename__ = "school_calendar"

    organisation_code: Code = Field(
        primary_key=True, foreign_key="organisation.code", max_length=32
    )
    zone: str = Field(default="Asia/Shanghai", max_length=40)
    follows_public_holidays: bool = True
    terms: list[dict[str, Any]] | None = Field(default=None, sa_column=_part())
    periods: list[dict[str, Any]] | None = Field(default=None, sa_column=_part())
    hours: list[dict[str, Any]] | None = Field(default=None, sa_column=_part())
    days: list[dict[str, Any]] | None = Field(default=None, sa_column=_part())
    changed_at: datetime
    changed_by: str = Field(max_length=80)
