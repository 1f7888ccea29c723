"""Lists of conditions beyond equipment, and what people state on them.

Revision ID: 0021
Revises: 0020
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_CELLS = (
    ("station", 2000),
    ("topic", 2000),
    ("condition_zh", 2000),
    ("condition_en", 2000),
    ("rule", 2000),
    ("evidence", 2000),
    ("authority", 2000),
    ("source", 2000),
    ("check", 64),
)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "condition_list",
        sa.Column("version", _text(length=64), nullable=False),
        sa.Column("title", _text(length=200), nullable=False),
        sa.Column("is_official", sa.Boolean(), nullable=False),
        sa.Column("binding_authorities", _text(length=400), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source_name", _text(length=200), nullable=False),
        sa.Column("sha256", _text(length=64), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("skipped_rows", sa.Integer(), nullable=False),
        sa.Column("imported_at", _moment(), nullable=False),
        sa.Column("imported_by", _text(length=80), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=True),
        _to("condition_list", "organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_condition_list")),
    )
    op.create_table(
        "condition",
        sa.Column("condition_id", _text(length=64), nullable=False),
        *(sa.Column(name, _text(length=length), nullable=False) for name, length in _CELLS),
        sa.Column("version", _text(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _to("condition", "version", "condition_list.version"),
        sa.PrimaryKeyConstraint("version", "position", name=op.f("pk_condition")),
    )
    op.create_table(
        "condition_statement",
        sa.Column("condition_id", _text(length=64), nullable=False),
        sa.Column("is_met", sa.Boolean(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("note", _text(length=2000), nullable=False),
        sa.Column("document_id", _text(length=32), nullable=False),
        sa.Column("who", _text(length=80), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_code", _text(length=32), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("digest", _text(length=64), nullable=False),
        _to("condition_statement", "station_code", "station.code"),
        _to("condition_statement", "organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_statement")),
    )
    op.create_index(
        op.f("ix_condition_statement_station_code"), "condition_statement", ["station_code"]
    )


def downgrade() -> None:
    for table in ("condition_statement", "condition", "condition_list"):
        op.drop_table(table)
