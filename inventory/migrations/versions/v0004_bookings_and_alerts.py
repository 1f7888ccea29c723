"""Bookings, alerts, and what counters stood at when a day began.

Revision ID: 0004
Revises: 0003
"""

# ruff: noqa: D103 - generated text

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_PURPOSES = ("class", "exam", "maintenance", "open_sharing")
_KINDS = (
    "bench_silent",
    "ingest_silent",
    "spool_filling",
    "rows_dropped",
    "quarantine_growing",
    "clock_off",
)
_TAKEN = (
    "SELECT 1 FROM booking WHERE bench_code = NEW.bench_code AND state = 'booked' "
    "AND id <> NEW.id AND start_at < NEW.end_at AND NEW.start_at < end_at"
)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def upgrade() -> None:
    _create_booking()
    _create_alert()
    _create_watch()
    _guard()


def _create_booking() -> None:
    op.create_table(
        "booking",
        sa.Column("bench_code", _text(length=32), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("station_code", _text(length=32), nullable=True),
        sa.Column("start_at", _moment(), nullable=False),
        sa.Column("end_at", _moment(), nullable=False),
        sa.Column("purpose", _enum("bookingpurpose", *_PURPOSES), nullable=False),
        sa.Column("holder", _text(length=80), nullable=False),
        sa.Column("note", _text(length=200), nullable=False),
        sa.Column("state", _enum("bookingstate", "booked", "cancelled"), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("created_by", _text(length=80), nullable=False),
        sa.Column("cancelled_at", _moment(), nullable=True),
        sa.Column("cancelled_by", _text(length=80), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bench_code"], ["bench.code"], name=op.f("fk_booking_bench_code")),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_booking_organisation_code"),
        ),
        sa.ForeignKeyConstraint(
            ["station_code"], ["station.code"], name=op.f("fk_booking_station_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
    )
    for column in ("bench_code", "organisation_code", "end_at"):
        op.create_index(op.f(f"ix_booking_{column}"), "booking", [column], unique=False)


def _create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("kind", _enum("alertkind", *_KINDS), nullable=False),
        sa.Column("key", _text(length=120), nullable=False),
        sa.Column("bench_code", _text(length=32), nullable=True),
        sa.Column("organisation_code", _text(length=32), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", _moment(), nullable=False),
        sa.Column("closed_at", _moment(), nullable=True),
        sa.Column("closed_because", _enum("alertend", "recovered", "slot_over"), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", _moment(), nullable=True),
        sa.Column("acknowledged_by", _text(length=80), nullable=True),
        sa.Column("note", _text(length=400), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_alert_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    for column in ("bench_code", "organisation_code", "key"):
        op.create_index(op.f(f"ix_alert_{column}"), "alert", [column], unique=False)
    op.create_index(
        "uq_alert_open",
        "alert",
        ["key"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _create_watch() -> None:
    op.create_table(
        "watch_lease",
        sa.Column("name", _text(length=40), nullable=False),
        sa.Column("holder", _text(length=80), nullable=False),
        sa.Column("until", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_watch_lease")),
    )
    op.create_table(
        "transport_day",
        sa.Column("bench_code", _text(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken_at", _moment(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("resends", "rejected", "dropped", "expired")
        ),
        sa.PrimaryKeyConstraint("bench_code", "day", name=op.f("pk_transport_day")),
    )


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER booking_refuses_overlap_{verb.lower()} AFTER {verb} ON booking "
                f"WHEN NEW.state = 'booked' AND EXISTS ({_TAKEN}) "
                "BEGIN SELECT RAISE(ABORT, 'ex_booking_no_overlap'); END"
            )
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        "ALTER TABLE booking ADD CONSTRAINT ex_booking_no_overlap EXCLUDE USING gist "
        "(bench_code WITH =, tstzrange(start_at, end_at) WITH &&) WHERE (state = 'booked')"
    )


def downgrade() -> None:
    for table in ("transport_day", "watch_lease", "alert", "booking"):
        op.drop_table(table)
