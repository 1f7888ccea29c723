"""The station's table."""

from sqlalchemy import JSON, Column
from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.stations.rules import MODULES, Level
from inventory.stations.schema import ModuleCode, StationFields


class Station(StationFields, Row, table=True):
    """A stored station; `levels` comes back as plain text, equal to the enum's members."""

    __tablename__ = "station"

    code: Code = Field(primary_key=True, max_length=32)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    modules: list[ModuleCode] = Field(
        default_factory=lambda: list(MODULES), sa_column=Column(JSON, nullable=False)
    )
    modules_at_once: list[list[ModuleCode]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    levels: list[Level] = Field(
        default_factory=lambda: list(Level), sa_column=Column(JSON, nullable=False)
    )
