"""Codes on things by which anybody reports, what was reported, and attempts of the last hour.

Revision ID: 0015
Revises: 0014
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_RUNS = "ended_at IS NULL"


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "report_link",
        sa.Column("asset_number", _text(length=64), nullable=True),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("created_by", _text(length=80), nullable=False),
        sa.Column("ended_at", _moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("bench_code", _text(length=32), nullable=True),
        sa.Column("token", _text(length=32), nullable=False),
        _to("report_link", "organisation_code", "organisation.code"),
        _to("report_link", "bench_code", "bench.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_link")),
        sa.UniqueConstraint("token", name=op.f("uq_report_link_token")),
    )
    for column in ("bench_code", "asset_number"):
        op.create_index(
            f"uq_report_link_{column}",
            "report_link",
            ["organisation_code", column],
            unique=True,
            sqlite_where=sa.text(_RUNS),
            postgresql_where=sa.text(_RUNS),
        )
    op.create_table(
        "public_report",
        sa.Column("number", _text(length=8), nullable=False),
        sa.Column("form_id", _text(length=32), nullable=True),
        sa.Column("report_link_id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        _to("public_report", "report_link_id", "report_link.id"),
        _to("public_report", "work_order_id", "work_order.id"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_public_report")),
        sa.UniqueConstraint("form_id", name=op.f("uq_public_report_form_id")),
    )
    for column in ("report_link_id", "work_order_id"):
        op.create_index(op.f(f"ix_public_report_{column}"), "public_report", [column])
    op.create_table(
        "report_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_link_id", sa.Integer(), nullable=True),
        sa.Column("address", _text(length=64), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        _to("report_attempt", "report_link_id", "report_link.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_attempt")),
    )
    op.create_index(op.f("ix_report_attempt_at"), "report_attempt", ["at"])


def downgrade() -> None:
    for table in ("report_attempt", "public_report", "report_link"):
        op.drop_table(table)
