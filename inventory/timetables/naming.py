"""How what a school calls its things and people becomes what can be booked."""

from collections.abc import Iterator, Mapping

from sqlmodel import Session, col, select

from inventory.accounts.table import User
from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind
from inventory.equipment.table import Equipment
from inventory.places.table import RoomRow, WorkstationRow
from inventory.staff.table import StaffRow

Known = Mapping[str, frozenset[Resource]]


def things_of(db: Session, organisation_code: str) -> Known:
    """What each name of an organisation's things may mean: keys, codes, numbers and names.

    People are known by their number alone, which is no secret. One statement a kind.
    """
    found: dict[str, set[Resource]] = {}
    for kind, code, names in _called(db, organisation_code):
        thing = Resource(kind, organisation_code, code)
        for name in filter(None, (thing.key, code, *names)):
            found.setdefault(name.casefold(), set()).add(thing)
    return {name: frozenset(things) for name, things in found.items()}


def _called(db: Session, own: str) -> Iterator[tuple[ResourceKind, str, tuple[str, ...]]]:
    for bench in db.exec(select(Bench).where(Bench.organisation_code == own)).all():
        yield ResourceKind.BENCH, bench.code, (bench.name_zh, bench.name_en)
    for room in db.exec(select(RoomRow).where(RoomRow.organisation_code == own)).all():
        yield ResourceKind.ROOM, room.code, (room.name_zh,)
    plain = (
        (ResourceKind.WORKSTATION, WorkstationRow.code, WorkstationRow.organisation_code),
        (ResourceKind.EQUIPMENT, Equipment.asset_number, Equipment.organisation_code),
        (ResourceKind.PERSON, StaffRow.number, StaffRow.organisation_code),
    )
    for kind, code, owner in plain:
        for found in db.exec(select(code).where(col(owner) == own)).all():
            yield kind, found, ()


def people_of(db: Session, organisation_code: str) -> Mapping[str, frozenset[str]]:
    """User names by what people are called, of an organisation's accounts that are open."""
    query = select(User.username, User.name).where(
        User.organisation_code == organisation_code, col(User.is_disabled).is_(False)
    )
    found: dict[str, set[str]] = {}
    for username, name in db.exec(query).all():
        for called in (username, name):
            found.setdefault(called.casefold(), set()).add(username)
    return {called: frozenset(names) for called, names in found.items()}
