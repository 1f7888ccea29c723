"""Rectifications and what happened to them.

Revision ID: 0007
Revises: 0006
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime


def _enum(name: str) -> sa.Enum:
    return sa.Enum(name=name, native_enum=False, length=40)


def upgrade() -> None:
    op.create_table(
        "rectification",
        sa.Column("list_version", _text(length=64), nullable=False),
        sa.Column("row_id", _text(length=64), nullable=False),
        sa.Column("kind", _enum("findingkind"), nullable=False),
        sa.Column("state", _enum("rectificationstate"), nullable=False),
        sa.Column("is_present", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("owner", _text(length=80), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("submitted_by", _text(length=80), nullable=True),
        sa.Column("opened_at", _moment(), nullable=False),
        sa.Column("changed_at", _moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_code", _text(length=32), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("finding", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_code"], ["station.code"], name=op.f("fk_rectification_station_code")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_rectification_organisation_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification")),
        sa.UniqueConstraint(
            "station_code",
            "list_version",
            "row_id",
            "kind",
            name=op.f("uq_rectification_station_code"),
        ),
    )
    op.create_index(
        op.f("ix_rectification_organisation_code"), "rectification", ["organisation_code"]
    )
    op.create_table(
        "rectification_entry",
        sa.Column("at", _moment(), nullable=False),
        sa.Column("who", _text(length=80), nullable=False),
        sa.Column("step", _enum("rectificationstep"), nullable=False),
        sa.Column("state", _enum("rectificationstate"), nullable=False),
        sa.Column("text", _text(length=2000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rectification_id", sa.Integer(), nullable=False),
        sa.Column("document_ids", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rectification_id"],
            ["rectification.id"],
            name=op.f("fk_rectification_entry_rectification_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification_entry")),
    )
    op.create_index(
        op.f("ix_rectification_entry_rectification_id"),
        "rectification_entry",
        ["rectification_id"],
    )


def downgrade() -> None:
    op.drop_table("rectification_entry")
    op.drop_table("rectification")
