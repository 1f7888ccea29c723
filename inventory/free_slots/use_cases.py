"""Give me the time, show what is free; give me the set, find the next slot."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action
from inventory.bookable import BookingPurpose
from inventory.booking_policies.free import (
    Buffers,
    FreeSlot,
    Need,
    Search,
    free_spans,
    free_until,
    next_slots,
)
from inventory.booking_policies.judging import Beside, Located, ground_of
from inventory.booking_policies.rules import HeldSlot, Order
from inventory.bookings.rules import HOLDING
from inventory.bookings.table import Booking
from inventory.errors import Invalid
from inventory.free_slots.candidates import Candidate, busy_of, busy_with, candidates_of
from inventory.free_slots.scenes import Asker, Scene, fitting, passing
from inventory.free_slots.schema import FreeNowOut, FreeSearch, FreeSlotsOut, NeedIn
from inventory.free_slots.showing import free_now_out, objections_out, slot_out
from inventory.intervals import Span
from inventory.work_orders.repairs import repairs

MAX_WINDOW = timedelta(days=28)
"""Chosen: four weeks ahead is what people plan; beyond it they name the day."""
_WEEK = timedelta(days=7)


def free_slots(db: Session, asker: Asker, search: FreeSearch) -> FreeSlotsOut:
    """The first slots in which a whole set is free and the caller may book it.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no bookings.
        Invalid: the window is empty or too long, or a need can't be read.
        UnknownBench, UnknownResource: a need names what is not there.
    """
    code = search.organisation or asker.principal.organisation_code
    demand_organisation(db, asker.principal, code, Action.READ_BOOKING)
    start = max(search.start_at or asker.now, asker.now)
    window = Span(start, search.end_at or start + _WEEK)
    if not timedelta(0) < window.length <= MAX_WINDOW:
        raise Invalid("end_at", f"after {start.isoformat()}, within {MAX_WINDOW.days} days")
    length = timedelta(minutes=search.minutes)
    order = _order(asker, search, Span(start, start + length))
    found, liked = candidates_of(db, code, search.needs, asker.now)
    if not found:
        return FreeSlotsOut(slots=[], refusals=[], considered=0)
    scene = _scene(db, asker, order, (found, window))
    buffers = Buffers(timedelta(minutes=search.set_up_min), timedelta(minutes=search.clear_up_min))
    free = {key: scene.free(key, buffers) for key in found}
    needs = [
        Need({key: free[key] for key in keys}, one.count)
        for one, keys in zip(search.needs, liked, strict=True)
    ]
    starts = scene.ground.next_start(scene.order_of(list(found), order.span))
    slots = next_slots(
        needs,
        Search(length, window, starts, search.wanted, passing(scene, liked), fitting(scene)),
    )
    return _answer(scene, slots, [keys[0] for keys in liked if keys])


def free_at(
    db: Session,
    asker: Asker,
    organisation_code: str,
    when: tuple[Span, BookingPurpose],
    needs: Sequence[NeedIn],
) -> list[FreeNowOut]:
    """What of some kinds is free for a span, and what the policies say of the caller's having it.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no bookings.
        Invalid: the span is empty or too long.
    """
    span, purpose = when
    demand_organisation(db, asker.principal, organisation_code, Action.READ_BOOKING)
    if not timedelta(0) < span.length <= MAX_WINDOW:
        raise Invalid("to", f"after {span.start_at.isoformat()}, within {MAX_WINDOW.days} days")
    principal = asker.principal
    order = Order(
        purpose,
        span,
        principal.username,
        principal.role,
        principal.organisation_code,
        (),
    )
    found, _ = candidates_of(db, organisation_code, needs, asker.now)
    if not found:
        return []
    # until when something is free is told for the rest of the day or so
    scene = _scene(db, asker, order, (found, Span(span.start_at, span.end_at + _WEEK)))
    gone = {key: scene.gone(key) for key in found}
    return [
        _at(scene, key, span)
        for key in found
        if (left := gone[key]) is None or left.start_at >= span.end_at
    ]


def _at(scene: Scene, key: str, span: Span) -> FreeNowOut:
    candidate = scene.candidates[key]
    blocked = [one for one in busy_with(candidate, scene.busy) if one.meets(span)]
    verdict = scene.verdict([key], span)
    asked = [scene.ground.asked[one.resource.key] for one in candidate.things]
    spans = free_spans([scene.ground.window], busy_with(candidate, scene.busy))
    return free_now_out(
        candidate,
        verdict,
        is_open=all(any(one.covers(span) for one in each.open_at) for each in asked),
        free_until=None if blocked else free_until(spans, span.start_at),
        taken_until=max((one.end_at for one in blocked), default=None),
        under_repair=scene.repair_of(key),
    )


def _scene(
    db: Session, asker: Asker, order: Order, looked_at: tuple[Mapping[str, Candidate], Span]
) -> Scene:
    found, window = looked_at
    things = {one.resource.key: one for each in found.values() for one in each.things}
    located = [
        Located(one.resource, (one.station_code,) if one.station_code else ())
        for one in things.values()
    ]
    persons = [order.supervisor] if order.supervisor else []
    ground = ground_of(db, located, window, persons)
    near = Span(window.start_at - timedelta(days=1), window.end_at + timedelta(days=1))
    owner = located[0].resource.organisation_code
    truths = asker.truth(db, list(things.values()), order.span, asker.now)
    return Scene(
        asker,
        order,
        ground,
        found,
        busy_of(db, list(things), near, asker.now),
        Beside(_held(db, asker, window), truths=tuple(truths)),
        repairs(db, {owner}),
    )


def _held(db: Session, asker: Asker, window: Span) -> tuple[HeldSlot, ...]:
    """The caller's own bookings in the weeks of a window; one statement."""
    query = select(Booking.start_at, Booking.end_at, Booking.purpose).where(
        Booking.holder == asker.principal.username,
        col(Booking.state).in_(sorted(HOLDING)),
        Booking.end_at > window.start_at - _WEEK,
        Booking.start_at < window.end_at + _WEEK,
    )
    return tuple(
        HeldSlot(Span(start, end), BookingPurpose(purpose))
        for start, end, purpose in db.exec(query).all()
    )


def _order(asker: Asker, search: FreeSearch, span: Span) -> Order:
    principal = asker.principal
    return Order(
        search.purpose,
        span,
        principal.username,
        principal.role,
        principal.organisation_code,
        (),
        search.module or "",
        search.headcount,
        search.has_minors,
        search.supervisor or "",
    )


def _answer(scene: Scene, slots: Sequence[FreeSlot], first: Sequence[str]) -> FreeSlotsOut:
    shown = [
        slot_out(
            slot.span,
            [scene.candidates[key] for key in slot.keys],
            scene.verdict(slot.keys, slot.span),
        )
        for slot in slots
    ]
    refusals = () if shown else scene.verdict(first, scene.order.span).refusals
    return FreeSlotsOut(
        slots=shown, refusals=objections_out(refusals), considered=len(scene.candidates)
    )
