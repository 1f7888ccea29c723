"""Readiness results as the API shows them."""

from dataclasses import asdict
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from inventory.readiness.findings import (
    BenchFacts,
    Bilingual,
    Finding,
    FindingKind,
    LiveEvidenceState,
    Readiness,
    RemedyGroup,
    RowOutcome,
    Status,
)
from inventory.requirements.rules import Authority
from inventory.stations.rules import Level, StationUse


class FindingOut(BaseModel):
    """One thing that is not as the list asks."""

    model_config = ConfigDict(from_attributes=True)

    kind: FindingKind
    is_binding: bool = Field(description="false means advice")
    row_id: str = Field(description="row of the requirement list; empty for the list as a whole")
    list_version: str
    item: Bilingual
    authority: Authority | None = Field(description="whose statement decides whether it binds")
    authority_qualifier: str = Field(description='such as "part"; qualified ones never bind')
    required: Bilingual
    found: Bilingual
    reason: Bilingual
    remedy: Bilingual
    remedy_group: RemedyGroup
    asset_numbers: list[str]
    bench: BenchFacts | None


class ReadinessOut(BaseModel):
    """Is a station ready for a module, level and use on a day, and if not, why?"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "station": "BJ01-E",
                    "module": "2-1",
                    "level": "intermediate",
                    "use": "exam",
                    "date": "2026-12-01",
                    "status": "not_ready",
                    "binding": 1,
                    "advice": 0,
                    "list_version": "DRAFT-0.1",
                    "is_official_list": False,
                    "live_evidence": "available",
                    "findings": [],
                    "rows": [],
                }
            ]
        }
    )

    station: str
    module: str
    level: Level
    use: StationUse
    date: date
    status: Status
    binding: int = Field(description="findings that bind")
    advice: int = Field(description="findings that are advice")
    list_version: str
    is_official_list: bool
    live_evidence: LiveEvidenceState
    findings: list[FindingOut]
    rows: list[RowOutcome]


class BlockingFault(BaseModel):
    """Why a live bench makes a cell not ready; `dtc` is null for a silent one."""

    bench_code: str
    kind: FindingKind
    dtc: str | None
    text: Bilingual | None


class Cell(BaseModel):
    """Readiness of a station for one module and level; counts are null for visitors.

    `is_offered` false: the station does not offer this module at this level, or the list has no
    rows of its own for it.
    """

    module: str
    level: Level
    status: Status
    is_offered: bool
    binding: int | None
    advice: int | None
    blocking: list[BlockingFault]


class MatrixRow(BaseModel):
    """All cells of a station."""

    station: str
    organisation_code: str
    name_zh: str
    name_en: str
    use: StationUse
    is_demonstration: bool
    list_version: str
    is_official_list: bool
    cells: list[Cell]


class Matrix(BaseModel):
    """Stations × modules × levels on one day."""

    date: date
    live_evidence: LiveEvidenceState
    modules: list[str]
    levels: list[Level]
    stations: list[MatrixRow]


def shown(station: str, result: Readiness) -> ReadinessOut:
    """A result for the API and for `--json`."""
    question = result.question
    return ReadinessOut(
        station=station,
        module=question.module,
        level=question.level,
        use=question.use,
        date=question.on_date,
        status=result.status,
        binding=result.binding_count,
        advice=result.advice_count,
        list_version=result.list_version,
        is_official_list=result.is_official_list,
        live_evidence=result.live_evidence,
        findings=[FindingOut.model_validate(asdict(one)) for one in result.findings],
        rows=list(result.rows),
    )


def blocking(findings: tuple[Finding, ...]) -> list[BlockingFault]:
    """The live benches among binding findings, each fault once."""
    found: dict[tuple[str, FindingKind, str | None], BlockingFault] = {}
    for one in findings:
        if one.is_binding and one.bench is not None:
            facts = one.bench
            found[facts.bench_code, one.kind, facts.dtc] = BlockingFault(
                bench_code=facts.bench_code, kind=one.kind, dtc=facts.dtc, text=facts.fault_text
            )
    return list(found.values())
