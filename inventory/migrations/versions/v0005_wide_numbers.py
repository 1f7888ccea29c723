"""Numbers that outgrow 32 bits, and an audit trail that PostgreSQL guards as SQLite does.

Revision ID: 0005
Revises: 0004
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WIDE = (("audit_entry", "id"), ("projection_cursor", "position"), ("unknown_bench", "events"))
_REFUSE = (
    "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit entries are append-only'{}; END $$"
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, column in _WIDE:
        op.alter_column(table, column, type_=sa.BigInteger())
    op.execute("ALTER SEQUENCE audit_entry_id_seq AS bigint")
    # a refusal of the data, not a defect of the program
    op.execute(_REFUSE.format(" USING ERRCODE = 'integrity_constraint_violation'"))
    op.execute(
        "CREATE TRIGGER audit_entry_refuses_truncate BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP TRIGGER audit_entry_refuses_truncate ON audit_entry")
    op.execute(_REFUSE.format(""))
    op.execute("ALTER SEQUENCE audit_entry_id_seq AS integer")
    for table, column in _WIDE:
        op.alter_column(table, column, type_=sa.Integer())
