"""Routes of conditions beyond equipment."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Response, UploadFile, status
from pydantic import BaseModel

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.conditions.lists import (
    ConditionUpload,
    condition_lists,
    import_conditions,
)
from inventory.conditions.schema import (
    ConditionListImported,
    ConditionListOut,
    StatementOrder,
    StatementOut,
    StationConditions,
)
from inventory.conditions.use_cases import (
    ConditionQuestion,
    state,
    statements,
    station_conditions,
)
from inventory.paging import Limit, Offset, Page, page
from inventory.readiness.routes import Desk
from inventory.requirements.publishing import demand_publisher, readable_publishers
from inventory.requirements.rules import DEFAULT_BINDING, Authority
from inventory.stations.rules import StationUse

router = APIRouter(tags=["conditions"])
Reader = Annotated[Principal, Depends(require(Action.READ_READINESS))]
Stater = Annotated[Principal, Depends(require(Action.WRITE_STATION))]
ListReader = Annotated[Principal, Depends(require(Action.READ_LIST))]
Publisher = Annotated[Principal, Depends(require(Action.WRITE_LIST))]
ConditionKey = Annotated[str, Path(max_length=64)]


class ConditionForm(BaseModel):
    """How a list of conditions is to be imported."""

    model_config = {"extra": "forbid"}

    file: UploadFile
    version: str | None = None
    partial: bool = False
    official: bool = False
    binding: list[Authority] | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@router.get("/condition-lists")
def list_condition_lists(
    database: TheDatabase, caller: ListReader, offset: Offset = 0, limit: Limit = 50
) -> Page[ConditionListOut]:
    """Versions of lists of conditions that concern me, the latest import first."""
    with database.read() as db:
        rows = condition_lists(db, readable_publishers(db, caller))
    found = [ConditionListOut.model_validate(row) for row in rows[offset : offset + limit]]
    return page(found, len(rows), offset)


@router.post("/condition-lists", status_code=status.HTTP_201_CREATED)
def import_a_condition_list(
    form: Annotated[ConditionForm, Form(media_type="multipart/form-data")],
    database: TheDatabase,
    caller: Publisher,
    now: Now,
    response: Response,
) -> ConditionListImported:
    """Import a csv or xlsx file as a version; the same content again changes nothing."""
    with database.read() as db:
        demand_publisher(db, caller, is_official=form.official)
    upload = ConditionUpload(
        name=form.file.filename or "",
        content=form.file.file.read(),
        version=form.version,
        is_partial=form.partial,
        is_official=form.official,
        binding=frozenset(form.binding) if form.binding is not None else DEFAULT_BINDING,
        valid_from=form.valid_from,
        valid_to=form.valid_to,
        organisation_code=caller.organisation_code,
    )
    done = import_conditions(database, upload, who=caller.username, now=now)
    if done.was_known:
        response.status_code = status.HTTP_200_OK
    return ConditionListImported(
        version=done.version,
        row_count=done.row_count,
        computed=done.computed,
        was_known=done.was_known,
        problems=list(done.problems),
        ignored_columns=list(done.ignored_columns),
        passed_over=list(done.passed_over),
    )


@router.get("/stations/{code}/conditions")
def show_station_conditions(  # noqa: PLR0913, PLR0917 - each is a part of the question
    code: str,
    database: TheDatabase,
    desk: Desk,
    caller: Reader,
    now: Now,
    use: Annotated[StationUse | None, Query(description="default: the station's own")] = None,
    on_date: Annotated[date | None, Query(alias="date", description="default: today")] = None,
    list_version: Annotated[
        str | None, Query(alias="list", max_length=64, description="default: the one that applies")
    ] = None,
) -> StationConditions:
    """Every condition beyond equipment, worked out or stated, with its ground and its remedy."""
    asked = ConditionQuestion(use, on_date, list_version)
    return station_conditions(database, desk, caller, code, asked, now=now)


@router.get("/stations/{code}/conditions/{condition_id}/statements")
def list_statements(
    code: str, condition_id: ConditionKey, database: TheDatabase, caller: Reader
) -> list[StatementOut]:
    """Everything that was ever stated on a condition, the latest first."""
    with database.read() as db:
        return statements(db, caller, code, condition_id)


@router.post(
    "/stations/{code}/conditions/{condition_id}/statements", status_code=status.HTTP_201_CREATED
)
def make_statement(
    code: str,
    condition_id: ConditionKey,
    order: StatementOrder,
    database: TheDatabase,
    caller: Stater,
    now: Now,
) -> StatementOut:
    """State that a condition is met, with evidence, or is not; it counts where nothing computes."""
    return state(database, caller, (code, condition_id), order, now=now)
