"""Routes of the due calendar."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.due.rules import WITHIN_DAYS, DueState
from inventory.due.schema import DueCalendar, ReminderOut
from inventory.due.use_cases import DueQuery, due_calendar, reminders
from inventory.due_entries import DueKind
from inventory.paging import Limit, Offset, Page, page

router = APIRouter(tags=["due"])
Reader = Annotated[Principal, Depends(require(Action.READ_REGISTER))]
Text = Annotated[str | None, Query(max_length=32)]


class Wanted:
    """What of the calendar a caller asks for."""

    def __init__(
        self,
        organisation: Text = None,
        station: Text = None,
        kind: DueKind | None = None,
        state: DueState | None = None,
        within_days: Annotated[int, Query(alias="within", ge=0, le=3660)] = WITHIN_DAYS,
        on_date: Annotated[date | None, Query(alias="date")] = None,
    ) -> None:
        self.query = DueQuery(organisation, station, kind, state, within_days, on_date)


@router.get("/due")
def show_due(
    database: TheDatabase,
    caller: Reader,
    now: Now,
    wanted: Annotated[Wanted, Depends()],
    offset: Offset = 0,
    limit: Limit = 50,
) -> DueCalendar:
    """What ends when: proofs, agreements, lists and more; overdue first, then by day."""
    with database.read() as db:
        return due_calendar(db, caller, wanted.query, now, offset=offset, limit=limit)


@router.get("/reminders")
def list_reminders(
    database: TheDatabase,
    caller: Reader,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[ReminderOut]:
    """Reminders of my organisations, the earliest day first; each is made once per lead time."""
    with database.read() as db:
        rows, total = reminders(db, caller, is_open=is_open, offset=offset, limit=limit)
        return page([ReminderOut.model_validate(row) for row in rows], total, offset)
