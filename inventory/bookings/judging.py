"""What the policies say of an order, and where the nearest slot lies that they let pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.booking_policies.free import Buffers
from inventory.booking_policies.judging import Beside, Ground, Located, ground_of
from inventory.booking_policies.keeping import policies_of
from inventory.booking_policies.rules import (
    Conflict,
    Effect,
    HeldSlot,
    Order,
    Policy,
    PolicyCode,
    Verdict,
)
from inventory.bookings.desk import Asking, Desk
from inventory.bookings.drafts import Draft
from inventory.bookings.guarding import Occupant, occupants
from inventory.bookings.rules import HOLDING
from inventory.bookings.table import Booking
from inventory.intervals import Span
from inventory.stations.rules import Level

_AROUND = timedelta(days=8)
"""Longer than a week, so that the weeks of a quota lie inside whatever the weekday."""
AHEAD = timedelta(days=14)
"""Chosen: who is refused wants to know of this week and the next."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """An order with all that judging it takes; nothing more is read."""

    ground: Ground
    order: Order
    beside: Beside

    def judge(self, now: datetime, policies: tuple[Policy, ...] | None = None) -> Verdict:
        """What the owner's policies say of it, or some of them alone."""
        ground = self.ground if policies is None else replace(self.ground, policies=policies)
        return ground.judge(self.order, now, self.beside)


def verdict_of(db: Session, desk: Desk, asking: Asking, found: Sequence[Occupant]) -> Verdict:
    """What all policies of the owner say of an order, with who is in its way."""
    return weigh(db, desk, asking, found).judge(desk.now)


def weigh(db: Session, desk: Desk, asking: Asking, found: Sequence[Occupant]) -> Weighed:
    """Read what the owner's policies need to know of an order, with who is in its way."""
    span = asking.draft.span
    near = Span(span.start_at - _AROUND, span.end_at + _AROUND)
    ground = _ground(db, asking, Span(span.start_at - timedelta(days=1), span.end_at))
    by_booking = {
        one.booking_id: Conflict(
            one.booking_id, one.purpose, Span(one.start_at, one.blocked.end_at)
        )
        for one in found
    }
    beside = Beside(
        _held(db, asking, near),
        tuple(by_booking.values()),
        tuple(desk.truth(db, asking.things, span, desk.now)),
    )
    return Weighed(ground, _order(asking, ground), beside)


def may_displace(db: Session, draft: Draft) -> bool:
    """Whether a policy of the owner lets orders for such a purpose drive out others at all."""
    return any(
        one.code is PolicyCode.EXAM_PRIORITY
        and one.displaces
        and (not one.scope.purposes or draft.purpose in one.scope.purposes)
        for one in policies_of(db, draft.organisation_code)
    )


def nearest(db: Session, desk: Desk, asking: Asking) -> Sequence[Span]:
    """The next spans of the same length in which the whole set is free and may be had.

    Looked for from the wanted start on, and before it where there is none after.
    """
    start = max(asking.draft.span.start_at, desk.now)
    found = _slots(db, desk, asking, Span(start, start + AHEAD))
    if not found and start > desk.now:
        found = _slots(db, desk, asking, Span(max(desk.now, start - AHEAD), start))
    return found


def _slots(db: Session, desk: Desk, asking: Asking, window: Span) -> Sequence[Span]:
    ground = _ground(db, asking, window)
    busy: Mapping[str, list[Span]] = {key: [] for key in asking.keys}
    draft = asking.draft
    with_buffers = Span(window.start_at - draft.set_up, window.end_at + draft.clear_up)
    for one in occupants(db, asking.keys, with_buffers, desk.now, asking.without):
        busy[one.resource_key].append(one.blocked)
    buffers = Buffers(draft.set_up, draft.clear_up)
    near = Span(window.start_at - _AROUND, window.end_at + _AROUND)
    # who lost a race asks here, and what only warns keeps nobody from a slot
    truths = desk.truth(db, asking.things, window, desk.now) if _may_refuse(ground) else ()
    beside = Beside(_held(db, asking, near), truths=tuple(truths))
    slots = ground.nearest(_order(asking, ground), busy, buffers, desk.now, beside)
    return [one.span for one in slots]


def _may_refuse(ground: Ground) -> bool:
    return any(
        one.code is PolicyCode.IN_ORDER and one.effect is Effect.REFUSE for one in ground.policies
    )


def _ground(db: Session, asking: Asking, window: Span) -> Ground:
    located = [
        Located(one.resource, (one.station_code,) if one.station_code else ())
        for one in asking.things
    ]
    persons = [asking.draft.supervisor] if asking.draft.supervisor else []
    return ground_of(db, located, window, persons)


def _order(asking: Asking, ground: Ground) -> Order:
    draft, holder = asking.draft, asking.holder
    return Order(
        draft.purpose,
        draft.span,
        holder.username,
        holder.role,
        holder.organisation_code,
        ground.resources,
        draft.module or "",
        draft.headcount or 0,
        draft.has_minors,
        draft.supervisor or "",
        Level(draft.level) if draft.level else None,
    )


def _held(db: Session, asking: Asking, near: Span) -> tuple[HeldSlot, ...]:
    """The holder's other bookings around an order; one statement."""
    query = select(Booking).where(
        Booking.holder == asking.holder.username,
        col(Booking.state).in_(sorted(HOLDING)),
        Booking.end_at > near.start_at,
        Booking.start_at < near.end_at,
    )
    return tuple(
        HeldSlot(Span(row.start_at, row.end_at), row.purpose)
        for row in db.exec(query).all()
        if row.id not in asking.without
    )
