"""Routes of calendar feeds: making and ending them, and the calendars themselves."""

import hashlib
from http import HTTPStatus
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path, Request, Response, status

from inventory.accounts.policies import (
    Now,
    TheDatabase,
    client_address,
    own_address,
    public,
    require,
)
from inventory.accounts.rules import Action, Principal
from inventory.calendar_feeds.contents import feed_bytes
from inventory.calendar_feeds.errors import UnknownFeed
from inventory.calendar_feeds.schema import FeedMade, FeedOrder, FeedOut
from inventory.calendar_feeds.use_cases import end_feed, feeds, make_feed, shown, subscribed
from inventory.calendar_texts import MEDIA_TYPE
from inventory.errors import NotAllowed, Unknown
from inventory.visits import Visits

router = APIRouter(tags=["calendar feeds"])
public_router = APIRouter(
    prefix="/calendars", dependencies=[Depends(public())], include_in_schema=False
)
Owner = Annotated[Principal, Depends(require(Action.MANAGE_CALENDAR_FEED))]
FeedId = Annotated[int, Path(ge=1, le=2**31 - 1)]
WRONG_COSTS = 10
"""Chosen: 30 wrong addresses in ten minutes; one that was mistyped is asked for every hour."""


def visits_of(request: Request) -> Visits:
    """What the app counts of its public pages."""
    return cast("Visits", request.app.state.visits)


@router.get("/calendar-feeds")
def list_feeds(database: TheDatabase, caller: Owner) -> list[FeedOut]:
    """My calendars, ended ones too; their addresses were shown when they were made."""
    with database.read() as db:
        return [shown(row) for row in feeds(db, caller)]


@router.post("/calendar-feeds", status_code=status.HTTP_201_CREATED)
def make_calendar_feed(
    order: FeedOrder, request: Request, database: TheDatabase, caller: Owner, now: Now
) -> FeedMade:
    """Make a calendar to subscribe to; whoever has its address may read it until it is ended."""
    return make_feed(database, caller, order, own_address(request), now=now)


@router.delete("/calendar-feeds/{feed_id}", status_code=status.HTTP_204_NO_CONTENT)
def end_calendar_feed(feed_id: FeedId, database: TheDatabase, caller: Owner, now: Now) -> None:
    """End a calendar at once; its address no longer answers."""
    end_feed(database, caller, feed_id, now=now)


@public_router.get("/{secret}.ics")
def read_calendar(secret: str, request: Request, database: TheDatabase, now: Now) -> Response:
    """The calendar of an address, for programs that ask again and again."""
    try:
        content = feed_bytes(database, subscribed(database, secret, now), now)
    except (Unknown, NotAllowed) as refused:
        visits_of(request).count(client_address(request), now, WRONG_COSTS)
        raise UnknownFeed(secret[:8]) from refused
    return calendar_answer(request, content, "private, no-cache")


def calendar_answer(request: Request, content: bytes, caching: str) -> Response:
    """A calendar, or 304 where the caller has it already."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": caching,
        # the address may hold a secret
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
    known = request.headers.get("if-none-match", "")
    if tag in (one.strip().removeprefix("W/") for one in known.split(",")):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return Response(content, media_type=MEDIA_TYPE, headers=headers)
