"""Routes of the equipment register."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Response, UploadFile
from pydantic import BaseModel

from inventory.accounts.access import demand_organisation
from inventory.accounts.policies import TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.database import Database
from inventory.equipment.columns import register_rows
from inventory.equipment.importing_proofs import import_proofs
from inventory.equipment.proof_file import proof_rows
from inventory.equipment.proving import shown
from inventory.equipment.rules import EquipmentItem
from inventory.equipment.schema import EquipmentOut
from inventory.equipment.use_cases import (
    RegisterImport,
    RegisterUpload,
    equipment,
    import_register,
    items_of,
)
from inventory.paging import Limit, Offset, Page, page
from inventory.requirements.tabular import PassedOver, RowProblem
from inventory.requirements.writing import write_rows

router = APIRouter(tags=["equipment"])
Reader = Annotated[Principal, Depends(require(Action.READ_REGISTER))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_REGISTER))]


class FileForm(StrEnum):
    """How a file is written."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    FileForm.CSV: "text/csv; charset=utf-8",
    FileForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FILE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {"application/octet-stream": {}}}
}
Owner = Annotated[str | None, Query(max_length=32)]


class RegisterImported(BaseModel):
    """What an import did, in rows."""

    created: int
    updated: int
    unchanged: int
    problems: list[RowProblem]
    ignored_columns: list[str]
    passed_over: list[PassedOver]


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
    upload = _upload(form, database, caller)
    return _imported(import_register(database, upload, who=caller.username))


@router.post("/equipment/proofs/file")
def import_proof_file(
    form: Annotated[RegisterForm, Form(media_type="multipart/form-data")],
    database: TheDatabase,
    caller: Writer,
) -> RegisterImported:
    """Import a csv or xlsx file with a proof a row: adds and corrects, takes nothing away."""
    upload = _upload(form, database, caller)
    return _imported(import_proofs(database, upload, who=caller.username))


@router.get("/equipment/file", response_class=Response, responses=FILE_ANSWER)
def export_equipment(
    database: TheDatabase,
    caller: Reader,
    form: FileForm = FileForm.XLSX,
    organisation: Owner = None,
) -> Response:
    """The register as a file that can be imported again, with the latest proof of each kind."""
    return _file(database, caller, (organisation, "register", form), register_rows)


@router.get("/equipment/proofs/file", response_class=Response, responses=FILE_ANSWER)
def export_proofs(
    database: TheDatabase,
    caller: Reader,
    form: FileForm = FileForm.XLSX,
    organisation: Owner = None,
) -> Response:
    """Every proof of every thing as a file that can be imported again."""
    return _file(database, caller, (organisation, "proofs", form), proof_rows)


def _upload(form: RegisterForm, database: Database, caller: Principal) -> RegisterUpload:
    code = form.organisation or caller.organisation_code
    with database.read() as db:
        demand_organisation(db, caller, code, Action.WRITE_REGISTER)
    return RegisterUpload(form.file.filename or "", form.file.file.read(), code, form.partial)


def _imported(done: RegisterImport) -> RegisterImported:
    return RegisterImported(
        created=done.created,
        updated=done.updated,
        unchanged=done.unchanged,
        problems=list(done.problems),
        ignored_columns=list(done.ignored_columns),
        passed_over=list(done.passed_over),
    )


def _file(
    database: Database,
    caller: Principal,
    wanted: tuple[str | None, str, FileForm],
    rows_of: Callable[[Sequence[EquipmentItem]], list[list[str]]],
) -> Response:
    organisation, stem, form = wanted
    code = organisation or caller.organisation_code
    with database.read() as db:
        demand_organisation(db, caller, code, Action.READ_REGISTER)
        items = items_of(db, code)
    name = f"{stem}-{code}.{form.value}"
    return Response(
        write_rows(name, rows_of(items)),
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
