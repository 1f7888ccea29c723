"""Finding the bookings a label lets its reader check in to."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from inventory.accounts.rules import Principal
from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind
from inventory.bookings.errors import UnknownResource
from inventory.bookings.finding import visible_to
from inventory.bookings.keeping import life_of
from inventory.bookings.rules import BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.bookings.taking import taken_with
from inventory.check_ins.errors import UnknownLabel
from inventory.check_ins.rules import AHEAD, arrival
from inventory.check_ins.schema import ArrivalOut, ArrivalsOut
from inventory.equipment.table import Equipment
from inventory.errors import UnknownBench
from inventory.labels.rules import read_code
from inventory.labels.table import EquipmentLabel
from inventory.report_links.reporting import running_link

_SHOWN = 80
"""Characters of a label that is none, in the refusal."""


def arrivals(db: Session, principal: Principal, label: str, now: datetime) -> ArrivalsOut:
    """The caller's own bookings of what a label is on, that run or begin today, by their start.

    Whoever holds a booking at another school scans a label there: it is found by the booking.

    Args:
        db: inventory.
        principal: who scanned it.
        label: what the code says, or is typed: an address, a report code or a label's code.
        now: the moment.

    Raises:
        UnknownLabel: it is none, or of a thing that is not the caller's business.
    """
    unknown = UnknownLabel(label[:_SHOWN])
    asked = _thing(db, label)
    if asked is None:
        raise unknown
    try:
        thing, *_ = taken_with(db, [asked])
    except (UnknownBench, UnknownResource):
        raise unknown from None
    shown = [_shown(row, now) for row in _own(db, principal, thing.resource.key, now)]
    bookings = [one for one in shown if one is not None]
    if not bookings and thing.resource.organisation_code != principal.organisation_code:
        raise unknown
    name_zh, name_en = _names(db, thing.resource)
    return ArrivalsOut(
        code=thing.resource.code, name_zh=name_zh, name_en=name_en, bookings=bookings
    )


def _thing(db: Session, label: str) -> Resource | None:
    """What a label is on: printed for the register, or to report by."""
    read = read_code(label)
    if read.code is not None:
        row = db.get(EquipmentLabel, read.code)
        if row is None:
            return None
        return Resource(ResourceKind.EQUIPMENT, row.organisation_code, row.asset_number)
    link = running_link(db, read.text)
    if link is None:
        return None
    if link.bench_code is not None:
        return Resource(ResourceKind.BENCH, link.organisation_code, link.bench_code)
    return Resource(ResourceKind.EQUIPMENT, link.organisation_code, link.asset_number or "")


def _own(db: Session, principal: Principal, key: str, now: datetime) -> Sequence[Booking]:
    name = principal.username
    takes = select(BookingPart.booking_id).where(BookingPart.resource_key == key)
    query = select(Booking).where(
        visible_to(principal),
        or_(col(Booking.holder) == name, col(Booking.created_by) == name),
        Booking.state == BookingState.BOOKED,
        Booking.end_at > now,
        Booking.start_at <= now + AHEAD,
        col(Booking.id).in_(takes),
    )
    return db.exec(query.order_by(col(Booking.start_at), col(Booking.id))).all()


def _shown(row: Booking, now: datetime) -> ArrivalOut | None:
    found = arrival(life_of(row), now)
    if found is None:
        return None
    return ArrivalOut(
        booking_id=row.id or 0,
        title=row.title,
        purpose=row.purpose,
        start_at=row.start_at,
        end_at=row.end_at,
        checked_in_at=row.checked_in_at,
        steps=list(found.steps),
        opens_at=found.opens_at,
    )


def _names(db: Session, thing: Resource) -> tuple[str, str]:
    if thing.kind is ResourceKind.BENCH:
        bench = db.get_one(Bench, thing.code)
        return bench.name_zh, bench.name_en
    key = {"organisation_code": thing.organisation_code, "asset_number": thing.code}
    row = db.get_one(Equipment, key)
    return row.item_zh, row.item_en
