"""What an import of a timetable answers."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from inventory.requirements.tabular import RowProblem

_ROW: dict[str, Any] = {
    "row": 2,
    "title": "动力电池检测 新能源 2301",
    "series_id": 12,
    "first_at": "2026-09-08T00:00:00Z",
    "times": 8,
}


class TimetableRowOut(BaseModel):
    """A row and what it became; `series_id` is null where nothing was written."""

    model_config = {"json_schema_extra": {"examples": [_ROW]}}

    row: int
    title: str
    series_id: int | None = None
    first_at: datetime
    times: int = Field(description="how often it is held; what is over already is left out")


class TimetableImported(BaseModel):
    """What an import did, or would do. `bookings` counts all times of all rows.

    `columns` are those that were understood, by their meaning.
    """

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "is_dry_run": True,
                    "term": "2026–2027 学年第一学期",
                    "term_first_day": "2026-08-31",
                    "rows": [_ROW],
                    "bookings": 8,
                    "problems": [],
                    "columns": ["title", "weekday", "periods", "weeks", "resources"],
                    "ignored_columns": [],
                }
            ]
        }
    }

    is_dry_run: bool
    term: str
    term_first_day: date
    rows: list[TimetableRowOut]
    bookings: int
    problems: list[RowProblem]
    columns: list[str]
    ignored_columns: list[str]
