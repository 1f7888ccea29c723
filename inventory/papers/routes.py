"""Routes of papers."""

import secrets
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response, status

from inventory.accounts.policies import Now, TheDatabase, own_address, public, require
from inventory.accounts.rules import Action, Principal
from inventory.paging import Limit, Offset, Page, page
from inventory.papers.gathering import Desk as PaperDesk
from inventory.papers.rules import MEDIA_TYPES, PaperFormat, PaperKind
from inventory.papers.schema import PaperOrder, PaperOut, Verified
from inventory.papers.use_cases import (
    PaperQuery,
    Printing,
    make_paper,
    paper,
    paper_file,
    papers,
    verified,
)
from inventory.readiness.routes import Desk

router = APIRouter(tags=["papers"])
Reader = Annotated[Principal, Depends(require(Action.READ_PAPER))]
Maker = Annotated[Principal, Depends(require(Action.MAKE_PAPER))]
SALT_BYTES = 16


def printing_of(request: Request) -> Printing:
    """Codes are checked at the address users type, or else where the request came to."""
    return Printing(own_address(request), request.app.state.chinese_font)


ThePrinting = Annotated[Printing, Depends(printing_of)]


@router.post("/papers", status_code=status.HTTP_201_CREATED)
def create_paper(
    order: PaperOrder, database: TheDatabase, desk: Desk, caller: Maker, now: Now
) -> PaperOut:
    """Freeze what the database says now as a paper; fetch it in any format afterwards."""
    made_with = PaperDesk(database, desk, now, secrets.token_hex(SALT_BYTES))
    return make_paper(made_with, caller, order)


@router.get("/papers")
def list_papers(
    database: TheDatabase,
    caller: Reader,
    kind: PaperKind | None = None,
    station: Annotated[str | None, Query(max_length=32)] = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[PaperOut]:
    """Papers I may see, the latest first."""
    with database.read() as db:
        rows, total = papers(db, caller, PaperQuery(kind, station), offset=offset, limit=limit)
        return page([PaperOut.model_validate(row) for row in rows], total, offset)


@router.get("/papers/{code}")
def show_paper(code: str, database: TheDatabase, caller: Reader) -> PaperOut:
    """When and by whom a paper was made, and of what."""
    with database.read() as db:
        return PaperOut.model_validate(paper(db, caller, code))


@router.get(
    "/papers/{code}/file",
    response_class=Response,
    responses={200: {"description": "The file", "content": {"application/octet-stream": {}}}},
)
def fetch_paper(
    code: str,
    database: TheDatabase,
    caller: Reader,
    printing: ThePrinting,
    asked: Annotated[PaperFormat, Query(alias="format")] = PaperFormat.PDF,
) -> Response:
    """The paper as Word, PDF or Excel file; each says the same."""
    with database.read() as db:
        row = paper(db, caller, code)
    done = paper_file(row, asked, printing)
    named = f"attachment; filename*=UTF-8''{quote(done.name, safe='')}"
    headers = {"Content-Disposition": named}
    return Response(done.content, media_type=MEDIA_TYPES[asked], headers=headers)


@router.get("/verify/{code}", dependencies=[Depends(public())])
def verify_paper(code: str, database: TheDatabase) -> Verified:
    """What is on record of the paper that has this code; for everybody who holds it."""
    with database.read() as db:
        return verified(db, code)
