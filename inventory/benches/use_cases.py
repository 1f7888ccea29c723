"""Making and finding benches."""

from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Principal, Resource, Role
from inventory.audit.use_cases import record
from inventory.benches.schema import BenchFields
from inventory.benches.table import Bench
from inventory.database import Database
from inventory.errors import Invalid, Taken, UnknownBench, UnknownStation
from inventory.organisations.use_cases import organisation
from inventory.stations.table import Station


def visible_benches(principal: Principal) -> ColumnElement[bool]:
    """Condition on `Bench` for what the caller may see."""
    if principal.role is Role.VISITOR:
        return col(Bench.is_shared).is_(True)
    return col(Bench.organisation_code).in_(visible_organisations(principal))


def benches(
    db: Session, principal: Principal, *, offset: int = 0, limit: int = 200
) -> tuple[list[Bench], int]:
    """Benches the caller may see, by code, and how many there are in all."""
    seen = visible_benches(principal)
    rows = db.exec(
        select(Bench).where(seen).order_by(col(Bench.code)).offset(offset).limit(limit)
    ).all()
    total = db.exec(select(func.count()).select_from(Bench).where(seen)).one()
    return list(rows), total


def bench(db: Session, principal: Principal, code: str, action: Action) -> Bench:
    """The bench of a code, if the caller may do this with it.

    Raises:
        UnknownBench: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    found = db.get(Bench, code)
    if found is None:
        raise UnknownBench(code)
    owner = organisation(db, found.organisation_code)
    resource = Resource(owner.code, owner.evaluated_by, found.is_shared)
    demand(principal, action, resource, UnknownBench(code))
    return found


def create_bench(
    database: Database, fields: BenchFields, *, who: str, now: datetime | None = None
) -> None:
    """Add a bench to an existing organisation, and to one of its stations if it has one.

    It counts as there to be used from `now` on; None is the present.

    Raises:
        Taken: the code is in use.
        UnknownOrganisation: nobody has `fields.organisation_code`.
        UnknownStation: there is no station `fields.station_code`.
        Invalid: the station belongs to another organisation.
    """
    row = Bench.model_validate(fields)
    with database.begin() as db:
        if db.get(Bench, row.code) is not None:
            raise Taken("bench", row.code)
        organisation(db, row.organisation_code)
        if row.station_code is not None:
            stands_in = db.get(Station, row.station_code)
            if stands_in is None:
                raise UnknownStation(row.station_code)
            if stands_in.organisation_code != row.organisation_code:
                raise Invalid("station_code", f"a station of {row.organisation_code}")
        db.add(row)
        record(
            db,
            who=who,
            action="created",
            entity="bench",
            entity_id=row.code,
            organisation_code=row.organisation_code,
            new=row.model_dump(),
            at=now,
        )
