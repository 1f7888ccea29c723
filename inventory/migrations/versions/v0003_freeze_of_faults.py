"""How a fault is known, whose it is, and the values around it.

Revision ID: 0003
Revises: 0002
"""

# ruff: noqa: D103 - generated text

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SOURCES = ("derived", "read", "overheard", "dm1", "alarm_flag")


def upgrade() -> None:
    op.create_table(
        "fault_freeze",
        sa.Column("bench_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fault_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("bench_code", "fault_id", name=op.f("pk_fault_freeze")),
    )
    source = sa.Enum(*_SOURCES, name="faultsource", native_enum=False, length=40)
    with op.batch_alter_table("fault", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", source, nullable=False, server_default="derived"))
        batch_op.add_column(
            sa.Column("ecu", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("has_freeze", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("fault", schema=None) as batch_op:
        batch_op.drop_column("has_freeze")
        batch_op.drop_column("ecu")
        batch_op.drop_column("source")
    op.drop_table("fault_freeze")
