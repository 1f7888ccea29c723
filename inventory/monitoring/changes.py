"""When the pages of a caller are out of date: one shared look at the house, one key per caller."""

import hashlib
import threading
import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.accounts.access import visible_organisations
from inventory.accounts.rules import Principal, Role
from inventory.audit.table import AuditEntry
from inventory.audit.use_cases import revision
from inventory.benches.live import LiveBenches
from inventory.benches.rules import Liveness
from inventory.benches.table import Bench
from inventory.benches.use_cases import visible_benches
from inventory.database import Database
from inventory.monitoring.use_cases import liveness_of_all

LOOK_EVERY_S = 0.2
"""Chosen: a change shows within half a second however many pages are open."""
_PRIVATE = ("login", "api_key", "user", "export")
_OF_BENCHES = ("fault", "usage_session")


@dataclass(frozen=True, slots=True)
class Look:
    """The house at one moment."""

    revision: int
    liveness: dict[str, Liveness]


class ChangeWatch:
    """Looks at the house for all open pages together, at most every `LOOK_EVERY_S`."""

    def __init__(self, database: Database, live: LiveBenches) -> None:
        self._database = database
        self._live = live
        self._lock = threading.Lock()
        self._looked_at = 0.0
        self._look: Look | None = None

    def look(self, now: datetime) -> Look:
        """The house now or a moment ago."""
        with self._lock:
            if self._look is None or time.monotonic() - self._looked_at >= LOOK_EVERY_S:
                self._look = self._fresh(now)
                self._looked_at = time.monotonic()
            return self._look

    def _fresh(self, now: datetime) -> Look:
        with self._database.read() as db:
            latest = revision(db)
            benches = db.exec(select(Bench)).all()
        states = self._live.states([bench.code for bench in benches])
        return Look(latest, liveness_of_all(benches, states, now))


class CallersChanges:
    """The part of the house one caller may see, as a key that changes when it does."""

    def __init__(self, database: Database, principal: Principal) -> None:
        self._database = database
        self._principal = principal
        self._known_at = -1
        self._revision = 0
        self._codes: list[str] = []

    def key(self, look: Look) -> str:
        """Opaque text that is another one when something visible has changed."""
        if look.revision != self._known_at:
            with self._database.read() as db:
                self._revision = visible_revision(db, self._principal)
                query = select(Bench.code).where(visible_benches(self._principal))
                self._codes = sorted(db.exec(query).all())
            self._known_at = look.revision
        classes = " ".join(look.liveness.get(code, Liveness.NEVER).value for code in self._codes)
        return f"{self._revision}-{hashlib.sha256(classes.encode()).hexdigest()[:8]}"


def visible_revision(db: Session, principal: Principal) -> int:
    """Number of the latest audit entry on something the caller may see.

    Logins and accounts never count: that somebody works at night is nobody's business.
    """
    latest = select(func.max(col(AuditEntry.id)))
    if principal.role is Role.VISITOR:
        query = latest.where(col(AuditEntry.entity).in_(("station", "bench")))
    else:
        of_all = col(AuditEntry.organisation_code).is_(None) & col(AuditEntry.entity).not_in(
            _OF_BENCHES
        )
        own = col(AuditEntry.organisation_code).in_(visible_organisations(principal))
        query = latest.where(own | of_all, col(AuditEntry.entity).not_in(_PRIVATE))
    return db.exec(query).one() or 0
