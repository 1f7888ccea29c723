"""What was heard of benches, day by day, so that utilisation can say how much it covers.

Revision ID: 0029
Revises: 0028
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "heard_day",
        sa.Column("bench_code", _text(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until_s", sa.Integer(), nullable=False),
        sa.Column("looked_at", _moment(), nullable=False),
        sa.Column("heard", sa.JSON(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(
            ["bench_code"], ["bench.code"], name=op.f("fk_heard_day_bench_code")
        ),
        sa.PrimaryKeyConstraint("bench_code", "day", name=op.f("pk_heard_day")),
    )


def downgrade() -> None:
    op.drop_table("heard_day")
