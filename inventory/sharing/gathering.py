"""What a search needs to know of published offers; one look for all of them where it can be."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlmodel import Session, col, select

from inventory.benches.live import LiveBenches
from inventory.benches.rules import Liveness
from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind
from inventory.bookings.guarding import holding
from inventory.bookings.table import BookingPart
from inventory.bookings.taking import Taken, is_there, taken_with
from inventory.due_entries import DueKind
from inventory.equipment.becoming_due import due_entries
from inventory.equipment.table import Equipment
from inventory.errors import Unknown
from inventory.faults.rules import is_blocking
from inventory.faults.use_cases import open_faults
from inventory.intervals import Span
from inventory.moments import today
from inventory.monitoring.use_cases import bench_liveness
from inventory.organisations.table import Organisation
from inventory.school_calendar.keeping import calendars
from inventory.school_calendar.rules import Calendar
from inventory.sharing.offers import facts_of, resources
from inventory.sharing.rules import OfferState
from inventory.sharing.searching import MOST_AHEAD, OfferFacts, Truth, free_spans
from inventory.sharing.table import SharingOffer
from inventory.stations.table import Station
from inventory.work_orders.repairs import repairs

_CALIBRATING = frozenset({DueKind.CALIBRATION, DueKind.VERIFICATION, DueKind.SAFETY_TEST})
_ALIVE = frozenset({Liveness.ONLINE, Liveness.LATE})
Coded = TypeVar("Coded", Organisation, Station, Bench)


@dataclass(frozen=True)
class Offered:
    """A published offer with everything that is shown of it, and when it can be had."""

    row: SharingOffer
    owner: Organisation
    station: Station
    things: Sequence[Taken]
    benches: Sequence[Bench]
    facts: OfferFacts
    free: Sequence[Span]


def gather(db: Session, live: LiveBenches, now: datetime) -> list[Offered]:
    """All published offers, by number, with what is free of them from now on.

    An offer whose things are gone from the register or scrapped is left out until its owner mends
    it.
    """
    query = select(SharingOffer).where(SharingOffer.state == OfferState.PUBLISHED)
    rows = db.exec(query.order_by(col(SharingOffer.id))).all()
    if not rows:
        return []
    things = _things(db, rows)
    rows = [row for row in rows if things[row.id or 0] and is_there(things[row.id or 0], now)]
    known = _Known(db, live, rows, [one for taken in things.values() for one in taken], now)
    return [known.offered(row, things[row.id or 0]) for row in rows]


class _Known:
    """What is looked up once for all offers."""

    def __init__(
        self,
        db: Session,
        live: LiveBenches,
        rows: Sequence[SharingOffer],
        things: Sequence[Taken],
        now: datetime,
    ) -> None:
        self._now = now
        codes = {row.organisation_code for row in rows}
        self._owners = _by_code(db, Organisation, codes)
        self._stations = _by_code(db, Station, {row.station_code for row in rows})
        benches = {one.bench_code for one in things if one.bench_code is not None}
        self._benches = _by_code(db, Bench, benches)
        self._calendars: Mapping[str, Calendar] = calendars(db, codes)
        self._busy = busy_spans(db, {one.resource.key for one in things}, now)
        self._is_alive = _alive(live, self._benches.values(), now)
        self._calibrated = _calibrated(db, codes, now)
        self._blocked = _blocked(db, self._benches, codes)
        self._assets = _assets(db, benches)

    def offered(self, row: SharingOffer, things: Sequence[Taken]) -> Offered:
        """One offer with what is known of it."""
        owner, place = self._owners[row.organisation_code], self._stations[row.station_code]
        benches = [self._benches[one.bench_code] for one in things if one.bench_code]
        position = (place.latitude, place.longitude)
        facts = replace(
            facts_of(row, things),
            words=_words(row, owner, place, things, benches),
            profiles=frozenset(one.profile for one in benches),
            modules=frozenset(row.modules or place.modules),
            position=None if None in position else position,  # type: ignore[arg-type] # both or none
            truth=self._truth(things, benches),
        )
        busy = self._taken(row, things)
        window = Span(self._now, self._now + MOST_AHEAD)
        calendar = self._calendars[row.organisation_code]
        free = free_spans(facts, calendar, busy, window, self._now)
        return Offered(row, owner, place, things, benches, facts, free)

    def _taken(self, row: SharingOffer, things: Sequence[Taken]) -> list[Span]:
        before = timedelta(minutes=row.set_up_minutes)
        after = timedelta(minutes=row.clear_up_minutes)
        return [
            # the slot's own buffers must be clear of what others have
            Span(span.start_at - after, span.end_at + before)
            for one in things
            for span in self._busy.get(one.resource.key, ())
        ]

    def _truth(self, things: Sequence[Taken], benches: Sequence[Bench]) -> Truth:
        codes = [bench.code for bench in benches]
        assets = {
            (one.resource.organisation_code, one.resource.code)
            for one in things
            if one.resource.kind is ResourceKind.EQUIPMENT
        }
        proven = [
            [self._calibrated.get(asset) for asset in self._assets.get(code, ())] for code in codes
        ] + [[self._calibrated.get(asset)] for asset in assets]
        return Truth(
            is_alive=all(self._is_alive[code] for code in codes) if codes else None,
            is_calibrated=_all_proven(proven),
            is_in_order=not any(code in self._blocked for code in codes) if codes else None,
        )


def busy_spans(db: Session, keys: Collection[str], now: datetime) -> Mapping[str, list[Span]]:
    """When things are taken from now on, by key; a hold whose time is out takes nothing."""
    part = select(BookingPart.resource_key, BookingPart.blocked_from, BookingPart.blocked_to)
    query = part.where(
        col(BookingPart.resource_key).in_(sorted(keys)),
        BookingPart.blocked_to > now,
        BookingPart.blocked_from < now + MOST_AHEAD,
        *holding(now),
    )
    found: dict[str, list[Span]] = {}
    for key, start, end in db.exec(query).all():
        found.setdefault(key, []).append(Span(start, end))
    return found


def _things(db: Session, rows: Sequence[SharingOffer]) -> dict[int, tuple[Taken, ...]]:
    """What each offer takes, by its number; nothing where a thing of it is gone."""
    asked = {row.id or 0: resources(row) for row in rows}
    # nothing comes with a bench, so all benches of all offers are one question
    plain = {one for things in asked.values() for one in things if one.kind is ResourceKind.BENCH}
    benches = {one.resource: (one,) for one in _taken(db, sorted(plain))}
    found: dict[int, tuple[Taken, ...]] = {}
    for number, things in asked.items():
        if all(one in benches for one in things):
            found[number] = tuple(taken for one in things for taken in benches[one])
        else:
            found[number] = _taken(db, things)
    return found


def _taken(db: Session, things: Sequence[Resource]) -> tuple[Taken, ...]:
    try:
        return taken_with(db, things)
    except Unknown:
        return ()


def _by_code(db: Session, table: type[Coded], codes: Iterable[str]) -> dict[str, Coded]:
    query = select(table).where(col(table.code).in_(sorted(codes)))
    return {one.code: one for one in db.exec(query).all()}


def _alive(live: LiveBenches, benches: Iterable[Bench], now: datetime) -> Mapping[str, bool]:
    known = list(benches)
    states = live.states([bench.code for bench in known])
    return {
        bench.code: bench_liveness(bench, states.get(bench.code), now) in _ALIVE for bench in known
    }


def _calibrated(
    db: Session, codes: Collection[str], now: datetime
) -> Mapping[tuple[str, str], bool]:
    """Whether all calibrations of a piece hold today, by organisation and asset number."""
    on = today(now)
    found: dict[tuple[str, str], bool] = {}
    for entry in due_entries(db, codes, on):
        if entry.kind in _CALIBRATING:
            _, _, number = entry.entity_id.partition("/")
            asset = (entry.organisation_code, number)
            holds = entry.due_on is not None and entry.due_on >= on
            found[asset] = found.get(asset, True) and holds
    return found


def _assets(db: Session, benches: Collection[str]) -> Mapping[str, list[tuple[str, str]]]:
    query = select(Equipment.bench_code, Equipment.organisation_code, Equipment.asset_number)
    found: dict[str, list[tuple[str, str]]] = {}
    of_benches = query.where(col(Equipment.bench_code).in_(sorted(benches)))
    for code, owner, number in db.exec(of_benches).all():
        found.setdefault(code or "", []).append((owner, number))
    return found


def _blocked(db: Session, benches: Mapping[str, Bench], codes: Collection[str]) -> frozenset[str]:
    faulty = {
        fault.bench_code
        for fault in open_faults(db, sorted(benches))
        if is_blocking(fault.state, fault.severity, benches[fault.bench_code].blocking_severity)
    }
    return frozenset(faulty | set(repairs(db, codes).of_bench))


def _all_proven(proven: Sequence[Sequence[bool | None]]) -> bool | None:
    """Whether everything is known to be calibrated; one that is over says no for all of them."""
    if any(one is False for each in proven for one in each):
        return False
    return True if proven and all(any(each) for each in proven) else None


def _words(
    row: SharingOffer,
    owner: Organisation,
    place: Station,
    things: Sequence[Taken],
    benches: Sequence[Bench],
) -> str:
    told = [row.title_zh, row.title_en, place.name_zh, place.name_en, place.address]
    told += [owner.name_zh, owner.name_en, *(bench.name_en for bench in benches)]
    told += [bench.profile for bench in benches]
    told += [one.name for one in things if one.resource.kind is not ResourceKind.PERSON]
    return "\n".join(filter(None, told))
