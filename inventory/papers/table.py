"""The table of papers."""

from sqlalchemy import Column, Text
from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.papers.schema import PaperFields


class Paper(PaperFields, Row, table=True):
    """A paper that was made, with the canonical text of its content; never changed."""

    __tablename__ = "paper"

    code: str = Field(primary_key=True, max_length=13)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    station_code: str | None = Field(default=None, foreign_key="station.code", max_length=32)
    content: str = Field(sa_column=Column(Text, nullable=False))
