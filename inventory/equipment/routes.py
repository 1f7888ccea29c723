"""Routes of the equipment register."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, UploadFile
from pydantic import BaseModel

from inventory.accounts.policies import TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.equipment.proving import shown
from inventory.equipment.schema import EquipmentOut
from inventory.equipment.use_cases import (
    RegisterUpload,
    demand_writable,
    equipment,
    import_register,
)
from inventory.paging import Limit, Offset, Page, page
from inventory.requirements.tabular import RowProblem

router = APIRouter(tags=["equipment"])
Reader = Annotated[Principal, Depends(require(Action.READ_REGISTER))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_REGISTER))]


class RegisterImported(BaseModel):
    """What an import did, in rows."""

    created: int
    updated: int
    unchanged: int
    problems: list[RowProblem]
    ignored_columns: list[str]


class RegisterForm(BaseModel):
    """How a register file is to be imported; without an organisation: into the caller's own."""

    model_config = {"extra": "forbid"}

    file: UploadFile
    organisation: str | None = None
    partial: bool = False


@router.get("/equipment")
def list_equipment(
    database: TheDatabase, caller: Reader, offset: Offset = 0, limit: Limit = 50
) -> Page[EquipmentOut]:
    """Register rows I may see, by organisation and asset number."""
    with database.read() as db:
        rows, total = equipment(db, caller, offset=offset, limit=limit)
        return page(shown(db, rows), total, offset)


@router.post("/equipment")
def import_equipment(
    form: Annotated[RegisterForm, Form(media_type="multipart/form-data")],
    database: TheDatabase,
    caller: Writer,
) -> RegisterImported:
    """Import a csv or xlsx register: adds and updates by asset number, all of it or nothing."""
    organisation_code = form.organisation or caller.organisation_code
    with database.read() as db:
        demand_writable(db, caller, organisation_code)
    upload = RegisterUpload(
        form.file.filename or "", form.file.file.read(), organisation_code, form.partial
    )
    done = import_register(database, upload, who=caller.username)
    return RegisterImported(
        created=done.created,
        updated=done.updated,
        unchanged=done.unchanged,
        problems=list(done.problems),
        ignored_columns=list(done.ignored_columns),
    )
