"""Routes of the page on which anybody checks a paper."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from inventory.accounts.policies import TheDatabase, public
from inventory.errors import PaperChanged, UnknownPaper
from inventory.papers import verify_page
from inventory.papers.use_cases import verified

router = APIRouter(include_in_schema=False, dependencies=[Depends(public())])
TheLang = Annotated[verify_page.Lang, Query()]


@router.get("/verify", response_class=HTMLResponse)
def ask_for_code(database: TheDatabase, code: str = "", lang: TheLang = "zh") -> HTMLResponse:
    """The page on which to type a code, or what is found by the one that was typed."""
    if not code.strip():
        return _answer(verify_page.form_page(lang))
    return show_paper_by_code(code, database, lang)


@router.get("/verify/{code}", response_class=HTMLResponse)
def show_paper_by_code(code: str, database: TheDatabase, lang: TheLang = "zh") -> HTMLResponse:
    """What is on record of the paper that has this code."""
    try:
        with database.read() as db:
            found = verified(db, code)
    except UnknownPaper:
        return _answer(verify_page.unknown_page(lang, code), HTTPStatus.NOT_FOUND)
    except PaperChanged as changed:
        return _answer(verify_page.changed_page(lang, changed.code), HTTPStatus.CONFLICT)
    return _answer(verify_page.found_page(lang, found))


def _answer(page: str, status: HTTPStatus = HTTPStatus.OK) -> HTMLResponse:
    return HTMLResponse(page, status, headers=verify_page.HEADERS)
