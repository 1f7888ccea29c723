"""When work orders are held against the faults of benches: soon after either has changed."""

from datetime import datetime

import structlog
from sqlmodel import Session, col, func, select

from inventory.audit.table import AuditEntry
from inventory.database import Database
from inventory.work_orders.following import follow_faults

log = structlog.get_logger(__name__)
_GROUND = ("fault", "bench", "work_order")
"""What can make a difference; each change of these leaves an audit entry."""


class FaultOrders:
    """A chore of the watcher: a fault that takes a bench out of use becomes a work order."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: int | None = None

    def __call__(self, now: datetime) -> None:
        """Look where anything has changed since; at the start, at everything."""
        with self._database.read() as db:
            latest = _latest(db)
        if latest == self._seen:
            return
        for number, step in follow_faults(self._database, now).items():
            log.info("work_order", number=number, step=step.value)
        self._seen = latest


def _latest(db: Session) -> int:
    of_ground = col(AuditEntry.entity).in_(_GROUND)
    return db.exec(select(func.max(col(AuditEntry.id))).where(of_ground)).one() or 0
