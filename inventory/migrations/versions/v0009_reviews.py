"""Reviews, the checks frozen with their steps, and comments on rows.

Revision ID: 0009
Revises: 0008
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_GOES_ON = "state NOT IN ('withdrawn', 'revoked')"


def _enum(name: str) -> sa.Enum:
    return sa.Enum(name=name, native_enum=False, length=40)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "review",
        sa.Column("state", _enum("reviewstate"), nullable=False),
        sa.Column("list_version", _text(length=64), nullable=False),
        sa.Column("snapshot_sha256", _text(length=64), nullable=False),
        sa.Column("binding_count", sa.Integer(), nullable=False),
        sa.Column("started_at", _moment(), nullable=False),
        sa.Column("changed_at", _moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_code", _text(length=32), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        _to("review", "station_code", "station.code"),
        _to("review", "organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    for column in ("organisation_code", "state"):
        op.create_index(op.f(f"ix_review_{column}"), "review", [column])
    op.create_index(
        "uq_review_going_on",
        "review",
        ["station_code"],
        unique=True,
        sqlite_where=sa.text(_GOES_ON),
        postgresql_where=sa.text(_GOES_ON),
    )
    op.create_table(
        "review_snapshot",
        sa.Column("sha256", _text(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_review_snapshot")),
    )
    _create_entry()
    _create_comment()


def _create_entry() -> None:
    op.create_table(
        "review_entry",
        sa.Column("at", _moment(), nullable=False),
        sa.Column("who", _text(length=80), nullable=False),
        sa.Column("side", _enum("side"), nullable=False),
        sa.Column("step", _enum("reviewstep"), nullable=False),
        sa.Column("state", _enum("reviewstate"), nullable=False),
        sa.Column("text", _text(length=2000), nullable=False),
        sa.Column("list_version", _text(length=64), nullable=False),
        sa.Column("binding_count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_sha256", _text(length=64), nullable=False),
        sa.Column("document_ids", sa.JSON(), nullable=False),
        _to("review_entry", "review_id", "review.id"),
        _to("review_entry", "snapshot_sha256", "review_snapshot.sha256"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_entry")),
    )
    op.create_index(op.f("ix_review_entry_review_id"), "review_entry", ["review_id"])


def _create_comment() -> None:
    op.create_table(
        "review_comment",
        sa.Column("row_id", _text(length=64), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("who", _text(length=80), nullable=False),
        sa.Column("side", _enum("side"), nullable=False),
        sa.Column("text", _text(length=2000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("reply_to", sa.Integer(), nullable=True),
        _to("review_comment", "review_id", "review.id"),
        _to("review_comment", "reply_to", "review_comment.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comment")),
    )
    op.create_index(op.f("ix_review_comment_review_id"), "review_comment", ["review_id"])


def downgrade() -> None:
    for table in ("review_comment", "review_entry", "review_snapshot", "review"):
        op.drop_table(table)
