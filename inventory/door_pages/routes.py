"""The public route of a door's page."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from inventory.accounts.policies import Now, TheDatabase, client_address, public
from inventory.calendar_feeds.routes import WRONG_COSTS, visits_of
from inventory.calendar_feeds.use_cases import subscribed
from inventory.door_pages.pages import HEADERS, door_page, gone_page
from inventory.door_pages.showing import door_states
from inventory.errors import NotAllowed, Unknown

public_router = APIRouter(
    prefix="/calendars", dependencies=[Depends(public())], include_in_schema=False
)


@public_router.get("/{secret}/door")
def show_door(secret: str, request: Request, database: TheDatabase, now: Now) -> HTMLResponse:
    """What runs now and next, for a screen at the door, by the address of a calendar."""
    try:
        feed = subscribed(database, secret, now)
        states = door_states(database, feed, now)
    except (Unknown, NotAllowed):
        visits_of(request).count(client_address(request), now, WRONG_COSTS)
        return HTMLResponse(gone_page(now), HTTPStatus.NOT_FOUND, HEADERS)
    page = door_page(feed.feed.name, states, now, feed.feed.language)
    return HTMLResponse(page, headers=HEADERS)
