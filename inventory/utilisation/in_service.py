"""Since when a bench is there to be used."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.audit.table import AuditEntry
from inventory.usage_sessions.table import UsageSession


def in_service_from(db: Session, codes: Collection[str]) -> Mapping[str, datetime]:
    """When each bench was entered, or first used if that was earlier.

    A bench of which neither is known is left out: it has always been there.
    """
    entered = select(AuditEntry.entity_id, func.min(AuditEntry.at)).where(
        AuditEntry.entity == "bench", AuditEntry.action == "created"
    )
    used = select(UsageSession.bench_code, func.min(UsageSession.started_at)).where(
        col(UsageSession.bench_code).in_(codes)
    )
    found = dict(db.exec(entered.group_by(AuditEntry.entity_id)).all())
    for code, at in db.exec(used.group_by(UsageSession.bench_code)).all():
        found[code] = min(at, found.get(code, at))
    return {code: at for code, at in found.items() if code in codes}
