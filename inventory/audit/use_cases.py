"""The one door to the audit trail."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.audit.table import AuditEntry

SYSTEM = "system"
"""Who acts when no person does."""
MAX_ID = 200
"""Ids come from outside too; a longer one must not stop the change it belongs to."""


def record(  # noqa: PLR0913 - an entry has these facts; a holder for them would only hide it
    db: Session,
    *,
    who: str,
    action: str,
    entity: str,
    entity_id: str,
    organisation_code: str | None = None,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Add an entry in the caller's own write transaction.

    Args:
        db: the transaction that makes the change.
        who: user name, `system`, or `bench:<code>`.
        action: verb in the past, such as `created`, `imported`, `confirmed`.
        entity: what kind of thing, such as `bench`.
        entity_id: its code, cut after `MAX_ID` characters.
        organisation_code: whose affair it is; None for what concerns everybody.
        old: what was before; None for something new. Never give secrets.
        new: what is now; None for something gone.
        at: when; None is now.
    """
    db.add(
        AuditEntry(
            at=at or datetime.now(UTC),
            who=who,
            action=action,
            entity=entity,
            entity_id=entity_id[:MAX_ID],
            organisation_code=organisation_code,
            old=to_jsonable_python(old),
            new=to_jsonable_python(new),
        )
    )


def revision(db: Session) -> int:
    """Number of the latest entry; it grows with every change to the inventory, 0 at the start."""
    return db.exec(select(func.max(col(AuditEntry.id)))).one() or 0
