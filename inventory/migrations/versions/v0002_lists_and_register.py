"""Requirement lists and the equipment register.

Revision ID: 0002
Revises: 0001
"""

# ruff: noqa: D103 - generated text

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_lists()
    _create_register()


def _create_lists() -> None:
    op.create_table(
        "requirement_list",
        sa.Column("version", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("is_official", sa.Boolean(), nullable=False),
        sa.Column(
            "binding_authorities", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False
        ),
        sa.Column("level_inheritance", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("skipped_rows", sa.Integer(), nullable=False),
        sa.Column("imported_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("imported_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("organisation_code", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_requirement_list_organisation_code"),
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_requirement_list")),
    )
    op.create_table(
        "requirement",
        sa.Column("row_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("certificate", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("module_code", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("module_name", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("station_use", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("exam_task", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("item_zh", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("item_en", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column(
            "technical_parameters", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False
        ),
        sa.Column("quantity_basis", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("quantity_n", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("per_n_examinees", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("obligation", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column(
            "calibration_required", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False
        ),
        sa.Column("interval_months", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column(
            "calibration_document", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False
        ),
        sa.Column(
            "calibration_evidence", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False
        ),
        sa.Column("sharing_rule", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column(
            "substitute_allowed", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False
        ),
        sa.Column(
            "alternative_group", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False
        ),
        sa.Column("authority_item", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column(
            "authority_parameters", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False
        ),
        sa.Column(
            "authority_quantity", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False
        ),
        sa.Column("list_version", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("is_inference", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("source_address", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("version", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["requirement_list.version"], name=op.f("fk_requirement_version")
        ),
        sa.PrimaryKeyConstraint("version", "position", name=op.f("pk_requirement")),
    )


def _create_register() -> None:
    op.create_table(
        "equipment",
        sa.Column("item_zh", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("item_en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("quantity", sa.Float(), nullable=False),
        sa.Column("quantity_unit", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("model", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("serial", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "in_service",
                "under_repair",
                "lent_out",
                "retired",
                "missing",
                name="equipmentstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asset_number", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("station_codes", sa.JSON(), nullable=False),
        sa.Column("serves_rows", sa.JSON(), nullable=False),
        sa.Column("bench_code", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("parameters", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("calibration_done_on", sa.Date(), nullable=True),
        sa.Column("calibration_valid_until", sa.Date(), nullable=True),
        sa.Column("verification_done_on", sa.Date(), nullable=True),
        sa.Column("verification_valid_until", sa.Date(), nullable=True),
        sa.Column("safety_test_done_on", sa.Date(), nullable=True),
        sa.Column("safety_test_valid_until", sa.Date(), nullable=True),
        sa.Column("functional_check_on", sa.Date(), nullable=True),
        sa.Column("certificate_no", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column(
            "owner",
            sa.Enum("own", "borrowed", name="ownership", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("borrowed_until", sa.Date(), nullable=True),
        sa.Column("location", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("organisation_code", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["bench_code"], ["bench.code"], name=op.f("fk_equipment_bench_code")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_equipment_organisation_code"),
        ),
        sa.PrimaryKeyConstraint("asset_number", "organisation_code", name=op.f("pk_equipment")),
        sa.UniqueConstraint("bench_code", name=op.f("uq_equipment_bench_code")),
    )
    with op.batch_alter_table("equipment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_equipment_organisation_code"), ["organisation_code"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("equipment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_equipment_organisation_code"))
    op.drop_table("equipment")
    op.drop_table("requirement")
    op.drop_table("requirement_list")
