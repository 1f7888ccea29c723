"""A school's calendar, one row each.

Revision ID: 0030
Revises: 0029
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_PARTS = ("terms", "periods", "hours", "days")
_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "school_calendar",
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("zone", _text(length=40), nullable=False),
        sa.Column("follows_public_holidays", sa.Boolean(), nullable=False),
        *(sa.Column(part, sa.JSON(), nullable=True) for part in _PARTS),
        sa.Column("changed_at", _moment(), nullable=False),
        sa.Column("changed_by", _text(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_school_calendar_organisation_code"),
        ),
        sa.PrimaryKeyConstraint("organisation_code", name=op.f("pk_school_calendar")),
    )


def downgrade() -> None:
    op.drop_table("school_calendar")
