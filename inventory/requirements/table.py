"""The tables of requirement lists: versions and their rows, kept word for word."""

from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.requirements.schema import ListFields, RequirementCells


class RequirementList(ListFields, Row, table=True):
    """A stored list version; `organisation_code` is who published it here, None for the bundle."""

    __tablename__ = "requirement_list"

    version: str = Field(primary_key=True, max_length=64)
    organisation_code: Code | None = Field(
        default=None, foreign_key="organisation.code", max_length=32
    )


class RequirementRow(RequirementCells, Row, table=True):
    """A stored row; `position` is its place in the list, counted from 1."""

    __tablename__ = "requirement"

    version: str = Field(primary_key=True, foreign_key="requirement_list.version", max_length=64)
    position: int = Field(primary_key=True)
