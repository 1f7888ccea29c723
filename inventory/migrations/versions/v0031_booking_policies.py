"""Booking policies that a school sets itself.

Revision ID: 0031
Revises: 0030
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_CODES = (
    "who",
    "qualification",
    "horizon",
    "notice",
    "length",
    "weekly_quota",
    "owner_approval",
    "exam_priority",
    "minors",
    "high_voltage",
    "opening_hours",
    "lesson_periods",
    "in_order",
)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_booking_policy_{column}")
    return sa.ForeignKeyConstraint([column], [target], name=name)


def _list(name: str) -> sa.Column[list[str]]:
    return sa.Column(name, sa.JSON(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "booking_policy",
        sa.Column("code", _enum("policycode", *_CODES), nullable=False),
        sa.Column("effect", _enum("effect", "refuse", "approve", "warn", "off"), nullable=False),
        sa.Column("resource_key", _text(length=120), nullable=True),
        sa.Column("askers", _enum("askers", "all", "own", "others"), nullable=False),
        sa.Column("least", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("level", _enum("level", "elementary", "intermediate", "advanced"), nullable=True),
        sa.Column("is_trainer_rule", sa.Boolean(), nullable=False),
        sa.Column("waits_for_register", sa.Boolean(), nullable=False),
        sa.Column("note", _text(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("station_code", _text(length=32), nullable=True),
        *map(_list, ("kinds", "modules", "purposes", "roles", "allowed_roles", "displaces")),
        *map(_list, ("staff_roles", "certificates")),
        sa.Column("set_at", _moment(), nullable=False),
        sa.Column("set_by", _text(length=80), nullable=False),
        _to("organisation_code", "organisation.code"),
        _to("station_code", "station.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_policy")),
    )
    index = op.f("ix_booking_policy_organisation_code")
    op.create_index(index, "booking_policy", ["organisation_code"])


def downgrade() -> None:
    op.drop_table("booking_policy")
