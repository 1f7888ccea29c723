"""When bookings are held against what their rigs report."""

from datetime import datetime, timedelta

import structlog

from inventory.benches.live import LiveBenches
from inventory.bookings.desk import Desk
from inventory.database import Database
from inventory.rig_truth.attending import Attended, attend
from inventory.rig_truth.noticing import Noticed, notice_failures
from inventory.rig_truth.source import truth_of

log = structlog.get_logger(__name__)
EVERY = timedelta(seconds=20)
"""Chosen: nobody waits for it, and limits are quarters of an hour."""


class RigWatch:
    """A chore of the watcher; it raises `SourceUnavailable` like the look it follows."""

    def __init__(self, database: Database, live: LiveBenches, no_show_after: timedelta) -> None:
        self._database = database
        self._live = live
        self._grace = no_show_after or None
        self._next_at: datetime | None = None

    def __call__(self, now: datetime) -> None:
        """Check in who came, give back what nobody came to, and tell of rigs that failed."""
        if self._next_at is not None and self._next_at - EVERY <= now < self._next_at:
            return
        self._next_at = now + EVERY
        desk = Desk(None, now, truth_of(self._live))
        attended = attend(self._database, self._live, desk, self._grace)
        noticed = notice_failures(self._database, self._live, now)
        if attended != Attended():
            log.info("bookings_attended", facts=str(attended))
        if noticed != Noticed():
            log.info("rigs_of_bookings", facts=str(noticed))
