"""How a station holds exams: minutes, examinees, modules at the same time.

Revision ID: 0020
Revises: 0019
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NUMBERS = ("exam_minutes", "opening_minutes", "daily_per_workstation")


def upgrade() -> None:
    for name in _NUMBERS:
        op.add_column("station", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column(
        "station",
        sa.Column("modules_at_once", sa.JSON(), nullable=False, server_default="[]"),
    )


def downgrade() -> None:
    for name in ("modules_at_once", *_NUMBERS):
        op.drop_column("station", name)
