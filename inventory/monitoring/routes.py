"""Routes of benches: register entry, live state, faults, usage, signals and streams."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import AfterValidator, AwareDatetime

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.benches.live import LiveBenches, WindowQuery
from inventory.benches.table import Bench
from inventory.benches.use_cases import bench, benches
from inventory.faults.schema import FaultOut, FreezeOut
from inventory.faults.use_cases import faults, freeze
from inventory.faults.use_cases import shown as shown_fault
from inventory.monitoring.changes import ChangeWatch
from inventory.monitoring.schema import BenchOut, BenchPage, SignalsOut
from inventory.monitoring.streams import Streams, change_events, live_events
from inventory.monitoring.use_cases import bench_page, signals, summaries
from inventory.paging import Limit, Offset, Page, page
from inventory.usage_sessions.schema import UsageSessionOut
from inventory.usage_sessions.use_cases import usage_sessions

LIVE_EVENTS = (
    "`event: row` with a RowOut for the latest and each new row; `event: state` with a BenchPulse "
    "each second; `event: unavailable` while a store gives no answer. A row's id, sent back as "
    "`Last-Event-ID` or `after`, continues behind it; after more than 5 minutes' worth of rows "
    "`event: skipped` tells that it went on with the latest. Ends with the login."
)
CHANGE_EVENTS = (
    '`event: changed` with `{"revision": "…", "at": "…"}` at the start and within half a second '
    "whenever something the caller may see has changed. Ends with the login."
)
_EVENT_ID = re.compile(r"[0-9]{1,18}")
router = APIRouter(tags=["benches"])
Looker = Annotated[Principal, Depends(require(Action.READ_BENCH))]
Insider = Annotated[Principal, Depends(require(Action.READ_BENCH_DETAILS))]
Watcher = Annotated[Principal, Depends(require(Action.READ_STATUS))]


def live_of(request: Request) -> LiveBenches:
    """The live evidence the app was made with."""
    return cast("LiveBenches", request.app.state.live)


def streams_of(request: Request) -> Streams:
    """The app's count of open streams."""
    return cast("Streams", request.app.state.streams)


def watch_of(request: Request) -> ChangeWatch:
    """The app's shared look at the house."""
    return cast("ChangeWatch", request.app.state.watch)


def stream_place(
    streams: Annotated[Streams, Depends(streams_of)], caller: Watcher
) -> Iterator[Streams]:
    """A place among the open streams, given back when the stream ends."""
    with streams.place(caller.user_id):
        yield streams


Live = Annotated[LiveBenches, Depends(live_of)]
Place = Annotated[Streams, Depends(stream_place)]


def watched_bench(code: str, database: TheDatabase, caller: Insider) -> Bench:
    """The bench of a stream, looked up before the answer starts so that a refusal has a status."""
    with database.read() as db:
        return bench(db, caller, code, Action.READ_BENCH_DETAILS)


WatchedBench = Annotated[Bench, Depends(watched_bench)]


def last_had(
    header: Annotated[str | None, Header(alias="Last-Event-ID", max_length=100)] = None,
    after: Annotated[
        int | None, Query(ge=0, le=2**63 - 1, description="id of the last row one has")
    ] = None,
) -> int | None:
    """The last row a returning caller has; a header of another stream's kind says nothing."""
    if header is not None and _EVENT_ID.fullmatch(header):
        return int(header)
    return after


def _plausible(at: datetime) -> datetime:
    # the ends of the calendar leave no room for arithmetic and time zones
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise ValueError(f"expected a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return at


_FIRST_YEAR, _LAST_YEAR = 1971, 9998
Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]


class Span:
    """The span of time and the signals a caller asks for."""

    def __init__(
        self,
        now: Now,
        start: Annotated[
            Moment | None, Query(alias="from", description="default: 10 minutes before `to`")
        ] = None,
        end: Annotated[Moment | None, Query(alias="to", description="default: now")] = None,
        points: Annotated[int, Query(ge=1, le=2000, description="buckets per signal")] = 300,
        signal: Annotated[
            list[str] | None, Query(max_length=64, description="repeat for several; none: all")
        ] = None,
    ) -> None:
        until = end or now
        self.query = WindowQuery(start or until - timedelta(minutes=10), until, points, signal)


@router.get("/benches")
def list_benches(
    database: TheDatabase,
    live: Live,
    caller: Looker,
    now: Now,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[BenchOut]:
    """Benches I may see, by code."""
    with database.read() as db:
        rows, total = benches(db, caller, offset=offset, limit=limit)
        return page(summaries(db, live, caller, rows, now), total, offset)


@router.get("/benches/{code}")
def show_bench(code: str, database: TheDatabase, live: Live, caller: Looker, now: Now) -> BenchPage:
    """One bench: identity, sign of life, open faults, current usage session, latest values."""
    with database.read() as db:
        found = bench(db, caller, code, Action.READ_BENCH)
        return bench_page(db, live, caller, found, now)


@router.get("/benches/{code}/faults")
def list_faults(
    code: str, database: TheDatabase, caller: Insider, offset: Offset = 0, limit: Limit = 50
) -> Page[FaultOut]:
    """Faults of a bench, the latest first."""
    with database.read() as db:
        found = bench(db, caller, code, Action.READ_BENCH_DETAILS)
        rows, total = faults(db, code, offset=offset, limit=limit)
    return page([shown_fault(row, found.blocking_severity) for row in rows], total, offset)


@router.get("/benches/{code}/faults/{fault_id}/freeze")
def show_freeze(code: str, fault_id: str, database: TheDatabase, caller: Insider) -> FreezeOut:
    """Values from 10 s before to 5 s after the confirmation of a fault."""
    with database.read() as db:
        bench(db, caller, code, Action.READ_BENCH_DETAILS)
        return freeze(db, code, fault_id)


@router.get("/benches/{code}/usage-sessions")
def list_usage_sessions(
    code: str, database: TheDatabase, caller: Insider, offset: Offset = 0, limit: Limit = 50
) -> Page[UsageSessionOut]:
    """When the bench was really used, the latest first."""
    with database.read() as db:
        bench(db, caller, code, Action.READ_BENCH_DETAILS)
        rows, total = usage_sessions(db, code, offset=offset, limit=limit)
    return page([UsageSessionOut.model_validate(row) for row in rows], total, offset)


@router.get("/benches/{code}/signals")
def show_signals(
    code: str, database: TheDatabase, live: Live, caller: Insider, span: Annotated[Span, Depends()]
) -> SignalsOut:
    """Values of a span of time, thinned out to a number of points with every extreme kept."""
    with database.read() as db:
        found = bench(db, caller, code, Action.READ_BENCH_DETAILS)
    return signals(live, found, span.query)


@router.get(
    "/benches/{code}/live",  # noqa: FAST003 - `watched_bench` takes it
    response_class=EventSourceResponse,
    responses={200: {"description": LIVE_EVENTS}},
)
async def stream_bench(
    request: Request,
    caller: Insider,
    live: Live,
    place: Place,
    found: WatchedBench,
    had: Annotated[int | None, Depends(last_had)],
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `row` for each new row, `state` each second."""
    async for event in live_events(request, caller, place, (live, found, had)):
        yield event


@router.get(
    "/changes",
    response_class=EventSourceResponse,
    responses={200: {"description": CHANGE_EVENTS}},
)
async def stream_changes(
    request: Request,
    caller: Watcher,
    place: Place,
    watch: Annotated[ChangeWatch, Depends(watch_of)],
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `changed` when pages I may see are out of date."""
    async for event in change_events(request, caller, place, watch):
        yield event
