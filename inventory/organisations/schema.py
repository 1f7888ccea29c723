"""Each field of an organisation, spelled once."""

from typing import Annotated

from pydantic import StringConstraints
from sqlmodel import Field, SQLModel

from inventory.database import enum_as_text
from inventory.organisations.rules import OrganisationKind

Code = Annotated[
    str, StringConstraints(pattern=r"^[A-Z0-9](?:[A-Z0-9-]{0,30}[A-Z0-9])?$", max_length=32)
]
"""Code of an organisation or station: upper case, so that it never passes for a bench code."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]


class OrganisationFields(SQLModel):
    """What is said of an organisation.

    `evaluated_by` is the code of the evaluation organisation that may look at a school.
    A demonstration organisation's simulators count as benches.
    """

    code: Code
    kind: OrganisationKind = Field(sa_type=enum_as_text(OrganisationKind))
    name_zh: Name
    name_en: str = Field(default="", max_length=120)
    evaluated_by: Code | None = None
    is_demonstration: bool = False


class OrganisationOut(OrganisationFields):
    """An organisation as the API shows it."""
