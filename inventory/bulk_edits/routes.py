"""Routes of bulk edits."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, status

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.bulk_edits.schema import BulkEditOrder, BulkEditOut, BulkEditPage, BulkPreview
from inventory.bulk_edits.use_cases import (
    apply_edit,
    bulk_edit_page,
    bulk_edits,
    preview_edit,
    shown,
    undo_edit,
)
from inventory.paging import Limit, Offset, Page, page

router = APIRouter(tags=["equipment"])
Reader = Annotated[Principal, Depends(require(Action.READ_REGISTER))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_REGISTER))]
EditNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/bulk-edits")
def list_bulk_edits(
    database: TheDatabase, caller: Reader, now: Now, offset: Offset = 0, limit: Limit = 50
) -> Page[BulkEditOut]:
    """Changes that were made to many pieces at once, the latest first."""
    with database.read() as db:
        rows, total = bulk_edits(db, caller, offset=offset, limit=limit)
        return page([shown(row, now) for row in rows], total, offset)


@router.post("/bulk-edits/preview")
def preview_bulk_edit(order: BulkEditOrder, database: TheDatabase, caller: Writer) -> BulkPreview:
    """What a change to many pieces would do; nothing is done."""
    return preview_edit(database, caller, order)


@router.post("/bulk-edits", status_code=status.HTTP_201_CREATED)
def make_bulk_edit(
    order: BulkEditOrder, database: TheDatabase, caller: Writer, now: Now
) -> BulkEditPage:
    """Change many pieces of the register, all of them or none."""
    return apply_edit(database, caller, order, now=now)


@router.get("/bulk-edits/{number}")
def show_bulk_edit(
    number: EditNumber, database: TheDatabase, caller: Reader, now: Now
) -> BulkEditPage:
    """One change with what became of each piece."""
    with database.read() as db:
        return bulk_edit_page(db, caller, number, now)


@router.post("/bulk-edits/{number}/undo")
def undo_bulk_edit(
    number: EditNumber, database: TheDatabase, caller: Writer, now: Now
) -> BulkEditPage:
    """Take a change back; 409 names the pieces that somebody changed since."""
    return undo_edit(database, caller, number, now=now)
