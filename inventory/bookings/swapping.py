"""Two holders exchange their slots: both agree, or a station master says so."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, or_, select

from inventory.bookings.chances import Chance, approve_anew, look
from inventory.bookings.desk import FOR_OTHERS, Asking, Desk
from inventory.bookings.errors import UnknownSwap
from inventory.bookings.keeping import (
    Doing,
    drop_parts,
    keep,
    let_go,
    parts_of,
    put_parts,
    snapshot,
    state_after,
)
from inventory.bookings.life import BookingStep
from inventory.bookings.recalling import draft_of, stored_holder
from inventory.bookings.rules import BookingState, SwapState
from inventory.bookings.table import Booking, BookingPart, BookingSwap
from inventory.bookings.taking import Taken, taken_with
from inventory.bookings.telling import Told, shown_span, tell, tell_placed
from inventory.errors import Invalid, NotAllowed, StepNotPossible
from inventory.notifications.rules import MessageKind

_SLOT = ("start_at", "end_at", "set_up_s", "clear_up_s", "station_code")


def offer_swap(db: Session, desk: Desk, mine: Booking, other: Booking) -> BookingSwap:
    """Offer a booking for another one; a station master of the owner exchanges them at once.

    Raises:
        Invalid: they are not two bookings of one owner's.
        StepNotPossible: one of them is not booked.
        InventoryError: of `look`, where the exchange is done at once.
    """
    if mine.id == other.id or mine.organisation_code != other.organisation_code:
        raise Invalid("offered_id", "another booking of things of the same organisation")
    for row in (mine, other):
        state_after(row, BookingStep.SWAP, desk.now)
    swap = BookingSwap(
        offered_id=mine.id or 0, wanted_id=other.id or 0, offered_at=desk.now, offered_by=desk.who
    )
    db.add(swap)
    db.flush()
    if _speaks_for(desk, other):
        _do(db, desk, swap, (mine, other))
        return swap
    facts = {"offered": shown_span(mine)}
    kind = MessageKind.SWAP_PROPOSED
    tell(db, other, Told(kind, desk.now, (other.holder,), facts, desk.who))
    return swap


def answer_swap(db: Session, desk: Desk, swap_id: int, *, accept: bool) -> BookingSwap:
    """Exchange the slots, or refuse to; whoever offered takes the offer back by refusing.

    Raises:
        UnknownSwap: there is none, or it is none of this person's business.
        StepNotPossible: it was answered already, or a booking is not booked any more.
        NotAllowed: who offered can't accept for the other side.
        InventoryError: of `look`: the exchange would break a policy.
    """
    swap = db.get(BookingSwap, swap_id)
    if swap is None:
        raise UnknownSwap(str(swap_id))
    mine, other = db.get_one(Booking, swap.offered_id), db.get_one(Booking, swap.wanted_id)
    is_asked, is_asker = _speaks_for(desk, other), _speaks_for(desk, mine)
    if not (is_asked or is_asker):
        raise UnknownSwap(str(swap_id))
    if swap.state is not SwapState.OFFERED:
        raise StepNotPossible("answer", swap.state, [])
    if accept:
        if not is_asked:
            raise NotAllowed("accept a swap for the other side")
        _do(db, desk, swap, (mine, other))
    else:
        state = SwapState.REFUSED if is_asked else SwapState.WITHDRAWN
        _close(db, desk, swap, state)
    if is_asked:
        facts = {"answer": swap.state.value}
        kind = MessageKind.SWAP_ANSWERED
        tell(db, mine, Told(kind, desk.now, (mine.holder,), facts, desk.who))
    return swap


def withdraw_swaps(db: Session, desk: Desk, row: Booking) -> None:
    """Take back open offers about a booking that is not any more what was offered or wanted."""
    for swap in open_swaps(db, row):
        _close(db, desk, swap, SwapState.WITHDRAWN)


def open_swaps(db: Session, row: Booking) -> Sequence[BookingSwap]:
    """Offers about a booking that nobody has answered, the first one first."""
    query = select(BookingSwap).where(
        BookingSwap.state == SwapState.OFFERED,
        or_(col(BookingSwap.offered_id) == row.id, col(BookingSwap.wanted_id) == row.id),
    )
    return db.exec(query.order_by(col(BookingSwap.id))).all()


def _speaks_for(desk: Desk, row: Booking) -> bool:
    caller = desk.caller()
    is_leader = caller.role in FOR_OTHERS and caller.organisation_code == row.organisation_code
    return is_leader or caller.username == row.holder


def _do(db: Session, desk: Desk, swap: BookingSwap, rows: tuple[Booking, Booking]) -> None:
    for row in rows:
        state_after(row, BookingStep.SWAP, desk.now)
    both = parts_of(db, rows)
    old = [snapshot(row, both[row.id or 0]) for row in rows]
    sets = [_things(db, row, both[row.id or 0]) for row in rows]
    slots = [{name: getattr(row, name) for name in _SLOT} for row in rows]
    _close(db, desk, swap, SwapState.DONE)
    for row in rows:
        withdraw_swaps(db, desk, row)
        let_go(db, both[row.id or 0])
        drop_parts(db, both[row.id or 0])
    for row, slot in zip(rows, reversed(slots), strict=True):
        row.sqlmodel_update(slot)
    doing = Doing(BookingStep.SWAP, desk.who, desk.now)
    for row, things, before in zip(rows, reversed(sets), old, strict=True):
        approve_anew(row, _judge(db, desk, row, things).verdict, desk)
        row.state = state_after(row, BookingStep.SWAP, desk.now)
        keep(db, row, put_parts(db, row, things), before, doing)
        if row.state is BookingState.REQUESTED:
            tell_placed(db, row, desk.now)


def _things(db: Session, row: Booking, parts: Sequence[BookingPart]) -> tuple[Taken, ...]:
    return taken_with(db, draft_of(row, parts).resources)


def _judge(db: Session, desk: Desk, row: Booking, things: Sequence[Taken]) -> Chance:
    """Policies see each of them at its new place; the other one's place is empty by now."""
    resources = tuple(one.resource for one in things if one.is_asked)
    draft = draft_of(row, ())
    holder, own = stored_holder(db, row), frozenset({row.id or 0})
    asking = Asking(replace(draft, resources=resources), holder, things, own)
    return look(db, desk, asking)


def _close(db: Session, desk: Desk, swap: BookingSwap, state: SwapState) -> None:
    swap.state, swap.answered_at, swap.answered_by = state, desk.now, desk.who
    db.add(swap)
    db.flush()
