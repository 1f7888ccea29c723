"""The public pages: to report by a code, and to ask what became of it; for people, so HTML."""

import secrets
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from inventory.accounts.policies import Now, TheDatabase, client_address, public
from inventory.database import UNAVAILABLE, Database
from inventory.documents.routes import Files
from inventory.errors import (
    Invalid,
    InventoryError,
    SourceUnavailable,
    Unknown,
)
from inventory.report_links import pages
from inventory.report_links.errors import TooManyReports
from inventory.report_links.page_texts import Lang, say
from inventory.report_links.reporting import (
    Caller,
    Written,
    linked_thing,
    report_state,
    take_report,
)

log = structlog.get_logger(__name__)
router = APIRouter(
    prefix="/report", dependencies=[Depends(public())], include_in_schema=False, tags=["public"]
)
_MOST_FIELDS = 8
_OBJECTIONS = {"text": "no_text", pages.TRAP: "unread"}


def lang_of(request: Request) -> Lang:
    """Chinese unless English is asked for."""
    return "en" if request.query_params.get("lang") == "en" else "zh"


def caller_of(request: Request, now: Now) -> Caller:
    """From where the page is asked for."""
    return Caller(client_address(request), now)


TheLang = Annotated[Lang, Depends(lang_of)]
TheCaller = Annotated[Caller, Depends(caller_of)]


@router.get("/state")
def show_state(
    request: Request, database: TheDatabase, lang: TheLang, caller: TheCaller
) -> HTMLResponse:
    """What became of a report, by its number."""
    typed = request.query_params.get("number", "")
    if not typed:
        return _answer(pages.look_up_page(lang))
    try:
        found = report_state(database, typed, caller)
    except Unknown:
        return _answer(pages.look_up_page(lang, say(lang, "unknown")), HTTPStatus.NOT_FOUND)
    except TooManyReports as refused:
        return _too_many(lang, refused)
    is_new = request.query_params.get("sent") == "1"
    return _answer(pages.state_page(lang, found, is_new=is_new))


@router.get("/{token}")
def show_form(token: str, database: TheDatabase, lang: TheLang, caller: TheCaller) -> HTMLResponse:
    """The page a code on a thing leads to."""
    return _form(database, token, lang, caller)


@router.post("/{token}")
async def send_report(
    token: str,
    request: Request,
    database: TheDatabase,
    files: Files,
    lang: TheLang,
    caller: TheCaller,
) -> Response:
    """Take a report; the browser is sent to the page of its number, so that reloading is safe."""
    text = ""
    try:
        async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
            written = _written(form)
            text = written.text
            _demand_person(form)
            number = await run_in_threadpool(take_report, database, files, token, written, caller)
    except HTTPException as refused:
        is_large = refused.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        wrong = say(lang, "bad_photo" if is_large else "unread")
        return await run_in_threadpool(_form, database, token, lang, caller, wrong=wrong)
    except TooManyReports as refused:
        return _too_many(lang, refused)
    except (SourceUnavailable, *UNAVAILABLE):
        return _unavailable(lang)
    except Unknown:
        return _answer(pages.gone_page(lang), HTTPStatus.NOT_FOUND)
    except InventoryError as refused:
        wrong = _objection(lang, refused)
        return await run_in_threadpool(_form, database, token, lang, caller, wrong=wrong, text=text)
    query = urlencode({"number": number, "sent": "1", "lang": lang})
    return RedirectResponse(f"/report/state?{query}", HTTPStatus.SEE_OTHER, headers=pages.HEADERS)


def _demand_person(form: FormData) -> None:
    if form.get(pages.TRAP):
        log.warning("public_report_refused", reason="a field nobody sees was filled in")
        raise Invalid(pages.TRAP, "nothing: people don't see it")


def _written(form: FormData) -> Written:
    photo, text, form_id = form.get("photo"), form.get("text"), form.get("form")
    has_photo = isinstance(photo, UploadFile) and bool(photo.size)
    return Written(
        text=text if isinstance(text, str) else "",
        form_id=form_id if isinstance(form_id, str) else "",
        photo_name=photo.filename or "" if has_photo and isinstance(photo, UploadFile) else "",
        photo=photo.file if has_photo and isinstance(photo, UploadFile) else None,
    )


def _form(
    database: Database, token: str, lang: Lang, caller: Caller, *, wrong: str = "", text: str = ""
) -> HTMLResponse:
    try:
        thing, unfinished = linked_thing(database, token, caller)
    except TooManyReports as refused:
        return _too_many(lang, refused)
    except UNAVAILABLE:
        return _unavailable(lang)
    except Unknown:
        return _answer(pages.gone_page(lang), HTTPStatus.NOT_FOUND)
    shown = pages.FormPage(thing, secrets.token_hex(16), unfinished, text, wrong)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return _answer(pages.form_page(lang, token, shown), status)


def _objection(lang: Lang, refused: InventoryError) -> str:
    field = refused.field if isinstance(refused, Invalid) else ""
    return say(lang, _OBJECTIONS.get(field, "bad_photo"))


def _too_many(lang: Lang, refused: TooManyReports) -> HTMLResponse:
    minutes = -(-refused.retry_after_s // 60)
    page = pages.refused_page(lang, "/report/state", say(lang, "busy", minutes=minutes))
    answer = _answer(page, HTTPStatus.TOO_MANY_REQUESTS)
    answer.headers["Retry-After"] = str(refused.retry_after_s)
    return answer


def _unavailable(lang: Lang) -> HTMLResponse:
    page = pages.refused_page(lang, "/report/state", say(lang, "unavailable"))
    return _answer(page, HTTPStatus.SERVICE_UNAVAILABLE)


def _answer(page: str, status: HTTPStatus = HTTPStatus.OK) -> HTMLResponse:
    return HTMLResponse(page, status, headers=pages.HEADERS)
