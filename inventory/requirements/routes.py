"""Routes of requirement lists."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Response, UploadFile, status
from pydantic import BaseModel, Field

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.paging import Limit, Offset, Page, page
from inventory.requirements.edition_reading import changes_between
from inventory.requirements.editions import EditionChanges
from inventory.requirements.mapping import ListMapping
from inventory.requirements.mapping_memory import (
    header_rows_of,
    mapping_of,
    propose_mapping,
)
from inventory.requirements.publishing import demand_publisher, readable_publishers
from inventory.requirements.rules import DEFAULT_BINDING, Authority
from inventory.requirements.schema import DecisionIn, ListOut, PieceOut, RequirementOut
from inventory.requirements.settling import pieces_of, settle
from inventory.requirements.tabular import PassedOver, RowProblem
from inventory.requirements.use_cases import (
    ListUpload,
    import_list,
    lists,
    requirement_list,
    requirement_rows,
)

router = APIRouter(tags=["lists"])
Reader = Annotated[Principal, Depends(require(Action.READ_LIST))]
Publisher = Annotated[Principal, Depends(require(Action.WRITE_LIST))]


class ListImported(BaseModel):
    """What an import did."""

    version: str
    row_count: int
    was_known: bool
    problems: list[RowProblem]
    ignored_columns: list[str] = Field(description="mean nothing to us; kept beside the rows")
    passed_over: list[PassedOver] = Field(description="rows and sheets that are no requirements")


class ListForm(BaseModel):
    """How a list file is to be imported."""

    model_config = {"extra": "forbid"}

    file: UploadFile
    version: str | None = None
    partial: bool = False
    official: bool = False
    binding: list[Authority] | None = None
    level_inheritance: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    mapping: str = Field(default="", description="a `ListMapping` as JSON; empty: our own columns")


class FileForm(BaseModel):
    """A file to look at."""

    model_config = {"extra": "forbid"}

    file: UploadFile
    header_rows: str = Field(
        default="", description="where a person found the headers: JSON, row number by sheet title"
    )


@router.get("/lists")
def list_lists(
    database: TheDatabase, caller: Reader, offset: Offset = 0, limit: Limit = 50
) -> Page[ListOut]:
    """Versions of requirement lists that concern me, the latest import first."""
    with database.read() as db:
        rows = lists(db, readable_publishers(db, caller))
    found = [ListOut.model_validate(row) for row in rows[offset : offset + limit]]
    return page(found, len(rows), offset)


@router.get("/lists/{version}")
def show_list(version: str, database: TheDatabase, caller: Reader) -> ListOut:
    """One version and its settings."""
    with database.read() as db:
        publishers = readable_publishers(db, caller)
        return ListOut.model_validate(requirement_list(db, version, publishers))


@router.get("/lists/{version}/requirements")
def list_requirements(
    version: str, database: TheDatabase, caller: Reader, offset: Offset = 0, limit: Limit = 50
) -> Page[RequirementOut]:
    """The rows of a version as imported, in the list's order."""
    with database.read() as db:
        requirement_list(db, version, readable_publishers(db, caller))
        rows, total = requirement_rows(db, version, offset=offset, limit=limit)
        return page([RequirementOut.model_validate(row) for row in rows], total, offset)


@router.post("/lists", status_code=status.HTTP_201_CREATED)
def import_a_list(
    form: Annotated[ListForm, Form(media_type="multipart/form-data")],
    database: TheDatabase,
    caller: Publisher,
    now: Now,
    response: Response,
) -> ListImported:
    """Import a csv or xlsx file as a list version; the same content again changes nothing.

    With a mapping the file may have any columns; the mapping is remembered for the next file.
    """
    with database.read() as db:
        demand_publisher(db, caller, is_official=form.official)
    upload = ListUpload(
        name=form.file.filename or "",
        content=form.file.file.read(),
        version=form.version,
        is_partial=form.partial,
        is_official=form.official,
        binding=frozenset(form.binding) if form.binding is not None else DEFAULT_BINDING,
        has_level_inheritance=form.level_inheritance,
        valid_from=form.valid_from,
        valid_to=form.valid_to,
        organisation_code=caller.organisation_code,
        mapping=mapping_of(form.mapping) if form.mapping else None,
    )
    done = import_list(database, upload, who=caller.username, now=now)
    if done.was_known:
        response.status_code = status.HTTP_200_OK
    return ListImported(
        version=done.version,
        row_count=done.row_count,
        was_known=done.was_known,
        problems=list(done.problems),
        ignored_columns=list(done.ignored_columns),
        passed_over=list(done.passed_over),
    )


@router.post("/lists/proposals")
def propose_a_mapping(
    form: Annotated[FileForm, Form(media_type="multipart/form-data")],
    database: TheDatabase,
    caller: Publisher,
) -> ListMapping:
    """How the columns of somebody else's list may become ours; nothing is imported."""
    with database.read() as db:
        demand_publisher(db, caller)
        return propose_mapping(
            db,
            form.file.filename or "",
            form.file.file.read(),
            caller.organisation_code,
            header_rows_of(form.header_rows),
        )


@router.get("/lists/{version}/changes")
def list_changes(
    version: str,
    database: TheDatabase,
    caller: Reader,
    since: Annotated[str, Query(max_length=64, description="the version before")],
    pair: Annotated[
        list[str] | None,
        Query(max_length=500, description="a correction: `old row id:new row id`, or `old:`"),
    ] = None,
) -> EditionChanges:
    """What changed since another version: rows added, removed and changed, with their clauses."""
    with database.read() as db:
        publishers = readable_publishers(db, caller)
        return changes_between(db, since, version, pairs=pair or (), publishers=publishers)


class Decisions(BaseModel):
    """Decisions about pieces of a list's parameter texts: all are stored, or none."""

    model_config = {"extra": "forbid"}

    decisions: list[DecisionIn] = Field(min_length=1, max_length=1000)


class ParametersSettled(BaseModel):
    """What settling did; rows of later and earlier lists of the publisher follow too."""

    decided: int
    rows_changed: int
    still_open: int


@router.get("/lists/{version}/parameters")
def list_parameters(
    version: str,
    database: TheDatabase,
    caller: Reader,
    open_only: Annotated[bool, Query(description="only what waits for a person")] = True,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[PieceOut]:
    """What the parameter texts of a version say, piece by piece; until settled, words only."""
    with database.read() as db:
        row = requirement_list(db, version, readable_publishers(db, caller))
        found = pieces_of(db, row, is_open_only=open_only)
    return page(found[offset : offset + limit], len(found), offset)


@router.post("/lists/{version}/parameters")
def settle_parameters(
    version: str, sent: Decisions, database: TheDatabase, caller: Publisher, now: Now
) -> ParametersSettled:
    """Decide what pieces of the parameter texts mean; equal texts of later lists follow."""
    with database.read() as db:
        demand_publisher(db, caller)
        requirement_list(db, version, readable_publishers(db, caller))
    done = settle(
        database,
        version,
        sent.decisions,
        publisher=caller.organisation_code,
        who=caller.username,
        now=now,
    )
    return ParametersSettled.model_validate(done, from_attributes=True)
