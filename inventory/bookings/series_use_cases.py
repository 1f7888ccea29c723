"""Booking a series and changing "this and following": one transaction each."""

from collections.abc import Sequence

from sqlmodel import Session

from inventory.accounts.access import demand
from inventory.accounts.rules import Action, Principal
from inventory.accounts.rules import Resource as Owned
from inventory.bookings.desk import Desk
from inventory.bookings.errors import Collision, UnknownSeries
from inventory.bookings.finding import booking, shown_of
from inventory.bookings.guarding import guarded
from inventory.bookings.keeping import blocked
from inventory.bookings.life import BookingStep
from inventory.bookings.orders import BookingChange, SeriesChange, SeriesEnd, SeriesOrder
from inventory.bookings.placing import Placed
from inventory.bookings.recurring import SeriesDraft, place_series
from inventory.bookings.rescheduling import cancel_series, reschedule
from inventory.bookings.schema import BookingOut, CollisionOut, SeriesOut, SeriesPlacedOut
from inventory.bookings.stepping import demand_own
from inventory.bookings.table import BookingSeries
from inventory.bookings.use_cases import changed, draft_of_order, placed_out
from inventory.database import Database
from inventory.organisations.use_cases import organisation


def book_series(database: Database, desk: Desk, order: SeriesOrder) -> SeriesPlacedOut:
    """Book every time a rule gives: all of them, or with `take_rest` those that can be had.

    Raises:
        SeriesRefused: some times can't be had.
        Invalid: the rule can't be followed.
        InventoryError: of `use_cases.book`.
    """
    with database.read() as db:
        draft = draft_of_order(db, desk, order)
    wanted = SeriesDraft(
        draft, order.rule, order.closed, frozenset(order.except_at), order.take_rest
    )
    with guarded(draft.resources[0].key, draft.blocked), database.begin() as db:
        done = place_series(db, desk, wanted)
        return _out(done.series, done.placed, done.collisions)


def change_series(
    database: Database, desk: Desk, booking_id: int, wanted: SeriesChange
) -> SeriesPlacedOut:
    """Change a booking and those of its series that follow, or all to come.

    Raises:
        UnknownBooking: there is none, or the caller may not know of it.
        NotAllowed: it is somebody else's.
        SeriesRefused: some times can't be had, and it was not said that they stay.
        InventoryError: of `use_cases.change_booking`.
    """
    named = wanted.model_fields_set - {"scope", "take_rest"}
    facts = BookingChange.model_validate(wanted.model_dump(include=named))
    with database.read() as db:
        row = booking(db, desk.caller(), booking_id, Action.WRITE_BOOKING)
        span = blocked(row)
    with guarded(f"booking {booking_id}", span), database.begin() as db:
        row = booking(db, desk.caller(), booking_id, Action.WRITE_BOOKING)
        demand_own(desk, row, BookingStep.MOVE)
        done = reschedule(
            db,
            desk,
            row,
            wanted.scope,
            lambda draft: changed(draft, facts),
            take_rest=wanted.take_rest,
        )
        series = None if row.series_id is None else db.get(BookingSeries, row.series_id)
        return _out(series, done.placed, done.collisions)


def end_series(
    database: Database, desk: Desk, booking_id: int, wanted: SeriesEnd
) -> list[BookingOut]:
    """Give back a booking and those of its series that follow, or all to come.

    Raises:
        UnknownBooking: there is none, or the caller may not know of it.
        NotAllowed: it is somebody else's.
        StepNotPossible: it has ended.
        Invalid: it is over.
    """
    with database.begin() as db:
        row = booking(db, desk.caller(), booking_id, Action.WRITE_BOOKING)
        demand_own(desk, row, BookingStep.CANCEL)
        ended = cancel_series(db, desk, row, wanted.scope, wanted.reason)
        return [shown_of(db, one) for one in ended]


def series(db: Session, principal: Principal, series_id: int) -> SeriesOut:
    """A series, if the caller may see its owner's bookings.

    Raises:
        UnknownSeries: there is none, or the caller may not know of it.
    """
    unknown = UnknownSeries(str(series_id))
    row = db.get(BookingSeries, series_id)
    if row is None:
        raise unknown
    owner = organisation(db, row.organisation_code)
    demand(principal, Action.READ_BOOKING, Owned(owner.code, owner.evaluated_by), unknown)
    return SeriesOut.model_validate(row)


def _out(
    row: BookingSeries | None, placed: Sequence[Placed], collisions: Sequence[Collision]
) -> SeriesPlacedOut:
    return SeriesPlacedOut(
        series=None if row is None else SeriesOut.model_validate(row),
        bookings=[placed_out(one) for one in placed],
        collisions=[CollisionOut.model_validate(one, from_attributes=True) for one in collisions],
    )
