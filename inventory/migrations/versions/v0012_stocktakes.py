"""Codes of labels, and stocktakes with their pieces, scans, records and proposals.

Revision ID: 0012
Revises: 0011
"""

# ruff: noqa: D103 - a step says what it does by its number

from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_GOES_ON = "state = 'open'"


def _enum(name: str) -> sa.Enum:
    return sa.Enum(name=name, native_enum=False, length=40)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _part(table: str, *columns: sa.Column[Any], keys: tuple[str, ...] = ()) -> None:
    op.create_table(
        table,
        sa.Column("stocktake_id", sa.Integer(), nullable=False),
        *columns,
        _to(table, "stocktake_id", "stocktake.id"),
        sa.PrimaryKeyConstraint("stocktake_id", *keys, name=op.f(f"pk_{table}")),
    )


def upgrade() -> None:
    op.create_table(
        "equipment_label",
        sa.Column("code", _text(length=8), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("asset_number", _text(length=64), nullable=False),
        sa.Column("made_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code", "asset_number"],
            ["equipment.organisation_code", "equipment.asset_number"],
            name=op.f("fk_equipment_label_organisation_code"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_equipment_label")),
        sa.UniqueConstraint(
            "organisation_code", "asset_number", name=op.f("uq_equipment_label_organisation_code")
        ),
    )
    op.create_table(
        "stocktake",
        sa.Column("title", _text(length=200), nullable=False),
        sa.Column("state", _enum("stocktakestate"), nullable=False),
        sa.Column("started_at", _moment(), nullable=False),
        sa.Column("started_by", _text(length=80), nullable=False),
        sa.Column("ended_at", _moment(), nullable=True),
        sa.Column("ended_by", _text(length=80), nullable=True),
        sa.Column("note", _text(length=1000), nullable=False),
        sa.Column("sha256", _text(length=64), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_code", _text(length=32), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("locations", sa.JSON(), nullable=False),
        _to("stocktake", "station_code", "station.code"),
        _to("stocktake", "organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocktake")),
    )
    op.create_index(op.f("ix_stocktake_organisation_code"), "stocktake", ["organisation_code"])
    op.create_index(
        "uq_stocktake_open",
        "stocktake",
        ["station_code"],
        unique=True,
        sqlite_where=sa.text(_GOES_ON),
        postgresql_where=sa.text(_GOES_ON),
    )
    _create_pieces()
    _create_scans()
    _create_ends()


def _create_pieces() -> None:
    _part(
        "stocktake_piece",
        sa.Column("asset_number", _text(length=64), nullable=False),
        sa.Column("item_zh", _text(length=200), nullable=False),
        sa.Column("item_en", _text(length=200), nullable=False),
        sa.Column("location", _text(length=200), nullable=False),
        sa.Column("status", _enum("equipmentstatus"), nullable=False),
        sa.Column("quantity", sa.Float(), nullable=False),
        sa.Column("quantity_unit", _text(length=20), nullable=False),
        sa.Column("is_expected", sa.Boolean(), nullable=False),
        keys=("asset_number",),
    )


def _create_scans() -> None:
    _part(
        "stocktake_scan",
        sa.Column("client_id", _text(length=64), nullable=False),
        sa.Column("device_id", _text(length=64), nullable=False),
        sa.Column("who", _text(length=80), nullable=False),
        sa.Column("scanned_at", _moment(), nullable=False),
        sa.Column("received_at", _moment(), nullable=False),
        sa.Column("code", _text(length=300), nullable=False),
        sa.Column("asset_number", _text(length=64), nullable=True),
        sa.Column("location", _text(length=200), nullable=False),
        sa.Column("counted", sa.Float(), nullable=True),
        sa.Column("note", _text(length=1000), nullable=False),
        sa.Column("document_ids", sa.JSON(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", _moment(), nullable=True),
        sa.Column("withdrawn_by", _text(length=80), nullable=True),
        keys=("client_id",),
    )
    _part(
        "stocktake_device",
        sa.Column("device_id", _text(length=64), nullable=False),
        sa.Column("who", _text(length=80), nullable=False),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.Column("seen_at", _moment(), nullable=False),
        keys=("device_id",),
    )


def _create_ends() -> None:
    _part(
        "stocktake_record",
        sa.Column("sha256", _text(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    _part(
        "stocktake_proposal",
        sa.Column("asset_number", _text(length=64), nullable=False),
        sa.Column("kind", _enum("proposalkind"), nullable=False),
        sa.Column("item_zh", _text(length=200), nullable=False),
        sa.Column("old", _text(length=200), nullable=False),
        sa.Column("new", _text(length=200), nullable=False),
        sa.Column("state", _enum("proposalstate"), nullable=False),
        sa.Column("decided_at", _moment(), nullable=True),
        sa.Column("decided_by", _text(length=80), nullable=True),
        keys=("asset_number", "kind"),
    )


def downgrade() -> None:
    for kind in ("proposal", "record", "device", "scan", "piece"):
        op.drop_table(f"stocktake_{kind}")
    op.drop_table("stocktake")
    op.drop_table("equipment_label")
