"""Routes of annual reports."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Response, UploadFile, status
from pydantic import BaseModel

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.annual_reports.schema import (
    FIRST_YEAR,
    LAST_YEAR,
    AnnualReportOut,
    BatchesImported,
    BatchOrder,
    BatchOut,
    SectionsOrder,
)
from inventory.annual_reports.use_cases import (
    BatchUpload,
    add_batch,
    annual_report,
    change_batch,
    import_batches,
    remove_batch,
    write_sections,
)

router = APIRouter(tags=["annual reports"])
Reader = Annotated[Principal, Depends(require(Action.READ_PAPER))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_ANNUAL_REPORT))]
Year = Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR)]
BatchId = Annotated[int, Path(ge=1, le=2**31 - 1)]
REPORT = "/organisations/{code}/annual-reports/{year}"


class BatchesForm(BaseModel):
    """A table of a year's batches, csv or xlsx."""

    model_config = {"extra": "forbid"}

    file: UploadFile
    partial: bool = False


@router.get(REPORT)
def show_annual_report(
    code: str, year: Year, database: TheDatabase, caller: Reader
) -> AnnualReportOut:
    """A school's year: its words, its batches and their sums."""
    with database.read() as db:
        return annual_report(db, caller, code, year)


@router.patch(f"{REPORT}/sections")
def write_annual_sections(
    code: str,
    year: Year,
    order: SectionsOrder,
    database: TheDatabase,
    caller: Writer,
    now: Now,
) -> AnnualReportOut:
    """Write some sections; those that are not named stay, an empty text takes one back."""
    return write_sections(database, caller, (code, year), order.sections, now=now)


@router.post(f"{REPORT}/batches", status_code=status.HTTP_201_CREATED)
def create_training_batch(
    code: str, year: Year, order: BatchOrder, database: TheDatabase, caller: Writer
) -> BatchOut:
    """Enter a batch; 409 when the year has it."""
    return add_batch(database, caller, (code, year), order)


@router.post(f"{REPORT}/batches/import")
def import_training_batches(
    code: str,
    year: Year,
    form: Annotated[BatchesForm, Form(media_type="multipart/form-data")],
    database: TheDatabase,
    caller: Writer,
) -> BatchesImported:
    """Import a table of batches; a row of totals is compared with the sums."""
    content = form.file.file.read()
    upload = BatchUpload(form.file.filename or "", content, code, year, form.partial)
    done = import_batches(database, caller, upload)
    return BatchesImported(
        created=done.created,
        updated=done.updated,
        unchanged=done.unchanged,
        problems=list(done.problems),
        ignored_columns=list(done.ignored_columns),
        passed_over=list(done.passed_over),
        wrong_totals=list(done.wrong_totals),
    )


@router.put("/training-batches/{batch_id}")
def change_training_batch(
    batch_id: BatchId, order: BatchOrder, database: TheDatabase, caller: Writer
) -> BatchOut:
    """Enter a batch anew."""
    return change_batch(database, caller, batch_id, order)


@router.delete("/training-batches/{batch_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_training_batch(batch_id: BatchId, database: TheDatabase, caller: Writer) -> Response:
    """Take a batch out of its year."""
    remove_batch(database, caller, batch_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
