"""What is shared, for everybody: pages, data and calendars without login or personal data."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from inventory.accounts.policies import Now, client_address, public
from inventory.calendar_feeds.routes import calendar_answer, visits_of
from inventory.database import UNAVAILABLE
from inventory.errors import Invalid
from inventory.intervals import Span
from inventory.sharing import pages
from inventory.sharing.browsing import found_offers, offer_calendar, one_offer
from inventory.sharing.errors import UnknownOffer
from inventory.sharing.page_texts import Lang, say
from inventory.sharing.routes import MOST_WORDS, TheShelf, position_of
from inventory.sharing.searching import Sought
from inventory.visits import TooManyVisits

router = APIRouter(prefix=pages.ROOT, dependencies=[Depends(public())], include_in_schema=False)
OfferId = Annotated[int, Path(ge=1, le=2**31 - 1)]
_LONGEST_HOURS, _MOST_DAYS, _ROUND_THE_EARTH = 24.0, 60.0, 20_040.0


def lang_of(request: Request) -> Lang:
    """Chinese unless English is asked for."""
    return "en" if request.query_params.get("lang") == "en" else "zh"


TheLang = Annotated[Lang, Depends(lang_of)]


@router.get("")
def show_offers(request: Request, shelf: TheShelf, lang: TheLang, now: Now) -> Response:
    """The page with everything that is shared, and what is free of it."""
    asked = {name: value[:100] for name, value in request.query_params.items()}

    def answer() -> Response:
        try:
            found = found_offers(shelf, _sought(asked, now), now)
        except Invalid as refused:
            wrong = say(lang, "wrong", what=say(lang, refused.field))
            return _html(pages.list_page(lang, (), asked, wrong), HTTPStatus.UNPROCESSABLE_ENTITY)
        return _html(pages.list_page(lang, found, asked))

    return _for_people(request, lang, now, answer)


@router.get(".json")
def list_offers_as_data(request: Request, shelf: TheShelf, now: Now) -> Response:
    """The same as data; the parameters are those of the page."""
    visits_of(request).count(client_address(request), now)
    asked = {name: value[:100] for name, value in request.query_params.items()}
    found = found_offers(shelf, _sought(asked, now), now)
    return _data({"offers": [one.model_dump(mode="json") for one in found]})


@router.get("/{offer_id}.ics")
def offer_as_calendar(
    offer_id: OfferId, request: Request, shelf: TheShelf, lang: TheLang, now: Now
) -> Response:
    """What is free of an offer, to subscribe to."""
    visits_of(request).count(client_address(request), now)
    content = offer_calendar(shelf, offer_id, now, lang)
    return calendar_answer(request, content, pages.CACHED)


@router.get("/{offer_id}.json")
def offer_as_data(offer_id: OfferId, request: Request, shelf: TheShelf, now: Now) -> Response:
    """One offer with all that is free of it, as data."""
    visits_of(request).count(client_address(request), now)
    return _data(one_offer(shelf, offer_id, now).model_dump(mode="json"))


@router.get("/{offer_id}")
def show_one_offer(
    offer_id: str, request: Request, shelf: TheShelf, lang: TheLang, now: Now
) -> Response:
    """The page of one offer."""

    def answer() -> Response:
        number = int(offer_id) if offer_id.isascii() and offer_id.isdigit() else 0
        try:
            return _html(pages.offer_page(lang, one_offer(shelf, number, now)))
        except UnknownOffer:
            return _html(pages.told_page(lang, say(lang, "gone")), HTTPStatus.NOT_FOUND)

    return _for_people(request, lang, now, answer)


def _for_people(
    request: Request, lang: Lang, now: datetime, answer: Callable[[], Response]
) -> Response:
    try:
        visits_of(request).count(client_address(request), now)
        return answer()
    except TooManyVisits as refused:
        told = say(lang, "busy", minutes=-(-refused.retry_after_s // 60))
        page = _html(pages.told_page(lang, told), HTTPStatus.TOO_MANY_REQUESTS)
        page.headers["Retry-After"] = str(refused.retry_after_s)
        return page
    except UNAVAILABLE:
        told = say(lang, "unavailable")
        return _html(pages.told_page(lang, told), HTTPStatus.SERVICE_UNAVAILABLE)


def _sought(asked: dict[str, str], now: datetime) -> Sought:
    hours = _number(asked, "hours", _LONGEST_HOURS)
    days = _number(asked, "days", _MOST_DAYS) or _MOST_DAYS
    return Sought(
        Span(now, now + timedelta(days=days)),
        timedelta(hours=hours) if hours else None,
        tuple(asked.get("q", "").split()[:MOST_WORDS]),
        asked.get("profile") or None,
        asked.get("module") or None,
        is_alive=bool(asked.get("alive")),
        is_calibrated=bool(asked.get("calibrated")),
        near=position_of(asked.get("near", "")),
        within_km=_number(asked, "within_km", _ROUND_THE_EARTH),
    )


def _number(asked: dict[str, str], name: str, most: float) -> float | None:
    text = asked.get(name, "").strip()
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 < found <= most:
        raise Invalid(name, f"a number above 0, up to {most:g}")
    return found


def _data(content: dict[str, object]) -> JSONResponse:
    # anybody's page may read it: there is nothing in it that is not public
    headers = {"Cache-Control": pages.CACHED, "Access-Control-Allow-Origin": "*"}
    return JSONResponse(content, headers=headers)


def _html(page: str, status: HTTPStatus = HTTPStatus.OK) -> HTMLResponse:
    caching = pages.CACHED if status is HTTPStatus.OK else "no-store"
    return HTMLResponse(page, status, headers=pages.HEADERS | {"Cache-Control": caching})
