"""Persons of a school and their certificates.

Revision ID: 0013
Revises: 0012
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def _enum(name: str) -> sa.Enum:
    return sa.Enum(name=name, native_enum=False, length=40)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "staff_member",
        sa.Column("number", _text(length=64), nullable=False),
        sa.Column("name", _text(length=80), nullable=False),
        sa.Column("affiliation", _enum("affiliation"), nullable=False),
        sa.Column("is_school_leader", sa.Boolean(), nullable=False),
        sa.Column("trade_since", sa.Date(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("station_codes", sa.JSON(), nullable=False),
        sa.Column("modules", sa.JSON(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        _to("staff_member", "organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint(
            "organisation_code", "number", name=op.f("uq_staff_member_organisation_code")
        ),
    )
    op.create_index(
        op.f("ix_staff_member_organisation_code"), "staff_member", ["organisation_code"]
    )
    op.create_table(
        "staff_certificate",
        sa.Column("kind", _enum("certificatekind"), nullable=False),
        sa.Column("certificate_no", _text(length=80), nullable=False),
        sa.Column("level", _enum("level"), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("document_id", _text(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("modules", sa.JSON(), nullable=False),
        _to("staff_certificate", "member_id", "staff_member.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_certificate")),
    )
    op.create_index(op.f("ix_staff_certificate_member_id"), "staff_certificate", ["member_id"])


def downgrade() -> None:
    op.drop_table("staff_certificate")
    op.drop_table("staff_member")
