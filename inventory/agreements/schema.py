"""Each field of an agreement as it is stored and shown, spelled once."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlmodel import Field, SQLModel

from inventory.documents.schema import DocumentId
from inventory.organisations.schema import Code

_EXAMPLE: dict[str, Any] = {
    "id": 3,
    "organisation_code": "BJ01",
    "asset_number": "BJ01-0042",
    "partner": "某新能源汽车公司",
    "valid_from": "2026-09-01",
    "valid_to": "2027-08-31",
    "document_id": None,
    "recorded_by": "bj-master",
    "recorded_at": "2026-09-01T01:00:00Z",
}


class AgreementFields(SQLModel):
    """An agreement; the fields are those of `rules.Agreement`, see there."""

    partner: str = Field(default="", max_length=200)
    valid_from: date | None = None
    valid_to: date | None = None
    document_id: str | None = Field(default=None, max_length=32)


class AgreementOrder(BaseModel):
    """Under what a borrowed thing is there; without an organisation: one of the caller's own."""

    model_config = ConfigDict(extra="forbid")

    asset_number: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    organisation: Code | None = None
    partner: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    valid_from: date | None = None
    valid_to: date
    document_id: DocumentId | None = None


class AgreementOut(AgreementFields):
    """An agreement as the API shows it."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}}

    id: int
    organisation_code: str
    asset_number: str
    recorded_by: str
    recorded_at: datetime
