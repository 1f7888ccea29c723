"""Each field of a timetable's import, spelled once, and what an import answers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.timetables.meaning import WhyLeftOut, WordOf
from inventory.timetables.reading import CellProblem, TimetableForm

_ROW: dict[str, Any] = {
    "row": 5,
    "place": "新能源2301!B5",
    "title": "动力电池检测 新能源2301",
    "holder": "zhang.wei",
    "weekday": 1,
    "periods": "1-2",
    "weeks": "1-8,10-16",
    "resources": ["bench:BJ01/battery-01"],
    "headcount": 24,
    "note": "",
    "series_id": 12,
    "first_at": "2026-09-08T00:00:00Z",
    "times": 14,
    "not_held": 1,
    "is_known": False,
}


class ImportState(StrEnum):
    """`stopped` means that it ended in the middle; what it had booked stays booked."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class ImportFields(SQLModel):
    """How far an import is: lessons in all, booked now, booked before, and refused."""

    file_name: str = Column(max_length=200)
    sha256: str = Column(max_length=64)
    term: str = Column(max_length=60)
    term_first_day: date
    rows_total: int
    rows_booked: int = 0
    rows_known: int = 0
    rows_refused: int = 0
    bookings: int = 0
    started_at: datetime
    started_by: str = Column(max_length=80)
    changed_at: datetime
    finished_at: datetime | None = None


class LineFields(SQLModel):
    """A lesson of a timetable that was booked; `row` and `place` are where its file has it.

    `fingerprint` is of all that makes it another lesson, so that no file books it twice.
    """

    term_first_day: date
    fingerprint: str = Column(max_length=64)
    row: int
    place: str = Column(default="", max_length=80)
    title: str = Column(max_length=120)
    times: int
    is_current: bool = True


class TimetableRowOut(BaseModel):
    """A lesson and what it became; `series_id` is null where nothing was written.

    `place` is its cell in a grid. `is_known`: an earlier import booked it, nothing was done.
    """

    model_config = {"json_schema_extra": {"examples": [_ROW]}}

    row: int
    place: str = ""
    title: str
    holder: str
    weekday: int = Field(description="0 is Monday")
    periods: str
    weeks: str
    resources: list[str]
    headcount: int | None = None
    note: str = ""
    series_id: int | None = None
    first_at: datetime | None = None
    times: int = Field(description="how often it is held; what is over already is left out")
    not_held: int = Field(default=0, description="weeks it is not held in: days off, or over")
    is_known: bool = False


class UnknownWordOut(BaseModel):
    """A word a person has to settle, how many lessons have it, and where the first ones are."""

    kind: WordOf
    word: str
    lessons: int
    places: list[str]
    suggested: str = ""


class MeaningChoice(BaseModel):
    """What an unknown word may be said to mean: a key of a thing, or a user name."""

    kind: WordOf
    value: str
    shown: str


class LeftOutOut(BaseModel):
    """A lesson that was read and is not booked."""

    row: int
    place: str
    title: str
    why: WhyLeftOut


class PassedOverOut(BaseModel):
    """A text that is no lesson, a sheet without any, or a row that says so itself."""

    place: str
    text: str


class TimetableImported(BaseModel):
    """What an import did, or would do. `bookings` counts all times of all rows booked now.

    `columns` are those that were understood, by their meaning; of a grid there are none.
    """

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "is_dry_run": True,
                    "import_id": None,
                    "form": "grid",
                    "term": "2026–2027 学年第一学期",
                    "term_first_day": "2026-08-31",
                    "rows": [_ROW | {"series_id": None}],
                    "bookings": 15,
                    "problems": [],
                    "unknown": [
                        {
                            "kind": "person",
                            "word": "张老师",
                            "lessons": 3,
                            "places": ["新能源2301!B5"],
                            "suggested": "zhang.wei",
                        }
                    ],
                    "left_out": [],
                    "passed": [{"place": "新能源2301!A9", "text": "午休"}],
                    "columns": [],
                    "ignored_columns": [],
                }
            ]
        }
    }

    is_dry_run: bool
    import_id: int | None = None
    form: TimetableForm
    term: str
    term_first_day: date
    rows: list[TimetableRowOut]
    bookings: int
    problems: list[CellProblem]
    unknown: list[UnknownWordOut]
    choices: list[MeaningChoice] = Field(
        default=[], description="for unknown words; people only for who may book for others"
    )
    left_out: list[LeftOutOut]
    passed: list[PassedOverOut]
    columns: list[str]
    ignored_columns: list[str]


class TimetableLineOut(BaseModel):
    """A lesson an import has booked."""

    row: int
    place: str
    title: str
    series_id: int
    times: int


class TimetableImportOut(ImportFields):
    """An import and how far it is."""

    id: int
    organisation_code: str
    state: ImportState


class TimetableImportDetail(TimetableImportOut):
    """An import with every lesson it has booked."""

    lines: list[TimetableLineOut]
