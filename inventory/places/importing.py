"""Importing a school's rooms and workstations from a file, and writing them to one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action, Principal
from inventory.database import Database
from inventory.equipment.table import Equipment
from inventory.organisations.use_cases import organisation
from inventory.places.keeping import (
    all_rooms,
    keep_room,
    keep_workstation,
    room_of,
    tell_move,
    workstation_of,
)
from inventory.places.reading import PlaceRow, read_places, write_places
from inventory.places.rules import Room, Workstation
from inventory.places.schema import RoomFields, WorkstationFields
from inventory.places.table import RoomRow, WorkstationRow
from inventory.requirements.errors import RowsRefused
from inventory.requirements.tabular import PassedOver, RowProblem
from inventory.stations.use_cases import own_stations


@dataclass(frozen=True, slots=True)
class PlaceUpload:
    """A file of one organisation's rooms; `is_partial` imports the good rooms of a bad file."""

    name: str
    content: bytes
    organisation_code: str
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class PlaceImport:
    """What an import did, counted in rooms with their workstations."""

    created: int
    updated: int
    unchanged: int
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    passed_over: tuple[PassedOver, ...] = ()


def import_places(database: Database, upload: PlaceUpload, *, who: str) -> PlaceImport:
    """Add and update rooms and workstations by code in one transaction; others stay.

    A workstation that another room has moves to the room the file names.

    Raises:
        UnreadableFile: the file as a whole can't be read.
        RowsRefused: rows are bad and the import is not partial.
        UnknownOrganisation: nobody has the code.
    """
    reading = read_places(upload.name, upload.content)
    code = upload.organisation_code
    with database.begin() as db:
        organisation(db, code)
        assets = select(Equipment.asset_number).where(Equipment.organisation_code == code)
        own = _Own(code, own_stations(db, code), set(db.exec(assets).all()))
        foreign = [problem for one in reading.rooms for problem in _foreign(one, own)]
        problems = tuple(sorted((*reading.problems, *foreign), key=lambda one: one.row))
        bad = {problem.row for problem in foreign}
        good = [one.room for one in reading.rooms if one.number not in bad]
        if problems and not (upload.is_partial and good):
            raise RowsRefused(problems)
        in_rooms = select(RoomRow).where(RoomRow.organisation_code == code)
        inside = select(WorkstationRow).where(WorkstationRow.organisation_code == code)
        kept = _Kept(
            {one.code: one for one in db.exec(in_rooms).all()},
            {one.code: one for one in db.exec(inside).all()},
        )
        done = [_put(db, code, kept, one, who) for one in good]
    counts = (done.count("created"), done.count("updated"), done.count(""))
    return PlaceImport(*counts, problems, reading.ignored_columns, reading.passed_over)


def export_places(db: Session, principal: Principal, organisation_code: str, name: str) -> bytes:
    """An organisation's rooms as a file of the name's kind, which `import_places` takes back.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no register.
        UnreadableFile: the name ends in neither .csv nor .xlsx.
    """
    demand_organisation(db, principal, organisation_code, Action.READ_REGISTER)
    return write_places(name, all_rooms(db, organisation_code))


@dataclass(frozen=True, slots=True)
class _Own:
    """What an organisation's file may name."""

    organisation_code: str
    stations: set[str]
    assets: set[str]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is stored already, by code."""

    rooms: Mapping[str, RoomRow]
    workstations: Mapping[str, WorkstationRow]


def _put(db: Session, organisation_code: str, kept: _Kept, room: Room, who: str) -> str:
    row = kept.rooms.get(room.code)
    values = {name: getattr(room, name) for name in RoomFields.model_fields}
    values["station_codes"] = list(room.station_codes)
    old = None if row is None else room_of(row, ())
    if row is None:
        row = RoomRow.model_validate(values | {"organisation_code": organisation_code})
    else:
        row.sqlmodel_update(values)
    keep_room(db, row, old, who)
    moved = [
        _put_workstation(db, row, kept.workstations.get(one.code), one, who)
        for one in room.workstations
    ]
    if old is None:
        return "created"
    return "updated" if any(moved) or room_of(row, ()) != old else ""


def _put_workstation(
    db: Session, room: RoomRow, row: WorkstationRow | None, place: Workstation, who: str
) -> bool:
    """Store a workstation in a room; whether anything changed."""
    facts = {name: getattr(place, name) for name in WorkstationFields.model_fields}
    facts |= {"exam_tasks": list(place.exam_tasks), "room_id": room.id}
    if row is None:
        row = WorkstationRow.model_validate(facts | {"organisation_code": room.organisation_code})
        keep_workstation(db, row, None, who)
        return True
    before, came_from = workstation_of(row), row.room_id
    row.sqlmodel_update(facts)
    if came_from != room.id:
        # the room is no fact of the workstation itself, so its move has an entry of its own
        tell_move(db, row, (came_from, row.room_id), who)
    keep_workstation(db, row, before, who)
    return before != place or came_from != room.id


def _foreign(one: PlaceRow, own: _Own) -> Iterator[RowProblem]:
    for code in one.room.station_codes:
        if code not in own.stations:
            known = sorted(own.stations)
            yield RowProblem(
                one.number,
                "station_codes",
                code,
                f"{own.organisation_code} 的站点代码：{'、'.join(known) or '（无）'}",
                f"a station of {own.organisation_code}: {', '.join(known) or 'none'}",
            )
    for place in one.room.workstations:
        if place.asset_number and place.asset_number not in own.assets:
            expected = ("设备台账中的资产编号", "an asset number of the register")
            yield RowProblem(one.number, "asset_number", place.asset_number, *expected)
