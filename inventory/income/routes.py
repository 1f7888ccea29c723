"""Routes of income."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response, status

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.income.drafting import income_draft
from inventory.income.files import income_file
from inventory.income.finding import IncomeQuery, income, income_entry, shown
from inventory.income.rules import IncomeSource
from inventory.income.schema import (
    CorrectionOrder,
    IncomeDraft,
    IncomeOrder,
    IncomeOut,
    IncomePage,
)
from inventory.income.use_cases import correct_income, enter_income
from inventory.paging import Limit, Offset
from inventory.requirements.writing import MEDIA_TYPES

router = APIRouter(tags=["income"])
Reader = Annotated[Principal, Depends(require(Action.READ_INCOME))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_INCOME))]
EntryNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]
Code = Annotated[str | None, Query(max_length=32)]
Link = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


class Asked:
    """Which entries, as the address says it."""

    def __init__(  # noqa: PLR0913, PLR0917 - FastAPI reads one argument a parameter
        self,
        first: Annotated[date | None, Query(alias="from", description="first day")] = None,
        last: Annotated[date | None, Query(alias="to", description="last day")] = None,
        organisation: Code = None,
        station: Code = None,
        bench: Annotated[str | None, Query(max_length=64)] = None,
        source: IncomeSource | None = None,
        booking: Link = None,
        request: Link = None,
    ) -> None:
        self.query = IncomeQuery(
            first, last, organisation, station, bench, source, booking, request
        )


@router.get("/income")
def list_income(
    database: TheDatabase,
    caller: Reader,
    asked: Annotated[Asked, Depends()],
    offset: Offset = 0,
    limit: Limit = 50,
) -> IncomePage:
    """Entries of income with their parts by rig, the latest day first, and their sums."""
    with database.read() as db:
        return income(db, caller, asked.query, offset=offset, limit=limit)


@router.post("/income", status_code=status.HTTP_201_CREATED)
def enter_income_of_rigs(
    order: IncomeOrder, database: TheDatabase, caller: Writer, now: Now
) -> IncomeOut:
    """Enter income, for a booking or a request for shared use or by itself."""
    return enter_income(database, caller, order, now=now)


@router.get("/income/file")
def export_income(
    database: TheDatabase,
    caller: Reader,
    asked: Annotated[Asked, Depends()],
    file_format: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "xlsx",
) -> Response:
    """All entries that are asked for as a table."""
    with database.read() as db:
        found = income(db, caller, asked.query)
    headers = {"Content-Disposition": f'attachment; filename="income.{file_format}"'}
    content = income_file(f"income.{file_format}", found)
    return Response(content, media_type=MEDIA_TYPES[file_format], headers=headers)


@router.get("/income/draft")
def draft_income(
    database: TheDatabase, caller: Writer, now: Now, booking: Link = None, request: Link = None
) -> IncomeDraft:
    """What an entry for a booking or a request would say; nothing is written."""
    with database.read() as db:
        return income_draft(db, caller, booking, request, now)


@router.get("/income/{number}")
def show_income(number: EntryNumber, database: TheDatabase, caller: Reader) -> IncomeOut:
    """One entry."""
    with database.read() as db:
        (found,) = shown(db, [income_entry(db, caller, number, Action.READ_INCOME)])
        return found


@router.post("/income/{number}/correction", status_code=status.HTTP_201_CREATED)
def correct_income_entry(
    number: EntryNumber, order: CorrectionOrder, database: TheDatabase, caller: Writer, now: Now
) -> IncomeOut:
    """Take an entry back by a counter-entry; 409 when that was done already."""
    return correct_income(database, caller, number, order, now=now)
