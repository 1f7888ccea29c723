"""Several proofs and agreements of a thing, in tables of their own.

Revision ID: 0014
Revises: 0013
"""

# ruff: noqa: D103 - a step says what it does by its number

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_DATED = {
    "calibration": ("calibration_done_on", "calibration_valid_until"),
    "verification": ("verification_done_on", "verification_valid_until"),
    "safety_test": ("safety_test_done_on", "safety_test_valid_until"),
    "functional_check": ("functional_check_on", ""),
}
_DAYS = tuple(name for names in _DATED.values() for name in names if name)
_MOVED = (*_DAYS, "borrowed_until", "certificate_no")


def upgrade() -> None:
    before = _rows_before()
    for name in _MOVED:
        op.drop_column("equipment", name)
    proofs, agreements = _create("equipment_proof"), _create("equipment_agreement")
    found = [one for row in before for one in _proofs(row)]
    if found:
        op.bulk_insert(proofs, found)
    loans = [one for row in before for one in _agreements(row)]
    if loans:
        op.bulk_insert(agreements, loans)


def _rows_before() -> list[Mapping[str, Any]]:
    table = sa.table(
        "equipment",
        sa.column("organisation_code", sa.String),
        sa.column("asset_number", sa.String),
        sa.column("certificate_no", sa.String),
        *(sa.column(name, sa.Date) for name in (*_DAYS, "borrowed_until")),
    )
    return [dict(row) for row in op.get_bind().execute(sa.select(table)).mappings()]


def _proofs(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    number = row["certificate_no"]
    for kind, (done_on, until) in _DATED.items():
        ends = row[until] if until else None
        if row[done_on] is not None or ends is not None:
            yield _proof(row, kind, (row[done_on], ends), number)
            # one number was kept for all: it is that of the first kind
            number = ""
    if number:
        yield _proof(row, "calibration", (None, None), number)


def _proof(row: Mapping[str, Any], kind: str, days: tuple[Any, Any], number: str) -> dict[str, Any]:
    done_on, until = days
    return _key(row) | {
        "kind": kind,
        "done_on": done_on,
        "valid_until": until,
        "interval_months": None,
        "result": "pass",
        "certificate_no": number,
        "issued_by": "",
    }


def _agreements(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if row["borrowed_until"] is not None:
        yield _key(row) | {"partner": "", "valid_from": None, "valid_to": row["borrowed_until"]}


def _key(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "organisation_code": row["organisation_code"],
        "asset_number": row["asset_number"],
        "document_id": None,
        "recorded_by": "system",
        "recorded_at": datetime.now(UTC),
    }


def _create(name: str) -> sa.Table:
    table = op.create_table(
        name,
        *(_proof_columns() if name == "equipment_proof" else _agreement_columns()),
        sa.Column("document_id", _text(length=32), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("asset_number", _text(length=64), nullable=False),
        sa.Column("recorded_by", _text(length=80), nullable=False),
        sa.Column("recorded_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code", "asset_number"],
            ["equipment.organisation_code", "equipment.asset_number"],
            name=op.f(f"fk_{name}_equipment"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f(f"fk_{name}_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_equipment", name, ["organisation_code", "asset_number"])
    return table


def _proof_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("interval_months", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(length=40), nullable=False),
        sa.Column("certificate_no", _text(length=200), nullable=False),
        sa.Column("issued_by", _text(length=200), nullable=False),
    ]


def _agreement_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("partner", _text(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
    ]


def downgrade() -> None:
    for name in (*_DAYS, "borrowed_until"):
        op.add_column("equipment", sa.Column(name, sa.Date(), nullable=True))
    op.add_column(
        "equipment",
        sa.Column("certificate_no", _text(length=200), nullable=False, server_default=""),
    )
    op.drop_table("equipment_agreement")
    op.drop_table("equipment_proof")
