"""What schools share, and who asked for it.

Revision ID: 0028
Revises: 0027
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_moment = sqlmodel.sql.sqltypes.UTCDateTime


def _text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(length=length), nullable=nullable)


def _enum(name: str, kind: str) -> sa.Column[object]:
    return sa.Column(name, sa.Enum(name=kind, native_enum=False, length=40), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, _moment(), nullable=nullable)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    _create_offer()
    _create_request()
    op.create_table(
        "sharing_entry",
        _at("at"),
        _text("who", 80),
        _enum("side", "sharingside"),
        _enum("step", "sharingstep"),
        _enum("state", "sharingstate"),
        _text("text", 2000),
        _number("id"),
        _number("request_id"),
        _to("sharing_entry", "request_id", "sharing_request.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_entry")),
    )
    op.create_index(op.f("ix_sharing_entry_request_id"), "sharing_entry", ["request_id"])


def _create_offer() -> None:
    op.create_table(
        "sharing_offer",
        _enum("state", "offerstate"),
        _at("created_at"),
        _text("created_by", 80),
        _at("changed_at"),
        _text("changed_by", 80),
        _text("contact_name", 80),
        _text("contact_phone", 40),
        _text("contact_email", 120),
        sa.Column("is_contact_public", sa.Boolean(), nullable=False),
        _text("supervisor", 64, nullable=True),
        _number("set_up_minutes"),
        _number("clear_up_minutes"),
        _text("title_zh"),
        _text("title_en", 120),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        _number("least_minutes"),
        _number("most_minutes"),
        _number("notice_hours"),
        _text("conditions_zh", 2000),
        _text("conditions_en", 2000),
        _text("price_note", 200),
        _number("id"),
        _text("organisation_code", 32),
        _text("station_code", 32),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("resources", "hours", "modules")),
        _to("sharing_offer", "organisation_code", "organisation.code"),
        _to("sharing_offer", "station_code", "station.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_offer")),
    )
    op.create_index(
        op.f("ix_sharing_offer_organisation_code"), "sharing_offer", ["organisation_code"]
    )


def _create_request() -> None:
    op.create_table(
        "sharing_request",
        _at("start_at"),
        _at("end_at"),
        _text("purpose", 500),
        _number("headcount"),
        sa.Column("has_minors", sa.Boolean(), nullable=False),
        _text("requested_by", 80),
        _text("visitor_name", 80),
        _text("visitor_phone", 40),
        _enum("state", "sharingstate"),
        _number("terms_no"),
        _text("terms", 2000),
        _text("price_note", 200),
        _number("accepted_no", nullable=True),
        _text("accepted_by", 80, nullable=True),
        _at("accepted_at", nullable=True),
        _number("used_s", nullable=True),
        *(
            column
            for side in ("owner", "requester")
            for column in (
                _number(f"{side}_rating", nullable=True),
                _text(f"{side}_feedback", 2000),
            )
        ),
        _at("changed_at"),
        _number("id"),
        _number("offer_id"),
        _number("booking_id"),
        _text("organisation_code", 32),
        _text("requester_organisation_code", 32),
        _at("requested_at"),
        _to("sharing_request", "booking_id", "booking.id"),
        _to("sharing_request", "offer_id", "sharing_offer.id"),
        _to("sharing_request", "organisation_code", "organisation.code"),
        _to("sharing_request", "requester_organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_request")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_sharing_request_booking_id")),
    )
    for column in ("offer_id", "organisation_code", "requester_organisation_code"):
        op.create_index(op.f(f"ix_sharing_request_{column}"), "sharing_request", [column])
    op.create_index("ix_sharing_request_unfinished", "sharing_request", ["state", "end_at"])


def downgrade() -> None:
    for name in ("sharing_entry", "sharing_request", "sharing_offer"):
        op.drop_table(name)
