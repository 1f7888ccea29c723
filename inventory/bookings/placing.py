"""The one way to a booking: screen, API, import, series, queue and outside requests come here."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from inventory.booking_policies.rules import Objection
from inventory.bookings.chances import look, settle
from inventory.bookings.desk import Asking, Desk, Holder, demand_use, holder_of
from inventory.bookings.drafts import BookingWish, Draft
from inventory.bookings.keeping import create
from inventory.bookings.rules import HOLDING, BookingState, objection
from inventory.bookings.settling import displace, expire_overdue, make_way
from inventory.bookings.table import Booking, BookingPart
from inventory.bookings.taking import Taken, taken_with
from inventory.bookings.telling import tell_placed
from inventory.errors import Invalid, InventoryError


@dataclass(frozen=True, slots=True)
class Placed:
    """A booking that was made: what warns, and which bookings gave way."""

    row: Booking
    parts: Sequence[BookingPart]
    warnings: Sequence[Objection] = ()
    displaced: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A draft that can't be had, and why."""

    draft: Draft
    why: InventoryError


def place(db: Session, desk: Desk, draft: Draft) -> Placed:
    """Make one booking in the caller's own write transaction: all of its set or nothing.

    Whoever opens the transaction does so in `guarding.guarded`, so that a refusal of the database
    is told in our words.

    Raises:
        Unknown: there is no such thing, or the caller may not know of it.
        NotAllowed: the caller's role does not book, or not for others.
        Invalid: the span can't be booked, or nobody is called `holder`.
        UnderRepair: a work order keeps a bench out of use.
        PolicyRefused: policies don't let it pass.
        SlotTaken: somebody has a part of it then.
    """
    (done,) = place_all(db, desk, [draft])
    if isinstance(done, Refused):
        raise done.why
    tell_placed(db, done.row, desk.now)
    return done


def place_all(db: Session, desk: Desk, drafts: Sequence[Draft]) -> list[Placed | Refused]:
    """Make several bookings in the caller's own write transaction, each as if it came alone.

    Earlier ones count for later ones. What is refused writes nothing; whether the others stay is
    the caller's to decide, who rolls back by raising, and who tells people of them.

    Raises:
        Unknown: there is no such thing, or the caller may not know of it.
        NotAllowed: the caller's role does not book.
        Invalid: resources of several organisations.
    """
    sets: dict[object, tuple[Taken, ...]] = {}
    for draft in drafts:
        if draft.resources not in sets:
            demand_use(db, desk, draft)
            sets[draft.resources] = taken_with(db, draft.resources)
    expire_overdue(db, {one.resource.key for things in sets.values() for one in things}, desk)
    done: list[Placed | Refused] = []
    for draft in drafts:
        try:
            done.append(_place(db, desk, draft, sets[draft.resources]))
        except InventoryError as why:
            done.append(Refused(draft, why))
    return done


def _place(db: Session, desk: Desk, draft: Draft, things: Sequence[Taken]) -> Placed:
    if (refused := objection(draft.span.start_at, draft.span.end_at, desk.now)) is not None:
        raise Invalid(*refused)
    holder = holder_of(db, desk, draft)
    row = _row(desk, draft, holder, things)
    if draft.wish is BookingWish.DRAFT:
        return Placed(row, create(db, row, things))
    chance = look(db, desk, Asking(draft, holder, things))
    settle(row, draft.wish, chance, desk)
    if row.state is BookingState.HELD and draft.hold_until is not None:
        row.hold_until = draft.hold_until
    displaced = chance.displaced if row.state in HOLDING else ()
    make_way(db, displaced)
    parts = create(db, row, things)
    displace(db, desk, row, displaced)
    return Placed(row, parts, chance.verdict.warnings, displaced)


def _row(desk: Desk, draft: Draft, holder: Holder, things: Sequence[Taken]) -> Booking:
    stations = [one.station_code for one in things if one.station_code is not None]
    return Booking(
        organisation_code=draft.organisation_code,
        station_code=stations[0] if stations else None,
        requester_organisation_code=holder.organisation_code,
        start_at=draft.span.start_at,
        end_at=draft.span.end_at,
        set_up_s=int(draft.set_up.total_seconds()),
        clear_up_s=int(draft.clear_up.total_seconds()),
        purpose=draft.purpose,
        holder=holder.username,
        title=draft.title,
        note=draft.note,
        module=draft.module,
        level=draft.level,
        headcount=draft.headcount,
        has_minors=draft.has_minors,
        supervisor=draft.supervisor,
        state=BookingState.DRAFT,
        series_id=draft.series_id,
        occurrence_at=draft.occurrence_at,
        created_at=desk.now,
        created_by=desk.who,
        changed_at=desk.now,
        changed_by=desk.who,
    )
