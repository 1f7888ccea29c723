"""The tables of lists of conditions, and of what people state."""

from sqlmodel import Field

from inventory.conditions.schema import ConditionCells, ConditionListFields, StatementFields
from inventory.database import Row
from inventory.organisations.schema import Code


class ConditionList(ConditionListFields, Row, table=True):
    """A stored version; `organisation_code` is who published it here, None for the bundle."""

    __tablename__ = "condition_list"

    version: str = Field(primary_key=True, max_length=64)
    organisation_code: Code | None = Field(
        default=None, foreign_key="organisation.code", max_length=32
    )


class ConditionRow(ConditionCells, Row, table=True):
    """A stored row word for word; `position` is its place in the list, counted from 1."""

    __tablename__ = "condition"

    version: str = Field(primary_key=True, foreign_key="condition_list.version", max_length=64)
    position: int = Field(primary_key=True)


class ConditionStatement(StatementFields, Row, table=True):
    """A stored statement; only ever added, the last one counts."""

    __tablename__ = "condition_statement"

    id: int | None = Field(default=None, primary_key=True)
    station_code: Code = Field(foreign_key="station.code", index=True, max_length=32)
    organisation_code: Code = Field(foreign_key="organisation.code", max_length=32)
    digest: str = Field(max_length=64)
