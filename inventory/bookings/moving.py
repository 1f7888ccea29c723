"""Moving, stretching and describing a booking anew, in the caller's write transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from inventory.bookings.chances import Chance, approve_anew, look
from inventory.bookings.desk import Asking, Desk, demand_use
from inventory.bookings.drafts import BookingWish, Draft
from inventory.bookings.keeping import (
    Doing,
    drop_parts,
    keep,
    parts_of,
    put_parts,
    snapshot,
    state_after,
)
from inventory.bookings.life import BookingStep, hold_until
from inventory.bookings.placing import Placed
from inventory.bookings.recalling import draft_of, stored_holder
from inventory.bookings.rules import HOLDING, BookingState, objection
from inventory.bookings.settling import displace, expire_overdue, left_of, make_way, offer_left
from inventory.bookings.stepping import Wanted, take
from inventory.bookings.swapping import withdraw_swaps
from inventory.bookings.table import Booking
from inventory.bookings.taking import Taken, taken_with
from inventory.bookings.telling import Told, shown_span, tell, tell_placed
from inventory.errors import Invalid
from inventory.notifications.outbox import Fact
from inventory.notifications.rules import MessageKind

_WORDS = ("title", "note")
"""What no policy looks at."""
DESCRIBING = (*_WORDS, "module", "level", "headcount", "has_minors", "supervisor")
_WISH: Mapping[BookingState, BookingWish] = {
    BookingState.WAITING: BookingWish.WAIT,
    BookingState.HELD: BookingWish.HOLD,
}


def change(db: Session, desk: Desk, row: Booking, wanted: Draft, *, is_told: bool = True) -> Placed:
    """Let a booking become what a draft says: judged and guarded as if it were placed anew.

    Its holder, purpose and series stay. One that waits is booked if it finds a free slot. Who tells
    people of several changes at once sets `is_told` to false.

    Raises:
        StepNotPossible: it has ended.
        InventoryError: of `placing.place`.
    """
    parts = parts_of(db, [row])[row.id or 0]
    before, old, left = draft_of(row, parts), snapshot(row, parts), left_of(parts)
    step = BookingStep.EDIT if _place_of(before) == _place_of(wanted) else BookingStep.MOVE
    was = shown_span(row)
    state_after(row, step, desk.now)
    _demand_span(before, wanted, desk)
    if set(wanted.resources) != set(before.resources):
        demand_use(db, desk, wanted)
    things = taken_with(db, wanted.resources)
    chance = _chance(db, desk, row, before, (wanted, things))
    _describe(row, wanted, things, desk.now)
    if step is BookingStep.MOVE:
        approve_anew(row, chance.verdict, desk)
        withdraw_swaps(db, desk, row)
    row.state = state_after(row, step, desk.now)
    displaced = chance.displaced if row.state in HOLDING else ()
    drop_parts(db, parts)
    make_way(db, displaced)
    parts = put_parts(db, row, things)
    keep(db, row, parts, old, Doing(step, desk.who, desk.now))
    displace(db, desk, row, displaced)
    offer_left(db, desk, left)
    if row.state is BookingState.WAITING and not chance.in_the_way:
        take(db, desk, row, Wanted(BookingStep.CONFIRM))
    elif step is BookingStep.MOVE and is_told:
        tell_moved(db, desk, row, {"before": was})
    return Placed(row, parts, chance.verdict.warnings, displaced)


def _chance(
    db: Session,
    desk: Desk,
    row: Booking,
    before: Draft,
    wanted: tuple[Draft, Sequence[Taken]],
) -> Chance:
    draft, things = wanted
    judged = replace(draft, title=before.title, note=before.note, wish=before.wish)
    if row.state is BookingState.DRAFT or judged == before:
        return Chance()
    expire_overdue(db, [one.resource.key for one in things], desk)
    wish = _WISH.get(row.state, BookingWish.BOOK)
    holder, own = stored_holder(db, row), frozenset({row.id or 0})
    return look(db, desk, Asking(replace(draft, wish=wish), holder, things, own))


def _demand_span(before: Draft, wanted: Draft, desk: Desk) -> None:
    if wanted.span == before.span:
        return
    if (refused := objection(wanted.span.start_at, wanted.span.end_at, desk.now)) is not None:
        raise Invalid(*refused)
    if before.span.start_at <= desk.now and wanted.span.start_at != before.span.start_at:
        raise Invalid("start_at", "the start it has, since it has begun")


def _describe(row: Booking, wanted: Draft, things: Sequence[Taken], now: datetime) -> None:
    stations = [one.station_code for one in things if one.station_code is not None]
    row.station_code = stations[0] if stations else None
    row.start_at, row.end_at = wanted.span.start_at, wanted.span.end_at
    row.set_up_s = int(wanted.set_up.total_seconds())
    row.clear_up_s = int(wanted.clear_up.total_seconds())
    if row.hold_until is not None:
        lasts = row.hold_until - now
        row.hold_until = hold_until(row.start_at, now, lasts)
    for name in DESCRIBING:
        setattr(row, name, getattr(wanted, name))


def _place_of(draft: Draft) -> tuple[object, ...]:
    return draft.span, draft.set_up, draft.clear_up, frozenset(draft.resources)


def tell_moved(db: Session, desk: Desk, row: Booking, facts: Mapping[str, Fact]) -> None:
    """Tell who concerns it that a booking was moved: its holder, or who must say yes again."""
    if row.state is BookingState.REQUESTED:
        tell_placed(db, row, desk.now, facts)
    elif row.state in HOLDING:
        kind = MessageKind.BOOKING_CHANGED
        tell(db, row, Told(kind, desk.now, (row.holder,), facts, desk.who))
