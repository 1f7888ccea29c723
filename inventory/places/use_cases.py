"""Keeping a school's rooms and workstations, and what they say of a station."""

from dataclasses import asdict
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, demand_organisation, visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Resource, authorize
from inventory.database import Database
from inventory.equipment.table import Equipment
from inventory.errors import Invalid, NotAllowed, Taken, Unknown
from inventory.organisations.use_cases import organisation
from inventory.places.errors import UnknownRoom, UnknownWorkstation
from inventory.places.keeping import (
    all_rooms,
    drop,
    keep_room,
    keep_workstation,
    room_of,
    rooms_with,
    shown,
    workstation_of,
)
from inventory.places.rules import RoomFinder, facts, rooms_of
from inventory.places.schema import (
    FactOut,
    PlacedItem,
    RoomChange,
    RoomOrder,
    RoomOut,
    StationPlaces,
    WorkstationChange,
    WorkstationOrder,
)
from inventory.places.table import RoomRow, WorkstationRow
from inventory.stations.schema import StationFacts
from inventory.stations.use_cases import own_stations, station

MAX_UNPLACED = 200
_OPEN = frozenset({"area_m2", "x_m", "y_m"})
"""Facts that may be taken back by null."""
R = TypeVar("R", RoomRow, WorkstationRow)


def rooms(
    db: Session, principal: Principal, *, offset: int, limit: int
) -> tuple[list[RoomOut], int]:
    """Rooms the caller may see, by organisation and code, and how many."""
    seen = col(RoomRow.organisation_code).in_(visible_organisations(principal))
    query = select(RoomRow).where(seen)
    ordered = query.order_by(col(RoomRow.organisation_code), col(RoomRow.code))
    rows = db.exec(ordered.offset(offset).limit(limit)).all()
    total = db.exec(select(func.count()).select_from(RoomRow).where(seen)).one()
    inside = rooms_with(db, rows)
    return [shown(row, inside[row.id or 0]) for row in rows], total


def room_page(db: Session, principal: Principal, room_id: int) -> RoomOut:
    """One room.

    Raises:
        UnknownRoom: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no register.
    """
    row = _found(db, principal, RoomRow, (room_id, Action.READ_REGISTER))
    return shown(row, rooms_with(db, [row])[room_id])


def add_room(database: Database, principal: Principal, order: RoomOrder) -> RoomOut:
    """Add a room.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
        Taken: the organisation has the code already.
        Invalid: a station is not the organisation's.
    """
    code = order.organisation or principal.organisation_code
    with database.begin() as db:
        demand_organisation(db, principal, code, Action.WRITE_REGISTER)
        _demand_free(db, RoomRow, code, order.code)
        facts_of = order.model_dump(exclude={"organisation"}) | {"organisation_code": code}
        row = RoomRow.model_validate(facts_of)
        _demand_stations(db, row)
        keep_room(db, row, None, principal.username)
        return shown(row, [])


def change_room(
    database: Database, principal: Principal, room_id: int, change: RoomChange
) -> RoomOut:
    """Change what is named of a room.

    Raises:
        UnknownRoom: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
        Invalid: a station is not the organisation's.
    """
    with database.begin() as db:
        row = _found(db, principal, RoomRow, (room_id, Action.WRITE_REGISTER))
        old = room_of(row, ())
        row.sqlmodel_update(_named(change))
        _demand_stations(db, row)
        keep_room(db, row, old, principal.username)
        return shown(row, rooms_with(db, [row])[room_id])


def add_workstation(
    database: Database, principal: Principal, room_id: int, order: WorkstationOrder
) -> RoomOut:
    """Add a workstation to a room.

    Raises:
        UnknownRoom: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
        Taken: the organisation has the code already.
        Invalid: the register has no such equipment.
    """
    with database.begin() as db:
        room = _found(db, principal, RoomRow, (room_id, Action.WRITE_REGISTER))
        _demand_free(db, WorkstationRow, room.organisation_code, order.code)
        keys = {"organisation_code": room.organisation_code, "room_id": room_id}
        row = WorkstationRow.model_validate(order.model_dump() | keys)
        _demand_asset(db, row)
        keep_workstation(db, row, None, principal.username)
        return shown(room, rooms_with(db, [room])[room_id])


def change_workstation(
    database: Database, principal: Principal, workstation_id: int, change: WorkstationChange
) -> RoomOut:
    """Change what is named of a workstation; answers with its room.

    Raises:
        UnknownWorkstation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
        Invalid: the register has no such equipment.
    """
    with database.begin() as db:
        row = _found(db, principal, WorkstationRow, (workstation_id, Action.WRITE_REGISTER))
        old = workstation_of(row)
        row.sqlmodel_update(_named(change))
        _demand_asset(db, row)
        keep_workstation(db, row, old, principal.username)
        room = db.get_one(RoomRow, row.room_id)
        return shown(room, rooms_with(db, [room])[row.room_id])


def remove_room(database: Database, principal: Principal, room_id: int) -> None:
    """Take a room out with its workstations.

    Raises:
        UnknownRoom: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
    """
    with database.begin() as db:
        row = _found(db, principal, RoomRow, (room_id, Action.WRITE_REGISTER))
        drop(db, row, principal.username)


def remove_workstation(database: Database, principal: Principal, workstation_id: int) -> None:
    """Take a workstation out.

    Raises:
        UnknownWorkstation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
    """
    with database.begin() as db:
        row = _found(db, principal, WorkstationRow, (workstation_id, Action.WRITE_REGISTER))
        drop(db, row, principal.username)


def station_places(db: Session, principal: Principal, code: str) -> StationPlaces:
    """A station's rooms, what follows from them beside what is stated, and unplaced equipment.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no register.
    """
    found = station(db, principal, code, Action.READ_REGISTER)
    query = select(RoomRow).where(RoomRow.organisation_code == found.organisation_code)
    rows = db.exec(query.order_by(col(RoomRow.code))).all()
    inside = rooms_with(db, rows)
    known = [room_of(row, inside[row.id or 0]) for row in rows]
    own = {one.code for one in rooms_of(known, found.code)}
    stated = StationFacts.model_validate(found).model_dump()
    items = _placed(db, found.organisation_code, found.code, RoomFinder(known))
    lost = [one for one in items if one.room_code is None]
    return StationPlaces(
        station=found.code,
        rooms=[shown(row, inside[row.id or 0]) for row in rows if row.code in own],
        facts=[
            FactOut(**asdict(one), applied=one.applied, differs=one.differs)
            for one in facts(stated, [one for one in known if one.code in own])
        ],
        placed=len(items) - len(lost),
        unplaced=lost[:MAX_UNPLACED],
        unplaced_count=len(lost),
    )


def room_equipment(db: Session, principal: Principal, room_id: int) -> list[PlacedItem]:
    """Equipment whose location text means this room, by asset number.

    Raises:
        UnknownRoom: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no register.
    """
    row = _found(db, principal, RoomRow, (room_id, Action.READ_REGISTER))
    finder = RoomFinder(all_rooms(db, row.organisation_code))
    items = _placed(db, row.organisation_code, None, finder)
    return [one for one in items if one.room_code == row.code]


def _placed(
    db: Session, organisation_code: str, station_code: str | None, finder: RoomFinder
) -> list[PlacedItem]:
    query = select(
        Equipment.asset_number, Equipment.item_zh, Equipment.location, Equipment.station_codes
    ).where(Equipment.organisation_code == organisation_code, Equipment.location != "")
    return [
        PlacedItem(
            asset_number=asset,
            item_zh=item,
            location=location,
            room_code=finder.room_of(location),
        )
        for asset, item, location, codes in db.exec(query.order_by(Equipment.asset_number)).all()
        if station_code is None or not codes or station_code in codes
    ]


def _found(db: Session, principal: Principal, table: type[R], wanted: tuple[int, Action]) -> R:
    row_id, action = wanted
    if authorize(principal, action) is not Decision.ALLOWED:
        # the same for ids that exist and ids that don't
        raise NotAllowed(action.value)
    is_room = table is RoomRow
    unknown: Unknown = UnknownRoom(str(row_id)) if is_room else UnknownWorkstation(str(row_id))
    row = db.get(table, row_id)
    if row is None:
        raise unknown
    owner = organisation(db, row.organisation_code)
    demand(principal, action, Resource(owner.code, owner.evaluated_by), unknown)
    return row


def _named(change: BaseModel) -> dict[str, object]:
    named = change.model_dump(exclude_unset=True)
    for name, value in named.items():
        if value is None and name not in _OPEN:
            raise Invalid(name, "a value; leave it out to keep it")
    return named


def _demand_free(db: Session, table: type[R], organisation_code: str, code: str) -> None:
    query = select(table).where(table.organisation_code == organisation_code, table.code == code)
    if db.exec(query).first() is not None:
        raise Taken("room" if table is RoomRow else "workstation", code)


def _demand_stations(db: Session, row: RoomRow) -> None:
    own = own_stations(db, row.organisation_code)
    if not own.issuperset(row.station_codes):
        known = ", ".join(sorted(own))
        raise Invalid("station_codes", f"stations of {row.organisation_code}: {known}")


def _demand_asset(db: Session, row: WorkstationRow) -> None:
    key = {"organisation_code": row.organisation_code, "asset_number": row.asset_number}
    if row.asset_number and db.get(Equipment, key) is None:
        raise Invalid("asset_number", f"equipment of {row.organisation_code}")
