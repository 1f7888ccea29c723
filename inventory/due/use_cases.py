"""The due calendar, and reminders made from it."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from inventory.accounts.access import visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, authorize
from inventory.audit.use_cases import SYSTEM, record
from inventory.database import Database
from inventory.due.rules import WITHIN_DAYS, DueState, due_state, lead_of
from inventory.due.schema import DueCalendar, DueOut
from inventory.due.sources import SOURCES
from inventory.due.table import Reminder
from inventory.due_entries import DueEntry, DueKind
from inventory.errors import Invalid, UnknownOrganisation
from inventory.moments import today
from inventory.organisations.table import Organisation
from inventory.stations.use_cases import station

MOST_ORGANISATIONS = 50
"""Chosen: the registers of fifty schools are read in seconds; who has more asks for one."""
_ORDER = {state: place for place, state in enumerate(DueState)}


@dataclass(frozen=True, slots=True)
class DueQuery:
    """What of the calendar is asked for; None leaves it open."""

    organisation: str | None = None
    station: str | None = None
    kind: DueKind | None = None
    state: DueState | None = None
    within_days: int = WITHIN_DAYS
    on_date: date | None = None


def due_calendar(
    db: Session, principal: Principal, query: DueQuery, now: datetime, *, offset: int, limit: int
) -> DueCalendar:
    """What ends when, of everything the caller may see; overdue first, then by day.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        UnknownOrganisation: likewise.
        NotAllowed: the caller's role sees none.
        Invalid: too many organisations at once.
    """
    on = query.on_date or today(now)
    organisations = _organisations(db, principal, query)
    allowed = [source for action, source in SOURCES if authorize(principal, action) is _ALLOWED]
    told = [entry for source in allowed for entry in source(db, organisations, on)]
    shown = [_shown(entry, on, query.within_days) for entry in told if _is_asked(entry, query)]
    counts = Counter(one.state for one in shown)
    wanted = [one for one in shown if query.state in {None, one.state}]
    wanted.sort(
        key=lambda one: (_ORDER[one.state], one.due_on or date.max, one.entity_id, one.kind)
    )
    end = min(offset + limit, len(wanted))
    return DueCalendar(
        on_date=on,
        counts={state: counts[state] for state in DueState},
        items=wanted[offset:end],
        total=len(wanted),
        next=end if offset < end < len(wanted) else None,
    )


def organisations(database: Database) -> list[str]:
    """Codes of all there are."""
    with database.read() as db:
        return list(db.exec(select(Organisation.code).order_by(col(Organisation.code))).all())


def remind(database: Database, organisation_code: str, now: datetime) -> int:
    """Make what an organisation is to be told by today; how many reminders are new.

    There is one per day and lead time, however often this is called. Reminders nobody was told yet
    of things that were renewed meanwhile are settled, until the renewal is taken back.
    """
    on = today(now)
    with database.read() as db:
        told = [entry for _, source in SOURCES for entry in source(db, [organisation_code], on)]
        query = select(Reminder).where(Reminder.organisation_code == organisation_code)
        known = db.exec(query).all()
    made = {_key(one, one.lead_days) for one in known}
    wanted = {
        _key(entry, lead): (entry, lead)
        for entry in told
        if (lead := lead_of(entry.due_on, on)) is not None
    }
    new = [wanted[key] for key in sorted(wanted.keys() - made)]
    ends = {_key(entry) for entry in told}
    turned = [
        one.id
        for one in known
        if one.sent_at is None and (one.settled_at is None) != (_key(one) in ends)
    ]
    if new or turned:
        with database.begin() as db:
            _write(db, new, now)
            _turn(db, turned, now)
            _tell(db, organisation_code, (len(new), len(turned)), now)
    return len(new)


def reminders(
    db: Session, principal: Principal, *, is_open: bool | None, offset: int, limit: int
) -> tuple[list[Reminder], int]:
    """Reminders the caller may see, the earliest day first; open ones await being told."""
    wanted: list[ColumnElement[bool]] = [
        col(Reminder.organisation_code).in_(visible_organisations(principal))
    ]
    waits = col(Reminder.sent_at).is_(None) & col(Reminder.settled_at).is_(None)
    if is_open is not None:
        wanted.append(waits if is_open else ~waits)
    query = select(Reminder).where(*wanted).order_by(col(Reminder.due_on), col(Reminder.id))
    total = db.exec(select(func.count()).select_from(Reminder).where(*wanted)).one()
    return list(db.exec(query.offset(offset).limit(limit)).all()), total


_ALLOWED = Decision.ALLOWED


def _organisations(db: Session, principal: Principal, query: DueQuery) -> list[str]:
    if query.station is not None:
        found = station(db, principal, query.station, Action.READ_REGISTER)
        return [found.organisation_code]
    codes = list(db.scalars(visible_organisations(principal)).all())
    if query.organisation is not None:
        if query.organisation not in codes:
            raise UnknownOrganisation(query.organisation)
        return [query.organisation]
    if len(codes) > MOST_ORGANISATIONS:
        raise Invalid("organisation", f"one of your {len(codes)}: they are too many at once")
    return codes


def _is_asked(entry: DueEntry, query: DueQuery) -> bool:
    if query.kind not in {None, entry.kind}:
        return False
    return not entry.station_codes or query.station in {None, *entry.station_codes}


def _shown(entry: DueEntry, on: date, within_days: int) -> DueOut:
    facts = asdict(entry) | {
        "state": due_state(entry.due_on, on, within_days),
        "days_left": None if entry.due_on is None else (entry.due_on - on).days,
        "station_codes": list(entry.station_codes),
    }
    return DueOut.model_validate(facts)


def _write(db: Session, new: Iterable[tuple[DueEntry, int]], now: datetime) -> None:
    for entry, lead in new:
        facts = asdict(entry) | {"lead_days": lead, "made_at": now}
        facts["detail"], facts["name_zh"] = entry.detail[:200], entry.name_zh[:200]
        db.add(Reminder.model_validate(facts))


def _turn(db: Session, ids: Collection[int | None], now: datetime) -> None:
    """Settle what is open and open what is settled."""
    for one in db.exec(select(Reminder).where(col(Reminder.id).in_(ids))) if ids else ():
        one.settled_at = now if one.settled_at is None else None
        db.add(one)


def _tell(db: Session, code: str, counts: tuple[int, int], now: datetime) -> None:
    record(
        db,
        who=SYSTEM,
        action="made",
        entity="reminder",
        entity_id=code,
        organisation_code=code,
        new={"made": counts[0], "settled_or_reopened": counts[1]},
        at=now,
    )


def _key(one: DueEntry | Reminder, lead: int = -1) -> tuple[str, str, str, str, int]:
    return one.kind.value, one.entity, one.entity_id, str(one.due_on), lead
