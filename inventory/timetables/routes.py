"""Routes of timetables."""

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response, UploadFile
from pydantic import BaseModel

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.bookings.desk import Desk
from inventory.errors import Invalid
from inventory.requirements.writing import MEDIA_TYPES, template
from inventory.school_calendar.keeping import calendar_of
from inventory.school_calendar.recurrence import ClosedDays
from inventory.timetables.importing import import_timetable, try_timetable
from inventory.timetables.keeping import import_shown, imports
from inventory.timetables.naming import WordsDecided
from inventory.timetables.reading import Decisions, TimetableForm
from inventory.timetables.rules import read_weeks
from inventory.timetables.schema import (
    TimetableImportDetail,
    TimetableImported,
    TimetableImportOut,
)
from inventory.timetables.template import TIMETABLE_COLUMNS, grid_template
from inventory.timetables.trying import TimetableUpload

router = APIRouter(tags=["bookings"])
Writer = Annotated[Principal, Depends(require(Action.WRITE_BOOKING))]
MOST_CHARACTERS = 200_000
_SETTLED = ("things", "people", "cells")
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
    settled = _settled(form.settled)
    upload = TimetableUpload(
        form.file.filename or "",
        form.file.file.read(),
        form.term,
        Decisions(_meanings(form.columns), settled["cells"]),
        WordsDecided(settled["things"], settled["people"]),
        form.closed,
        _weeks(form.weeks),
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


def _weeks(text: str) -> tuple[int, ...]:
    if not text.strip():
        return ()
    weeks = read_weeks(text)
    if not weeks:
        raise Invalid("weeks", "weeks such as 1-16, 1-16 单周 or 1-8,10-16")
    return weeks


def _meanings(text: str) -> dict[str, str]:
    known = {column.name for column in TIMETABLE_COLUMNS} | {""}
    expected = f"a JSON object from headings to one of: {', '.join(sorted(known - {''}))}"
    found = _texts(_json(text, "columns", expected), "columns", expected)
    if not known.issuperset(found.values()):
        raise Invalid("columns", expected)
    return found


def _settled(text: str) -> dict[str, dict[str, str]]:
    expected = f"a JSON object of {', '.join(_SETTLED)}, each an object from texts to texts"
    found = _json(text, "settled", expected)
    if not isinstance(found, dict) or not set(_SETTLED).issuperset(found):
        raise Invalid("settled", expected)
    return {name: _texts(found.get(name, {}), "settled", expected) for name in _SETTLED}


def _json(text: str, field: str, expected: str) -> object:
    if len(text) > MOST_CHARACTERS:
        raise Invalid(field, f"at most {MOST_CHARACTERS} characters")
    try:
        return json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise Invalid(field, expected) from None


def _texts(found: object, field: str, expected: str) -> dict[str, str]:
    is_texts = isinstance(found, dict) and all(isinstance(one, str) for one in found.values())
    if not isinstance(found, dict) or not is_texts:
        raise Invalid(field, expected)
    return found
