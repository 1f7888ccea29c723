"""Which resources a search may mean, and when each is somebody's."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, SQLColumnExpression, String, type_coerce
from sqlmodel import Session, col, select

from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind, resource_of
from inventory.bookings.guarding import holding
from inventory.bookings.table import BookingPart
from inventory.bookings.taking import Taken, demand_there, is_there, taken_by_each
from inventory.errors import Invalid
from inventory.free_slots.schema import NeedIn
from inventory.intervals import Span
from inventory.places.rules import RoomKind
from inventory.places.table import RoomRow, WorkstationRow
from inventory.staff.table import StaffRow

MAX_CANDIDATES = 1000
"""Chosen: five times the rigs of the largest fleet; more is a search for everything."""
_PORTION = 2_000
_MOMENT = timedelta(seconds=1)
Busy = Mapping[str, Sequence[datetime]]
"""By key the starts and ends of what is taken, in turn."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A resource a search considers, and all that it takes; `key` is the one it is booked by."""

    things: tuple[Taken, ...]

    @property
    def key(self) -> str:
        """The key of what was asked for: equipment that is a bench has the bench's."""
        return self.things[0].resource.key

    @property
    def until(self) -> datetime | None:
        """From when on it can't be had any more, since somebody leaves."""
        return min((one.until for one in self.things if one.until is not None), default=None)


def candidates_of(
    db: Session, organisation_code: str, needs: Sequence[NeedIn], now: datetime
) -> tuple[Mapping[str, Candidate], list[list[str]]]:
    """Everything the needs may mean by key, and the keys of each need in the order of liking.

    A statement for each kind that is described, and those of what they take. What is scrapped and
    who has left is left out.

    Raises:
        NoLongerThere: all that a need names is gone.
        Invalid: a key is none, of another organisation, or there are too many to look at.
        UnknownBench, UnknownResource: a key names nothing.
    """
    described = _Described(db, organisation_code)
    wanted = [
        _named(one.keys, organisation_code) if one.keys else described.of(one) for one in needs
    ]
    resources = list(dict.fromkeys(resource for each in wanted for resource in each))
    if len(resources) > MAX_CANDIDATES:
        raise Invalid("needs", f"at most {MAX_CANDIDATES} resources to look at")
    taken = taken_by_each(db, resources)
    for one, each in zip(needs, wanted, strict=True):
        if one.keys and not any(is_there(taken[resource.key], now) for resource in each):
            demand_there(taken[each[0].key], Span(now, now + _MOMENT))
    found = {key: Candidate(things) for key, things in taken.items() if is_there(things, now)}
    keys = [[found[one.key].key for one in each if one.key in found] for each in wanted]
    return {one.key: one for one in found.values()}, [list(dict.fromkeys(each)) for each in keys]


def busy_of(db: Session, keys: Collection[str], window: Span, now: datetime) -> Busy:
    """When each of these is somebody's, with buffers; one statement.

    Tens of thousands of rows are read in portions and none is kept, since the garbage collector
    would take longer than the search; lessons begin and end together, so few moments are many.
    """
    found: dict[str, list[datetime]] = {key: [] for key in keys}
    query = select(
        col(BookingPart.resource_key),
        _as_kept(db, col(BookingPart.blocked_from)),
        _as_kept(db, col(BookingPart.blocked_to)),
    ).where(
        col(BookingPart.resource_key).in_(sorted(keys)),
        BookingPart.blocked_to > window.start_at,
        BookingPart.blocked_from < window.end_at,
        *holding(now),
    )
    known: dict[object, datetime] = {}
    rows = db.connection().execute(query.execution_options(yield_per=_PORTION))
    for key, start, end in rows:
        moments = found[key]
        moments.append(known.get(start) or known.setdefault(start, _moment(start)))
        moments.append(known.get(end) or known.setdefault(end, _moment(end)))
    return found


def _as_kept(db: Session, column: SQLColumnExpression[datetime]) -> ColumnElement[Any]:
    """A moment as the driver gives it; tens of thousands of conversions take longer than the rest.

    SQLite keeps text, a server hands out aware moments.
    """
    kind = String() if db.get_bind().dialect.name == "sqlite" else DateTime(timezone=True)
    return type_coerce(column, kind)


def _moment(kept: object) -> datetime:
    if isinstance(kept, datetime):
        return kept
    return datetime.fromisoformat(str(kept)).replace(tzinfo=UTC)


def busy_with(candidate: Candidate, busy: Busy) -> Iterator[Span]:
    """When any part of a candidate is somebody's, in no order."""
    for one in candidate.things:
        moments = iter(busy[one.resource.key])
        yield from map(Span, moments, moments)


def _named(keys: Sequence[str], organisation_code: str) -> list[Resource]:
    found = []
    for key in keys:
        try:
            resource = resource_of(key)
        except ValueError as bad:
            raise Invalid("needs", str(bad).removeprefix("expected ")) from None
        if resource.organisation_code != organisation_code:
            raise Invalid("needs", f"resources of {organisation_code}")
        found.append(resource)
    return found


class _Described:
    """Reads each kind at most once."""

    def __init__(self, db: Session, organisation_code: str) -> None:
        self._db = db
        self._code = organisation_code
        self._known: dict[ResourceKind, Sequence[Bench | RoomRow | WorkstationRow | StaffRow]] = {}

    def of(self, need: NeedIn) -> list[Resource]:
        if need.kind is ResourceKind.EQUIPMENT:
            raise Invalid("needs", "keys of equipment; a register has too much of it")
        if need.kind not in self._known:
            self._known[need.kind] = self._read(need.kind)
        return [
            Resource(need.kind, self._code, _code_of(row))
            for row in self._known[need.kind]
            if self._fits(row, need)
        ]

    def _fits(self, row: Bench | RoomRow | WorkstationRow | StaffRow, need: NeedIn) -> bool:
        if isinstance(row, Bench):
            is_of = need.station is None or row.station_code == need.station
            return is_of and (need.profile is None or row.profile == need.profile)
        if isinstance(row, RoomRow):
            stations = row.station_codes
            is_of = need.station is None or not stations or need.station in stations
            return is_of and row.kind is not RoomKind.STORE
        if isinstance(row, StaffRow):
            stations = row.station_codes
            is_of = need.station is None or not stations or need.station in stations
            return is_of and need.staff_role in {None, *row.roles}
        return True

    def _read(self, kind: ResourceKind) -> Sequence[Bench | RoomRow | WorkstationRow | StaffRow]:
        code = self._code
        if kind is ResourceKind.BENCH:
            benches = select(Bench).where(Bench.organisation_code == code)
            return self._db.exec(benches.order_by(col(Bench.code))).all()
        if kind is ResourceKind.ROOM:
            rooms = select(RoomRow).where(RoomRow.organisation_code == code)
            return self._db.exec(rooms.order_by(col(RoomRow.code))).all()
        if kind is ResourceKind.WORKSTATION:
            places = select(WorkstationRow).where(WorkstationRow.organisation_code == code)
            return self._db.exec(places.order_by(col(WorkstationRow.code))).all()
        people = select(StaffRow).where(StaffRow.organisation_code == code)
        return self._db.exec(people.order_by(col(StaffRow.number))).all()


def _code_of(row: Bench | RoomRow | WorkstationRow | StaffRow) -> str:
    return row.number if isinstance(row, StaffRow) else row.code
