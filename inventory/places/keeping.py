"""How rooms and workstations reach the tables and come back as the rules take them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlmodel import Session, col, select

from inventory.audit.use_cases import record
from inventory.places.rules import Room, Workstation
from inventory.places.schema import RoomFields, RoomOut, WorkstationFields, WorkstationOut
from inventory.places.table import RoomRow, WorkstationRow


def rooms_with(db: Session, rows: Sequence[RoomRow]) -> Mapping[int, Sequence[WorkstationRow]]:
    """The workstations of some rooms by the room's id, by code."""
    found: dict[int, list[WorkstationRow]] = {row.id or 0: [] for row in rows}
    codes = {row.organisation_code for row in rows}
    query = select(WorkstationRow).where(col(WorkstationRow.organisation_code).in_(codes))
    for one in db.exec(query.order_by(col(WorkstationRow.code))).all() if codes else ():
        if one.room_id in found:
            found[one.room_id].append(one)
    return found


def all_rooms(db: Session, organisation_code: str) -> list[Room]:
    """An organisation's rooms with their workstations as the rules take them, by code."""
    query = select(RoomRow).where(RoomRow.organisation_code == organisation_code)
    rows = db.exec(query.order_by(col(RoomRow.code))).all()
    inside = rooms_with(db, rows)
    return [room_of(row, inside[row.id or 0]) for row in rows]


def room_of(row: RoomRow, inside: Sequence[WorkstationRow]) -> Room:
    """A stored room as the rules take it."""
    facts = {name: getattr(row, name) for name in RoomFields.model_fields}
    facts["station_codes"] = tuple(row.station_codes)
    return Room(**facts, workstations=tuple(map(workstation_of, inside)))


def workstation_of(row: WorkstationRow) -> Workstation:
    """A stored workstation as the rules take it."""
    facts = {name: getattr(row, name) for name in WorkstationFields.model_fields}
    return Workstation(**facts | {"exam_tasks": tuple(row.exam_tasks)})


def shown(row: RoomRow, inside: Sequence[WorkstationRow]) -> RoomOut:
    """A room as the API shows it."""
    places = [WorkstationOut.model_validate(one) for one in inside]
    return RoomOut.model_validate(row, update={"workstations": places})


def keep_room(db: Session, row: RoomRow, old: Room | None, who: str) -> None:
    """Write a room as it is now, with an audit entry if it is not as it was."""
    db.add(row)
    db.flush()
    _tell(db, row, _plain(old), _plain(room_of(row, ())), who)


def keep_workstation(db: Session, row: WorkstationRow, old: Workstation | None, who: str) -> None:
    """Write a workstation as it is now, with an audit entry if it is not as it was."""
    db.add(row)
    db.flush()
    _tell(db, row, _plain(old), _plain(workstation_of(row)), who)


def tell_move(db: Session, row: WorkstationRow, rooms: tuple[int, int], who: str) -> None:
    """Leave an audit entry that a workstation went from one room, by id, to another."""
    record(
        db,
        who=who,
        action="moved",
        entity="workstation",
        entity_id=f"{row.organisation_code}/{row.code}",
        organisation_code=row.organisation_code,
        old={"room_id": rooms[0]},
        new={"room_id": rooms[1]},
    )


def drop(db: Session, row: RoomRow | WorkstationRow, who: str) -> None:
    """Take a room (with its workstations) or a workstation out; the audit trail keeps it."""
    if isinstance(row, RoomRow):
        for one in rooms_with(db, [row])[row.id or 0]:
            drop(db, one, who)
        old = _plain(room_of(row, ()))
    else:
        old = _plain(workstation_of(row))
    _tell(db, row, old, None, who)
    db.delete(row)
    db.flush()


def _plain(one: Room | Workstation | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {name: value for name, value in asdict(one).items() if name != "workstations"}


def _tell(
    db: Session,
    row: RoomRow | WorkstationRow,
    old: dict[str, object] | None,
    new: dict[str, object] | None,
    who: str,
) -> None:
    if old == new:
        return
    if old is not None and new is not None:
        changed = [name for name in new if new[name] != old[name]]
        old, new = {n: old[n] for n in changed}, {n: new[n] for n in changed}
    action = "created" if old is None else "removed" if new is None else "updated"
    record(
        db,
        who=who,
        action=action,
        entity=str(row.__tablename__),
        entity_id=f"{row.organisation_code}/{row.code}",
        organisation_code=row.organisation_code,
        old=old,
        new=new,
    )
