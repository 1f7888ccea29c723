"""Rooms and the workstations in them.

Revision ID: 0016
Revises: 0015
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def _enum(name: str) -> sa.Enum:
    return sa.Enum(name=name, native_enum=False, length=40)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _unique(table: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(
        "organisation_code", "code", name=op.f(f"uq_{table}_organisation_code")
    )


def upgrade() -> None:
    op.create_table(
        "room",
        sa.Column("code", _text(length=32), nullable=False),
        sa.Column("name_zh", _text(length=120), nullable=False),
        sa.Column("name_en", _text(length=120), nullable=False),
        sa.Column("kind", _enum("roomkind"), nullable=False),
        sa.Column("area_m2", sa.Float(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("station_codes", sa.JSON(), nullable=False),
        _to("room", "organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        _unique("room"),
    )
    op.create_table(
        "workstation",
        sa.Column("code", _text(length=32), nullable=False),
        sa.Column("kind", _enum("workstationkind"), nullable=False),
        sa.Column("position", _text(length=40), nullable=False),
        sa.Column("x_m", sa.Float(), nullable=True),
        sa.Column("y_m", sa.Float(), nullable=True),
        sa.Column("asset_number", _text(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("exam_tasks", sa.JSON(), nullable=False),
        _to("workstation", "organisation_code", "organisation.code"),
        _to("workstation", "room_id", "room.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workstation")),
        _unique("workstation"),
    )
    op.create_index(op.f("ix_workstation_room_id"), "workstation", ["room_id"])


def downgrade() -> None:
    op.drop_table("workstation")
    op.drop_table("room")
