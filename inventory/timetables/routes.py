"""Routes of timetables."""

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request, Response, UploadFile
from pydantic import BaseModel

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.bookings.desk import Desk
from inventory.errors import Invalid
from inventory.requirements.writing import MEDIA_TYPES, template
from inventory.school_calendar.recurrence import ClosedDays
from inventory.timetables.importing import TimetableUpload, import_timetable
from inventory.timetables.schema import TimetableImported
from inventory.timetables.template import TIMETABLE_COLUMNS

router = APIRouter(tags=["bookings"])
Writer = Annotated[Principal, Depends(require(Action.WRITE_BOOKING))]
MOST_CHARACTERS = 10_000


class TimetableForm(BaseModel):
    """How a timetable is to be imported; without a term: of the one that runs or is next.

    `columns` is a JSON object from headings to our columns, empty to leave one out.
    """

    model_config = {"extra": "forbid"}

    file: UploadFile
    term: str = ""
    columns: str = "{}"
    closed: ClosedDays = ClosedDays.MAKE_UP
    dry_run: bool = True


@router.post("/timetables/file")
def import_file(
    form: Annotated[TimetableForm, Form(media_type="multipart/form-data")],
    request: Request,
    database: TheDatabase,
    caller: Writer,
    now: Now,
) -> TimetableImported:
    """Book a timetable from a csv or xlsx file, all of it or nothing; by default only try it."""
    upload = TimetableUpload(
        form.file.filename or "",
        form.file.file.read(),
        form.term,
        _meanings(form.columns),
        form.closed,
        form.dry_run,
    )
    return import_timetable(database, Desk(caller, now, request.app.state.rig_truth), upload)


@router.get("/timetables/template")
def timetable_template(
    _caller: Writer,
    file_format: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "xlsx",
) -> Response:
    """An empty timetable to fill in, with what belongs where."""
    name = f"timetable.{file_format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = template(name, TIMETABLE_COLUMNS)
    return Response(content, media_type=MEDIA_TYPES[file_format], headers=headers)


def _meanings(text: str) -> dict[str, str]:
    known = {column.name for column in TIMETABLE_COLUMNS} | {""}
    expected = f"a JSON object from headings to one of: {', '.join(sorted(known - {''}))}"
    try:
        found = json.loads(text[:MOST_CHARACTERS] or "{}")
    except (ValueError, RecursionError):
        raise Invalid("columns", expected) from None
    if not isinstance(found, dict):
        raise Invalid("columns", expected)
    if not all(isinstance(one, str) and one in known for one in found.values()):
        raise Invalid("columns", expected)
    return found
