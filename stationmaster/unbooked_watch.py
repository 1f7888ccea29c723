"""When station masters are told of yesterday's use without a booking: once, before the lessons."""

from datetime import date, datetime

import structlog

from inventory.database import Database
from inventory.moments import SCHOOL_ZONE
from inventory.unbooked_use.rules import is_time_to_tell
from inventory.unbooked_use.telling import tell_unbooked_use

log = structlog.get_logger(__name__)


class UnbookedWatch:
    """A chore of the watcher: one look a day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looked_on: date | None = None

    def __call__(self, now: datetime) -> None:
        """Look at the day before, unless that was done today or it is too early."""
        local = now.astimezone(SCHOOL_ZONE)
        if self._looked_on == local.date() or not is_time_to_tell(local):
            return
        told = tell_unbooked_use(self._database, now)
        # only now: a look that failed is taken again
        self._looked_on = local.date()
        if told:
            log.info("unbooked_use_told", schools=told)
