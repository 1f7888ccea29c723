"""Changes to many pieces of the register at once.

Revision ID: 0022
Revises: 0021
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "bulk_edit",
        sa.Column("at", _moment(), nullable=False),
        sa.Column("who", _text(length=80), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("undone_at", _moment(), nullable=True),
        sa.Column("undone_by", _text(length=80), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        _to("bulk_edit", "organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_edit")),
    )
    index = op.f("ix_bulk_edit_organisation_code")
    op.create_index(index, "bulk_edit", ["organisation_code"])
    op.create_table(
        "bulk_edit_piece",
        sa.Column("bulk_edit_id", sa.Integer(), nullable=False),
        sa.Column("asset_number", _text(length=64), nullable=False),
        sa.Column("old", sa.JSON(), nullable=False),
        sa.Column("new", sa.JSON(), nullable=False),
        _to("bulk_edit_piece", "bulk_edit_id", "bulk_edit.id"),
        sa.PrimaryKeyConstraint("bulk_edit_id", "asset_number", name=op.f("pk_bulk_edit_piece")),
    )


def downgrade() -> None:
    op.drop_table("bulk_edit_piece")
    op.drop_table("bulk_edit")
