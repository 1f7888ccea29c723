"""What people decide of substitutes where a list leaves it open.

Revision ID: 0023
Revises: 0022
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "requirement",
        sa.Column("decided_substitutes", sa.JSON(), nullable=False, server_default="[]"),
    )


def downgrade() -> None:
    op.drop_column("requirement", "decided_substitutes")
