"""What people settle of parameter texts, columns a list has beside ours, and remembered mappings.

Revision ID: 0008
Revises: 0007
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_OUTCOMES = ("clause", "words_only", "not_applicable")


def upgrade() -> None:
    op.add_column(
        "requirement", sa.Column("settled_parameters", sa.Text(), nullable=False, server_default="")
    )
    op.add_column(
        "requirement", sa.Column("extra_cells", sa.JSON(), nullable=False, server_default="{}")
    )
    op.add_column(
        "requirement_list",
        sa.Column("settled_revision", sa.Integer(), nullable=False, server_default="0"),
    )
    outcome = sa.Enum(*_OUTCOMES, name="outcome", native_enum=False, length=40)
    op.create_table(
        "parameter_decision",
        sa.Column("item_zh", _text(length=200), nullable=False),
        sa.Column("text", _text(length=2000), nullable=False),
        sa.Column("outcome", outcome, nullable=False),
        sa.Column("clause", _text(length=2000), nullable=False),
        sa.Column("note", _text(length=400), nullable=False),
        sa.Column("decided_by", _text(length=80), nullable=False),
        sa.Column("decided_at", _moment(), nullable=False),
        sa.Column("key", _text(length=64), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_parameter_decision_organisation_code"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_parameter_decision")),
    )
    op.create_table(
        "column_mapping",
        sa.Column("key", _text(length=64), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("remembered_by", _text(length=80), nullable=False),
        sa.Column("remembered_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_column_mapping_organisation_code"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_column_mapping")),
    )


def downgrade() -> None:
    op.drop_table("column_mapping")
    op.drop_table("parameter_decision")
    op.drop_column("requirement_list", "settled_revision")
    op.drop_column("requirement", "extra_cells")
    op.drop_column("requirement", "settled_parameters")
