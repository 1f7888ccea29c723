"""Each field of a person and of a certificate, spelled once."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.database import enum_as_text
from inventory.organisations.schema import Code
from inventory.readiness.findings import Bilingual
from inventory.requirements.tabular import PassedOver, RowProblem
from inventory.staff.rules import (
    Affiliation,
    CertificateKind,
    CertificateState,
    StaffRole,
    has_identity_number,
)
from inventory.stations.rules import Level


def _without_identity(text: str) -> str:
    if has_identity_number(text):
        raise ValueError("expected no identity number; its last four characters will do")
    return text


Number = Annotated[
    str,
    StringConstraints(pattern=r"^[^\s;|'\"=+@#-][^\s;|'\"]{0,63}$"),
    AfterValidator(_without_identity),
]
"""A staff number or pseudonym of the school's own."""
Shown = Annotated[
    str, StringConstraints(max_length=80, strip_whitespace=True), AfterValidator(_without_identity)
]
Paper = Annotated[
    str, StringConstraints(max_length=80, strip_whitespace=True), AfterValidator(_without_identity)
]
Module = Annotated[str, StringConstraints(pattern=r"^[1-9]-(?:[1-9]\d?|\*)$")]
DocumentId = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{32})?$")]
Modules = Annotated[list[Module], Field(max_length=50)]
Stations = Annotated[list[Code], Field(max_length=200)]
_MEMBER: dict[str, Any] = {
    "id": 7,
    "organisation_code": "BJ01",
    "number": "T-017",
    "name": "王老师",
    "affiliation": "school",
    "roles": ["teacher", "trainer"],
    "station_codes": ["BJ01-T"],
    "modules": ["2-1"],
    "levels": ["elementary", "intermediate"],
    "is_school_leader": False,
    "trade_since": "2015-09-01",
    "joined_on": None,
    "left_on": None,
    "certificates": [],
}


class StaffFields(SQLModel):
    """A person; the fields are those of `rules.StaffMember`, see there."""

    number: Number = Column(max_length=64)
    name: Shown = Column(default="", max_length=80)
    affiliation: Affiliation = Column(default=Affiliation.SCHOOL, sa_type=enum_as_text(Affiliation))
    roles: list[StaffRole] = Column(default_factory=list)
    station_codes: Stations = Column(default_factory=list)
    modules: Modules = Column(default_factory=list)
    levels: list[Level] = Column(default_factory=list)
    is_school_leader: bool = False
    trade_since: date | None = None
    joined_on: date | None = None
    left_on: date | None = None


class CertificateFields(SQLModel):
    """A certificate; the fields are those of `rules.Certificate`, see there."""

    kind: CertificateKind = Column(sa_type=enum_as_text(CertificateKind))
    certificate_no: Paper = Column(default="", max_length=80)
    level: Level | None = Column(default=None, sa_type=enum_as_text(Level))
    modules: Modules = Column(default_factory=list)
    issued_on: date | None = None
    valid_until: date | None = None
    reviewed_on: date | None = None
    ended_on: date | None = None
    document_id: DocumentId = Column(default="", max_length=64)


class CertificateOrder(CertificateFields):
    """A certificate to add."""

    model_config = {"extra": "forbid"}


class CertificateChange(BaseModel):
    """What changes of a certificate; `ended_on` withdraws it from that day on."""

    model_config = ConfigDict(extra="forbid")

    certificate_no: Paper | None = None
    valid_until: date | None = None
    reviewed_on: date | None = None
    ended_on: date | None = None
    document_id: DocumentId | None = None


class MemberOrder(StaffFields):
    """A person to add; without an organisation: to the caller's own."""

    model_config = {"extra": "forbid"}

    organisation: Code | None = None
    certificates: Annotated[list[CertificateOrder], Field(max_length=100)] = []


class MemberChange(BaseModel):
    """What changes of a person; what is not named stays. `left_on` ends the service."""

    model_config = ConfigDict(extra="forbid")

    name: Shown | None = None
    affiliation: Affiliation | None = None
    roles: list[StaffRole] | None = None
    station_codes: Stations | None = None
    modules: Modules | None = None
    levels: list[Level] | None = None
    is_school_leader: bool | None = None
    trade_since: date | None = None
    joined_on: date | None = None
    left_on: date | None = None


class CertificateOut(CertificateFields):
    """A certificate as the API shows it; `ends_on` is the last day it holds by its dates."""

    id: int
    state: CertificateState
    ends_on: date | None


class MemberOut(StaffFields):
    """A person as the API shows it."""

    model_config = {"json_schema_extra": {"examples": [_MEMBER]}}

    id: int
    organisation_code: str
    certificates: list[CertificateOut]


class StaffImported(BaseModel):
    """What an import did, in persons."""

    created: int
    updated: int
    unchanged: int
    problems: list[RowProblem]
    ignored_columns: list[str]
    passed_over: list[PassedOver] = Field(description="rows that are comments")


class CountedOut(BaseModel):
    """A person of the teaching team and whether they count."""

    number: str
    name: str
    counts: bool
    reason: Bilingual


class ShareOut(BaseModel):
    """A share of the teaching team; `is_met` is null where there is no team."""

    part: int
    whole: int
    percent: float
    least_percent: float
    is_met: bool | None
    persons: list[CountedOut]


class TrainerPartOut(BaseModel):
    """One demand of the trainer rule; null: the register does not tell."""

    name: str
    is_met: bool | None
    said: Bilingual


class TrainerOut(BaseModel):
    """A trainer against the rule, at the highest level taught."""

    number: str
    name: str
    level: Level
    is_met: bool | None
    parts: list[TrainerPartOut]


class CoverageOut(BaseModel):
    """Who may teach a module at a level."""

    module: str
    level: Level
    trainers: list[str]


class StaffRulesOut(BaseModel):
    """What a station's staff proves on a day."""

    station: str
    date: date
    dual_qualified: ShareOut
    industry_experts: ShareOut
    trainers: list[TrainerOut]
    coverage: list[CoverageOut]
