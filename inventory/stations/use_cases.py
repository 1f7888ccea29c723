"""Making and finding stations."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Resource, Role, authorize
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import Invalid, Taken, UnknownStation
from inventory.organisations.use_cases import organisation
from inventory.stations.rules import Level
from inventory.stations.schema import (
    ExamSettings,
    StationFacts,
    StationFields,
    StationOut,
    StationPlace,
)
from inventory.stations.table import Station


def visible_stations(principal: Principal) -> ColumnElement[bool]:
    """Condition on `Station` for what the caller may see."""
    if principal.role is Role.VISITOR:
        return col(Station.is_shared).is_(True)
    return col(Station.organisation_code).in_(visible_organisations(principal))


def stations(
    db: Session, principal: Principal, *, offset: int = 0, limit: int | None
) -> tuple[list[Station], int]:
    """Stations the caller may see, by code, and how many there are in all; limit None: all."""
    seen = visible_stations(principal)
    rows = db.exec(
        select(Station).where(seen).order_by(col(Station.code)).offset(offset).limit(limit)
    ).all()
    if limit is None and not offset:
        return list(rows), len(rows)
    total = db.exec(select(func.count()).select_from(Station).where(seen)).one()
    return list(rows), total


def station(db: Session, principal: Principal, code: str, action: Action) -> Station:
    """The station of a code, if the caller may do this with it.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    found = db.get(Station, code)
    if found is None:
        raise UnknownStation(code)
    owner = organisation(db, found.organisation_code)
    resource = Resource(owner.code, owner.evaluated_by, found.is_shared)
    demand(principal, action, resource, UnknownStation(code))
    return found


def own_stations(db: Session, organisation_code: str) -> set[str]:
    """Codes of an organisation's stations."""
    query = select(Station.code).where(Station.organisation_code == organisation_code)
    return set(db.exec(query).all())


def create_station(database: Database, fields: StationFields, *, who: str) -> None:
    """Add a station to an existing organisation.

    Raises:
        Taken: the code is in use.
        UnknownOrganisation: nobody has `fields.organisation_code`.
    """
    row = Station.model_validate(fields)
    with database.begin() as db:
        if db.get(Station, row.code) is not None:
            raise Taken("station", row.code)
        organisation(db, row.organisation_code)
        db.add(row)
        record(
            db,
            who=who,
            action="created",
            entity="station",
            entity_id=row.code,
            organisation_code=row.organisation_code,
            new=row.model_dump(),
        )


def state_facts(
    database: Database, code: str, stated: Mapping[str, int | None], *, who: str
) -> None:
    """Change some of a station's facts; the others stay. None takes a fact back.

    Raises:
        UnknownStation: there is none.
    """
    with database.begin() as db:
        row = db.get(Station, code)
        if row is None:
            raise UnknownStation(code)
        before = StationFacts.model_validate(row).model_dump()
        after = StationFacts.model_validate(before | dict(stated)).model_dump()
        _change(db, row, before, after, who)


def set_exams(database: Database, code: str, exams: ExamSettings, *, who: str) -> None:
    """Say how a station holds exams; what is not said is taken back.

    Raises:
        UnknownStation: there is none.
        Invalid: a group of less than two modules, a module twice, or one that is not offered.
    """
    with database.begin() as db:
        row = db.get(Station, code)
        if row is None:
            raise UnknownStation(code)
        grouped = [module for group in exams.modules_at_once for module in group]
        is_sound = all(len(group) > 1 for group in exams.modules_at_once)
        if not is_sound or len(set(grouped)) < len(grouped) or set(grouped) - set(row.modules):
            offered = ", ".join(row.modules)
            raise Invalid("modules_at_once", f"groups of two or more of {offered}, each once")
        _change(db, row, ExamSettings.model_validate(row).model_dump(), exams.model_dump(), who)


def set_place(database: Database, code: str, place: StationPlace, *, who: str) -> None:
    """Say where a station is; what is not said is taken back.

    Raises:
        UnknownStation: there is none.
        Invalid: a latitude without a longitude, or the other way round.
    """
    if (place.latitude is None) != (place.longitude is None):
        raise Invalid("latitude", "latitude and longitude, or neither")
    with database.begin() as db:
        row = db.get(Station, code)
        if row is None:
            raise UnknownStation(code)
        _change(db, row, StationPlace.model_validate(row).model_dump(), place.model_dump(), who)


def shown(db: Session, principal: Principal, row: Station) -> StationOut:
    """The station with its owner's name, and its facts where the caller may know them."""
    owner = organisation(db, row.organisation_code)
    is_insider = authorize(principal, Action.READ_READINESS) is Decision.ALLOWED
    return StationOut(
        **row.model_dump(include={"code", "organisation_code", "use", "name_zh", "name_en"}),
        organisation_name_zh=owner.name_zh,
        organisation_name_en=owner.name_en,
        is_shared=row.is_shared,
        modules=row.modules,
        levels=[Level(level) for level in row.levels],
        facts=StationFacts.model_validate(row) if is_insider else None,
        exams=ExamSettings.model_validate(row) if is_insider else None,
        place=StationPlace.model_validate(row),
    )


def _change(
    db: Session, row: Station, before: Mapping[str, Any], after: Mapping[str, Any], who: str
) -> None:
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return
    row.sqlmodel_update({name: after[name] for name in changed})
    db.add(row)
    record(
        db,
        who=who,
        action="changed",
        entity="station",
        entity_id=row.code,
        organisation_code=row.organisation_code,
        old={name: before[name] for name in changed},
        new={name: after[name] for name in changed},
    )
