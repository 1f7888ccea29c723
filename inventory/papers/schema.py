"""What a paper says, whatever it is set in, and the fields by which it is found again."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.annual_reports.schema import FIRST_YEAR, LAST_YEAR
from inventory.database import enum_as_text
from inventory.organisations.schema import Code
from inventory.papers.rules import PaperFormat, PaperKind, printed

FORM = 1
"""Version of the content's form; readers of old papers go by it."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Heading(_Frozen):
    """A heading; level 1 is 一、, level 2 （一）."""

    block: Literal["heading"] = "heading"
    text: str
    level: int = 1


class Words(_Frozen):
    """A paragraph; line breaks in it begin new ones."""

    block: Literal["words"] = "words"
    text: str


class Fact(_Frozen):
    """A label with what is said under it."""

    label: str
    value: str


class FactList(_Frozen):
    """Labels and values beside each other."""

    block: Literal["facts"] = "facts"
    facts: tuple[Fact, ...]


class GridColumn(_Frozen):
    """A column of a table; widths are shares of the page, numbers stand on the right."""

    title: str
    width: int
    is_number: bool = False


class Grid(_Frozen):
    """A table of text; `totals` is a last row set apart, empty where there is none."""

    block: Literal["grid"] = "grid"
    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...] = ()
    if_empty: str = "无"


Block = Annotated[Heading | Words | FactList | Grid, Field(discriminator="block")]


class PaperContent(_Frozen):
    """Everything that is printed, and nothing else; the hash on the pages is this content's.

    `summary` is what the page for checking a paper tells whoever holds its code: no persons.
    `salt` makes the code of a paper one that can't be worked out from what it says.
    """

    form: int = FORM
    kind: PaperKind
    title: str
    organisation_code: str
    organisation_name: str
    station_code: str | None = None
    station_name: str = ""
    year: int | None = None
    list_version: str = ""
    is_official_list: bool | None = None
    made_at: datetime
    made_by: str
    salt: str
    is_landscape: bool = False
    summary: tuple[Fact, ...] = ()
    blocks: tuple[Block, ...]
    signatures: tuple[str, ...] = ()


class PaperFields(SQLModel):
    """How a paper is found again; `code` is its verification code."""

    code: str = Column(max_length=13)
    kind: PaperKind = Column(sa_type=enum_as_text(PaperKind))
    organisation_code: Code
    station_code: str | None = Column(default=None, max_length=32)
    year: int | None = None
    list_version: str = Column(default="", max_length=64)
    made_at: datetime
    made_by: str = Column(max_length=80)
    sha256: str = Column(max_length=64)


class PaperOrder(BaseModel):
    """Which paper is to be made: of a station, or of a school's year."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "self_check", "station": "BJ01-E"}]},
    )

    kind: PaperKind
    station: Code | None = Field(default=None, description="all but annual reports need one")
    organisation: Code | None = Field(default=None, description="of an annual report")
    year: int | None = Field(default=None, ge=FIRST_YEAR, le=LAST_YEAR)
    list_version: Annotated[str | None, Field(max_length=64)] = None


class PaperOut(PaperFields):
    """A paper as the API shows it."""

    formats: list[PaperFormat] = list(PaperFormat)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def printed_code(self) -> str:
        """The code in groups, as it stands on the pages."""
        return printed(self.code)


class Verified(BaseModel):
    """What is told of a paper to whoever holds its code; nothing of persons.

    `is_intact`: what we keep of it still has the hash that the code stands for.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "7H2K-9QXM-41TB-8",
                    "kind": "self_check",
                    "title": "站点自查报告",
                    "organisation_name": "北京示范职业学校",
                    "station_code": "BJ01-E",
                    "station_name": "考核站",
                    "year": None,
                    "list_version": "DRAFT-0.1",
                    "is_official_list": False,
                    "made_at": "2026-12-01T08:00:00Z",
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "is_intact": True,
                    "summary": [{"label": "结论", "value": "未就绪"}],
                }
            ]
        }
    )

    code: str
    kind: PaperKind
    title: str
    organisation_name: str
    station_code: str | None
    station_name: str
    year: int | None = None
    list_version: str
    is_official_list: bool | None
    made_at: datetime
    sha256: str
    is_intact: bool
    summary: list[Fact]


def content_of(text: str) -> PaperContent:
    """The content from its canonical text."""
    return PaperContent.model_validate_json(text)


def plain(content: PaperContent) -> dict[str, Any]:
    """The content as JSON knows it, for hashing."""
    return content.model_dump(mode="json")
