"""What time, bench and booking do to requests while nobody takes a step."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from inventory.audit.use_cases import SYSTEM
from inventory.bookings.keeping import parts_of
from inventory.bookings.rules import HOLDING, BookingState
from inventory.bookings.table import Booking
from inventory.database import Database
from inventory.intervals import Span, total
from inventory.notifications.rules import MessageKind
from inventory.sharing.keeping import Done, keep, life_of
from inventory.sharing.rules import UNFINISHED, SharingSide, SharingStep, Visit, followed, taken
from inventory.sharing.table import SharingRequest
from inventory.sharing.telling import News, tell
from inventory.usage_sessions.table import UsageSession

_BOTH = (SharingSide.OWNER, SharingSide.REQUESTER)
_NEWS: Mapping[SharingStep, News] = {
    SharingStep.LAPSE: News(MessageKind.SHARING_CANCELLED, _BOTH),
    SharingStep.CANCEL: News(MessageKind.SHARING_CANCELLED, _BOTH, has_event=True),
    SharingStep.MISS: News(MessageKind.FEEDBACK_ASKED, (SharingSide.OWNER,)),
    SharingStep.FINISH: News(MessageKind.FEEDBACK_ASKED, _BOTH),
}


def follow_all(database: Database, now: datetime) -> dict[int, list[SharingStep]]:
    """Move every request on that time or its booking has moved; the steps by its number."""
    query = select(SharingRequest).where(col(SharingRequest.state).in_(sorted(UNFINISHED)))
    with database.read() as db:
        rows = db.exec(query).all()
        due = [row.id for row in rows if _next(db, row, now) is not None]
    moved: dict[int, list[SharingStep]] = {}
    for number in due:
        with database.begin() as db:
            moved[number or 0] = follow(db, db.get_one(SharingRequest, number), now)
    return moved


def follow(db: Session, row: SharingRequest, now: datetime) -> list[SharingStep]:
    """Move one request on, in the caller's transaction; the steps it took."""
    steps: list[SharingStep] = []
    while (step := _next(db, row, now)) is not None:
        life = taken(life_of(row), step, SharingSide.HOUSE)
        if life is None:
            break
        if step is SharingStep.FINISH:
            row.used_s = measured_use(db, db.get_one(Booking, row.booking_id))
        done = Done(step, SharingSide.HOUSE, SYSTEM, now)
        keep(db, row, life, done)
        if step in _NEWS:
            tell(db, row, done, _NEWS[step])
        steps.append(step)
    return steps


def measured_use(db: Session, booking: Booking) -> int | None:
    """Seconds of a visit in which any of its benches was in use; None: it has no bench.

    A usage session that has not ended counts up to its latest sign.
    """
    end_at = booking.ended_early_at or booking.end_at
    parts = parts_of(db, [booking])[booking.id or 0]
    benches = sorted({part.bench_code for part in parts if part.bench_code is not None})
    if not benches:
        return None
    query = select(UsageSession).where(
        col(UsageSession.bench_code).in_(benches),
        UsageSession.started_at < end_at,
        or_(col(UsageSession.ended_at).is_(None), col(UsageSession.ended_at) > booking.start_at),
    )
    spans = (
        Span(max(one.started_at, booking.start_at), min(one.ended_at or one.observed_at, end_at))
        for one in db.exec(query).all()
    )
    return total(spans) // timedelta(seconds=1)


def _next(db: Session, row: SharingRequest, now: datetime) -> SharingStep | None:
    booking = db.get_one(Booking, row.booking_id)
    visit = Visit(
        booking.end_at,
        booking.hold_until if booking.state is BookingState.HELD else None,
        booking.checked_in_at,
        is_given_up=booking.state not in HOLDING,
        is_missed=booking.state is BookingState.RELEASED,
    )
    return followed(life_of(row), visit, now)
