"""Routes of checking in by a label; the steps themselves are those of bookings."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.check_ins.schema import ArrivalsOut
from inventory.check_ins.use_cases import arrivals

router = APIRouter(tags=["bookings"])
Reader = Annotated[Principal, Depends(require(Action.READ_BOOKING))]


@router.get("/check-ins")
def find_my_bookings_by_label(
    database: TheDatabase,
    caller: Reader,
    now: Now,
    label: Annotated[
        str, Query(min_length=1, max_length=300, description="what the code on a thing says")
    ],
) -> ArrivalsOut:
    """My bookings of the thing a label is on, that run or begin today, with what I can do now."""
    with database.read() as db:
        return arrivals(db, caller, label, now)
