"""When holds, requests, queues and drafts of bookings are looked at for their time-outs."""

from datetime import datetime

import structlog

from inventory.bookings.desk import Desk, TruthSource, nothing_known
from inventory.bookings.overdue import settle_overdue, warn_of_ends
from inventory.database import Database

log = structlog.get_logger(__name__)


class BookingTimes:
    """A chore of the watcher: costs two statements while no time is out.

    Nobody waits for it: what is overdue holds nothing any more, seen or not. But who stands in a
    queue hears of a free slot by it.
    """

    def __init__(self, database: Database, truth: TruthSource = nothing_known) -> None:
        self._database = database
        self._truth = truth
        self._warned_until: datetime | None = None

    def __call__(self, now: datetime) -> None:
        """Let end what is overdue, and warn of what soon will be."""
        desk = Desk(None, now, self._truth)
        ended = settle_overdue(self._database, desk)
        if ended:
            log.info("bookings_timed_out", count=ended)
        self._warned_until = warn_of_ends(self._database, desk, self._warned_until)
