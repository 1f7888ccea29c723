"""Where a station is, so that others find it by distance.

Revision ID: 0025
Revises: 0024
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "station", sa.Column("address", sa.String(length=200), nullable=False, server_default="")
    )
    op.add_column("station", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("station", sa.Column("longitude", sa.Float(), nullable=True))


def downgrade() -> None:
    for name in ("longitude", "latitude", "address"):
        op.drop_column("station", name)
