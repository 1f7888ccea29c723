"""Watching the house, and what people do with alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Principal, Resource
from inventory.alerts.rules import (
    AlertKind,
    Change,
    Closed,
    HouseSigns,
    KnownAlert,
    Opened,
    Renewed,
    RunningSlot,
    conditions,
    step,
)
from inventory.alerts.schema import AlertOut
from inventory.alerts.table import Alert, WatchLease
from inventory.alerts.telling import tell_of_alert
from inventory.audit.use_cases import SYSTEM, record
from inventory.bookings.finding import running_bookings
from inventory.bookings.rules import BookingPurpose
from inventory.bookings.table import Booking
from inventory.database import Database
from inventory.errors import UnknownAlert
from inventory.organisations.use_cases import organisation

LEASE = "alerts"
LEASE_LASTS = timedelta(seconds=20)
"""Chosen: four looks of 5 s; another server takes over that soon after the first one died."""
REMEMBERED = timedelta(days=1)
"""How long a closed alert still says what was told already."""


_IS_OPEN = col(Alert.closed_at).is_(None)


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Which alerts; None: open and closed ones, of every bench."""

    is_open: bool | None = None
    bench: str | None = None


def may_watch(database: Database, holder: str, now: datetime) -> bool:
    """Whether this process is the one that watches, which it then is for `LEASE_LASTS`.

    A lease that ends too far ahead is that of a clock that was set back since.
    """
    with database.begin() as db:
        row = db.get(WatchLease, LEASE, with_for_update=True)
        if row is None:
            db.add(WatchLease(name=LEASE, holder=holder, until=now + LEASE_LASTS))
            return True
        is_taken = now < row.until <= now + LEASE_LASTS * 2
        if row.holder != holder and is_taken:
            return False
        row.holder, row.until = holder, now + LEASE_LASTS
        db.add(row)
        return True


def stop_watching(database: Database, holder: str) -> None:
    """Let another process watch at once."""
    with database.begin() as db:
        row = db.get(WatchLease, LEASE, with_for_update=True)
        if row is not None and row.holder == holder:
            db.delete(row)


def watched_slots(db: Session, now: datetime) -> tuple[RunningSlot, ...]:
    """The booked slots that run now; a bench under maintenance may be silent."""
    return tuple(
        RunningSlot(row.id or 0, bench, row.organisation_code, row.start_at, row.end_at)
        for row, bench in running_bookings(db, now)
        if row.purpose is not BookingPurpose.MAINTENANCE
    )


def update_alerts(database: Database, signs: HouseSigns) -> Sequence[Change]:
    """Open and close alerts so that they say what is so now; returns what changed."""
    with database.read() as db:
        latest = _latest(db, signs.now)
    # most looks change nothing and should not make a writer wait
    if not step(signs, latest, conditions(signs, latest)):
        return []
    with database.begin() as db:
        latest = _latest(db, signs.now)
        changes = step(signs, latest, conditions(signs, latest))
        for change in changes:
            _apply(db, change, signs.now)
    return changes


def acknowledge(
    database: Database, principal: Principal, alert_id: int, note: str, *, now: datetime
) -> AlertOut:
    """A person has seen the alert; the first one stays named, a later note replaces the note.

    Raises:
        UnknownAlert: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include it.
    """
    with database.begin() as db:
        row = alert(db, principal, alert_id, Action.ACKNOWLEDGE_ALERT)
        old: dict[str, object] = {"acknowledged_by": row.acknowledged_by, "note": row.note}
        if row.acknowledged_at is None:
            row.acknowledged_at, row.acknowledged_by = now, principal.username
        row.note = note or row.note
        db.add(row)
        new: dict[str, object] = {"acknowledged_by": row.acknowledged_by, "note": row.note}
        if new != old:
            _note(db, row, principal.username, "acknowledged", now, old=old, new=new)
    return shown(row)


def alert(db: Session, principal: Principal, alert_id: int, action: Action) -> Alert:
    """The alert of an id, if the caller may do this with it.

    Raises:
        UnknownAlert: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    unknown = UnknownAlert(str(alert_id))
    row = db.get(Alert, alert_id)
    if row is None:
        raise unknown
    resource = Resource(None)
    if row.organisation_code is not None:
        owner = organisation(db, row.organisation_code)
        resource = Resource(owner.code, owner.evaluated_by)
    demand(principal, action, resource, unknown)
    return row


def alerts(
    db: Session, principal: Principal, query: AlertQuery, *, offset: int, limit: int
) -> tuple[list[Alert], int]:
    """Alerts the caller may see, open ones first, then the latest; and how many in all."""
    wanted = _visible(principal, query)
    rows = db.exec(
        select(Alert)
        .where(*wanted)
        .order_by(
            col(Alert.closed_at).is_not(None), col(Alert.opened_at).desc(), col(Alert.id).desc()
        )
        .offset(offset)
        .limit(limit)
    ).all()
    return list(rows), db.exec(select(func.count()).select_from(Alert).where(*wanted)).one()


def open_alerts(db: Session, bench_code: str) -> Sequence[Alert]:
    """Open alerts on a bench, the latest first, for who may look into it."""
    query = select(Alert).where(Alert.bench_code == bench_code, _IS_OPEN)
    return db.exec(query.order_by(col(Alert.opened_at).desc())).all()


def open_kinds(db: Session) -> Sequence[AlertKind]:
    """Kind of every open alert of all organisations: for counting, not for showing."""
    return [AlertKind(kind) for kind in db.exec(select(Alert.kind).where(_IS_OPEN)).all()]


def shown(row: Alert) -> AlertOut:
    """The alert as the API shows it."""
    return AlertOut.model_validate(row)


def _visible(principal: Principal, query: AlertQuery) -> list[ColumnElement[bool]]:
    own = col(Alert.organisation_code).in_(visible_organisations(principal))
    wanted: list[ColumnElement[bool]] = [or_(own, col(Alert.organisation_code).is_(None))]
    if query.is_open is not None:
        wanted.append(_IS_OPEN if query.is_open else ~_IS_OPEN)
    if query.bench is not None:
        wanted.append(col(Alert.bench_code) == query.bench)
    return wanted


def _latest(db: Session, now: datetime) -> Mapping[str, KnownAlert]:
    remembered = or_(
        _IS_OPEN,
        col(Alert.closed_at) > now - REMEMBERED,
        # one alert for a silence in a booking, however long the booking is
        (col(Alert.kind) == AlertKind.BENCH_SILENT) & (col(Booking.end_at) > now),
    )
    query = (
        # a slot that was given back is over, too
        select(
            Alert,
            func.coalesce(Booking.cancelled_at, Booking.ended_early_at, Booking.end_at),
        )
        .join(Booking, col(Booking.id) == col(Alert.booking_id), isouter=True)
        .where(remembered)
        .order_by(col(Alert.id))
    )
    return {
        row.key: KnownAlert(row.id or 0, row.kind, row.key, row.closed_at, row.facts, slot_end_at)
        for row, slot_end_at in db.exec(query).all()
    }


def _apply(db: Session, change: Change, now: datetime) -> None:
    if isinstance(change, Opened):
        made = change.condition
        row = Alert(
            kind=made.kind,
            key=made.key,
            bench_code=made.bench_code,
            organisation_code=made.organisation_code,
            booking_id=made.booking_id,
            opened_at=now,
            facts=dict(made.facts),
        )
        db.add(row)
        db.flush()
        _note(db, row, SYSTEM, "opened", now, old=None, new=_told(row))
        tell_of_alert(db, row, now)
        return
    row = db.get_one(Alert, change.alert_id)
    db.add(row)
    if isinstance(change, Renewed):
        # figures that move on are no event of their own
        row.facts = dict(change.facts)
        return
    old = _told(row)
    if isinstance(change, Closed):
        row.closed_at, row.closed_because = now, change.because
        _note(db, row, SYSTEM, "closed", now, old=old, new=_told(row))
        return
    row.closed_at, row.closed_because = None, None
    row.facts, row.times = dict(change.facts), row.times + 1
    _note(db, row, SYSTEM, "reopened", now, old=old, new=_told(row))


def _told(row: Alert) -> dict[str, object]:
    return {
        "kind": row.kind,
        "bench_code": row.bench_code,
        "booking_id": row.booking_id,
        "closed_because": row.closed_because,
        "facts": dict(row.facts),
    }


def _note(  # noqa: PLR0913 - an audit entry has these facts
    db: Session,
    row: Alert,
    who: str,
    action: str,
    at: datetime,
    *,
    old: Mapping[str, object] | None,
    new: Mapping[str, object],
) -> None:
    record(
        db,
        who=who,
        action=action,
        entity="alert",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old=old,
        new=new,
        at=at,
    )
