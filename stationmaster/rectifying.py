"""When rectifications are held against the check again: soon after a change, and now and then."""

import time
from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from inventory.audit.table import AuditEntry
from inventory.audit.use_cases import revision
from inventory.database import Database
from inventory.readiness.use_cases import ReadinessDesk
from inventory.rectifications.rechecking import recheck

log = structlog.get_logger(__name__)
AT_LEAST_EVERY = timedelta(minutes=1)
"""Chosen: a proof that ends at midnight and a bench that falls silent leave no audit entry."""
SHARE = 20
"""Chosen: looking at everything takes at most a twentieth of the watcher's time."""
_NO_GROUND = (
    "login",
    "user",
    "api_key",
    "alert",
    "booking",
    "rectification",
    "review",
    "paper",
    "annual_report",
    "report_link",
    "reminder",
    "notification_preferences",
    "notification_delivery",
    "mail_address",
    "group_bot",
    "outbox_message",
    "document",
    "calendar_feed",
    "sharing_offer",
    "sharing_request",
)
"""What changes no check; everything else may."""


class Rechecks:
    """A chore of the watcher: cheap while nothing has changed.

    A change leads to a look at the organisation it belongs to; all are looked at now and then.
    """

    def __init__(self, database: Database, desk: ReadinessDesk) -> None:
        self._database = database
        self._desk = desk
        self._seen = 0
        self._all_at: datetime | None = None

    def __call__(self, now: datetime) -> None:
        """Look again where anything has changed, or everywhere when it is time."""
        with self._database.read() as db:
            latest = revision(db)
            is_due = self._all_at is None or now >= self._all_at
            concerned = None if is_due else _concerned(db, self._seen)
        if concerned is None or concerned:
            self._look(now, concerned)
        self._seen = latest

    def _look(self, now: datetime, organisations: Collection[str] | None) -> None:
        started = time.monotonic()
        steps = recheck(self._database, self._desk, now, organisations)
        for rectification_id, step in steps.items():
            log.info("rectification", id=rectification_id, step=step.value)
        if organisations is None:
            spent = timedelta(seconds=time.monotonic() - started)
            self._all_at = now + max(AT_LEAST_EVERY, spent * SHARE)


def _concerned(db: Session, since: int) -> set[str] | None:
    """Organisations whose checks may have changed after an entry; None: everybody's."""
    query = select(AuditEntry.organisation_code).where(
        col(AuditEntry.id) > since, col(AuditEntry.entity).not_in(_NO_GROUND)
    )
    found = set(db.exec(query.distinct()).all())
    return None if None in found else {code for code in found if code is not None}
