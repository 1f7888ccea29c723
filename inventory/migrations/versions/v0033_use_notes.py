"""Whose use of benches without a booking was.

Revision ID: 0033
Revises: 0032
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_PURPOSES = ("class", "exam", "maintenance", "open_sharing", "other")


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_use_note_{column}"))


def upgrade() -> None:
    purpose = sa.Enum(*_PURPOSES, name="usepurpose", native_enum=False, length=40)
    op.create_table(
        "use_note",
        sa.Column("bench_code", _text(length=32), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("start_at", _moment(), nullable=False),
        sa.Column("end_at", _moment(), nullable=False),
        sa.Column("belongs_to", _text(length=80), nullable=False),
        sa.Column("purpose", purpose, nullable=False),
        sa.Column("words", _text(length=500), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("created_by", _text(length=80), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", _moment(), nullable=True),
        sa.Column("withdrawn_by", _text(length=80), nullable=True),
        _to("bench_code", "bench.code"),
        _to("organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_note")),
    )
    for column in ("bench_code", "organisation_code"):
        op.create_index(op.f(f"ix_use_note_{column}"), "use_note", [column])


def downgrade() -> None:
    op.drop_table("use_note")
