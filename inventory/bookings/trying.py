"""What would become of a booking and which policies speak to it: judged for real, not written."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session, select

from inventory.accounts.rules import Action, Principal, Role
from inventory.accounts.table import User
from inventory.booking_policies.describing import described
from inventory.booking_policies.rules import (
    Effect,
    Policy,
    PolicyCode,
    Verdict,
    in_scope,
)
from inventory.booking_policies.schema import ObjectionOut
from inventory.bookings.chances import may_approve, under_repair
from inventory.bookings.desk import FOR_OTHERS, Asking, Desk, Holder, demand_use
from inventory.bookings.drafts import BookingWish
from inventory.bookings.finding import booking
from inventory.bookings.guarding import Occupant, occupants
from inventory.bookings.judging import Weighed, nearest, weigh
from inventory.bookings.orders import BookingOrder
from inventory.bookings.recalling import asking_of
from inventory.bookings.rules import BookingState, objection
from inventory.bookings.taking import demand_there, taken_with
from inventory.bookings.use_cases import draft_of_order
from inventory.database import Database
from inventory.errors import Invalid, NotAllowed
from inventory.intervals import Span
from inventory.readiness.findings import Bilingual
from inventory.work_orders.errors import UnderRepair

_OUTSIDE = ""
"""The organisation of somebody who is of none here; no code is empty."""


class TrialOrder(BookingOrder):
    """A booking to be tried: as oneself, as `holder`, or as anybody of a role.

    With a role and `is_outside`: as somebody of another organisation.
    """

    role: Role | None = None
    is_outside: bool = False


class NearSlot(BaseModel):
    """A slot of the same length that passes."""

    start_at: datetime
    end_at: datetime


class TakenSlot(NearSlot):
    """Something that is somebody's then, buffers included."""

    resource_key: str


class SpokenOut(BaseModel):
    """A policy that is for the booking; `effect` is what it does to it, null where it is met."""

    code: PolicyCode
    policy_id: int | None
    said: Bilingual
    effect: Effect | None
    objections: list[ObjectionOut]


class TrialOut(BaseModel):
    """What would become of a booking.

    `state` is the one it would get, null where it could not be had: a policy refuses, something is
    taken, or a `work_order` keeps it out of use. `displaces` is how many bookings would give way.
    """

    state: BookingState | None
    role: Role
    policies: list[SpokenOut]
    taken: list[TakenSlot]
    work_order: int | None
    displaces: int
    needs_approval_by: list[str]
    nearest: list[NearSlot]


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found of one order; `left` is who has a part of it and does not give way."""

    weighed: Weighed
    verdict: Verdict
    left: Sequence[Occupant]
    gives_way: Sequence[int]
    repair: UnderRepair | None
    is_firm: bool

    @property
    def state(self) -> BookingState | None:
        if self.verdict.refusals or self.left or self.repair is not None:
            return None
        return BookingState.BOOKED if self.is_firm else BookingState.REQUESTED


def try_out(database: Database, desk: Desk, order: TrialOrder) -> TrialOut:
    """What would become of a booking if it were made now; nothing is.

    Raises:
        Unknown: there is no such thing, or the caller may not know of it.
        NotAllowed: the caller's role does not book, or not for others.
        NoLongerThere: something is scrapped, or somebody has left by then.
        Invalid: the span can't be booked, nobody is called `holder`, or it is told twice who asks.
    """
    if (refused := objection(order.start_at, order.end_at, desk.now)) is not None:
        raise Invalid(*refused)
    with database.read() as db:
        draft = replace(draft_of_order(db, desk, order), wish=BookingWish.BOOK)
        demand_use(db, desk, draft)
        speaker = _speaker(db, desk, order)
        as_them = replace(desk, principal=speaker)
        holder = Holder(speaker.username, speaker.role, speaker.organisation_code)
        asking = Asking(draft, holder, taken_with(db, draft.resources))
        demand_there(asking.things, draft.span)
        found = _look(db, as_them, asking)
        slots = nearest(db, as_them, asking) if found.state is None else ()
    return _told(found, speaker.role, slots, desk.now)


def slots_instead(database: Database, desk: Desk, booking_id: int) -> list[NearSlot]:
    """The nearest slots that a booking could have now, such as one that had to give way.

    Raises:
        UnknownBooking: there is none, or the caller may not know of it.
        NotAllowed: it is somebody else's and the caller does not book for others.
        Unknown: something it took is no longer there.
    """
    caller = desk.caller()
    with database.read() as db:
        row = booking(db, caller, booking_id, Action.WRITE_BOOKING)
        if row.holder != caller.username and caller.role not in FOR_OTHERS:
            raise NotAllowed("look for slots for somebody else")
        return [_slot(one) for one in nearest(db, desk, asking_of(db, row))]


def _speaker(db: Session, desk: Desk, order: TrialOrder) -> Principal:
    caller = desk.caller()
    if order.role is None:
        if order.is_outside:
            raise Invalid("role", "the role of who asks from outside")
        return _named(db, desk, order.holder)
    if order.holder is not None:
        raise Invalid("role", "nothing beside a holder, whose role is known")
    code = _OUTSIDE if order.is_outside else caller.organisation_code
    return Principal(0, _OUTSIDE, order.role, code)


def _named(db: Session, desk: Desk, username: str | None) -> Principal:
    caller = desk.caller()
    if username is None or username == caller.username:
        return caller
    if caller.role not in FOR_OTHERS:
        raise NotAllowed("book for somebody else")
    found = db.exec(select(User).where(User.username == username)).first()
    if found is None or found.organisation_code != caller.organisation_code:
        raise Invalid("holder", f"the user name of somebody of {caller.organisation_code}")
    return Principal(found.id or 0, found.username, found.role, found.organisation_code)


def _look(db: Session, desk: Desk, asking: Asking) -> _Found:
    occupied = occupants(db, asking.keys, asking.draft.blocked, desk.now)
    weighed = weigh(db, desk, asking, occupied)
    verdict = weighed.judge(desk.now)
    deciding = verdict.needs_approval_by
    is_firm = not deciding or may_approve(desk.principal, deciding)
    gives_way = verdict.displaces if is_firm else ()
    left = [one for one in occupied if one.booking_id not in gives_way]
    return _Found(weighed, verdict, left, gives_way, under_repair(db, asking), is_firm)


def _told(found: _Found, role: Role, slots: Sequence[Span], now: datetime) -> TrialOut:
    weighed = found.weighed
    return TrialOut(
        state=found.state,
        role=role,
        policies=[
            _spoken(weighed, one, now)
            for one in weighed.ground.policies
            if one.effect is not Effect.OFF and in_scope(one.scope, weighed.order)
        ],
        taken=[
            TakenSlot(
                resource_key=one.resource_key,
                start_at=one.blocked.start_at,
                end_at=one.blocked.end_at,
            )
            for one in found.left
        ],
        work_order=None if found.repair is None else found.repair.work_order,
        displaces=0 if found.state is None else len(found.gives_way),
        needs_approval_by=list(found.verdict.needs_approval_by),
        nearest=[_slot(one) for one in slots],
    )


def _spoken(weighed: Weighed, policy: Policy, now: datetime) -> SpokenOut:
    verdict = weighed.judge(now, (policy,))
    by_effect = (
        (Effect.REFUSE, verdict.refusals),
        (Effect.APPROVE, verdict.approvals),
        (Effect.WARN, verdict.warnings),
    )
    effect, objections = next(((name, said) for name, said in by_effect if said), (None, ()))
    return SpokenOut(
        code=policy.code,
        policy_id=policy.id,
        said=described(policy),
        effect=effect,
        objections=[ObjectionOut.model_validate(asdict(one)) for one in objections],
    )


def _slot(one: Span) -> NearSlot:
    return NearSlot(start_at=one.start_at, end_at=one.end_at)
