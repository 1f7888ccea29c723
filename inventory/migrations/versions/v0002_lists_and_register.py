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


def downgrade() -> None:
    with op.batch_alter_table("equipment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_equipment_organisation_code"))
    op.drop_table("equipment")
    op.drop_table("requirement")
    op.drop_table("requirement_list")
