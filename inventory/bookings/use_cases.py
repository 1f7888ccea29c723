"""Booking a set, changing it, and the steps of its life: one transaction each."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session

from inventory.accounts.rules import Action
from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind, resource_of
from inventory.bookings.desk import Asking, Desk, demand_use, holder_named, holder_of
from inventory.bookings.drafts import BookingWish, Draft
from inventory.bookings.errors import PolicyRefused
from inventory.bookings.finding import booking, shown, shown_of
from inventory.bookings.guarding import guarded, occupants, taken_by
from inventory.bookings.judging import may_displace, nearest
from inventory.bookings.keeping import parts_of
from inventory.bookings.life import BookingStep
from inventory.bookings.moving import DESCRIBING, change
from inventory.bookings.orders import BookingChange, BookingOrder
from inventory.bookings.placing import Placed, place
from inventory.bookings.recalling import draft_of
from inventory.bookings.rules import objection
from inventory.bookings.schema import BookingOut, PlacedOut, SwapOut, WarningOut
from inventory.bookings.stepping import Wanted, demand_own, demand_step, take
from inventory.bookings.swapping import answer_swap, offer_swap
from inventory.bookings.taking import taken_with
from inventory.database import Database
from inventory.errors import Invalid, SlotTaken, UnknownBench
from inventory.intervals import Span

_MINUTE = timedelta(minutes=1)


def book(database: Database, desk: Desk, order: BookingOrder) -> PlacedOut:
    """Book a set of an organisation's resources, all of it or nothing.

    Raises:
        Unknown: there is no such thing, or the caller may not know of it.
        NotAllowed: the caller's role does not book, or not for others.
        Invalid: the span can't be booked, or nobody is called `holder`.
        UnderRepair: a work order keeps a bench out of use.
        PolicyRefused: policies don't let it pass; with the nearest slots that would.
        SlotTaken: somebody has a part of it then; with the nearest slots.
    """
    with database.read() as db:
        draft = draft_of_order(db, desk, order)
        _refuse_early(db, desk, draft)
    with explained(database, desk, draft), database.begin() as db:
        return placed_out(place(db, desk, draft))


def change_booking(
    database: Database, desk: Desk, booking_id: int, wanted: BookingChange
) -> PlacedOut:
    """Move, stretch or describe a booking anew; what is not named stays.

    Raises:
        UnknownBooking: there is none, or the caller may not know of it.
        NotAllowed: it is somebody else's.
        StepNotPossible: it has ended.
        InventoryError: of `book`.
    """
    with database.read() as db:
        row = booking(db, desk.caller(), booking_id, Action.WRITE_BOOKING)
        draft = changed(draft_of(row, parts_of(db, [row])[booking_id]), wanted)
    with explained(database, desk, draft, {booking_id}), database.begin() as db:
        row = booking(db, desk.caller(), booking_id, Action.WRITE_BOOKING)
        demand_own(desk, row, BookingStep.MOVE)
        draft = changed(draft_of(row, parts_of(db, [row])[booking_id]), wanted)
        return placed_out(change(db, desk, row, draft))


def take_step(database: Database, desk: Desk, booking_id: int, wanted: Wanted) -> BookingOut:
    """Hold, wait, confirm, approve, decline, check in, end early, cancel or release.

    Raises:
        UnknownBooking: there is none, or the caller may not know of it.
        NotAllowed: the step is not this person's to take.
        StepNotPossible: the state does not allow it.
        Invalid: the time does not, or a decline came without words.
        InventoryError: of `book`, where the step makes it firm.
    """
    with database.read() as db:
        row = booking(db, desk.caller(), booking_id, Action.WRITE_BOOKING)
        draft = draft_of(row, parts_of(db, [row])[booking_id])
    with explained(database, desk, draft, {booking_id}), database.begin() as db:
        row = booking(db, desk.caller(), booking_id, Action.WRITE_BOOKING)
        demand_step(desk, row, wanted.step)
        take(db, desk, row, wanted)
        return shown_of(db, row)


def cancel(database: Database, desk: Desk, booking_id: int) -> BookingOut:
    """Give a slot back; one that is cancelled already stays as it is.

    Raises:
        UnknownBooking: there is none, or the caller may not know of it.
        NotAllowed: it is somebody else's and the caller is no station master.
        Invalid: it is over; what was held can't be undone.
    """
    return take_step(database, desk, booking_id, Wanted(BookingStep.CANCEL))


def swap(database: Database, desk: Desk, mine_id: int, other_id: int) -> SwapOut:
    """Offer one of the caller's bookings for another one.

    Raises:
        UnknownBooking: one of them is none, or the caller may not know of it.
        NotAllowed: what is offered is somebody else's.
        InventoryError: of `offer_swap`.
    """
    caller = desk.caller()
    with database.begin() as db:
        mine = booking(db, caller, mine_id, Action.WRITE_BOOKING)
        other = booking(db, caller, other_id, Action.WRITE_BOOKING)
        demand_own(desk, mine, BookingStep.SWAP)
        return SwapOut.model_validate(offer_swap(db, desk, mine, other))


def answer(database: Database, desk: Desk, swap_id: int, *, accept: bool) -> SwapOut:
    """Accept an offer to swap, refuse it, or take an own one back.

    Raises:
        UnknownSwap: there is none, or it is none of the caller's business.
        InventoryError: of `answer_swap`.
    """
    with database.begin() as db:
        return SwapOut.model_validate(answer_swap(db, desk, swap_id, accept=accept))


def draft_of_order(db: Session, desk: Desk, order: BookingOrder) -> Draft:
    """An order as the engine takes it; a bench's code stands for the bench wherever it is.

    Raises:
        UnknownBench: no bench has the code.
        Invalid: a hold for another wish.
    """
    resources = [resource_of(key) for key in order.resources]
    if order.bench_code is not None:
        bench = db.get(Bench, order.bench_code)
        if bench is None:
            raise UnknownBench(order.bench_code)
        resources.insert(0, Resource(ResourceKind.BENCH, bench.organisation_code, bench.code))
    if order.hold_min is not None and order.wish is not BookingWish.HOLD:
        raise Invalid("hold_min", "nothing, or the wish to hold")
    until = None if order.hold_min is None else desk.now + order.hold_min * _MINUTE
    return Draft(
        tuple(dict.fromkeys(resources)),
        Span(order.start_at, order.end_at),
        order.purpose,
        order.wish,
        order.holder,
        order.set_up_min * _MINUTE,
        order.clear_up_min * _MINUTE,
        hold_until=until,
        **{name: getattr(order, name) for name in DESCRIBING},
    )


def changed(draft: Draft, wanted: BookingChange) -> Draft:
    """A draft with what a change names.

    Raises:
        Invalid: null for what can't be empty.
    """
    named = wanted.model_dump(include=wanted.model_fields_set)
    for name in ("start_at", "end_at", "set_up_min", "clear_up_min", "title", "note", "has_minors"):
        if name in named and named[name] is None:
            raise Invalid(name, "a value; leave it out to keep it")
    facts = {name: named[name] for name in DESCRIBING if name in named}
    span = Span(named.get("start_at", draft.span.start_at), named.get("end_at", draft.span.end_at))
    resources = tuple(resource_of(key) for key in wanted.resources) or draft.resources
    set_up = named["set_up_min"] * _MINUTE if "set_up_min" in named else draft.set_up
    clear_up = named["clear_up_min"] * _MINUTE if "clear_up_min" in named else draft.clear_up
    return replace(draft, span=span, resources=resources, set_up=set_up, clear_up=clear_up, **facts)


def placed_out(placed: Placed) -> PlacedOut:
    """What was made or changed, as the API shows it."""
    told = shown(placed.row, placed.parts).model_dump()
    warnings = [
        WarningOut(
            code=one.code,
            zh=one.said.zh,
            en=one.said.en,
            field=one.field,
            resource_key=one.resource_key,
        )
        for one in placed.warnings
    ]
    return PlacedOut.model_validate(
        told | {"warnings": warnings, "displaced": list(placed.displaced)}
    )


@contextmanager
def explained(
    database: Database, desk: Desk, draft: Draft, without: Collection[int] = ()
) -> Iterator[None]:
    """Say beside a refusal which slots would pass; looked for when no writer waits for it."""
    try:
        with guarded(draft.resources[0].key, draft.blocked):
            yield
    except (SlotTaken, PolicyRefused) as refused:
        with database.read() as db:
            refused.nearest = near_slots(db, desk, draft, without)
        raise


def near_slots(
    db: Session, desk: Desk, draft: Draft, without: Collection[int] = ()
) -> list[dict[str, str]]:
    """The nearest slots a draft would pass in, as errors tell them."""
    caller = desk.caller()
    holder = holder_named(db, draft.holder or caller.username, caller.organisation_code)
    asking = Asking(draft, holder, taken_with(db, draft.resources), without)
    found = nearest(db, desk, asking)
    return [
        {"start_at": one.start_at.isoformat(), "end_at": one.end_at.isoformat()} for one in found
    ]


def _refuse_early(db: Session, desk: Desk, draft: Draft) -> None:
    """Turn away what is surely taken before it makes a writer wait."""
    if draft.wish not in {BookingWish.BOOK, BookingWish.HOLD}:
        return
    if (refused := objection(draft.span.start_at, draft.span.end_at, desk.now)) is not None:
        raise Invalid(*refused)
    demand_use(db, desk, draft)
    holder_of(db, desk, draft)
    keys = [one.resource.key for one in taken_with(db, draft.resources)]
    found = occupants(db, keys, draft.blocked, desk.now)
    if found and not may_displace(db, draft):
        refusal = taken_by(found[0])
        refusal.nearest = near_slots(db, desk, draft)
        raise refusal
