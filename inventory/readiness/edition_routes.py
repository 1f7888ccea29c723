"""The routes that tell what another edition of a list means to stations."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from inventory.accounts.policies import Now, TheDatabase
from inventory.accounts.rules import Principal
from inventory.paging import Limit, Offset, Page, page
from inventory.readiness import findings
from inventory.readiness.editions import effect
from inventory.readiness.findings import NOTHING_ASKED, Readiness, Status
from inventory.readiness.routes import Desk, Question, Reader
from inventory.readiness.rules import decide
from inventory.readiness.schema import FindingOut
from inventory.readiness.use_cases import Asked, ReadinessDesk
from inventory.requirements.edition_reading import changes_between
from inventory.requirements.errors import UnknownList
from inventory.requirements.publishing import publishers_for
from inventory.requirements.use_cases import requirement_list
from inventory.stations.rules import MODULES, Level
from inventory.stations.table import Station
from inventory.stations.use_cases import stations

router = APIRouter(tags=["readiness"])


class EditionEffectOut(BaseModel):
    """Answers to one question by two editions of a list, and the findings that differ."""

    station: str
    list_before: str
    list_after: str
    status_before: Status
    status_after: Status
    gone: list[FindingOut] = Field(description="only the edition before finds these")
    come: list[FindingOut] = Field(description="only the edition after finds these")
    stay: int = Field(description="findings of both")


@router.get("/stations/{code}/readiness/editions")
def station_editions(  # noqa: PLR0913, PLR0917 - each is a part of the question
    code: str,
    desk: Desk,
    database: TheDatabase,
    caller: Reader,
    now: Now,
    asked: Question,
    since: Annotated[str, Query(max_length=64, description="the version to compare with")],
) -> EditionEffectOut:
    """Which findings come and go by a list version, against another one."""
    before = desk.check(caller, code, replace(asked, list_version=since), now)
    after = desk.check(caller, code, asked, now)
    with database.read() as db:
        # the desk has found both, so the station's people may know of both
        matches = (
            changes_between(db, since, after.list_version).matches if after.list_version else {}
        )
    found = effect(before, after, matches)
    return EditionEffectOut(
        station=code,
        list_before=since,
        list_after=after.list_version,
        status_before=before.status,
        status_after=after.status,
        gone=[FindingOut.model_validate(one) for one in found.gone],
        come=[FindingOut.model_validate(one) for one in found.come],
        stay=found.stay,
    )


class EditionCell(BaseModel):
    """A module and level of a station by two editions; null: the list has nothing of its own."""

    module: str
    level: Level
    status_before: Status | None
    status_after: Status | None
    binding_before: int
    binding_after: int


class StationByEditions(BaseModel):
    """All that a station offers, by two editions; no cells where it may not know of one of them."""

    station: str
    cells: list[EditionCell]


@router.get("/readiness/editions")
def editions_of_stations(  # noqa: PLR0913, PLR0917 - each is a part of the question
    desk: Desk,
    database: TheDatabase,
    caller: Reader,
    now: Now,
    since: Annotated[str, Query(max_length=64, description="the version to compare with")],
    version: Annotated[str, Query(alias="list", max_length=64, description="the other version")],
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[StationByEditions]:
    """Which of the stations I may see would change under another edition, by module and level."""
    with database.read() as db:
        publishers = publishers_for(db, caller.organisation_code)
        for one in (since, version):
            requirement_list(db, one, publishers)
        seen, total = stations(db, caller, offset=offset, limit=limit)
    found = [_by_editions(desk, caller, one, (since, version), now) for one in seen]
    return page(found, total, offset)


def _by_editions(
    desk: ReadinessDesk,
    caller: Principal,
    station: Station,
    versions: tuple[str, str],
    now: datetime,
) -> StationByEditions:
    try:
        before, after = (_answers(desk, caller, station, one, now) for one in versions)
    except UnknownList:
        return StationByEditions(station=station.code, cells=[])
    cells = [
        EditionCell(
            module=module,
            level=level,
            status_before=_told(before[module, level])[0],
            status_after=_told(after[module, level])[0],
            binding_before=_told(before[module, level])[1],
            binding_after=_told(after[module, level])[1],
        )
        for module, level in before
    ]
    return StationByEditions(station=station.code, cells=cells)


def _told(answer: Readiness) -> tuple[Status | None, int]:
    is_asked = NOTHING_ASKED.isdisjoint(one.kind for one in answer.findings)
    return (answer.status, answer.binding_count) if is_asked else (None, 0)


def _answers(
    desk: ReadinessDesk, caller: Principal, station: Station, version: str, now: datetime
) -> Mapping[tuple[str, Level], Readiness]:
    """Answers for what the station offers; one ground for all of them."""
    asked = Asked(MODULES[0], Level.ELEMENTARY, list_version=version)
    ground = desk.ground(caller, station.code, asked, now)
    of_use, on = ground.question.use, ground.question.on_date
    return {
        (module, level): decide(
            ground.case, findings.Question(module, level, of_use, on), ground.live
        )
        for module in sorted(station.modules)
        for level in Level
        if level in station.levels
    }
