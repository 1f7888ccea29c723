"""Whether something can be had: in order, free, and allowed; asked the same way at every step."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from inventory.accounts.rules import Action, Decision, Principal, authorize
from inventory.accounts.rules import Resource as Owned
from inventory.booking_policies.rules import Verdict
from inventory.bookings.desk import Asking, Desk
from inventory.bookings.drafts import BookingWish
from inventory.bookings.errors import PolicyRefused
from inventory.bookings.guarding import Occupant, occupants, taken_by
from inventory.bookings.judging import may_displace, verdict_of
from inventory.bookings.life import HOLD_LASTS, hold_until
from inventory.bookings.rules import BookingPurpose, BookingState
from inventory.bookings.table import Booking
from inventory.bookings.taking import demand_there
from inventory.work_orders.errors import UnderRepair
from inventory.work_orders.repairs import repairs


@dataclass(frozen=True, slots=True)
class Chance:
    """What was found: the policies' word, who is in the way, and who gives way."""

    verdict: Verdict = field(default_factory=Verdict)
    in_the_way: Sequence[Occupant] = ()
    displaced: tuple[int, ...] = ()


def look(db: Session, desk: Desk, asking: Asking) -> Chance:
    """What becomes of an order now.

    Raises:
        NoLongerThere: something is scrapped, or somebody has left by then.
        UnderRepair: a work order keeps a bench out of use, for however long.
        PolicyRefused: policies don't let it pass.
        SlotTaken: somebody has a part of it then who does not give way, and it does not wait.
    """
    draft = asking.draft
    found = occupants(db, asking.keys, draft.blocked, desk.now, asking.without)
    may_wait = draft.wish is BookingWish.WAIT and draft.span.start_at > desk.now
    if found and not may_wait and not may_displace(db, draft):
        # what is surely lost is not weighed: in a race that would keep the others waiting
        raise taken_by(found[0])
    demand_there(asking.things, draft.span)
    if (repair := under_repair(db, asking)) is not None:
        raise repair
    verdict = verdict_of(db, desk, asking, found)
    if verdict.refusals:
        raise PolicyRefused(verdict.refusals)
    gives_way = verdict.displaces if _is_firm(desk, draft.wish, verdict) else ()
    left = [one for one in found if one.booking_id not in gives_way]
    if left and not may_wait:
        raise taken_by(left[0])
    return Chance(verdict, left, () if left else gives_way)


def settle(row: Booking, wish: BookingWish, chance: Chance, desk: Desk) -> None:
    """Give a booking the state its wish and chance lead to."""
    approve_anew(row, chance.verdict, desk)
    if chance.in_the_way:
        row.state, row.waiting_since = BookingState.WAITING, row.waiting_since or desk.now
    elif wish is BookingWish.HOLD:
        row.state = BookingState.HELD
        row.hold_until = hold_until(row.start_at, desk.now, HOLD_LASTS)
    elif row.approval_by and row.decided_at is None:
        row.state = BookingState.REQUESTED
    else:
        row.state = BookingState.BOOKED


def may_approve(principal: Principal | None, organisation_codes: Collection[str]) -> bool:
    """Whether somebody speaks for all of some owners."""
    return principal is not None and all(
        authorize(principal, Action.APPROVE_BOOKING, Owned(code)) is Decision.ALLOWED
        for code in organisation_codes
    )


def _is_firm(desk: Desk, wish: BookingWish, verdict: Verdict) -> bool:
    """Whether the order becomes a booking at once: a hold or a request drives nobody out."""
    deciding = verdict.needs_approval_by
    return wish is not BookingWish.HOLD and (not deciding or may_approve(desk.principal, deciding))


def approve_anew(row: Booking, verdict: Verdict, desk: Desk) -> None:
    """Keep whose word a booking needs; who would have to say yes and asks has said so."""
    deciding = verdict.needs_approval_by
    row.approval_by = ",".join(deciding)
    row.decided_at, row.decided_by = None, None
    if deciding and desk.principal is not None and may_approve(desk.principal, deciding):
        row.decided_at, row.decided_by = desk.now, desk.principal.username


def under_repair(db: Session, asking: Asking) -> UnderRepair | None:
    """What keeps a thing of an order out of use; who maintains it may have it all the same."""
    if asking.draft.purpose is BookingPurpose.MAINTENANCE:
        return None
    found = repairs(db, {asking.draft.organisation_code})
    benches = [one.bench_code for one in asking.things if one.bench_code is not None]
    for bench in benches:
        if (repair := found.of_bench.get(bench)) is not None:
            return UnderRepair(bench, repair.number, repair.since_at)
    for thing in asking.things:
        asset = (thing.resource.organisation_code, thing.resource.code)
        if thing.is_asset and (repair := found.of_asset.get(asset)) is not None:
            return UnderRepair(thing.resource.code, repair.number, repair.since_at)
    return None
