"""Each field of an annual report, spelled once."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.annual_reports.rules import AnnualSection, Figures, WrongTotal, has_more_certified
from inventory.organisations.schema import Code
from inventory.requirements.tabular import PassedOver, RowProblem
from inventory.stations.rules import Level

FIRST_YEAR, LAST_YEAR = 2019, 2099
"""The certificates began in 2019."""
MOST_PERSONS = 1_000_000
MOST_TEXT = 20_000
_Short = StringConstraints(min_length=1, max_length=60, strip_whitespace=True)
_Long = StringConstraints(min_length=1, max_length=200, strip_whitespace=True)
Persons = Annotated[int, Field(ge=0, le=MOST_PERSONS)]
SectionText = Annotated[str, StringConstraints(max_length=MOST_TEXT)]
_EXAMPLE: dict[str, Any] = {
    "batch": "2026年第一批次",
    "certificate": "智能新能源汽车职业技能等级证书",
    "profession": "新能源汽车技术",
    "levels": ["elementary", "intermediate"],
    "trained": 60,
    "assessed": 58,
    "certified": 41,
    "social": 12,
}


class BatchOrder(BaseModel):
    """A batch as it is entered; `social` are persons from outside the school among the trained."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    batch: Annotated[str, _Short]
    certificate: Annotated[str, _Long]
    profession: Annotated[str, _Long]
    levels: Annotated[list[Level], Field(min_length=1, max_length=3)]
    trained: Persons = 0
    assessed: Persons = 0
    certified: Persons = 0
    social: Persons = 0

    @model_validator(mode="after")
    def _add_up(self) -> "BatchOrder":
        if has_more_certified(self.figures):
            raise ValueError("expected certified to be at most assessed")
        return self

    @property
    def figures(self) -> Figures:
        """The numbers alone."""
        return Figures(self.trained, self.assessed, self.certified, self.social)


class BatchFields(SQLModel):
    """A stored batch; `levels` are values of `Level`, from the lowest, joined by commas."""

    organisation_code: Code
    year: int
    batch: str = Column(max_length=60)
    certificate: str = Column(max_length=200)
    profession: str = Column(max_length=200)
    levels: str = Column(max_length=60)
    trained: int = 0
    assessed: int = 0
    certified: int = 0
    social: int = 0


class AnnualTextFields(SQLModel):
    """The words a school wrote for one section of a year's report."""

    organisation_code: Code
    year: int
    section: AnnualSection
    changed_at: datetime
    changed_by: str = Column(max_length=80)


class BatchOut(BatchOrder):
    """A batch as the API shows it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE | {"id": 7}]})

    id: int


class AnnualReportOut(BaseModel):
    """A year of a school; the totals are the sums of the batches, always."""

    organisation_code: Code
    year: int
    sections: dict[AnnualSection, str] = Field(description="only those that were written")
    batches: list[BatchOut]
    totals: Figures


class SectionsOrder(BaseModel):
    """New words for some sections; the others stay, an empty text takes one back."""

    model_config = ConfigDict(extra="forbid")

    sections: dict[AnnualSection, SectionText]


class BatchesImported(BaseModel):
    """What an import did, in rows; a total the file states wrongly changes nothing."""

    created: int
    updated: int
    unchanged: int
    problems: list[RowProblem]
    ignored_columns: list[str]
    passed_over: list[PassedOver] = Field(description="rows that are comments")
    wrong_totals: list[WrongTotal]
