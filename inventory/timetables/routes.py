"""Routes of timetables."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response, UploadFile
from pydantic import BaseModel

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.bookings.desk import Desk
from inventory.requirements.writing import MEDIA_TYPES, template
from inventory.school_calendar.keeping import calendar_of
from inventory.school_calendar.recurrence import ClosedDays
from inventory.timetables.deciding import decisions_of, weeks_of
from inventory.timetables.importing import import_timetable, try_timetable
from inventory.timetables.keeping import import_shown, imports
from inventory.timetables.reading import TimetableForm
from inventory.timetables.schema import (
    TimetableImportDetail,
    TimetableImported,
    TimetableImportOut,
)
from inventory.timetables.template import TIMETABLE_COLUMNS, grid_template
from inventory.timetables.trying import TimetableUpload

router = APIRouter(tags=["bookings"])
Writer = Annotated[Principal, Depends(require(Action.WRITE_BOOKING))]
ImportId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class TimetableOrder(BaseModel):
    """How a timetable is to be imported; without a term: of the one that runs or is next.

    `columns` is a JSON object from headings to our columns, empty to leave one out. `settled` is
    one of `things` (words to keys of resources), `people` (words to user names) and `cells` (places
    such as `Sheet1!B5` to the text that is meant), each empty to leave it out. `weeks` are those of
    lessons that name none. With `only_known`, lessons in places we don't have are left out.
    """

    model_config = {"extra": "forbid"}

    file: UploadFile
    term: str = ""
    columns: str = "{}"
    settled: str = "{}"
    weeks: str = ""
    only_known: bool = False
    closed: ClosedDays = ClosedDays.MAKE_UP
    dry_run: bool = True


@router.post("/timetables/file")
def import_file(
    form: Annotated[TimetableOrder, Form(media_type="multipart/form-data")],
    request: Request,
    database: TheDatabase,
    caller: Writer,
    now: Now,
) -> TimetableImported:
    """Book a timetable from a csv or xlsx file, a list or grids of weekdays; by default only try.

    A file that is bad in any place books nothing. Each lesson is booked by itself, and only once
    however often the file comes.
    """
    upload = TimetableUpload(
        form.file.filename or "",
        form.file.file.read(),
        form.term,
        *decisions_of(form.columns, form.settled),
        form.closed,
        weeks_of(form.weeks),
        form.only_known,
    )
    desk = Desk(caller, now, request.app.state.rig_truth)
    if form.dry_run:
        return try_timetable(database, desk, upload)
    return import_timetable(database, desk, upload, request.app.state.clock)


@router.get("/timetables/imports")
def list_imports(database: TheDatabase, caller: Writer, now: Now) -> list[TimetableImportOut]:
    """The latest imports and how far each is, the last first; instructors see their own."""
    with database.read() as db:
        return imports(db, caller, now)


@router.get("/timetables/imports/{import_id}")
def show_import(
    import_id: ImportId, database: TheDatabase, caller: Writer, now: Now
) -> TimetableImportDetail:
    """An import, how far it is and every lesson it has booked."""
    with database.read() as db:
        return import_shown(db, caller, import_id, now)


@router.get("/timetables/template")
def timetable_template(
    database: TheDatabase,
    caller: Writer,
    file_format: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "xlsx",
    form: TimetableForm = TimetableForm.LIST,
) -> Response:
    """An empty timetable to fill in, as a list or as a grid of weekdays with the school's periods.

    A grid is always xlsx.
    """
    if form is TimetableForm.GRID:
        file_format = "xlsx"
        with database.read() as db:
            content = grid_template(calendar_of(db, caller.organisation_code))
    else:
        content = template(f"timetable.{file_format}", TIMETABLE_COLUMNS)
    name = f"timetable-{form}.{file_format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[file_format], headers=headers)
