"""Reminders of what becomes due.

Revision ID: 0019
Revises: 0018
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_KEY = ("organisation_code", "kind", "entity", "entity_id", "due_on", "lead_days")


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("kind", sa.Enum(name="duekind", native_enum=False, length=40), nullable=False),
        sa.Column("entity", _text(length=64), nullable=False),
        sa.Column("entity_id", _text(length=200), nullable=False),
        sa.Column("name_zh", _text(length=200), nullable=False),
        sa.Column("name_en", _text(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("detail", _text(length=200), nullable=False),
        sa.Column("made_at", _moment(), nullable=False),
        sa.Column("sent_at", _moment(), nullable=True),
        sa.Column("settled_at", _moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_reminder_organisation_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(*_KEY, name=op.f("uq_reminder_organisation_code")),
    )


def downgrade() -> None:
    op.drop_table("reminder")
