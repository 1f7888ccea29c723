"""Documents, and what they belong to.

Revision ID: 0010
Revises: 0009
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("sha256", _text(length=64), nullable=False),
        sa.Column("name", _text(length=200), nullable=False),
        sa.Column(
            "media_type", sa.Enum(name="mediatype", native_enum=False, length=40), nullable=False
        ),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", _text(length=80), nullable=False),
        sa.Column("uploaded_at", _moment(), nullable=False),
        sa.Column("id", _text(length=32), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_document_organisation_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "organisation_code", "sha256", name=op.f("uq_document_organisation_code")
        ),
    )
    op.create_table(
        "document_attachment",
        sa.Column("entity", _text(length=64), nullable=False),
        sa.Column("entity_id", _text(length=200), nullable=False),
        sa.Column("attached_by", _text(length=80), nullable=False),
        sa.Column("attached_at", _moment(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", _text(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_attachment_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_attachment")),
        sa.UniqueConstraint(
            "document_id",
            "entity",
            "entity_id",
            name=op.f("uq_document_attachment_document_id"),
        ),
    )
    op.create_index("ix_document_attachment_entity", "document_attachment", ["entity", "entity_id"])


def downgrade() -> None:
    op.drop_table("document_attachment")
    op.drop_table("document")
