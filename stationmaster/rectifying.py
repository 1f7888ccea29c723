"""When rectifications are held against the check again: soon after a change, and now and then."""

from datetime import datetime, timedelta

import structlog

from inventory.audit.use_cases import revision
from inventory.database import Database
from inventory.readiness.use_cases import ReadinessDesk
from inventory.rectifications.rechecking import recheck

log = structlog.get_logger(__name__)
AT_LEAST_EVERY = timedelta(minutes=1)
"""Chosen: a proof that ends at midnight and a bench that falls silent leave no audit entry."""


class Rechecks:
    """A chore of the watcher: cheap while nothing has changed."""

    def __init__(self, database: Database, desk: ReadinessDesk) -> None:
        self._database = database
        self._desk = desk
        self._seen: int | None = None
        self._next_at: datetime | None = None

    def __call__(self, now: datetime) -> None:
        """Look again if anything has changed, or a minute has passed."""
        with self._database.read() as db:
            latest = revision(db)
        if latest == self._seen and self._next_at is not None and now < self._next_at:
            return
        for rectification_id, step in recheck(self._database, self._desk, now).items():
            log.info("rectification", id=rectification_id, step=step.value)
        self._seen, self._next_at = latest, now + AT_LEAST_EVERY
