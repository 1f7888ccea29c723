"""Original values of equipment, and income.

Revision ID: 0034
Revises: 0033
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_CODES = (("organisation_code", "organisation.code"), ("station_code", "station.code"))
_NUMBERS = (
    ("booking_id", "booking.id"),
    ("sharing_request_id", "sharing_request.id"),
    ("corrects_id", "income_entry.id"),
)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _code(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, _text(length=32), nullable=nullable)


def upgrade() -> None:
    op.add_column("equipment", sa.Column("original_value", sa.BigInteger(), nullable=True))
    source = sa.Enum("inside", "outside", name="incomesource", native_enum=False, length=40)
    op.create_table(
        "income_entry",
        sa.Column("source", source, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("words", _text(length=400), nullable=False),
        sa.Column("entered_at", _moment(), nullable=False),
        sa.Column("entered_by", _text(length=80), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _code("organisation_code", nullable=False),
        _code("station_code"),
        *(sa.Column(name, sa.Integer(), nullable=True) for name, _ in _NUMBERS),
        *(_to("income_entry", *link) for link in (*_CODES, *_NUMBERS)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_income_entry")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_income_entry_corrects_id")),
    )
    days = ["organisation_code", "received_on"]
    op.create_index("ix_income_entry_days", "income_entry", days)
    op.create_index(op.f("ix_income_entry_booking_id"), "income_entry", ["booking_id"])
    op.create_table(
        "income_part",
        sa.Column("resource_key", _text(length=120), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        _code("bench_code"),
        _to("income_part", "entry_id", "income_entry.id"),
        _to("income_part", "bench_code", "bench.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_income_part")),
    )
    for column in ("entry_id", "bench_code"):
        op.create_index(op.f(f"ix_income_part_{column}"), "income_part", [column])


def downgrade() -> None:
    op.drop_table("income_part")
    op.drop_table("income_entry")
    op.drop_column("equipment", "original_value")
