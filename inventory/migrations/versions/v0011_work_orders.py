"""Work orders and their history.

Revision ID: 0011
Revises: 0010
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_UNFINISHED = "state IN ('reported', 'triaged', 'in_progress')"


def _enum(name: str) -> sa.Enum:
    return sa.Enum(name=name, native_enum=False, length=40)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "work_order",
        sa.Column("asset_number", _text(length=64), nullable=True),
        sa.Column("source", _enum("workordersource"), nullable=False),
        sa.Column("fault_key", _text(length=200), nullable=True),
        sa.Column("text", _text(length=2000), nullable=False),
        sa.Column("state", _enum("workorderstate"), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("is_fault_present", sa.Boolean(), nullable=False),
        sa.Column("is_blocking", sa.Boolean(), nullable=False),
        sa.Column("blocking_since", _moment(), nullable=True),
        sa.Column("reported_by", _text(length=80), nullable=False),
        sa.Column("owner", _text(length=80), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opened_at", _moment(), nullable=False),
        sa.Column("changed_at", _moment(), nullable=False),
        sa.Column("finished_at", _moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("station_code", _text(length=32), nullable=True),
        sa.Column("bench_code", _text(length=32), nullable=True),
        sa.Column("fault", sa.JSON(), nullable=True),
        sa.Column("fault_ids", sa.JSON(), nullable=False),
        _to("work_order", "organisation_code", "organisation.code"),
        _to("work_order", "station_code", "station.code"),
        _to("work_order", "bench_code", "bench.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
    )
    op.create_index("ix_work_order_state", "work_order", ["organisation_code", "state"])
    op.create_index(
        "uq_work_order_fault",
        "work_order",
        ["bench_code", "fault_key"],
        unique=True,
        sqlite_where=sa.text(_UNFINISHED),
        postgresql_where=sa.text(_UNFINISHED),
    )
    _create_entry()


def _create_entry() -> None:
    op.create_table(
        "work_order_entry",
        sa.Column("at", _moment(), nullable=False),
        sa.Column("who", _text(length=80), nullable=False),
        sa.Column("step", _enum("workorderstep"), nullable=False),
        sa.Column("state", _enum("workorderstate"), nullable=False),
        sa.Column("text", _text(length=2000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("document_ids", sa.JSON(), nullable=False),
        _to("work_order_entry", "work_order_id", "work_order.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order_entry")),
    )
    op.create_index(
        op.f("ix_work_order_entry_work_order_id"), "work_order_entry", ["work_order_id"]
    )


def downgrade() -> None:
    op.drop_table("work_order_entry")
    op.drop_table("work_order")
