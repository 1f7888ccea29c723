"""Checking in by measured use, giving back what nobody came to, and warning of who stays on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, or_, select

from inventory.benches.live import LiveBenches, LiveState
from inventory.bookings.desk import Desk
from inventory.bookings.keeping import blocked, parts_of
from inventory.bookings.life import BookingStep
from inventory.bookings.rules import BookingPurpose, BookingState
from inventory.bookings.stepping import Wanted, take
from inventory.bookings.table import Booking, BookingPart
from inventory.bookings.telling import Told, tell
from inventory.database import Database
from inventory.intervals import Span
from inventory.notifications.rules import MessageKind
from inventory.notifications.table import OutboxMessage
from inventory.rig_truth.presence import (
    WARNED_AHEAD,
    Presence,
    Use,
    first_use,
    nobody_came,
    overruns,
)
from inventory.usage_sessions.table import UsageSession

_BACK = timedelta(hours=14)
"""As long as a class may be: who has not left since is looked for in these slots."""
_NEVER_RELEASED = frozenset({BookingPurpose.MAINTENANCE, BookingPurpose.EXAM})
"""Chosen: who repairs switches the rig off, and an exam waits for its examiners."""


@dataclass(frozen=True, slots=True)
class Attended:
    """How many were checked in, given back and warned."""

    checked_in: int = 0
    released: int = 0
    warned: int = 0


@dataclass(frozen=True)
class _Scene:
    """Bookings around a moment with their benches, and how these were used."""

    rows: Sequence[Booking]
    parts: Mapping[int, Sequence[BookingPart]]
    uses: Mapping[str, Sequence[Use]]

    def benches(self, row: Booking) -> list[str]:
        return [one.bench_code for one in self.parts[row.id or 0] if one.bench_code is not None]

    def others(self, row: Booking, bench: str) -> list[Span]:
        """Slots of other people on a bench."""
        return [
            Span(one.start_at, one.end_at)
            for one in self.rows
            if one.id != row.id and one.holder != row.holder and bench in self.benches(one)
        ]

    def begun_at(self, row: Booking) -> tuple[datetime, str] | None:
        """When and at which of its benches a booking was first used."""
        span, set_up = Span(row.start_at, row.end_at), timedelta(seconds=row.set_up_s)
        found = [
            (at, bench)
            for bench in self.benches(row)
            for at in [first_use(self.uses.get(bench, ()), span, set_up, self.others(row, bench))]
            if at is not None
        ]
        return min(found, default=None)


def attend(database: Database, live: LiveBenches, desk: Desk, grace: timedelta | None) -> Attended:
    """Let measured use say who came, who did not and who stays on; twice does nothing twice.

    `grace` None gives nothing back. Looks cost a few statements and make no writer wait while
    there is nothing to do.

    Raises:
        SourceUnavailable: the telemetry store gives no answer; nothing was given back.
    """
    with database.read() as db:
        scene = _scene(db, desk.now)
        absent = _absent(db, live, scene, desk.now, grace) if grace is not None else ()
        come = [row.id or 0 for row in scene.rows if _comes(scene, row, desk.now)]
        staying = _untold(db, _staying(scene, desk.now))
    if not (come or absent or staying):
        return Attended()
    with database.begin() as db:
        for one, holder in staying:
            _warn(db, desk, one, holder)
        return Attended(
            sum([_check_in(db, desk, scene, one) for one in come]),
            sum([_release(db, desk, one) for one in absent]),
            len(staying),
        )


def _scene(db: Session, now: datetime) -> _Scene:
    query = (
        select(Booking)
        .join(BookingPart, col(BookingPart.booking_id) == col(Booking.id))
        .where(
            Booking.state == BookingState.BOOKED,
            Booking.end_at > now - _BACK,
            Booking.start_at <= now + timedelta(hours=1),
            col(BookingPart.bench_code).is_not(None),
        )
        .distinct()
        .order_by(col(Booking.start_at), col(Booking.id))
    )
    rows = db.exec(query).all()
    if not any(row.end_at > now for row in rows):
        return _Scene((), {}, {})
    parts = parts_of(db, rows)
    codes = {one.bench_code for its in parts.values() for one in its if one.bench_code}
    used = select(UsageSession).where(
        col(UsageSession.bench_code).in_(sorted(codes)),
        UsageSession.started_at <= now,
        or_(
            col(UsageSession.ended_at).is_(None),
            col(UsageSession.ended_at) > now - _BACK,
        ),
        UsageSession.observed_at > now - _BACK,
    )
    uses: dict[str, list[Use]] = {}
    for one in db.exec(used).all():
        use = Use(one.started_at, one.ended_at or one.observed_at, one.ended_at is None)
        uses.setdefault(one.bench_code, []).append(use)
    return _Scene(rows, parts, uses)


def _comes(scene: _Scene, row: Booking, now: datetime) -> bool:
    is_open = row.checked_in_at is None and row.end_at > now and row.ended_early_at is None
    return is_open and blocked(row).start_at <= now and scene.begun_at(row) is not None


def _absent(
    db: Session, live: LiveBenches, scene: _Scene, now: datetime, grace: timedelta
) -> list[int]:
    found: list[int] = []
    for row in scene.rows:
        is_due = row.start_at + grace <= now < row.end_at and row.checked_in_at is None
        if not is_due or row.purpose in _NEVER_RELEASED or row.ended_early_at is not None:
            continue
        benches = scene.benches(row)
        if any(_is_used(one, row, now) for code in benches for one in scene.uses.get(code, ())):
            # somebody is at it, whoever that is
            continue
        if nobody_came(_presences(db, live, benches, row, now), row.start_at, now, grace):
            found.append(row.id or 0)
    return found


def _is_used(use: Use, row: Booking, now: datetime) -> bool:
    return use.is_open or (use.until > blocked(row).start_at and use.started_at < now)


def _presences(
    db: Session, live: LiveBenches, benches: Sequence[str], row: Booking, now: datetime
) -> list[Presence]:
    states = live.states(benches)
    minute = row.start_at.astimezone(UTC).replace(second=0, microsecond=0)
    used = live.used(benches, (minute, now), timedelta())
    known = select(UsageSession.bench_code).where(col(UsageSession.bench_code).in_(benches))
    reported = set(db.exec(known.distinct()).all())
    return [
        _presence(
            states.get(code),
            sum(seconds for (bench, _), seconds in used.items() if bench == code),
            has_reported=code in reported,
        )
        for code in benches
    ]


def _presence(live: LiveState | None, used_s: float, *, has_reported: bool) -> Presence:
    state = live.state if live is not None else None
    return Presence(
        live.last_seen_at if live is not None and state is not None and state.online else None,
        live.clock_offset_s if live is not None else None,
        state is not None and state.in_use,
        state.spool_rows if state is not None else 0,
        used_s,
        has_reported,
    )


def _staying(scene: _Scene, now: datetime) -> list[tuple[int, str]]:
    """Bookings about to begin on benches that somebody else is at, with who that is."""
    found: dict[int, str] = {}
    for row in scene.rows:
        begins = blocked(row).start_at
        is_next = row.checked_in_at is None and row.end_at > now and begins - now <= WARNED_AHEAD
        for bench in scene.benches(row) if is_next else ():
            before = scene.others(row, bench)
            if any(overruns(use, before, begins, now) for use in scene.uses.get(bench, ())):
                found[row.id or 0] = _last_holder(scene, row, bench)
    return sorted(found.items())


def _untold(db: Session, staying: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    keys = [_overrun_key(one) for one, _ in staying]
    query = select(OutboxMessage.dedupe_key).where(col(OutboxMessage.dedupe_key).in_(keys))
    told = set(db.exec(query).all()) if keys else set()
    return [one for one in staying if _overrun_key(one[0]) not in told]


def _overrun_key(booking_id: int) -> str:
    return f"rig_truth:{booking_id}:overrun"


def _last_holder(scene: _Scene, row: Booking, bench: str) -> str:
    earlier = [
        one for one in scene.rows if one.start_at < row.start_at and bench in scene.benches(one)
    ]
    return max(earlier, key=lambda one: one.end_at).holder if earlier else ""


def _check_in(db: Session, desk: Desk, scene: _Scene, booking_id: int) -> bool:
    row = db.get_one(Booking, booking_id)
    begun = scene.begun_at(row)
    if row.state is not BookingState.BOOKED or row.checked_in_at is not None or begun is None:
        return False
    take(db, desk, row, Wanted(BookingStep.CHECK_IN))
    # the trail says who noticed and when; the booking says when somebody came, and to what
    row.checked_in_at, row.checked_in_by = begun[0], f"bench:{begun[1]}"
    db.add(row)
    return True


def _release(db: Session, desk: Desk, booking_id: int) -> bool:
    row = db.get_one(Booking, booking_id)
    is_open = row.state is BookingState.BOOKED and row.ended_early_at is None
    if not is_open or row.checked_in_at is not None:
        return False
    take(db, desk, row, Wanted(BookingStep.RELEASE))
    return True


def _warn(db: Session, desk: Desk, booking_id: int, running_holder: str) -> None:
    row = db.get_one(Booking, booking_id)
    facts = {"running_holder": running_holder} if running_holder else {}
    key = _overrun_key(booking_id)
    told = Told(MessageKind.OVERRUN_AHEAD, desk.now, (row.holder,), facts, dedupe_key=key)
    tell(db, row, told)
