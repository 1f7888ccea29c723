"""Bookings of sets: what each takes, series, swaps; the guard stands on what is taken.

Revision ID: 0024
Revises: 0023
"""

# ruff: noqa: D103 - a step says what it does by its number

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_KEPT = (
    "id, organisation_code, station_code, start_at, end_at, purpose, holder, note, state, "
    "created_at, created_by, cancelled_at, cancelled_by"
)
_TAKEN = (
    "SELECT 1 FROM booking_part WHERE resource_key = NEW.resource_key AND is_holding "
    "AND id <> NEW.id AND blocked_from < NEW.blocked_to AND NEW.blocked_from < blocked_to"
)
_PARTS = (
    "INSERT INTO booking_part (booking_id, resource_key, kind, organisation_code, bench_code, "
    "blocked_from, blocked_to, is_asked, is_holding) "
    "SELECT id, 'bench:' || organisation_code || '/' || bench_code, 'bench', organisation_code, "
    "bench_code, start_at, end_at, true, state = 'booked' FROM {} ORDER BY id"
)


def _enum(name: str) -> sa.Enum:
    return sa.Enum(name=name, native_enum=False, length=40)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _old_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("station_code", _text(length=32), nullable=True),
        sa.Column("start_at", _moment(), nullable=False),
        sa.Column("end_at", _moment(), nullable=False),
        sa.Column("purpose", _enum("bookingpurpose"), nullable=False),
        sa.Column("holder", _text(length=80), nullable=False),
        sa.Column("note", _text(length=200), nullable=False),
        sa.Column("state", _enum("bookingstate"), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("created_by", _text(length=80), nullable=False),
        sa.Column("cancelled_at", _moment(), nullable=True),
        sa.Column("cancelled_by", _text(length=80), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
    ]


def _optional_columns() -> list[sa.Column[Any]]:
    return [
        *(
            sa.Column(name, sa.Integer(), nullable=False, server_default="0")
            for name in ("set_up_s", "clear_up_s", "revision")
        ),
        sa.Column("title", _text(length=120), nullable=False, server_default=""),
        sa.Column("module", _text(length=8), nullable=True),
        sa.Column("level", _text(length=16), nullable=True),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("has_minors", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("supervisor", _text(length=64), nullable=True),
        sa.Column("approval_by", _text(length=80), nullable=False, server_default=""),
        sa.Column("decided_by", _text(length=80), nullable=True),
        sa.Column("checked_in_by", _text(length=80), nullable=True),
        sa.Column("reason", _text(length=400), nullable=False, server_default=""),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("displaced_by_id", sa.Integer(), nullable=True),
        *(
            sa.Column(name, _moment(), nullable=True)
            for name in (
                "hold_until",
                "waiting_since",
                "decided_at",
                "occurrence_at",
                "checked_in_at",
                "ended_early_at",
            )
        ),
    ]


def _filled_columns() -> list[sa.Column[Any]]:
    """Columns that take their first value from others."""
    return [
        sa.Column("requester_organisation_code", _text(length=32), nullable=False),
        sa.Column("changed_at", _moment(), nullable=False),
        sa.Column("changed_by", _text(length=80), nullable=False),
    ]


def upgrade() -> None:
    _create_series()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        _rebuild_on_sqlite()
    else:
        _alter_on_postgresql()
    _create_part()
    op.execute(_PARTS.format("booking_before" if is_sqlite else "booking"))
    if is_sqlite:
        op.execute("DROP TABLE booking_before")
        _guard_on_sqlite()
    else:
        op.drop_column("booking", "bench_code")
        op.execute(
            "ALTER TABLE booking_part ADD CONSTRAINT ex_booking_part_no_overlap EXCLUDE USING gist "
            "(resource_key WITH =, tstzrange(blocked_from, blocked_to) WITH &&) WHERE (is_holding)"
        )
    _create_swap()


def _create_series() -> None:
    op.create_table(
        "booking_series",
        sa.Column("rule", _text(length=400), nullable=False),
        sa.Column("first_at", _moment(), nullable=False),
        sa.Column("zone", _text(length=40), nullable=False),
        sa.Column("length_s", sa.Integer(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("created_by", _text(length=80), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("split_from_id", sa.Integer(), nullable=True),
        sa.Column("resources", sa.JSON(), nullable=False),
        sa.Column("exceptions", sa.JSON(), nullable=False),
        _to("booking_series", "organisation_code", "organisation.code"),
        _to("booking_series", "split_from_id", "booking_series.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_series")),
    )
    op.create_index(
        op.f("ix_booking_series_organisation_code"), "booking_series", ["organisation_code"]
    )


def _rebuild_on_sqlite() -> None:
    # alerts name bookings: what is gone for a moment is back before anybody counts
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE booking_before AS SELECT * FROM booking")
    op.drop_table("booking")
    op.create_table(
        "booking",
        *_old_columns(),
        *_optional_columns(),
        *_filled_columns(),
        *(_to("booking", column, target) for column, target in _POINTERS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
    )
    op.execute(
        f"INSERT INTO booking ({_KEPT}, requester_organisation_code, changed_at, changed_by) "  # noqa: S608
        f"SELECT {_KEPT}, organisation_code, coalesce(cancelled_at, created_at), "
        "coalesce(cancelled_by, created_by) FROM booking_before ORDER BY id"
    )
    _create_indexes(("organisation_code", "end_at", "requester_organisation_code", "series_id"))


_POINTERS: Sequence[tuple[str, str]] = (
    ("organisation_code", "organisation.code"),
    ("station_code", "station.code"),
    ("requester_organisation_code", "organisation.code"),
    ("series_id", "booking_series.id"),
    ("displaced_by_id", "booking.id"),
)


def _alter_on_postgresql() -> None:
    op.execute("ALTER TABLE booking DROP CONSTRAINT ex_booking_no_overlap")
    for column in _optional_columns():
        op.add_column("booking", column)
    for column in _filled_columns():
        column.nullable = True
        op.add_column("booking", column)
    op.execute(
        "UPDATE booking SET requester_organisation_code = organisation_code, "
        "changed_at = coalesce(cancelled_at, created_at), "
        "changed_by = coalesce(cancelled_by, created_by)"
    )
    for column in _filled_columns():
        op.alter_column("booking", column.name, nullable=False)
    for name, target in _POINTERS[2:]:
        table, _, key = target.partition(".")
        op.create_foreign_key(op.f(f"fk_booking_{name}"), "booking", table, [name], [key])
    _create_indexes(("requester_organisation_code", "series_id"))


def _create_indexes(columns: Sequence[str]) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_booking_{column}"), "booking", [column])


def _create_part() -> None:
    op.create_table(
        "booking_part",
        sa.Column("resource_key", _text(length=120), nullable=False),
        sa.Column("kind", _enum("resourcekind"), nullable=False),
        sa.Column("blocked_from", _moment(), nullable=False),
        sa.Column("blocked_to", _moment(), nullable=False),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.Column("is_holding", sa.Boolean(), nullable=False),
        sa.Column("held_until", _moment(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("bench_code", _text(length=32), nullable=True),
        _to("booking_part", "booking_id", "booking.id"),
        _to("booking_part", "organisation_code", "organisation.code"),
        _to("booking_part", "bench_code", "bench.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_part")),
        sa.UniqueConstraint("booking_id", "resource_key", name=op.f("uq_booking_part_booking_id")),
    )
    op.create_index("ix_booking_part_taken", "booking_part", ["resource_key", "blocked_to"])
    op.create_index("ix_booking_part_bench", "booking_part", ["bench_code", "blocked_to"])
    for column in ("booking_id", "organisation_code"):
        op.create_index(op.f(f"ix_booking_part_{column}"), "booking_part", [column])


def _guard_on_sqlite() -> None:
    for verb in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER booking_part_refuses_overlap_{verb.lower()} "
            f"AFTER {verb} ON booking_part WHEN NEW.is_holding AND EXISTS ({_TAKEN}) "
            "BEGIN SELECT RAISE(ABORT, 'ex_booking_part_no_overlap'); END"
        )


def _create_swap() -> None:
    op.create_table(
        "booking_swap",
        sa.Column("state", _enum("swapstate"), nullable=False),
        sa.Column("offered_at", _moment(), nullable=False),
        sa.Column("offered_by", _text(length=80), nullable=False),
        sa.Column("answered_at", _moment(), nullable=True),
        sa.Column("answered_by", _text(length=80), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offered_id", sa.Integer(), nullable=False),
        sa.Column("wanted_id", sa.Integer(), nullable=False),
        _to("booking_swap", "offered_id", "booking.id"),
        _to("booking_swap", "wanted_id", "booking.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_swap")),
    )
    for column in ("offered_id", "wanted_id"):
        op.create_index(op.f(f"ix_booking_swap_{column}"), "booking_swap", [column])


def downgrade() -> None:
    raise NotImplementedError("bookings of sets do not fit into the older tables")
