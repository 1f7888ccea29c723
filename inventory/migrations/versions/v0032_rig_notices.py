"""What holders were told of rigs that failed.

Revision ID: 0032
Revises: 0031
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_OPEN = sa.text("state = 'open'")
_STATES = ("open", "restored", "substituted", "over")


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_rig_notice_{column}"))


def upgrade() -> None:
    state = sa.Enum(*_STATES, name="noticestate", native_enum=False, length=40)
    op.create_table(
        "rig_notice",
        sa.Column("resource_key", _text(length=120), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("opened_at", _moment(), nullable=False),
        sa.Column("closed_at", _moment(), nullable=True),
        sa.Column("closed_by", _text(length=80), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        _to("booking_id", "booking.id"),
        _to("organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rig_notice")),
    )
    for column in ("booking_id", "organisation_code"):
        op.create_index(op.f(f"ix_rig_notice_{column}"), "rig_notice", [column])
    op.create_index(
        "uq_rig_notice_open",
        "rig_notice",
        ["booking_id", "resource_key"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_table("rig_notice")
