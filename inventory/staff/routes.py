"""Routes of the staff register."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Response, UploadFile, status
from pydantic import BaseModel

from inventory.accounts.access import demand_organisation
from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.moments import today
from inventory.paging import Limit, Offset, Page, page
from inventory.requirements.writing import MEDIA_TYPES
from inventory.staff.importing import StaffUpload, export_staff, import_staff
from inventory.staff.proving import staff_rules
from inventory.staff.rules import StaffRole
from inventory.staff.schema import (
    CertificateChange,
    CertificateOrder,
    MemberChange,
    MemberOrder,
    MemberOut,
    StaffImported,
    StaffRulesOut,
)
from inventory.staff.use_cases import (
    add_certificate,
    add_member,
    change_certificate,
    change_member,
    member_page,
    staff,
)

router = APIRouter(tags=["staff"])
Reader = Annotated[Principal, Depends(require(Action.READ_STAFF))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_STAFF))]
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]


class StaffForm(BaseModel):
    """How a staff file is to be imported; without an organisation: into the caller's own."""

    model_config = {"extra": "forbid"}

    file: UploadFile
    organisation: str | None = None
    partial: bool = False


@router.get("/staff")
def list_staff(
    database: TheDatabase,
    caller: Reader,
    now: Now,
    role: StaffRole | None = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[MemberOut]:
    """Persons I may see, by organisation and number, with certificates as of today."""
    with database.read() as db:
        rows, total = staff(db, caller, role, today(now), offset=offset, limit=limit)
    return page(rows, total, offset)


@router.post("/staff", status_code=status.HTTP_201_CREATED)
def make_member(order: MemberOrder, database: TheDatabase, caller: Writer, now: Now) -> MemberOut:
    """Add a person."""
    return add_member(database, caller, order, now=now)


@router.post("/staff/file")
def import_members(
    form: Annotated[StaffForm, Form(media_type="multipart/form-data")],
    database: TheDatabase,
    caller: Writer,
    now: Now,
) -> StaffImported:
    """Import a csv or xlsx file: adds and updates by number, all of it or nothing."""
    code = form.organisation or caller.organisation_code
    with database.read() as db:
        demand_organisation(db, caller, code, Action.WRITE_STAFF)
    upload = StaffUpload(form.file.filename or "", form.file.file.read(), code, form.partial)
    done = import_staff(database, upload, who=caller.username, now=now)
    return StaffImported(
        created=done.created,
        updated=done.updated,
        unchanged=done.unchanged,
        problems=list(done.problems),
        ignored_columns=list(done.ignored_columns),
        passed_over=list(done.passed_over),
    )


@router.get("/staff/file")
def export_members(
    database: TheDatabase,
    caller: Reader,
    organisation: Annotated[str | None, Query(max_length=32)] = None,
    file_format: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "xlsx",
) -> Response:
    """An organisation's staff as a file that can be imported again; by default my own."""
    code = organisation or caller.organisation_code
    with database.read() as db:
        content = export_staff(db, caller, code, f"staff.{file_format}")
    headers = {"Content-Disposition": f'attachment; filename="staff.{file_format}"'}
    return Response(content, media_type=MEDIA_TYPES[file_format], headers=headers)


@router.get("/staff/{member_id}")
def show_member(member_id: Id, database: TheDatabase, caller: Reader, now: Now) -> MemberOut:
    """One person."""
    with database.read() as db:
        return member_page(db, caller, member_id, today(now))


@router.patch("/staff/{member_id}")
def patch_member(
    member_id: Id, change: MemberChange, database: TheDatabase, caller: Writer, now: Now
) -> MemberOut:
    """Change what is named of a person; `left_on` ends the service."""
    return change_member(database, caller, member_id, change, now=now)


@router.post("/staff/{member_id}/certificates", status_code=status.HTTP_201_CREATED)
def make_certificate(
    member_id: Id, order: CertificateOrder, database: TheDatabase, caller: Writer, now: Now
) -> MemberOut:
    """Add a certificate to a person."""
    return add_certificate(database, caller, member_id, order, now=now)


@router.patch("/staff/certificates/{certificate_id}")
def patch_certificate(
    certificate_id: Id, change: CertificateChange, database: TheDatabase, caller: Writer, now: Now
) -> MemberOut:
    """Change a certificate; `ended_on` withdraws it. Answers with its holder."""
    return change_certificate(database, caller, certificate_id, change, now=now)


@router.get("/stations/{code}/staff-rules")
def show_staff_rules(
    code: str,
    database: TheDatabase,
    caller: Reader,
    now: Now,
    on_date: Annotated[date | None, Query(alias="date", description="default: today")] = None,
) -> StaffRulesOut:
    """What the station's staff proves: shares of the team, the trainer rule, who may teach what."""
    with database.read() as db:
        return staff_rules(db, caller, code, on_date or today(now))
