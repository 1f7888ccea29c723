"""Each field of a document and of what it belongs to, spelled once."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field as ListField
from pydantic import StringConstraints
from sqlmodel import Field, SQLModel

from inventory.database import enum_as_text
from inventory.documents.rules import MediaType
from inventory.organisations.schema import Code

DocumentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Documents = Annotated[list[DocumentId], ListField(max_length=20)]
"""Evidence a person names; chosen: twenty photos of one step are plenty."""
EntityKind = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,64}$")]
EntityId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_EXAMPLE: dict[str, Any] = {
    "id": "5f0c8ed5b4c64e3c9b1f2d3a4e5f6a7b",
    "organisation_code": "BJ01",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "name": "校准证书 CAL-2026-0001.pdf",
    "media_type": "application/pdf",
    "size_bytes": 84213,
    "uploaded_by": "bj-master",
    "uploaded_at": "2026-12-01T08:00:00Z",
}


class DocumentFields(SQLModel):
    """A file of an organisation; `name` is safe to save under, `sha256` says what the bytes are."""

    organisation_code: Code
    sha256: str = Field(max_length=64)
    name: str = Field(max_length=200)
    media_type: MediaType = Field(sa_type=enum_as_text(MediaType))
    size_bytes: int
    uploaded_by: str = Field(max_length=80)
    uploaded_at: datetime


class AttachmentFields(SQLModel):
    """What a document belongs to, in the words of the audit trail: `equipment`, `BJ01/A-7`."""

    entity: EntityKind = Field(max_length=64)
    entity_id: EntityId = Field(max_length=200)
    attached_by: str = Field(max_length=80)
    attached_at: datetime


class DocumentOut(DocumentFields):
    """A document as the API shows it; its bytes are at `/documents/{id}/content`."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}}

    id: str


class DocumentPage(DocumentOut):
    """A document with everything it belongs to."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE | {"attachments": []}]}}

    attachments: list[AttachmentFields]
