"""Routes of readiness: one station's findings, and the matrix of all stations."""

from datetime import date
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Decision, Principal, authorize
from inventory.readiness.findings import FindingKind, LiveEvidenceState, Readiness
from inventory.readiness.schema import Cell, Matrix, MatrixRow, ReadinessOut, blocking, shown
from inventory.readiness.use_cases import Asked, ReadinessDesk, ReadinessMemory, StationCells
from inventory.stations.rules import MODULES, Level, StationUse

MAX_MODULES = 20
router = APIRouter(tags=["readiness"])
Reader = Annotated[Principal, Depends(require(Action.READ_READINESS))]
Looker = Annotated[Principal, Depends(require(Action.READ_STATUS))]
OnDate = Annotated[date | None, Query(alias="date", description="default: today in China")]
Module = Annotated[str, Query(pattern=r"^[1-9]-[1-9]\d?$", examples=["2-1"])]


def desk_of(request: Request, database: TheDatabase) -> ReadinessDesk:
    """The app's readiness desk; what it remembers lives as long as the app."""
    state = request.app.state
    return ReadinessDesk(database, state.live, cast("ReadinessMemory", state.readiness))


Desk = Annotated[ReadinessDesk, Depends(desk_of)]


@router.get("/stations/{code}/readiness")
def station_readiness(  # noqa: PLR0913, PLR0917 - each is a part of the question
    code: str,
    desk: Desk,
    caller: Reader,
    now: Now,
    module: Module,
    level: Level,
    use: Annotated[StationUse | None, Query(description="default: the station's own")] = None,
    on_date: OnDate = None,
    list_version: Annotated[
        str | None, Query(alias="list", max_length=64, description="default: the one that applies")
    ] = None,
) -> ReadinessOut:
    """Is the station ready, and if not, what exactly is missing, why, and how is it mended?"""
    asked = Asked(module, level, use, on_date, list_version)
    return shown(code, desk.check(caller, code, asked, now))


@router.get("/readiness")
def readiness_matrix(
    desk: Desk,
    caller: Looker,
    now: Now,
    on_date: OnDate = None,
    module: Annotated[
        list[Module] | None, Query(max_length=MAX_MODULES, description="default: 2-1 to 2-5")
    ] = None,
) -> Matrix:
    """Every station I may see, by module and level, each for its own use."""
    modules = list(dict.fromkeys(module or MODULES))
    found = desk.overview(caller, on_date, modules, now)
    has_details = authorize(caller, Action.READ_READINESS) is Decision.ALLOWED
    evidence = LiveEvidenceState.AVAILABLE if found.is_silence_known else LiveEvidenceState.PARTIAL
    return Matrix(
        date=found.on_date,
        live_evidence=evidence,
        modules=modules,
        levels=list(Level),
        stations=[_row(one, has_details=has_details) for one in found.stations],
    )


def _row(found: StationCells, *, has_details: bool) -> MatrixRow:
    station = found.station
    return MatrixRow(
        station=station.code,
        organisation_code=station.organisation_code,
        name_zh=station.name_zh,
        name_en=station.name_en,
        use=station.use,
        is_demonstration=found.is_demonstration,
        list_version=found.answers[0].list_version if found.answers else "",
        is_official_list=bool(found.answers) and found.answers[0].is_official_list,
        cells=[_cell(answer, has_details=has_details) for answer in found.answers],
    )


def _cell(answer: Readiness, *, has_details: bool) -> Cell:
    kinds = {finding.kind for finding in answer.findings}
    return Cell(
        module=answer.question.module,
        level=answer.question.level,
        status=answer.status,
        is_offered=FindingKind.NO_REQUIREMENT not in kinds,
        binding=answer.binding_count if has_details else None,
        advice=answer.advice_count if has_details else None,
        blocking=blocking(answer.findings) if has_details else [],
    )
