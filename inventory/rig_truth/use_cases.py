"""Affected bookings and the substitutes that are taken for what failed, in one step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col

from inventory.accounts.rules import Action, Principal
from inventory.benches.live import LiveBenches
from inventory.bookable import resource_of
from inventory.bookings.desk import Desk
from inventory.bookings.drafts import Draft
from inventory.bookings.finding import booking, shown, visible_to
from inventory.bookings.keeping import parts_of
from inventory.bookings.life import BookingStep
from inventory.bookings.moving import change
from inventory.bookings.recalling import draft_of
from inventory.bookings.schema import PlacedOut
from inventory.bookings.stepping import demand_own
from inventory.bookings.table import Booking
from inventory.bookings.use_cases import explained, placed_out
from inventory.database import Database
from inventory.errors import Invalid
from inventory.rig_truth.affected import Affected, FailedPart, affected
from inventory.rig_truth.noticing import close, gap_of, open_notices
from inventory.rig_truth.rules import NoticeState, Trouble
from inventory.rig_truth.schema import (
    AffectedOut,
    FailedPartOut,
    SubstituteOut,
    SubstitutionOrder,
    TroubleOut,
)
from inventory.rig_truth.substitutes import substitutes

MOST_DAYS = 60


@dataclass(frozen=True, slots=True)
class AffectedQuery:
    """Which affected bookings; `booking_id` one of them, None all."""

    days: int = 7
    is_mine: bool = False
    booking_id: int | None = None


def affected_bookings(
    db: Session, live: LiveBenches, principal: Principal, query: AffectedQuery, now: datetime
) -> list[AffectedOut]:
    """Bookings the caller may see whose rigs are not in order, with what could stand in.

    Raises:
        SourceUnavailable: the telemetry store gives no answer.
    """
    which = [visible_to(principal)]
    if query.is_mine:
        which.append(col(Booking.holder) == principal.username)
    if query.booking_id is not None:
        which.append(col(Booking.id) == query.booking_id)
    found = affected(db, live, now, timedelta(days=query.days), which)
    notices = open_notices(db, [one.row.id or 0 for one in found])
    told = {place: notice.opened_at for place, notice in notices.items()}
    return [
        AffectedOut(
            booking=shown(one.row, one.parts),
            failed=[
                _failed_out(
                    db, live, (one, each), now, told.get((one.row.id or 0, each.part.resource_key))
                )
                for each in one.failed
            ],
        )
        for one in found
    ]


def take_substitute(
    database: Database, desk: Desk, booking_id: int, order: SubstitutionOrder
) -> PlacedOut:
    """Exchange a rig of a booking for another one, through the engine all bookings go through.

    Raises:
        UnknownBooking: there is none, or the caller may not know of it.
        NotAllowed: it is somebody else's.
        Invalid: the booking did not ask for what is to be exchanged.
        InventoryError: of `moving.change`: the substitute can't be had either.
    """
    with database.read() as db:
        row = booking(db, desk.caller(), booking_id, Action.WRITE_BOOKING)
        draft = _exchanged(db, row, order)
    with explained(database, desk, draft, {booking_id}), database.begin() as db:
        row = booking(db, desk.caller(), booking_id, Action.WRITE_BOOKING)
        demand_own(desk, row, BookingStep.MOVE)
        placed = change(db, desk, row, _exchanged(db, row, order))
        notice = open_notices(db, [booking_id]).get((booking_id, order.failed))
        if notice is not None:
            close(db, notice, NoticeState.SUBSTITUTED, desk.who, desk.now)
        return placed_out(placed)


def _exchanged(db: Session, row: Booking, order: SubstitutionOrder) -> Draft:
    draft = draft_of(row, parts_of(db, [row])[row.id or 0])
    keys = [one.key for one in draft.resources]
    if order.failed not in keys:
        raise Invalid("failed", f"one of {', '.join(keys)}")
    substitute = resource_of(order.substitute)
    swapped = (substitute if one.key == order.failed else one for one in draft.resources)
    return replace(draft, resources=tuple(dict.fromkeys(swapped)))


def _failed_out(
    db: Session,
    live: LiveBenches,
    failed: tuple[Affected, FailedPart],
    now: datetime,
    told_at: datetime | None,
) -> FailedPartOut:
    one, each = failed
    found = substitutes(db, live, gap_of(one, each), now) if each.part.is_asked else []
    return FailedPartOut(
        resource_key=each.part.resource_key,
        is_asked=each.part.is_asked,
        troubles=_troubles_out(each.troubles),
        substitutes=[
            SubstituteOut(
                resource_key=one.key,
                name_zh=one.name_zh,
                name_en=one.name_en,
                station_code=one.station_code,
            )
            for one in found
        ],
        told_at=told_at,
    )


def _troubles_out(found: Sequence[Trouble]) -> list[TroubleOut]:
    return [
        TroubleOut(kind=one.kind, zh=one.said.zh, en=one.said.en, since_at=one.since_at)
        for one in found
    ]
