"""In which order a bench made the steps that count of its faults and usage sessions.

Revision ID: 0006
Revises: 0005
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES = ("fault", "usage_session")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("orders", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "orders")
