"""How a step reaches the tables: state, history and audit entry in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from inventory.audit.use_cases import record
from inventory.documents.use_cases import EntityRef, attach
from inventory.rectifications.rules import RectificationLife, RectificationStep
from inventory.rectifications.table import Rectification, RectificationEntry
from inventory.rectifications.telling import tell_of_step


@dataclass(frozen=True, slots=True)
class Told:
    """A step as it goes into the history."""

    step: RectificationStep
    who: str
    at: datetime
    text: str = ""
    document_ids: tuple[str, ...] = ()


def life_of(row: Rectification) -> RectificationLife:
    """Where a stored rectification stands."""
    return RectificationLife(row.state, row.is_present, row.times)


def keep(db: Session, row: Rectification, life: RectificationLife, told: Told) -> None:
    """Write a life and the step that led to it, in the caller's transaction.

    Raises:
        UnknownDocument: the school has no such document.
    """
    old = None if row.id is None else {"state": row.state, "times": row.times}
    row.state, row.is_present, row.times = life.state, life.is_present, life.times
    row.changed_at = told.at
    db.add(row)
    db.flush()
    db.add(
        RectificationEntry(
            rectification_id=row.id or 0,
            at=told.at,
            who=told.who,
            step=told.step,
            state=row.state,
            text=told.text,
            document_ids=list(told.document_ids),
        )
    )
    db.flush()
    for one in told.document_ids:
        belongs = EntityRef(row.organisation_code, "rectification", str(row.id))
        attach(db, one, belongs, who=told.who, now=told.at)
    new: dict[str, object] = {
        name: getattr(row, name)
        for name in ("state", "times", "station_code", "row_id", "kind", "owner", "due_on")
    }
    record(
        db,
        who=told.who,
        action=_DONE[told.step],
        entity="rectification",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old=old,
        new=new,
        at=told.at,
    )
    tell_of_step(db, row, told.step, told.who, told.text, told.at)


_DONE = {
    RectificationStep.OPEN: "opened",
    RectificationStep.ASSIGN: "assigned",
    RectificationStep.START: "started",
    RectificationStep.SUBMIT: "submitted",
    RectificationStep.ACCEPT: "accepted",
    RectificationStep.RETURN: "returned",
    RectificationStep.COMMENT: "commented",
    RectificationStep.CLOSE: "closed",
    RectificationStep.REOPEN: "reopened",
}
