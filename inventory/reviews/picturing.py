"""Gathering all that a station's check rests on, for a snapshot."""

from datetime import datetime

from inventory.accounts.rules import Principal, Role
from inventory.audit.use_cases import SYSTEM
from inventory.conditions.use_cases import ConditionQuestion, station_conditions
from inventory.database import Database
from inventory.equipment.rules import stands_in
from inventory.equipment.use_cases import items_of
from inventory.readiness.findings import Question, Readiness
from inventory.readiness.rules import decide
from inventory.readiness.use_cases import Asked, ReadinessDesk
from inventory.requirements.table import RequirementList
from inventory.requirements.use_cases import requirements_of
from inventory.reviews.snapshots import Pictured, Snapshot, frozen
from inventory.stations.rules import MODULES, Level
from inventory.stations.schema import StationFields
from inventory.stations.table import Station


def picture(
    database: Database,
    desk: ReadinessDesk,
    found: Station,
    list_version: str | None,
    now: datetime,
) -> Snapshot:
    """Freeze the check of all the station's modules, levels and conditions as it is now.

    Args:
        database: where list and register are read from.
        desk: who checks.
        found: the station.
        list_version: the list to check against; None is the one that applies today.
        now: the moment that is pictured.

    Raises:
        UnknownList: no such version.
    """
    # the school's own view, looking only
    looker = Principal(0, SYSTEM, Role.ADMINISTRATOR, found.organisation_code, is_read_only=True)
    answers = _answers(desk, looker, found, list_version, now)
    asked = ConditionQuestion()
    conditions = station_conditions(database, desk, looker, found.code, asked, now=now)
    version = answers[0].list_version if answers else list_version or ""
    with database.read() as db:
        applied = db.get(RequirementList, version)
        requirements = requirements_of(db, version) if applied is not None else ()
        items = items_of(db, found.organisation_code)
    return frozen(
        Pictured(
            station=StationFields.model_validate(found).model_dump(),
            taken_at=now,
            list_version=version,
            list_sha256=applied.sha256 if applied is not None else "",
            requirements=requirements,
            equipment=[item for item in items if stands_in(item, found.code)],
            answers=answers,
            conditions=conditions.model_dump(mode="json"),
        )
    )


def _answers(
    desk: ReadinessDesk,
    looker: Principal,
    found: Station,
    list_version: str | None,
    now: datetime,
) -> list[Readiness]:
    asked = Asked(MODULES[0], Level.ELEMENTARY, list_version=list_version)
    ground = desk.ground(looker, found.code, asked, now)
    of_use, on = ground.question.use, ground.question.on_date
    return [
        decide(ground.case, Question(module, level, of_use, on), ground.live)
        for module in found.modules
        for level in Level
        if level in found.levels
    ]
