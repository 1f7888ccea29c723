"""Routes of the school calendar."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Response, UploadFile
from pydantic import BaseModel

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.bookable import MAX_KEY
from inventory.database import Database
from inventory.moments import today
from inventory.requirements.writing import MEDIA_TYPES
from inventory.school_calendar.public_holidays import FIRST_YEAR, LAST_YEAR
from inventory.school_calendar.rules import Place
from inventory.school_calendar.schema import (
    CalendarOut,
    Days,
    Hours,
    Periods,
    SchoolDate,
    SchoolDayOut,
    SettingsIn,
    Terms,
)
from inventory.school_calendar.use_cases import (
    CalendarUpload,
    days_of,
    export_calendar,
    import_calendar,
    put_part,
    put_settings,
    school_calendar,
)

router = APIRouter(tags=["school calendar"])
Reader = Annotated[Principal, Depends(require(Action.READ_BOOKING))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_STATION))]
Owner = Annotated[str | None, Query(max_length=32, description="default: mine")]


class CalendarForm(BaseModel):
    """A calendar's file; without an organisation: of the caller's own."""

    model_config = {"extra": "forbid"}

    file: UploadFile
    organisation: str | None = None


class Desk:
    """Who changes whose calendar, and where."""

    def __init__(
        self, database: TheDatabase, caller: Writer, now: Now, organisation: Owner = None
    ) -> None:
        self.database: Database = database
        self.caller = caller
        self.now = now
        self.organisation_code = organisation or caller.organisation_code

    def put(self, part: str, items: Sequence[BaseModel] | None) -> CalendarOut:
        """Set a part of the calendar."""
        code = self.organisation_code
        return put_part(
            self.database, self.caller, part, items, organisation_code=code, now=self.now
        )


class AskedDays:
    """Which days are asked for, and whose hours."""

    def __init__(
        self,
        first: Annotated[SchoolDate, Query(alias="from")],
        last: Annotated[SchoolDate, Query(alias="to", description="the last day")],
        station: Annotated[str, Query(max_length=32)] = "",
        resource: Annotated[str, Query(max_length=MAX_KEY)] = "",
    ) -> None:
        self.between = (first, last)
        self.place = Place(station, resource)


TheDesk = Annotated[Desk, Depends()]


@router.get("/school-calendar")
def show_calendar(
    database: TheDatabase,
    caller: Reader,
    now: Now,
    organisation: Owner = None,
    year: Annotated[
        int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="of the public days")
    ] = None,
) -> CalendarOut:
    """Terms, lesson periods, opening hours and days off of a school."""
    on = today(now) if year is None else date(year, 1, 1)
    with database.read() as db:
        return school_calendar(db, caller, organisation or caller.organisation_code, on)


@router.get("/school-calendar/calendar-days")
def list_days(
    database: TheDatabase,
    caller: Reader,
    days: Annotated[AskedDays, Depends()],
    organisation: Owner = None,
) -> list[SchoolDayOut]:
    """Each day with its term and week, lessons, and the hours of a station or resource."""
    code = organisation or caller.organisation_code
    with database.read() as db:
        return days_of(db, caller, code, days.between, days.place)


@router.get("/school-calendar/file")
def export_file(
    database: TheDatabase,
    caller: Reader,
    now: Now,
    organisation: Owner = None,
    file_format: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "xlsx",
) -> Response:
    """The calendar as a file that can be imported again; of a new school it is the template."""
    name = f"calendar.{file_format}"
    with database.read() as db:
        code = organisation or caller.organisation_code
        content = export_calendar(db, caller, code, today(now), name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[file_format], headers=headers)


@router.post("/school-calendar/file")
def import_file(
    form: Annotated[CalendarForm, Form(media_type="multipart/form-data")],
    database: TheDatabase,
    caller: Writer,
    now: Now,
) -> CalendarOut:
    """Set the parts of the calendar that a csv or xlsx file has rows of: all of it or nothing."""
    code = form.organisation or caller.organisation_code
    upload = CalendarUpload(form.file.filename or "", form.file.file.read(), code)
    return import_calendar(database, caller, upload, now=now)


@router.put("/school-calendar/terms")
def put_terms(desk: TheDesk, items: Terms) -> CalendarOut:
    """Set all terms."""
    return desk.put("terms", items)


@router.put("/school-calendar/periods")
def put_periods(desk: TheDesk, items: Periods) -> CalendarOut:
    """Set the lesson periods."""
    return desk.put("periods", items)


@router.put("/school-calendar/hours")
def put_hours(desk: TheDesk, items: Hours) -> CalendarOut:
    """Set all opening hours."""
    return desk.put("hours", items)


@router.put("/school-calendar/days")
def put_days(desk: TheDesk, items: Days) -> CalendarOut:
    """Set the days that are special."""
    return desk.put("days", items)


@router.delete("/school-calendar/{part}")
def reset_part(part: Literal["terms", "periods", "hours", "days"], desk: TheDesk) -> CalendarOut:
    """Give a part back to the default."""
    return desk.put(part, None)


@router.put("/school-calendar/settings")
def change_settings(desk: TheDesk, settings: SettingsIn) -> CalendarOut:
    """Whether public holidays hold, and the time zone."""
    return put_settings(
        desk.database,
        desk.caller,
        settings,
        organisation_code=desk.organisation_code,
        now=desk.now,
    )
