"""What could stand in for a rig: the same profile or item, in order, and free then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.benches.live import LiveBenches
from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind
from inventory.bookings.guarding import occupants
from inventory.equipment.rules import EquipmentStatus
from inventory.equipment.table import Equipment
from inventory.intervals import Span
from inventory.rig_truth.rigs import Rig, facts_or_less
from inventory.rig_truth.rules import is_failed, school_day, troubles

MOST = 3
"""Chosen: who has to choose in a corridor wants the nearest ones, not a list."""


@dataclass(frozen=True, slots=True)
class Substitute:
    """Something equivalent that is in order and free."""

    rig: Rig
    name_zh: str
    name_en: str
    station_code: str | None

    @property
    def key(self) -> str:
        """Its key as a resource."""
        return self.rig.resource.key


@dataclass(frozen=True, slots=True)
class Gap:
    """What needs a substitute: a rig, when with buffers, and what does not count as taken."""

    rig: Rig
    blocked: Span
    start_at: datetime
    not_these: Collection[str] = ()
    own_booking: int | None = None


def substitutes(
    db: Session, live: LiveBenches, gap: Gap, now: datetime, most: int = MOST
) -> list[Substitute]:
    """The same organisation's equivalents, those of the same station first.

    A bench of the same profile, or a row of the register called the same. Benches that were never
    heard of come last, since nobody knows how they are.
    """
    found = [one for one in _equivalents(db, gap.rig) if one.key not in gap.not_these]
    if not found:
        return []
    facts = facts_or_less(db, live, [one.rig for one in found], now)
    day = school_day(gap.start_at)
    known = {one.key: troubles(facts[one.key], day, now) for one in found}
    fit = [one for one in found if not is_failed(known[one.key])]
    without = () if gap.own_booking is None else (gap.own_booking,)
    taken = occupants(db, [one.key for one in fit], gap.blocked, now, without) if fit else ()
    busy = {one.resource_key for one in taken}
    station = _station_of(db, gap.rig)
    free = [one for one in fit if one.key not in busy]
    free.sort(key=lambda one: (bool(known[one.key]), one.station_code != station, one.key))
    return free[:most]


def _equivalents(db: Session, rig: Rig) -> Sequence[Substitute]:
    if rig.bench_code is not None:
        return _benches(db, rig)
    organisation_code, number = rig.asset or ("", "")
    own = db.get(Equipment, {"organisation_code": organisation_code, "asset_number": number})
    if own is None:
        return []
    query = select(Equipment).where(
        Equipment.organisation_code == organisation_code,
        Equipment.item_zh == own.item_zh,
        Equipment.asset_number != number,
        Equipment.status == EquipmentStatus.IN_SERVICE,
        col(Equipment.bench_code).is_(None),
    )
    return [
        Substitute(
            Rig(Resource(ResourceKind.EQUIPMENT, organisation_code, row.asset_number)),
            f"{row.item_zh} {row.asset_number}",
            f"{row.item_en or row.item_zh} {row.asset_number}",
            row.station_codes[0] if len(row.station_codes) == 1 else None,
        )
        for row in db.exec(query.order_by(col(Equipment.asset_number))).all()
    ]


def _benches(db: Session, rig: Rig) -> Sequence[Substitute]:
    own = db.get(Bench, rig.bench_code)
    if own is None:
        return []
    query = select(Bench).where(
        Bench.organisation_code == own.organisation_code,
        Bench.profile == own.profile,
        Bench.code != own.code,
    )
    return [
        Substitute(
            Rig(Resource(ResourceKind.BENCH, row.organisation_code, row.code), row.code),
            row.name_zh,
            row.name_en or row.name_zh,
            row.station_code,
        )
        for row in db.exec(query.order_by(col(Bench.code))).all()
    ]


def _station_of(db: Session, rig: Rig) -> str | None:
    own = db.get(Bench, rig.bench_code) if rig.bench_code is not None else None
    return None if own is None else own.station_code
