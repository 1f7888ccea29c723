"""The tables of annual reports."""

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from inventory.annual_reports.rules import AnnualSection
from inventory.annual_reports.schema import AnnualTextFields, BatchFields
from inventory.database import Row, enum_as_text
from inventory.organisations.schema import Code


class TrainingBatch(BatchFields, Row, table=True):
    """A stored batch of a school's year."""

    __tablename__ = "training_batch"
    __table_args__ = (
        UniqueConstraint(
            "organisation_code", "year", "batch", "certificate", "profession", "levels"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", max_length=32)


class AnnualText(AnnualTextFields, Row, table=True):
    """The stored words of a section."""

    __tablename__ = "annual_text"

    organisation_code: Code = Field(
        primary_key=True, foreign_key="organisation.code", max_length=32
    )
    year: int = Field(primary_key=True)
    section: AnnualSection = Field(primary_key=True, sa_type=enum_as_text(AnnualSection))
    text: str = Field(sa_column=Column(Text, nullable=False))
