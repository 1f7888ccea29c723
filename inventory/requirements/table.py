"""The tables of requirement lists: versions, their rows word for word, and what people decided."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.requirements.schema import DecisionFields, ListFields, RequirementCells


class RequirementList(ListFields, Row, table=True):
    """A stored list version; `organisation_code` is who published it here, None for the bundle.

    `settled_revision` grows with every change to what its parameter texts mean.
    """

    __tablename__ = "requirement_list"

    version: str = Field(primary_key=True, max_length=64)
    organisation_code: Code | None = Field(
        default=None, foreign_key="organisation.code", max_length=32
    )
    settled_revision: int = Field(default=0)


class RequirementRow(RequirementCells, Row, table=True):
    """A stored row; `position` is its place in the list, counted from 1.

    `settled_parameters` are its clauses as far as people decided of them, empty where nobody did.
    `decided_substitutes` are `DecidedSubstitute`s, each with its moment.
    `extra_cells` are the columns of the file that mean nothing to us, by their header.
    """

    __tablename__ = "requirement"

    version: str = Field(primary_key=True, foreign_key="requirement_list.version", max_length=64)
    position: int = Field(primary_key=True)
    settled_parameters: str = Field(default="", sa_column=Column(Text, nullable=False))
    decided_substitutes: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    extra_cells: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )


class ParameterDecision(DecisionFields, Row, table=True):
    """What a person decided of a text; `key` is a digest of publisher, item and folded text."""

    __tablename__ = "parameter_decision"

    key: str = Field(primary_key=True, max_length=64)
    organisation_code: str | None = Field(
        default=None, foreign_key="organisation.code", max_length=32
    )


class RememberedMapping(Row, table=True):
    """How a person mapped the columns of a header; `key` is a digest of publisher and header."""

    __tablename__ = "column_mapping"

    key: str = Field(primary_key=True, max_length=64)
    organisation_code: str | None = Field(
        default=None, foreign_key="organisation.code", max_length=32
    )
    mapping: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    remembered_by: str = Field(max_length=80)
    remembered_at: datetime
