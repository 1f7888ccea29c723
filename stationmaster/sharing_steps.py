"""When requests for shared use are moved on by time, bench or booking: now and then."""

from datetime import datetime, timedelta

import structlog

from inventory.database import Database
from inventory.sharing.following import follow_all

log = structlog.get_logger(__name__)
EVERY = timedelta(seconds=30)
"""Chosen: who looks at the page after a visit sees that it is over; nobody waits for it."""


class SharingSteps:
    """A chore of the watcher; costs one statement while nobody shares anything."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._next_at: datetime | None = None

    def __call__(self, now: datetime) -> None:
        """Move on what is due, when it is time."""
        if self._next_at is not None and now < self._next_at:
            return
        self._next_at = now + EVERY
        for number, steps in follow_all(self._database, now).items():
            log.info("sharing_request", id=number, steps=[step.value for step in steps])
