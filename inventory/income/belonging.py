"""What an entry of income belongs to: a booking, a request for shared use, rigs, a station."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, select

from inventory.accounts.rules import Action, Principal
from inventory.bookable import BookingPurpose, Resource, ResourceKind, resource_of
from inventory.bookings.finding import booking
from inventory.bookings.keeping import parts_of
from inventory.bookings.rules import BookingState
from inventory.bookings.table import Booking
from inventory.bookings.taking import Taken, taken_with
from inventory.errors import Invalid, UnknownBooking, UnknownStation
from inventory.income.errors import BookingNotUsed
from inventory.income.rules import IncomeSource
from inventory.income.schema import RigPart
from inventory.sharing.errors import UnknownSharingRequest
from inventory.sharing.finding import sharing_request
from inventory.sharing.table import SharingRequest
from inventory.stations.table import Station

_EARNING = frozenset({ResourceKind.BENCH, ResourceKind.EQUIPMENT})
"""Rooms, workstations and people take part in a booking, but the rigs in it earn."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What an entry belongs to."""

    booking: Booking | None = None
    request: SharingRequest | None = None

    @property
    def source(self) -> IncomeSource | None:
        """Who pays, as the booking says; the same as what utilisation counts as outside use."""
        if self.booking is None:
            return None
        is_own = self.booking.requester_organisation_code == self.booking.organisation_code
        is_inside = is_own and self.booking.purpose is not BookingPurpose.OPEN_SHARING
        return IncomeSource.INSIDE if is_inside else IncomeSource.OUTSIDE


Rigs = Sequence[tuple[Taken, Decimal | None]]


def origin_of(
    db: Session, principal: Principal, code: str, named: tuple[int | None, int | None]
) -> Origin:
    """The booking and the request for it, whichever of them is named; the owner's alone.

    Raises:
        UnknownBooking, UnknownSharingRequest: there is none of the organisation's.
        Invalid: both are named and don't belong together.
    """
    booking_id, request_id = named
    request = None
    if request_id is not None:
        request = sharing_request(db, principal, request_id)
        if request.organisation_code != code:
            raise UnknownSharingRequest(str(request_id))
        if booking_id not in {None, request.booking_id}:
            raise Invalid("booking_id", "the booking of the request, or none")
        booking_id = request.booking_id
    if booking_id is None:
        return Origin()
    row = booking(db, principal, booking_id, Action.READ_BOOKING)
    if row.organisation_code != code:
        raise UnknownBooking(str(booking_id))
    query = select(SharingRequest).where(SharingRequest.booking_id == booking_id)
    return Origin(row, request or db.exec(query).first())


def demand_used(row: Booking, now: datetime) -> None:
    """Pass when a booking can have earned something.

    Raises:
        BookingNotUsed: it has not begun, or was given back.
    """
    if row.state is not BookingState.BOOKED or row.start_at > now:
        raise BookingNotUsed(row.id or 0)


def rigs_of(db: Session, code: str, told: Sequence[RigPart] | None, origin: Origin) -> Rigs:
    """The rigs an entry is shared over, each once, with what is told of its part.

    Raises:
        Invalid: one can't earn, or is named twice.
        UnknownBench, UnknownResource: there is none.
    """
    if told is None:
        if origin.booking is None:
            return []
        parts = parts_of(db, [origin.booking])[origin.booking.id or 0]
        keys = [RigPart(resource_key=one.resource_key) for one in parts if one.kind in _EARNING]
    else:
        keys = list(told)
    resources = [_rig(code, one.resource_key) for one in keys]
    # one by one: a bench and the register row it is are one thing, which a set would not tell
    found = [taken_with(db, [one])[0] for one in resources]
    if len({one.resource.key for one in found}) < len(found):
        raise Invalid("rigs", "each rig once")
    return [(one, part.amount) for one, part in zip(found, keys, strict=True)]


def _rig(code: str, key: str) -> Resource:
    try:
        found = resource_of(key)
    except ValueError:
        found = None
    if found is None or found.kind not in _EARNING or found.organisation_code != code:
        raise Invalid("rigs", f"a resource of {code}: bench:{code}/… or equipment:{code}/…")
    return found


def station_of(db: Session, code: str, told: str | None, where: tuple[Origin, Rigs]) -> str | None:
    """The station as told, else the booking's, else that of the rigs if it is the same of all.

    Raises:
        UnknownStation: the organisation has no such station.
    """
    origin, rigs = where
    if told is not None:
        found = db.get(Station, told)
        if found is None or found.organisation_code != code:
            raise UnknownStation(told)
        return told
    if origin.booking is not None and origin.booking.station_code is not None:
        return origin.booking.station_code
    stations = {one.station_code for one, _ in rigs}
    return stations.pop() if len(stations) == 1 else None
