"""The audit trail's table, which the database itself keeps append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, Column, event
from sqlmodel import Field

from inventory.database import Row


class AuditEntry(Row, table=True):
    """One change: `old` is None for something new, `new` is None for something gone.

    `organisation_code` says whose affair it was (None: everybody's); it has no foreign key, since
    an entry outlives what it tells of.
    """

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    who: str = Field(max_length=80)
    action: str = Field(max_length=64)
    entity: str = Field(max_length=64, index=True)
    entity_id: str = Field(max_length=200, index=True)
    organisation_code: str | None = Field(default=None, max_length=32, index=True)
    old: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    new: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))


SQLITE_GUARDS = [
    f"CREATE TRIGGER audit_entry_refuses_{verb.lower()} BEFORE {verb} ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL_GUARDS = [
    (
        "CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit entries are append-only'; END $$"
    ),
    (
        "CREATE TRIGGER audit_entry_refuses_change BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()"
    ),
]

_table = AuditEntry.metadata.tables["audit_entry"]
for _statement in SQLITE_GUARDS:
    event.listen(_table, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call] # SQLAlchemy
for _statement in POSTGRESQL_GUARDS:
    event.listen(_table, "after_create", DDL(_statement).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]
