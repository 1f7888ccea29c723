"""The facts of a station that apply: what it states, and else what follows from its rooms."""

from collections.abc import Callable, Sequence

from sqlmodel import Session, col, select

from inventory.places.rules import DERIVABLE, Room, Workstation, facts, rooms_of
from inventory.places.table import RoomRow, WorkstationRow
from inventory.stations.schema import StationFacts
from inventory.stations.table import Station


def applied_facts(found: Station, rooms: Callable[[], Sequence[Room]]) -> StationFacts:
    """What quantities of a requirement list multiply by.

    Args:
        found: the station.
        rooms: its school's; asked only where the station leaves something unstated.
    """
    stated = StationFacts.model_validate(found)
    if all(getattr(stated, name) is not None for name in DERIVABLE):
        return stated
    own = rooms_of(rooms(), found.code)
    told = {one.name: one.applied for one in facts(stated.model_dump(), own)}
    return stated.model_copy(update=told)


def outlines(db: Session, organisation_code: str) -> list[Room]:
    """A school's rooms and workstations with no more than counting them needs; one statement."""
    query = (
        select(RoomRow.code, RoomRow.kind, RoomRow.station_codes, WorkstationRow.code)
        .add_columns(col(WorkstationRow.kind))
        .outerjoin(WorkstationRow, col(WorkstationRow.room_id) == col(RoomRow.id))
        .where(col(RoomRow.organisation_code) == organisation_code)
    )
    found: dict[str, Room] = {}
    for code, kind, station_codes, inner, inner_kind in db.execute(query).all():
        known = found.get(code) or Room(code, code, "", kind, tuple(station_codes))
        inside = (Workstation(inner, inner_kind),) if inner is not None else ()
        found[code] = Room(
            code, code, "", kind, known.station_codes, None, known.workstations + inside
        )
    return list(found.values())
