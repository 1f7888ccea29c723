"""Each field of a proof as it is stored and shown, spelled once."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.database import enum_as_text
from inventory.documents.schema import DocumentId
from inventory.organisations.schema import Code
from inventory.proofs.rules import ProofKind, ProofResult

MOST_MONTHS = 600
"""Chosen: fifty years; longer is a slip of the keyboard."""
Text = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
AssetNumber = Annotated[str, StringConstraints(min_length=1, max_length=64)]
_EXAMPLE: dict[str, Any] = {
    "id": 7,
    "organisation_code": "BJ01",
    "asset_number": "BJ01-0001",
    "kind": "calibration",
    "done_on": "2026-03-01",
    "valid_until": "2027-02-28",
    "interval_months": 12,
    "result": "pass",
    "certificate_no": "CAL-2026-0001",
    "issued_by": "市计量院",
    "document_id": None,
    "recorded_by": "bj-master",
    "recorded_at": "2026-03-02T01:00:00Z",
}


class ProofFields(SQLModel):
    """A proof; the fields are those of `rules.ProofRecord`, see there."""

    kind: ProofKind = Column(sa_type=enum_as_text(ProofKind))
    done_on: date | None = None
    valid_until: date | None = None
    interval_months: int | None = None
    result: ProofResult = Column(default=ProofResult.PASS, sa_type=enum_as_text(ProofResult))
    certificate_no: str = Column(default="", max_length=200)
    issued_by: str = Column(default="", max_length=200)
    document_id: str | None = Column(default=None, max_length=32)


class ProofOrder(BaseModel):
    """Something that was done to a thing; without an organisation: to one of the caller's own."""

    model_config = ConfigDict(extra="forbid")

    asset_number: AssetNumber
    organisation: Code | None = None
    kind: ProofKind
    done_on: date | None = None
    valid_until: date | None = None
    interval_months: Annotated[int, Field(ge=1, le=MOST_MONTHS)] | None = None
    result: ProofResult = ProofResult.PASS
    certificate_no: Text = ""
    issued_by: Text = ""
    document_id: DocumentId | None = None


class ProofOut(ProofFields):
    """A proof as the API shows it."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}}

    id: int
    organisation_code: str
    asset_number: str
    recorded_by: str
    recorded_at: datetime
