"""What is physically taken when something is booked: a room takes what stands in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select, tuple_

from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind
from inventory.bookings.errors import NoLongerThere, UnknownResource
from inventory.equipment.rules import EquipmentStatus
from inventory.equipment.table import Equipment
from inventory.errors import UnknownBench
from inventory.intervals import Span
from inventory.moments import SCHOOL_ZONE, today
from inventory.places.table import RoomRow, WorkstationRow
from inventory.staff.table import StaffRow

SCRAPPED = datetime(1970, 1, 1, tzinfo=UTC)
"""From when on a scrapped thing can't be had: the register doesn't say since when it is."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing that nobody else can have meanwhile; a bench has its code and station.

    `until` is from when on nobody can have it any more: it was scrapped, or the person leaves.
    """

    resource: Resource
    is_asked: bool = True
    bench_code: str | None = None
    station_code: str | None = None
    name: str = ""
    until: datetime | None = None

    @property
    def is_asset(self) -> bool:
        """Whether it is a row of the register that is no bench."""
        return self.resource.kind is ResourceKind.EQUIPMENT


def taken_with(db: Session, asked: Sequence[Resource]) -> tuple[Taken, ...]:
    """What is taken with the resources asked for, each thing once, what was asked for first.

    A register row and the bench it is are the same thing, and so is the bench on a workstation;
    whoever takes a room takes its workstations. At most six statements.

    Raises:
        UnknownBench: there is none of that code in the organisation.
        UnknownResource: the same of anything else.
    """
    found = _Found(db, asked)
    things: dict[str, Taken] = {}
    for resource in asked:
        for one in found.of(resource):
            known = things.get(one.resource.key)
            is_asked = one.is_asked or (known is not None and known.is_asked)
            things[one.resource.key] = replace(one, is_asked=is_asked)
    return tuple(sorted(things.values(), key=lambda one: not one.is_asked))


def taken_by_each(db: Session, asked: Sequence[Resource]) -> Mapping[str, tuple[Taken, ...]]:
    """What each of several resources would take by itself, by key; the statements of one set.

    Raises:
        UnknownBench: there is none of that code in the organisation.
        UnknownResource: the same of anything else.
    """
    found = _Found(db, asked)
    return {one.key: tuple(found.of(one)) for one in asked}


def demand_there(things: Sequence[Taken], span: Span) -> None:
    """Pass when nothing is scrapped and nobody has left before the end of a span.

    Raises:
        NoLongerThere: something, or somebody, is gone by then.
    """
    for one in things:
        if one.until is not None and one.until < span.end_at:
            left = None if one.until == SCRAPPED else today(one.until) - timedelta(days=1)
            raise NoLongerThere(one.resource.key, one.name or one.resource.code, left)


def is_there(things: Sequence[Taken], at: datetime) -> bool:
    """Whether nothing is scrapped and nobody has left at a moment."""
    return all(one.until is None or one.until > at for one in things)


class _Found:
    """Everything of the organisations that a set of resources may mean."""

    def __init__(self, db: Session, asked: Sequence[Resource]) -> None:
        self._db = db
        kinds: dict[ResourceKind, list[Resource]] = {}
        for resource in asked:
            kinds.setdefault(resource.kind, []).append(resource)
        self._rooms = self._rooms_of(kinds.get(ResourceKind.ROOM, ()))
        self._workstations = self._workstations_of(kinds.get(ResourceKind.WORKSTATION, ()))
        assets = {
            (one.organisation_code, one.code) for one in kinds.get(ResourceKind.EQUIPMENT, ())
        }
        assets |= {
            (one.organisation_code, one.asset_number)
            for one in self._workstations.values()
            if one.asset_number
        }
        self._equipment = self._equipment_of(assets)
        codes = {one.code for one in kinds.get(ResourceKind.BENCH, ())}
        codes |= {one.bench_code for one in self._equipment.values() if one.bench_code}
        self._benches = self._benches_of(codes)
        self._people = self._people_of(kinds.get(ResourceKind.PERSON, ()))

    def of(self, resource: Resource) -> Iterable[Taken]:
        """What comes with one resource, itself first."""
        if resource.kind is ResourceKind.BENCH:
            return [self._bench(resource)]
        if resource.kind is ResourceKind.EQUIPMENT:
            return [self._asset(resource, is_asked=True)]
        if resource.kind is ResourceKind.WORKSTATION:
            return self._workstation(resource)
        if resource.kind is ResourceKind.ROOM:
            return self._room(resource)
        person = self._people.get((resource.organisation_code, resource.code))
        if person is None:
            raise UnknownResource(resource.key)
        return [Taken(resource, name=person.name or person.number, until=_gone_from(person))]

    def _bench(self, resource: Resource, *, is_asked: bool = True) -> Taken:
        bench, is_scrapped = self._benches.get(resource.code, (None, False))
        if bench is None or bench.organisation_code != resource.organisation_code:
            raise UnknownBench(resource.code)
        until = SCRAPPED if is_scrapped else None
        return Taken(resource, is_asked, bench.code, bench.station_code, bench.name_zh, until)

    def _asset(self, resource: Resource, *, is_asked: bool) -> Taken:
        row = self._equipment.get((resource.organisation_code, resource.code))
        if row is None:
            raise UnknownResource(resource.key)
        if row.bench_code is not None and row.bench_code in self._benches:
            bench, _ = self._benches[row.bench_code]
            named = Resource(ResourceKind.BENCH, bench.organisation_code, bench.code)
            return self._bench(named, is_asked=is_asked)
        station = row.station_codes[0] if len(row.station_codes) == 1 else None
        until = SCRAPPED if row.status is EquipmentStatus.RETIRED else None
        return Taken(resource, is_asked, None, station, row.item_zh, until)

    def _workstation(self, resource: Resource, *, is_asked: bool = True) -> list[Taken]:
        row = self._workstations.get((resource.organisation_code, resource.code))
        if row is None:
            raise UnknownResource(resource.key)
        place = Taken(resource, is_asked, name=row.code)
        asset = (row.organisation_code, row.asset_number)
        if asset not in self._equipment:
            return [place]
        on_it = self._asset(Resource(ResourceKind.EQUIPMENT, *asset), is_asked=False)
        # a place is no worse for what was scrapped and still stands in the list of it
        return [place] if on_it.until is not None else [place, on_it]

    def _room(self, resource: Resource) -> list[Taken]:
        row = self._rooms.get((resource.organisation_code, resource.code))
        if row is None:
            raise UnknownResource(resource.key)
        station = row.station_codes[0] if len(row.station_codes) == 1 else None
        inside = [
            Resource(ResourceKind.WORKSTATION, one.organisation_code, one.code)
            for one in self._workstations.values()
            if one.room_id == row.id
        ]
        with_room = [self._workstation(one, is_asked=False) for one in inside]
        room = Taken(resource, station_code=station, name=row.name_zh)
        return [room, *(one for each in with_room for one in each)]

    def _rooms_of(self, asked: Sequence[Resource]) -> Mapping[tuple[str, str], RoomRow]:
        if not asked:
            return {}
        query = select(RoomRow).where(_named(RoomRow.organisation_code, RoomRow.code, asked))
        return {(one.organisation_code, one.code): one for one in self._db.exec(query).all()}

    def _workstations_of(
        self, asked: Sequence[Resource]
    ) -> Mapping[tuple[str, str], WorkstationRow]:
        rooms = [one.id for one in self._rooms.values()]
        if not asked and not rooms:
            return {}
        named = _named(WorkstationRow.organisation_code, WorkstationRow.code, asked)
        query = select(WorkstationRow).where(col(WorkstationRow.room_id).in_(rooms) | named)
        rows = self._db.exec(query.order_by(col(WorkstationRow.code))).all()
        return {(one.organisation_code, one.code): one for one in rows}

    def _equipment_of(
        self, assets: Iterable[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Equipment]:
        wanted = sorted(assets)
        if not wanted:
            return {}
        key = tuple_(col(Equipment.organisation_code), col(Equipment.asset_number))
        rows = self._db.exec(select(Equipment).where(key.in_(wanted))).all()
        return {(one.organisation_code, one.asset_number): one for one in rows}

    def _benches_of(self, codes: Iterable[str]) -> Mapping[str, tuple[Bench, bool]]:
        """Benches, and whether the register says that they are scrapped."""
        wanted = sorted(codes)
        if not wanted:
            return {}
        in_register = col(Equipment.bench_code) == col(Bench.code)
        query = select(Bench, Equipment.status).outerjoin(Equipment, in_register)
        rows = self._db.exec(query.where(col(Bench.code).in_(wanted))).all()
        return {one.code: (one, status is EquipmentStatus.RETIRED) for one, status in rows}

    def _people_of(self, asked: Sequence[Resource]) -> Mapping[tuple[str, str], StaffRow]:
        if not asked:
            return {}
        query = select(StaffRow).where(_named(StaffRow.organisation_code, StaffRow.number, asked))
        return {(one.organisation_code, one.number): one for one in self._db.exec(query).all()}


def _gone_from(person: StaffRow) -> datetime | None:
    if person.left_on is None:
        return None
    midnight = datetime.combine(person.left_on + timedelta(days=1), time(), SCHOOL_ZONE)
    return midnight.astimezone(UTC)


def _named(organisation_code: str, code: str, asked: Sequence[Resource]) -> ColumnElement[bool]:
    """Condition of rows whose columns have the organisation and code of one of some resources."""
    wanted = [(one.organisation_code, one.code) for one in asked]
    return tuple_(col(organisation_code), col(code)).in_(wanted)
