"""Finding rectifications, scoped to who asks."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Resource, authorize
from inventory.accounts.table import User
from inventory.errors import NotAllowed, UnknownRectification
from inventory.moments import today
from inventory.organisations.use_cases import organisation
from inventory.rectifications.rules import (
    UNFINISHED,
    WORKERS,
    Actor,
    RectificationState,
    possible_steps,
    refusal,
)
from inventory.rectifications.schema import (
    EntryOut,
    OwnerOut,
    RectificationOut,
    RectificationPage,
)
from inventory.rectifications.table import Rectification, RectificationEntry
from inventory.stations.use_cases import station


@dataclass(frozen=True, slots=True)
class RectificationQuery:
    """Which rectifications; None leaves it open. `is_overdue` is as of `on`."""

    station: str | None = None
    state: RectificationState | None = None
    owner: str | None = None
    is_unfinished: bool | None = None
    overdue_on: date | None = None


def rectification(
    db: Session, principal: Principal, rectification_id: int, action: Action
) -> Rectification:
    """The rectification of an id, if the caller may do this with it.

    Raises:
        UnknownRectification: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    if authorize(principal, action) is not Decision.ALLOWED:
        # the same for ids that exist and ids that don't
        raise NotAllowed(action.value)
    unknown = UnknownRectification(str(rectification_id))
    row = db.get(Rectification, rectification_id)
    if row is None:
        raise unknown
    owner = organisation(db, row.organisation_code)
    demand(principal, action, Resource(owner.code, owner.evaluated_by), unknown)
    return row


def rectification_page(
    db: Session, principal: Principal, rectification_id: int, now: datetime
) -> RectificationPage:
    """A rectification with its history and what the caller may do with it.

    Raises:
        UnknownRectification: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees none.
    """
    row = rectification(db, principal, rectification_id, Action.READ_RECTIFICATION)
    return page_of(db, principal, row, now)


def rectifications(
    db: Session, principal: Principal, query: RectificationQuery, *, offset: int, limit: int
) -> tuple[list[Rectification], int]:
    """Those the caller may see, unfinished ones first, by due date; and how many in all."""
    wanted = [
        col(Rectification.organisation_code).in_(visible_organisations(principal)),
        *_conditions(query),
    ]
    unfinished = col(Rectification.state).in_(UNFINISHED)
    rows = db.exec(
        select(Rectification)
        .where(*wanted)
        .order_by(
            unfinished.desc(),
            col(Rectification.due_on).is_(None),
            col(Rectification.due_on),
            col(Rectification.id),
        )
        .offset(offset)
        .limit(limit)
    ).all()
    total = db.exec(select(func.count()).select_from(Rectification).where(*wanted)).one()
    return list(rows), total


def owners(db: Session, principal: Principal, station_code: str) -> list[OwnerOut]:
    """Accounts of a station's school whose role works on rectifications, by name.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not assign.
    """
    found = station(db, principal, station_code, Action.MANAGE_RECTIFICATION)
    rows = db.exec(
        select(User)
        .where(
            User.organisation_code == found.organisation_code,
            col(User.is_disabled).is_(False),
            col(User.role).in_(WORKERS),
        )
        .order_by(col(User.name))
    ).all()
    return [OwnerOut.model_validate(row, from_attributes=True) for row in rows]


def shown(row: Rectification, now: datetime) -> RectificationOut:
    """The rectification as a listing shows it."""
    return RectificationOut.model_validate(row, update={"is_overdue": _is_overdue(row, now)})


def page_of(
    db: Session, principal: Principal, row: Rectification, now: datetime
) -> RectificationPage:
    """A row with its history and what the caller may do with it."""
    entries = db.exec(
        select(RectificationEntry)
        .where(RectificationEntry.rectification_id == row.id)
        .order_by(col(RectificationEntry.id))
    ).all()
    possible = [
        step
        for step in possible_steps(row.state)
        if refusal(step, actor_of(principal, row)) is None and not principal.is_read_only
    ]
    history = [EntryOut.model_validate(entry) for entry in entries]
    facts = shown(row, now).model_dump() | {"history": history, "possible": possible}
    return RectificationPage.model_validate(facts)


def _is_overdue(row: Rectification, now: datetime) -> bool:
    return row.state in UNFINISHED and row.due_on is not None and row.due_on < today(now)


def _conditions(query: RectificationQuery) -> list[ColumnElement[bool]]:
    unfinished = col(Rectification.state).in_(UNFINISHED)
    found: list[ColumnElement[bool]] = []
    if query.station is not None:
        found.append(col(Rectification.station_code) == query.station)
    if query.state is not None:
        found.append(col(Rectification.state) == query.state)
    if query.owner is not None:
        found.append(col(Rectification.owner) == query.owner)
    if query.is_unfinished is not None:
        found.append(unfinished if query.is_unfinished else ~unfinished)
    if query.overdue_on is not None:
        found.append(unfinished & (col(Rectification.due_on) < query.overdue_on))
    return found


def actor_of(principal: Principal, row: Rectification) -> Actor:
    """Who the caller is to this rectification."""
    return Actor(
        principal.role,
        is_owner=row.owner == principal.username,
        is_submitter=row.submitted_by == principal.username,
    )
