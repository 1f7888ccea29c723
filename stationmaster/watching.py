"""The loop that looks after the house: exactly one server of an installation runs it at a time."""

import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import DBAPIError

from inventory.alerts.use_cases import may_watch, stop_watching
from inventory.data_health.use_cases import Sources
from inventory.data_health.watching import look_at_house, refresh_day
from inventory.database import Database
from inventory.errors import SourceUnavailable

log = structlog.get_logger(__name__)
Chore = Callable[[datetime], None]

LOOK_EVERY_S = 5.0
"""Chosen: limits are 30 s and more; a look costs some milliseconds."""
REFRESH_EVERY_S = 60.0
"""Chosen: a page then waits for the present hour only; 40 benches cost 0.3 % of a core."""


class Watcher:
    """Opens and closes alerts in a thread of its own; may be killed at any moment.

    It lives beside the API, not in ingest: only another process can tell that ingest is silent.
    Of several servers the one that holds the lease watches; when it dies, another takes over.
    It also does chores that only one server may do, after each look and in their order; one that
    fails keeps none of the others from their turn.
    """

    def __init__(
        self,
        database: Database,
        sources: Sources,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        look_every_s: float = LOOK_EVERY_S,
        chores: Sequence[Chore] = (),
    ) -> None:
        self._database = database
        self._sources = sources
        self._clock = clock
        self._look_every_s = look_every_s
        self._chores = chores
        self._holder = f"{socket.gethostname()[:60]}-{secrets.token_hex(4)}"
        self._watched_since: datetime | None = None
        self._refresh_at_s = 0.0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the look at hand and wait for it; another server may go on at once."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            try:
                stop_watching(self._database, self._holder)
            except DBAPIError as unavailable:
                log.warning("watch_not_given_back", reason=_first_line(unavailable))

    def look(self) -> bool:
        """One look, if it is this process's turn; whether it was.

        Raises:
            SourceUnavailable: the telemetry store gives no answer.
            Exception: what the first chore raised that failed, after all had their turn.
        """
        now = self._clock()
        if not may_watch(self._database, self._holder, now):
            self._watched_since = None
            return False
        self._watched_since = self._watched_since or now
        for change in look_at_house(self._database, self._sources, self._watched_since, now):
            log.info("alert", change=type(change).__name__.lower(), facts=str(change))
        self._do_chores(now)
        return True

    def _do_chores(self, now: datetime) -> None:
        failed: list[Exception] = []
        for chore in self._chores:
            try:
                chore(now)
            except Exception as error:  # noqa: BLE001 - raised below
                failed.append(error)
        for other in failed[1:]:
            log.warning("chore_failed", reason=_first_line(other))
        if failed:
            raise failed[0]

    def _refresh(self) -> None:
        # every server keeps its own figures fresh, whoever watches
        if time.monotonic() >= self._refresh_at_s:
            self._refresh_at_s = time.monotonic() + REFRESH_EVERY_S
            refresh_day(self._sources, self._clock())

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
                self._refresh()
            except (SourceUnavailable, DBAPIError) as unavailable:
                log.warning("watching_waits", reason=_first_line(unavailable))
            except Exception:
                # the thread must live: nobody else would tell of what goes wrong
                log.exception("watching_failed")
            self._stopping.wait(self._look_every_s)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
