"""The organisation's table."""

from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code, OrganisationFields


class Organisation(OrganisationFields, Row, table=True):
    """A stored organisation."""

    __tablename__ = "organisation"

    code: Code = Field(primary_key=True, max_length=32)
    evaluated_by: Code | None = Field(
        default=None, foreign_key="organisation.code", index=True, max_length=32
    )
