"""Routes of consumables and their movements."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Response, UploadFile, status
from pydantic import BaseModel

from inventory.accounts.access import demand_organisation
from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.consumables.finding import (
    consumable,
    consumables,
    movements_of,
    shown,
    stocks_of,
)
from inventory.consumables.importing import StockUpload, export_stock, import_stock
from inventory.consumables.schema import (
    ConsumableChange,
    ConsumableOrder,
    ConsumableOut,
    MovementOrder,
    MovementOut,
    StockImported,
)
from inventory.consumables.use_cases import add_consumable, change_consumable, move
from inventory.paging import Limit, Offset, Page, page
from inventory.requirements.writing import MEDIA_TYPES

router = APIRouter(tags=["consumables"])
Reader = Annotated[Principal, Depends(require(Action.READ_REGISTER))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_REGISTER))]
Mover = Annotated[Principal, Depends(require(Action.MOVE_STOCK))]
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]


class StockForm(BaseModel):
    """How a file of consumables is to be imported; without an organisation: into one's own."""

    model_config = {"extra": "forbid"}

    file: UploadFile
    organisation: str | None = None
    partial: bool = False


@router.get("/consumables")
def list_consumables(
    database: TheDatabase,
    caller: Reader,
    low: Annotated[bool, Query(description="only those below their minimum")] = False,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[ConsumableOut]:
    """Consumables I may see with their stock, by organisation and code."""
    with database.read() as db:
        found, total = consumables(db, caller, is_low_only=low, offset=offset, limit=limit)
    return page(found, total, offset)


@router.post("/consumables", status_code=status.HTTP_201_CREATED)
def make_consumable(order: ConsumableOrder, database: TheDatabase, caller: Writer) -> ConsumableOut:
    """Add a consumable, of which there is nothing yet."""
    return add_consumable(database, caller, order)


@router.post("/consumables/file")
def import_consumables(
    form: Annotated[StockForm, Form(media_type="multipart/form-data")],
    database: TheDatabase,
    caller: Writer,
    now: Now,
) -> StockImported:
    """Import a csv or xlsx file: adds and updates by code; a counted stock becomes a correction."""
    code = form.organisation or caller.organisation_code
    with database.read() as db:
        demand_organisation(db, caller, code, Action.WRITE_REGISTER)
    upload = StockUpload(form.file.filename or "", form.file.file.read(), code, form.partial)
    done = import_stock(database, upload, who=caller.username, now=now)
    return StockImported(
        created=done.created,
        updated=done.updated,
        unchanged=done.unchanged,
        corrected=done.corrected,
        problems=list(done.problems),
        ignored_columns=list(done.ignored_columns),
        passed_over=list(done.passed_over),
    )


@router.get("/consumables/file")
def export_consumables(
    database: TheDatabase,
    caller: Reader,
    organisation: Annotated[str | None, Query(max_length=32)] = None,
    file_format: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "xlsx",
) -> Response:
    """An organisation's consumables as a file that can be imported again; by default my own."""
    code = organisation or caller.organisation_code
    with database.read() as db:
        content = export_stock(db, caller, code, f"consumables.{file_format}")
    headers = {"Content-Disposition": f'attachment; filename="consumables.{file_format}"'}
    return Response(content, media_type=MEDIA_TYPES[file_format], headers=headers)


@router.get("/consumables/{consumable_id}")
def show_consumable(consumable_id: Id, database: TheDatabase, caller: Reader) -> ConsumableOut:
    """One consumable with its stock."""
    with database.read() as db:
        row = consumable(db, caller, consumable_id, Action.READ_REGISTER)
        return shown(row, stocks_of(db, [row])[consumable_id])


@router.patch("/consumables/{consumable_id}")
def patch_consumable(
    consumable_id: Id, change: ConsumableChange, database: TheDatabase, caller: Writer
) -> ConsumableOut:
    """Change what is named of a consumable; its unit stays."""
    return change_consumable(database, caller, consumable_id, change)


@router.get("/consumables/{consumable_id}/movements")
def list_movements(
    consumable_id: Id,
    database: TheDatabase,
    caller: Reader,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[MovementOut]:
    """What came in and went out, the latest first."""
    with database.read() as db:
        row = consumable(db, caller, consumable_id, Action.READ_REGISTER)
        found, total = movements_of(db, row, offset=offset, limit=limit)
    return page(found, total, offset)


@router.post("/consumables/{consumable_id}/movements", status_code=status.HTTP_201_CREATED)
def make_movement(
    consumable_id: Id, order: MovementOrder, database: TheDatabase, caller: Mover, now: Now
) -> ConsumableOut:
    """Enter that something came in, went out, went off or was counted; answers with the stock."""
    return move(database, caller, consumable_id, order, now=now)
