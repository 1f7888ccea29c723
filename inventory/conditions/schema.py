"""Each field of a list of conditions, of a statement and of a result, spelled once."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.conditions.rules import (
    Check,
    ConditionBasis,
    ConditionOutcome,
    ConditionResult,
    StatementState,
)
from inventory.organisations.schema import Code
from inventory.readiness.findings import Bilingual, Status
from inventory.requirements.rules import Authority
from inventory.requirements.tabular import PassedOver, RowProblem
from inventory.stations.rules import StationUse

MAX_CELL = 2000
Note = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]
DocumentId = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{32})?$")]
_RESULT: dict[str, Any] = {
    "condition_id": "COND-001",
    "topic": "staff",
    "text": {"zh": "双师型教师占比", "en": "share of dual-qualified teachers"},
    "rule": "dual_qualified_share >= 50 %",
    "evidence": "staff register + certificates",
    "authority": "policy",
    "authority_qualifier": "",
    "source": "教职成司函〔2019〕36号",
    "check": "dual_qualified_share",
    "is_binding": True,
    "outcome": "met",
    "basis": "computed",
    "required": {"zh": "双师型教师占比不低于 50 %", "en": "at least 50 %"},
    "found": {"zh": "4 人中 3 人，75.0 %", "en": "3 of 4, 75.0 %"},
    "remedy": {"zh": "无需处理", "en": "nothing to do"},
    "names": ["T-017"],
    "statement_state": "valid",
    "stated_by": "bj-master",
    "valid_until": "2027-06-30",
    "document_id": "",
}


class ConditionCells(SQLModel):
    """A row as the file has it; `check` names what works it out, empty: to be recognised."""

    condition_id: str = Column(max_length=64)
    station: str = Column(max_length=MAX_CELL)
    topic: str = Column(default="", max_length=MAX_CELL)
    condition_zh: str = Column(max_length=MAX_CELL)
    condition_en: str = Column(default="", max_length=MAX_CELL)
    rule: str = Column(default="", max_length=MAX_CELL)
    evidence: str = Column(default="", max_length=MAX_CELL)
    authority: str = Column(max_length=MAX_CELL)
    source: str = Column(default="", max_length=MAX_CELL)
    check: str = Column(default="", max_length=64)


class ConditionListFields(SQLModel):
    """What is said of a version of a list of conditions, as of a requirement list."""

    version: str = Column(max_length=64)
    title: str = Column(default="", max_length=200)
    is_official: bool = False
    binding_authorities: str = Column(max_length=400)
    valid_from: date | None = None
    valid_to: date | None = None
    source_name: str = Column(default="", max_length=200)
    sha256: str = Column(max_length=64)
    row_count: int = Column(ge=0)
    skipped_rows: int = Column(default=0, ge=0)
    imported_at: datetime
    imported_by: str = Column(max_length=80)


class StatementFields(SQLModel):
    """A person's word on a condition; see `rules.Statement`."""

    condition_id: str = Column(max_length=64)
    is_met: bool
    holds_from: date
    valid_until: date | None = None
    note: str = Column(default="", max_length=2000)
    document_id: str = Column(default="", max_length=32)
    who: str = Column(max_length=80)
    at: datetime


class StatementOrder(BaseModel):
    """A word to give; a condition is only met with a document, or a note where the proof lies."""

    model_config = ConfigDict(extra="forbid")

    is_met: bool
    holds_from: date | None = Field(default=None, description="default: today")
    valid_until: date | None = None
    note: Note = ""
    document_id: DocumentId = ""


class StatementOut(StatementFields):
    """A statement as the API shows it."""

    id: int


class ConditionListOut(ConditionListFields):
    """A version as the API shows it."""


class ConditionListImported(BaseModel):
    """What an import did; `computed` rows are worked out, the others are stated by people."""

    version: str
    row_count: int
    computed: int
    was_known: bool
    problems: list[RowProblem]
    ignored_columns: list[str]
    passed_over: list[PassedOver] = Field(description="rows that are comments")


class ConditionOut(BaseModel):
    """A condition of a station with its outcome on a day and everything it rests on."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RESULT]})

    condition_id: str
    topic: str
    text: Bilingual
    rule: str
    evidence: str
    authority: Authority
    authority_qualifier: str
    source: str
    check: Check
    is_binding: bool
    outcome: ConditionOutcome
    basis: ConditionBasis
    required: Bilingual
    found: Bilingual
    remedy: Bilingual
    names: list[str] = Field(description="numbers of persons or things that do not count")
    statement_state: StatementState | None
    stated_by: str | None
    valid_until: date | None
    document_id: str


class StationConditions(BaseModel):
    """The conditions beyond equipment of a station on a day."""

    station: Code
    use: StationUse
    date: date
    status: Status
    list_version: str
    is_official_list: bool
    binding: int = Field(description="binding conditions that are not met or unknown")
    advice: int = Field(description="other conditions that are not met or unknown")
    met: int
    conditions: list[ConditionOut]


def shown(one: ConditionResult) -> ConditionOut:
    """A result as the API shows it."""
    row, word = one.condition, one.statement
    return ConditionOut(
        condition_id=row.condition_id,
        topic=row.topic,
        text=row.text,
        rule=row.rule,
        evidence=row.evidence,
        authority=row.authority.authority,
        authority_qualifier=row.authority.qualifier,
        source=row.source,
        check=row.check,
        is_binding=one.is_binding,
        outcome=one.outcome,
        basis=one.basis,
        required=one.required,
        found=one.found,
        remedy=one.remedy,
        names=list(one.names),
        statement_state=one.statement_state,
        stated_by=word.who if word else None,
        valid_until=word.valid_until if word else None,
        document_id=word.document_id if word else "",
    )
