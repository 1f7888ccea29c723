"""The route of the gap matrix: every requirement row of a station by module and level."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from inventory.accounts.policies import Now
from inventory.readiness.findings import LiveEvidenceState, Question, Readiness, Status
from inventory.readiness.gaps import GapRow, gap_rows
from inventory.readiness.routes import Desk, OnDate, Reader
from inventory.readiness.rules import PaperCase, decide
from inventory.readiness.schema import FindingOut
from inventory.readiness.use_cases import Asked
from inventory.stations.rules import MODULES, Level, StationUse

router = APIRouter(tags=["readiness"])


class GapColumn(BaseModel):
    """The answer to one module and level; `findings` are those on the list as a whole."""

    module: str
    level: Level
    status: Status
    binding: int
    advice: int
    findings: list[FindingOut]


class GapMatrix(BaseModel):
    """How every row of the list is served in every module and level that the station offers."""

    station: str
    use: StationUse
    date: date
    list_version: str
    is_official_list: bool
    live_evidence: LiveEvidenceState
    modules: list[str]
    levels: list[Level]
    columns: list[GapColumn]
    rows: list[GapRow] = Field(description="in the list's order; cells only where it is asked for")


@router.get("/stations/{code}/gaps")
def station_gaps(  # noqa: PLR0913, PLR0917 - each is a part of the question
    code: str,
    desk: Desk,
    caller: Reader,
    now: Now,
    use: Annotated[StationUse | None, Query(description="default: the station's own")] = None,
    on_date: OnDate = None,
    list_version: Annotated[
        str | None, Query(alias="list", max_length=64, description="default: the one that applies")
    ] = None,
) -> GapMatrix:
    """Which rows of the list are served, for all modules and levels that the station offers."""
    asked = Asked(MODULES[0], Level.ELEMENTARY, use, on_date, list_version)
    found = desk.ground(caller, code, asked, now)
    on, of_use = found.question.on_date, found.question.use
    modules, levels = _offered(found.case)
    answers = [
        decide(found.case, Question(module, level, of_use, on), found.live)
        for module in modules
        for level in levels
    ]
    settings = found.case.settings
    return GapMatrix(
        station=code,
        use=of_use,
        date=on,
        list_version=settings.version,
        is_official_list=settings.is_official,
        live_evidence=answers[0].live_evidence if answers else LiveEvidenceState.NOT_AVAILABLE,
        modules=modules,
        levels=levels,
        columns=[_column(one) for one in answers],
        rows=list(gap_rows(answers, found.case.requirements)),
    )


def _offered(case: PaperCase) -> tuple[list[str], list[Level]]:
    """What the station offers, in the order of the certificate."""
    if case.offered is None:
        return list(MODULES), list(Level)
    return sorted(case.offered.modules), [one for one in Level if one in case.offered.levels]


def _column(answer: Readiness) -> GapColumn:
    return GapColumn(
        module=answer.question.module,
        level=answer.question.level,
        status=answer.status,
        binding=answer.binding_count,
        advice=answer.advice_count,
        findings=[
            FindingOut.model_validate(asdict(one)) for one in answer.findings if not one.row_id
        ],
    )
