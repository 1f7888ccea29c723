"""Consumables and what comes in and goes out.

Revision ID: 0017
Revises: 0016
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_WIDE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "consumable",
        sa.Column("code", _text(length=64), nullable=False),
        sa.Column("name_zh", _text(length=120), nullable=False),
        sa.Column("name_en", _text(length=120), nullable=False),
        sa.Column("unit", _text(length=20), nullable=False),
        sa.Column("location", _text(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("minimum_milli", _WIDE, nullable=False),
        sa.Column("station_codes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_consumable_organisation_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consumable")),
        sa.UniqueConstraint(
            "organisation_code", "code", name=op.f("uq_consumable_organisation_code")
        ),
    )
    op.create_table(
        "stock_movement",
        sa.Column(
            "kind", sa.Enum(name="movementkind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("note", _text(length=400), nullable=False),
        sa.Column("document_id", _text(length=64), nullable=False),
        sa.Column("id", _WIDE, nullable=False),
        sa.Column("consumable_id", sa.Integer(), nullable=False),
        sa.Column("milli", _WIDE, nullable=False),
        sa.Column("who", _text(length=80), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consumable_id"], ["consumable.id"], name=op.f("fk_stock_movement_consumable_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
    )
    op.create_index(op.f("ix_stock_movement_consumable_id"), "stock_movement", ["consumable_id"])


def downgrade() -> None:
    op.drop_table("stock_movement")
    op.drop_table("consumable")
