"""Server-sent events: rows and pulses of a bench, and word that pages are out of date."""

import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import anyio
import anyio.to_thread
from fastapi import Request
from fastapi.sse import ServerSentEvent

from inventory.accounts.policies import database_of, identify, now_of
from inventory.accounts.rules import Principal
from inventory.benches.live import LiveBenches, LiveRow
from inventory.benches.table import Bench
from inventory.errors import SourceUnavailable, TooBusy, TooManyOpen
from inventory.monitoring.changes import LOOK_EVERY_S, CallersChanges, ChangeWatch
from inventory.monitoring.use_cases import live_pulse, row_out

ROW_EVERY_S = 0.1
PULSE_EVERY_S = 1.0
ROWS_AT_ONCE = 200
MAX_STREAMS = 200
MAX_STREAMS_EACH = 24
"""Chosen: a browser holds six per host, and somebody may watch from four of them."""
MAX_LAG = timedelta(minutes=5)
"""Chosen: who is further behind, by a slow line or a long absence, goes on with what is now."""
T = TypeVar("T")


class Streams:
    """Counts the open streams and tells them to end when the server stops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_stopping = threading.Event()
        self._of_caller: Counter[int] = Counter()

    @property
    def open_count(self) -> int:
        """How many are open now."""
        return self._of_caller.total()

    @contextmanager
    def place(self, user_id: int) -> Iterator[None]:
        """A place for one stream of a user, whose API keys count as the user.

        Raises:
            TooBusy: there is none left.
            TooManyOpen: the user has `MAX_STREAMS_EACH`.
        """
        with self._lock:
            if self._of_caller[user_id] >= MAX_STREAMS_EACH:
                raise TooManyOpen("live streams", MAX_STREAMS_EACH)
            if self.open_count >= MAX_STREAMS:
                raise TooBusy("live streams")
            self._of_caller[user_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._of_caller[user_id] -= 1
                self._of_caller += Counter()  # drops those without any

    def stop(self) -> None:
        """End all streams within a moment; call it when the server is told to stop."""
        self._is_stopping.set()

    @property
    def is_stopping(self) -> bool:
        """Whether streams should end."""
        return self._is_stopping.is_set()


class _Stream:
    """What both kinds of stream need: threads for the stores, and whether to go on."""

    def __init__(self, request: Request, principal: Principal, streams: Streams) -> None:
        self._request = request
        self._principal = principal
        self._streams = streams
        self._next_check = time.monotonic() + PULSE_EVERY_S

    def now(self) -> datetime:
        return now_of(self._request)

    async def goes_on(self, *, is_use: bool) -> bool:
        """Whether the server runs and the caller is still the one who asked."""
        if self._streams.is_stopping:
            return False
        if time.monotonic() < self._next_check:
            return True
        self._next_check = time.monotonic() + PULSE_EVERY_S
        caller = await anyio.to_thread.run_sync(lambda: identify(self._request, is_use=is_use))
        return caller == self._principal


@dataclass(frozen=True, slots=True)
class _Rows:
    """What to send next; `skipped` says that older rows were left out before them."""

    rows: Sequence[LiveRow]
    skipped: bool = False


def _next_rows(live: LiveBenches, code: str, cursor: int) -> _Rows:
    rows = live.rows_after(code, cursor, ROWS_AT_ONCE)
    if len(rows) < ROWS_AT_ONCE:
        return _Rows(rows)
    latest = live.latest(code)
    if latest is None or latest.received_at - rows[-1].received_at <= MAX_LAG:
        return _Rows(rows)
    return _Rows([latest], skipped=True)


async def live_events(
    request: Request,
    principal: Principal,
    streams: Streams,
    watched: tuple[LiveBenches, Bench, int | None],
) -> AsyncIterator[ServerSentEvent]:
    """`row` for the latest and each new row, `state` each second, `unavailable` without a store.

    `watched` ends with the last row the caller had, None to begin with the latest. Rows wait in
    the store, not here, for a caller who reads slowly. Watching a bench counts as use of the login.
    """
    live, bench, had = watched
    stream = _Stream(request, principal, streams)
    database = database_of(request)
    latest = await _asked(lambda: live.latest(bench.code))
    cursor = -1 if isinstance(latest, SourceUnavailable) or latest is None else latest.cursor - 1
    if had is not None:
        # a number from a store that was replaced is ahead of all there is
        cursor = min(had, cursor + 1)
    next_pulse = 0.0
    while await stream.goes_on(is_use=True):
        if time.monotonic() >= next_pulse:
            next_pulse = time.monotonic() + PULSE_EVERY_S
            state = await _asked(lambda: live_pulse(database, live, bench, stream.now()))
            yield _state_event(state)
        found = await _asked(lambda at=cursor: _next_rows(live, bench.code, at))  # type: ignore[misc]
        if isinstance(found, SourceUnavailable):
            await anyio.sleep(PULSE_EVERY_S)
            continue
        if found.skipped:
            yield ServerSentEvent(event="skipped", data={"until": found.rows[0].observed_at})
        for row in found.rows:
            cursor = row.cursor
            yield ServerSentEvent(event="row", id=str(row.cursor), data=row_out(row))
        if len(found.rows) < ROWS_AT_ONCE:
            await anyio.sleep(ROW_EVERY_S)


async def change_events(
    request: Request, principal: Principal, streams: Streams, watch: ChangeWatch
) -> AsyncIterator[ServerSentEvent]:
    """`changed` with the revision at the start and whenever something visible has changed.

    An open page alone does not count as use of the login.
    """
    stream = _Stream(request, principal, streams)
    mine = CallersChanges(database_of(request), principal)
    told = None
    while await stream.goes_on(is_use=False):
        key = await _asked(lambda: mine.key(watch.look(stream.now())))
        if isinstance(key, str) and key != told:
            told = key
            yield ServerSentEvent(event="changed", data={"revision": key, "at": stream.now()})
        await anyio.sleep(LOOK_EVERY_S)


async def _asked(question: Callable[[], T]) -> T | SourceUnavailable:
    try:
        return await anyio.to_thread.run_sync(question)
    except SourceUnavailable as unavailable:
        return unavailable


def _state_event(state: object) -> ServerSentEvent:
    if isinstance(state, SourceUnavailable):
        return ServerSentEvent(event="unavailable", data={"source": state.source})
    return ServerSentEvent(event="state", data=state)
