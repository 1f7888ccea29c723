"""How far imports of timetables are, and which lesson became which series.

Revision ID: 0035
Revises: 0034
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_CURRENT = sa.text("is_current")


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    counts = ("rows_total", "rows_booked", "rows_known", "rows_refused", "bookings")
    op.create_table(
        "timetable_import",
        sa.Column("file_name", _text(length=200), nullable=False),
        sa.Column("sha256", _text(length=64), nullable=False),
        sa.Column("term", _text(length=60), nullable=False),
        sa.Column("term_first_day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("started_at", _moment(), nullable=False),
        sa.Column("started_by", _text(length=80), nullable=False),
        sa.Column("changed_at", _moment(), nullable=False),
        sa.Column("finished_at", _moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        _to("timetable_import", "organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_import")),
    )
    op.create_index(
        op.f("ix_timetable_import_organisation_code"), "timetable_import", ["organisation_code"]
    )
    op.create_table(
        "timetable_line",
        sa.Column("term_first_day", sa.Date(), nullable=False),
        sa.Column("fingerprint", _text(length=64), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("place", _text(length=80), nullable=False),
        sa.Column("title", _text(length=120), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        _to("timetable_line", "import_id", "timetable_import.id"),
        _to("timetable_line", "organisation_code", "organisation.code"),
        _to("timetable_line", "series_id", "booking_series.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_line")),
    )
    for column in ("import_id", "organisation_code", "series_id"):
        op.create_index(op.f(f"ix_timetable_line_{column}"), "timetable_line", [column])
    op.create_index(
        "uq_timetable_line_current",
        "timetable_line",
        ["organisation_code", "term_first_day", "fingerprint"],
        unique=True,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )


def downgrade() -> None:
    op.drop_table("timetable_line")
    op.drop_table("timetable_import")
