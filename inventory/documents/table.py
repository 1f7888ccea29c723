"""The tables of documents and of what they belong to."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from inventory.database import Row
from inventory.documents.schema import AttachmentFields, DocumentFields
from inventory.organisations.schema import Code


class Document(DocumentFields, Row, table=True):
    """A stored document; an organisation has a content once, two organisations may both have it."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("organisation_code", "sha256"),)

    id: str = Field(primary_key=True, max_length=32)
    organisation_code: Code = Field(foreign_key="organisation.code", max_length=32)


class DocumentAttachment(AttachmentFields, Row, table=True):
    """That a document belongs to a thing; things of every slice, hence no foreign key to them."""

    __tablename__ = "document_attachment"
    __table_args__ = (
        UniqueConstraint("document_id", "entity", "entity_id"),
        Index("ix_document_attachment_entity", "entity", "entity_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    document_id: str = Field(foreign_key="document.id", max_length=32)
