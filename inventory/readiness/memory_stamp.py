"""What tells whether a remembered answer on paper is still true."""

from sqlalchemy import func
from sqlmodel import col, select

from inventory.audit.table import AuditEntry

_PAPER_ENTITIES = (
    "equipment",
    "requirement_list",
    "station",
    "organisation",
    "bench",
    "room",
    "workstation",
)
STAMP = (
    select(func.max(col(AuditEntry.id)))
    .where(col(AuditEntry.entity).in_(_PAPER_ENTITIES))
    .scalar_subquery()
)
"""The latest audit entry that concerns paper, asked for together with something else."""
