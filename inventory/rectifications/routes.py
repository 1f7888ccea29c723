"""Routes of rectifications."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.moments import today
from inventory.paging import Limit, Offset, Page, page
from inventory.readiness.routes import Desk
from inventory.rectifications.finding import (
    RectificationQuery,
    owners,
    rectification_page,
    rectifications,
    shown,
)
from inventory.rectifications.rules import RectificationState
from inventory.rectifications.schema import (
    Assignment,
    OwnerOut,
    RectificationOrder,
    RectificationOut,
    RectificationPage,
    StepOrder,
)
from inventory.rectifications.use_cases import assign, open_rectification, take_step

router = APIRouter(tags=["rectifications"])
Reader = Annotated[Principal, Depends(require(Action.READ_RECTIFICATION))]
Manager = Annotated[Principal, Depends(require(Action.MANAGE_RECTIFICATION))]
RectificationId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Wanted:
    """Which rectifications a caller asks for."""

    def __init__(
        self,
        now: Now,
        station: Annotated[str | None, Query(max_length=32)] = None,
        state: RectificationState | None = None,
        owner: Annotated[str | None, Query(max_length=80)] = None,
        is_unfinished: Annotated[bool | None, Query(alias="unfinished")] = None,
        is_overdue: Annotated[bool, Query(alias="overdue")] = False,
    ) -> None:
        overdue_on = today(now) if is_overdue else None
        self.query = RectificationQuery(station, state, owner, is_unfinished, overdue_on)


@router.get("/rectifications")
def list_rectifications(
    database: TheDatabase,
    caller: Reader,
    now: Now,
    wanted: Annotated[Wanted, Depends()],
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[RectificationOut]:
    """Rectifications I may see, unfinished ones first, by due date."""
    with database.read() as db:
        rows, total = rectifications(db, caller, wanted.query, offset=offset, limit=limit)
        return page([shown(row, now) for row in rows], total, offset)


@router.post("/rectifications", status_code=status.HTTP_201_CREATED)
def make_rectification(
    order: RectificationOrder, database: TheDatabase, desk: Desk, caller: Manager, now: Now
) -> RectificationPage:
    """Make a finding somebody's task; 409 when it is one already."""
    return open_rectification(database, desk, caller, order, now=now)


@router.get("/stations/{code}/rectification-owners")
def list_owners(code: str, database: TheDatabase, caller: Manager) -> list[OwnerOut]:
    """Who of the school can be given a rectification of a station, by name."""
    with database.read() as db:
        return owners(db, caller, code)


@router.get("/rectifications/{rectification_id}")
def show_rectification(
    rectification_id: RectificationId, database: TheDatabase, caller: Reader, now: Now
) -> RectificationPage:
    """One rectification with all that happened to it."""
    with database.read() as db:
        return rectification_page(db, caller, rectification_id, now)


@router.patch("/rectifications/{rectification_id}")
def assign_rectification(
    rectification_id: RectificationId,
    order: Assignment,
    database: TheDatabase,
    caller: Manager,
    now: Now,
) -> RectificationPage:
    """Say who mends it and until when; what is not named stays."""
    return assign(database, caller, rectification_id, order, now=now)


@router.post("/rectifications/{rectification_id}/steps")
def step_rectification(
    rectification_id: RectificationId,
    order: StepOrder,
    database: TheDatabase,
    caller: Reader,
    now: Now,
) -> RectificationPage:
    """Start, submit, accept, return, reopen or comment, with words and evidence."""
    return take_step(database, caller, rectification_id, order, now=now)
