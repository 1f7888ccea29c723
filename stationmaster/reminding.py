"""When reminders of what becomes due are made: one school at each look, all of them every hour."""

from collections import deque
from datetime import datetime, timedelta

import structlog

from inventory.database import Database
from inventory.due.telling import tell_of_reminders
from inventory.due.use_cases import organisations, remind

log = structlog.get_logger(__name__)
ROUND_EVERY = timedelta(hours=1)
"""Chosen: days end at midnight, and what is recorded today is reminded of today."""


class Reminders:
    """A chore of the watcher, in turns, so that many schools never hold up its alerts."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._left: deque[str] = deque()
        self._next_at: datetime | None = None

    def __call__(self, now: datetime) -> None:
        """Look at one organisation's calendar, if it is time for another round or in one."""
        if not self._left:
            if self._next_at is not None and now < self._next_at:
                return
            self._next_at = now + ROUND_EVERY
            self._left.extend(organisations(self._database))
        if self._left:
            code = self._left.popleft()
            made = remind(self._database, code, now)
            if made:
                log.info("reminders", organisation=code, made=made)
            tell_of_reminders(self._database, code, now)
