"""Whom a step of a rectification is told to."""

from datetime import datetime

from sqlmodel import Session

from inventory.accounts.rules import Role
from inventory.notifications.outbox import Everybody, Message, Recipient, put
from inventory.notifications.rules import MessageKind
from inventory.organisations.use_cases import organisation
from inventory.rectifications.rules import RectificationStep
from inventory.rectifications.table import Rectification

_KINDS = {
    RectificationStep.OPEN: MessageKind.RECTIFICATION_ASSIGNED,
    RectificationStep.ASSIGN: MessageKind.RECTIFICATION_ASSIGNED,
    RectificationStep.SUBMIT: MessageKind.RECTIFICATION_SUBMITTED,
    RectificationStep.RETURN: MessageKind.RECTIFICATION_RETURNED,
    RectificationStep.REOPEN: MessageKind.RECTIFICATION_REOPENED,
}


def tell_of_step(
    db: Session, row: Rectification, step: RectificationStep, who: str, text: str, at: datetime
) -> None:
    """Tell whose turn it is now; steps after which it is nobody's are no news."""
    kind = _KINDS.get(step)
    if kind is None:
        return
    # whoever opened it may have named nobody yet
    if kind is MessageKind.RECTIFICATION_ASSIGNED and row.owner is None:
        return
    facts = {
        "rectification_id": row.id,
        "station": row.station_code,
        "row": row.row_id,
        "due_on": row.due_on,
        "words": text if kind is not MessageKind.RECTIFICATION_ASSIGNED else None,
        "by": who,
    }
    told = _told(db, row, step)
    put(db, Message(kind, row.organisation_code, told, facts, at, done_by=who))


def _told(db: Session, row: Rectification, step: RectificationStep) -> list[Recipient]:
    if step is not RectificationStep.SUBMIT:
        people: list[Recipient] = [one for one in (row.owner,) if one is not None]
        if step is RectificationStep.RETURN and row.submitted_by is not None:
            people.append(row.submitted_by)
        if step is RectificationStep.REOPEN:
            people.append(Everybody(row.organisation_code))
        return people
    judges: list[Recipient] = [Everybody(row.organisation_code)]
    evaluated_by = organisation(db, row.organisation_code).evaluated_by
    if evaluated_by is not None:
        judges.append(Everybody(evaluated_by, (Role.EVALUATOR,)))
    return judges
