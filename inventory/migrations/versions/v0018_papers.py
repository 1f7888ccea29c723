"""Papers by their verification codes; training batches and words of annual reports.

Revision ID: 0018
Revises: 0017
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime


def _enum(name: str) -> sa.Enum:
    return sa.Enum(name=name, native_enum=False, length=40)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "paper",
        sa.Column("kind", _enum("paperkind"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("list_version", _text(length=64), nullable=False),
        sa.Column("made_at", _moment(), nullable=False),
        sa.Column("made_by", _text(length=80), nullable=False),
        sa.Column("sha256", _text(length=64), nullable=False),
        sa.Column("code", _text(length=13), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("station_code", _text(length=32), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        _to("paper", "organisation_code", "organisation.code"),
        _to("paper", "station_code", "station.code"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_paper")),
    )
    op.create_index(op.f("ix_paper_organisation_code"), "paper", ["organisation_code"])
    op.create_table(
        "training_batch",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("batch", _text(length=60), nullable=False),
        sa.Column("certificate", _text(length=200), nullable=False),
        sa.Column("profession", _text(length=200), nullable=False),
        sa.Column("levels", _text(length=60), nullable=False),
        sa.Column("trained", sa.Integer(), nullable=False),
        sa.Column("assessed", sa.Integer(), nullable=False),
        sa.Column("certified", sa.Integer(), nullable=False),
        sa.Column("social", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        _to("training_batch", "organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_batch")),
        sa.UniqueConstraint(
            "organisation_code",
            "year",
            "batch",
            "certificate",
            "profession",
            "levels",
            name=op.f("uq_training_batch_organisation_code"),
        ),
    )
    op.create_table(
        "annual_text",
        sa.Column("changed_at", _moment(), nullable=False),
        sa.Column("changed_by", _text(length=80), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("section", _enum("annualsection"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _to("annual_text", "organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint(
            "organisation_code", "year", "section", name=op.f("pk_annual_text")
        ),
    )


def downgrade() -> None:
    for table in ("annual_text", "training_batch", "paper"):
        op.drop_table(table)
