"""Routes of use without a booking."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.paging import Limit, Offset
from inventory.unbooked_use.listing import Wanted, unbooked
from inventory.unbooked_use.rules import SHORT
from inventory.unbooked_use.schema import UnbookedPage, UseNoteOrder, UseNoteOut
from inventory.unbooked_use.use_cases import settle, withdraw
from inventory.utilisation.routes import Rigs

router = APIRouter(tags=["utilisation"])
Reader = Annotated[Principal, Depends(require(Action.READ_BENCH_DETAILS))]
Master = Annotated[Principal, Depends(require(Action.APPROVE_BOOKING))]
NoteId = Annotated[int, Path(ge=1, le=2**31 - 1)]
_SHORT_S = int(SHORT.total_seconds())


class Which:
    """Which stretches a caller asks for."""

    def __init__(
        self,
        rigs: Annotated[Rigs, Depends()],
        is_settled: Annotated[
            bool | None, Query(alias="settled", description="whose use is known, or is not")
        ] = None,
        shortest_s: Annotated[
            int, Query(ge=0, le=86_400, description="shorter ones are counted alone")
        ] = _SHORT_S,
    ) -> None:
        self.wanted = Wanted(rigs.question, is_settled, timedelta(seconds=shortest_s))


@router.get("/utilisation/unbooked")
def list_unbooked_use(
    database: TheDatabase,
    caller: Reader,
    now: Now,
    which: Annotated[Which, Depends()],
    offset: Offset = 0,
    limit: Limit = 50,
) -> UnbookedPage:
    """Measured use in nobody's booking, the latest first, with what may explain it."""
    with database.read() as db:
        return unbooked(db, caller, which.wanted, now, offset=offset, limit=limit)


@router.post("/utilisation/unbooked/notes", status_code=status.HTTP_201_CREATED)
def settle_unbooked_use(
    order: UseNoteOrder, database: TheDatabase, caller: Master, now: Now
) -> UseNoteOut:
    """Say whose a stretch of unbooked use was; the figures stay as measured."""
    return settle(database, caller, order, now=now)


@router.delete("/utilisation/unbooked/notes/{note_id}", status_code=status.HTTP_204_NO_CONTENT)
def withdraw_use_note(note_id: NoteId, database: TheDatabase, caller: Master, now: Now) -> None:
    """Take back what was said of a stretch."""
    withdraw(database, caller, note_id, now=now)
