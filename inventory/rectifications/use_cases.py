"""Opening rectifications and moving them on."""

from dataclasses import asdict
from datetime import datetime

from pydantic_core import to_jsonable_python
from sqlmodel import Session, select

from inventory.accounts.rules import Action, Principal
from inventory.accounts.table import User
from inventory.database import Database
from inventory.errors import (
    Invalid,
    NotAllowed,
    StepNotPossible,
    Taken,
    UnknownFinding,
)
from inventory.readiness.findings import Finding
from inventory.readiness.use_cases import ReadinessDesk
from inventory.rectifications.finding import actor_of, page_of, rectification
from inventory.rectifications.findings_now import FindingsNow
from inventory.rectifications.keeping import Told, keep, life_of
from inventory.rectifications.rules import (
    UNFINISHED,
    Actor,
    RectificationStep,
    possible_steps,
    refusal,
    taken,
)
from inventory.rectifications.schema import (
    Assignment,
    RectificationOrder,
    RectificationPage,
    StepOrder,
)
from inventory.rectifications.table import Rectification
from inventory.stations.table import Station
from inventory.stations.use_cases import station

_ACTION = {
    RectificationStep.OPEN: Action.MANAGE_RECTIFICATION,
    RectificationStep.REOPEN: Action.MANAGE_RECTIFICATION,
    RectificationStep.ASSIGN: Action.MANAGE_RECTIFICATION,
    RectificationStep.START: Action.WORK_ON_RECTIFICATION,
    RectificationStep.SUBMIT: Action.WORK_ON_RECTIFICATION,
    RectificationStep.ACCEPT: Action.JUDGE_RECTIFICATION,
    RectificationStep.RETURN: Action.JUDGE_RECTIFICATION,
}
_BY_PERSONS = frozenset(_ACTION) - {RectificationStep.OPEN, RectificationStep.ASSIGN} | {
    RectificationStep.COMMENT
}
"""Opening and assigning have orders of their own; closing is the check's."""


def open_rectification(
    database: Database,
    desk: ReadinessDesk,
    principal: Principal,
    order: RectificationOrder,
    *,
    now: datetime,
) -> RectificationPage:
    """Make a finding somebody's task; one that was finished and is reported still is opened again.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        UnknownFinding: the check does not report it now.
        Taken: it is a task already; `code` is the rectification's id.
        NotAllowed: the caller's role does not open rectifications.
        Invalid: nobody of the school is called `owner`.
    """
    with database.read() as db:
        found = station(db, principal, order.station, Action.MANAGE_RECTIFICATION)
    seen = FindingsNow(desk, [found], found.organisation_code, now).of(found, order.list_version)
    finding = seen.findings.get((order.row_id, order.kind)) if seen else None
    if seen is None or finding is None:
        raise UnknownFinding(f"{order.station}/{order.row_id}/{order.kind.value}")
    with database.begin() as db:
        found = station(db, principal, order.station, Action.MANAGE_RECTIFICATION)
        _demand_owner(db, found.organisation_code, order.owner)
        row = _known(db, found, finding)
        if row is None:
            row = _new(found, finding, now)
            step, life = RectificationStep.OPEN, life_of(row)
        else:
            step = RectificationStep.REOPEN
            again = taken(life_of(row), step)
            if again is None:
                raise Taken("rectification", str(row.id))
            life = again
            row.finding = _kept(finding)
        row.owner, row.due_on = order.owner or row.owner, order.due_on or row.due_on
        keep(db, row, life, Told(step, principal.username, now, order.text))
        return page_of(db, principal, row, now)


def take_step(
    database: Database,
    principal: Principal,
    rectification_id: int,
    order: StepOrder,
    *,
    now: datetime,
) -> RectificationPage:
    """Start, submit, accept, return, reopen or comment.

    Raises:
        UnknownRectification: there is none, or the caller may not know of it.
        NotAllowed: the step is not this person's to take.
        StepNotPossible: the state does not allow it.
        Invalid: a step that needs words came without, or is no person's.
        UnknownDocument: the school has no such document.
    """
    if order.step not in _BY_PERSONS:
        raise Invalid("step", f"one of {', '.join(sorted(_BY_PERSONS))}")
    if order.step in {RectificationStep.RETURN, RectificationStep.COMMENT} and not order.text:
        raise Invalid("text", f"words: nobody can follow a {order.step} without")
    with database.begin() as db:
        row = rectification(db, principal, rectification_id, _action(principal, order.step))
        if (refused := refusal(order.step, actor_of(principal, row))) is not None:
            raise NotAllowed(refused)
        life = taken(life_of(row), order.step)
        if life is None:
            steps = [step.value for step in possible_steps(row.state)]
            raise StepNotPossible(order.step, row.state, steps)
        if order.step is RectificationStep.SUBMIT:
            row.submitted_by = principal.username
        told = Told(order.step, principal.username, now, order.text, tuple(order.document_ids))
        keep(db, row, life, told)
        return page_of(db, principal, row, now)


def assign(
    database: Database,
    principal: Principal,
    rectification_id: int,
    order: Assignment,
    *,
    now: datetime,
) -> RectificationPage:
    """Say who mends it and until when; what the order does not name stays.

    Raises:
        UnknownRectification: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not assign.
        StepNotPossible: it is finished.
        Invalid: nobody of the school is called `owner`.
    """
    with database.begin() as db:
        row = rectification(db, principal, rectification_id, Action.MANAGE_RECTIFICATION)
        if row.state not in UNFINISHED:
            steps = [step.value for step in possible_steps(row.state)]
            raise StepNotPossible(RectificationStep.ASSIGN, row.state, steps)
        _demand_owner(db, row.organisation_code, order.owner)
        row.sqlmodel_update(order.model_dump(exclude_unset=True, include={"owner", "due_on"}))
        facts = f"{row.owner or '-'} · {row.due_on or '-'}"
        keep(db, row, life_of(row), Told(RectificationStep.ASSIGN, principal.username, now, facts))
        return page_of(db, principal, row, now)


def _action(principal: Principal, step: RectificationStep) -> Action:
    if step is RectificationStep.COMMENT:
        # whoever works on it or judges it may say something
        is_judge = refusal(RectificationStep.RETURN, Actor(principal.role)) is None
        return Action.JUDGE_RECTIFICATION if is_judge else Action.WORK_ON_RECTIFICATION
    return _ACTION[step]


def _known(db: Session, found: Station, finding: Finding) -> Rectification | None:
    query = select(Rectification).where(
        Rectification.station_code == found.code,
        Rectification.list_version == finding.list_version,
        Rectification.row_id == finding.row_id,
        Rectification.kind == finding.kind,
    )
    return db.exec(query).first()


def _new(found: Station, finding: Finding, now: datetime) -> Rectification:
    return Rectification(
        station_code=found.code,
        organisation_code=found.organisation_code,
        list_version=finding.list_version,
        row_id=finding.row_id,
        kind=finding.kind,
        opened_at=now,
        changed_at=now,
        finding=_kept(finding),
    )


def _kept(finding: Finding) -> dict[str, object]:
    return dict(to_jsonable_python(asdict(finding)))


def _demand_owner(db: Session, organisation_code: str, owner: str | None) -> None:
    if owner is None:
        return
    found = db.exec(select(User).where(User.username == owner)).first()
    if found is None or found.is_disabled or found.organisation_code != organisation_code:
        raise Invalid("owner", f"the user name of somebody of {organisation_code}")
