"""Routes of readiness: one station's findings, and the matrix of all stations."""

from datetime import date
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Decision, Principal, authorize
from inventory.readiness.capacity import ExamDay, capacity
from inventory.readiness.failing import failures
from inventory.readiness.findings import NOTHING_ASKED, LiveEvidenceState, Readiness
from inventory.readiness.insight_schema import (
    CapacityOut,
    PlanOut,
    WhatIfOut,
    capacity_shown,
    plan_shown,
    what_if_shown,
)
from inventory.readiness.planning import plan
from inventory.readiness.preparing import ReadinessMemory
from inventory.readiness.rules import decide
from inventory.readiness.schema import Cell, Matrix, MatrixRow, ReadinessOut, blocking, shown
from inventory.readiness.use_cases import Asked, ReadinessDesk, StationCells
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


def question_of(
    module: Module,
    level: Level,
    use: Annotated[StationUse | None, Query(description="default: the station's own")] = None,
    on_date: OnDate = None,
    list_version: Annotated[
        str | None, Query(alias="list", max_length=64, description="default: the one that applies")
    ] = None,
) -> Asked:
    """What is asked of a station."""
    return Asked(module, level, use, on_date, list_version)


Question = Annotated[Asked, Depends(question_of)]


@router.get("/stations/{code}/readiness")
def station_readiness(
    code: str, desk: Desk, caller: Reader, now: Now, asked: Question
) -> ReadinessOut:
    """Is the station ready, and if not, what exactly is missing, why, and how is it mended?"""
    return shown(code, desk.check(caller, code, asked, now))


@router.get("/stations/{code}/readiness/plan")
def station_plan(
    code: str,
    desk: Desk,
    caller: Reader,
    now: Now,
    asked: Question,
    advice: Annotated[bool, Query(description="plan for what is only advised, too")] = False,
) -> PlanOut:
    """The smallest set of actions after which the station would pass."""
    found = desk.ground(caller, code, asked, now, has_elsewhere=True)
    best = plan(found.case, found.question, found.live, found.elsewhere, is_advice_met=advice)
    return plan_shown(code, found.question, best)


@router.get("/stations/{code}/readiness/what-if")
def station_what_if(code: str, desk: Desk, caller: Reader, now: Now, asked: Question) -> WhatIfOut:
    """Would the station still pass if one thing failed? For each that makes it worse."""
    found = desk.ground(caller, code, asked, now)
    status = decide(found.case, found.question, found.live).status
    worse = failures(found.case, found.question, found.live)
    return what_if_shown(code, found.question, status, worse)


@router.get("/stations/{code}/readiness/capacity")
def station_capacity(  # noqa: PLR0913, PLR0917 - each is a part of the question
    code: str,
    desk: Desk,
    caller: Reader,
    now: Now,
    asked: Question,
    examinees: Annotated[int | None, Query(ge=0, le=100_000)] = None,
    exam_minutes: Annotated[
        int | None, Query(ge=1, le=1440, description="default: as the station says, else 120")
    ] = None,
    opening_minutes: Annotated[
        int | None, Query(ge=1, le=1440, description="default: as the station says, else 480")
    ] = None,
) -> CapacityOut:
    """How many examinees can the station take on the day, with the equipment as it is?"""
    found = desk.ground(caller, code, asked, now)
    day = ExamDay(examinees, exam_minutes, opening_minutes)
    return capacity_shown(
        code, found.question, capacity(found.case, found.question, found.live, day)
    )


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
        is_offered=kinds.isdisjoint(NOTHING_ASKED),
        binding=answer.binding_count if has_details else None,
        advice=answer.advice_count if has_details else None,
        blocking=blocking(answer.findings) if has_details else [],
    )
