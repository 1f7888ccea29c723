"""How a step of a request reaches the tables: state, history and audit entry in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from inventory.audit.use_cases import record
from inventory.sharing.rules import SharingLife, SharingSide, SharingStep
from inventory.sharing.table import SharingEntry, SharingRequest


@dataclass(frozen=True, slots=True)
class Done:
    """A step as it goes into the history."""

    step: SharingStep
    side: SharingSide
    who: str
    at: datetime
    text: str = ""


def life_of(row: SharingRequest) -> SharingLife:
    """Where a stored request stands."""
    ratings = ((SharingSide.OWNER, row.owner_rating), (SharingSide.REQUESTER, row.requester_rating))
    return SharingLife(row.state, frozenset(side for side, rated in ratings if rated is not None))


def keep(db: Session, row: SharingRequest, life: SharingLife, done: Done) -> None:
    """Write a request after a step, in the caller's transaction."""
    old = None if row.id is None else {"state": row.state}
    row.state, row.changed_at = life.state, done.at
    db.add(row)
    db.flush()
    db.add(
        SharingEntry(
            request_id=row.id or 0,
            at=done.at,
            who=done.who,
            side=done.side,
            step=done.step,
            state=row.state,
            text=done.text,
        )
    )
    # names and numbers of visitors stay out of the trail, which nothing is ever deleted from
    told = ("offer_id", "booking_id", "requester_organisation_code", "start_at", "end_at")
    facts = {name: getattr(row, name) for name in (*told, "terms_no", "accepted_no", "used_s")}
    record(
        db,
        who=done.who,
        action=done.step.value,
        entity="sharing_request",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old=old,
        new={"state": row.state} | facts,
        at=done.at,
    )
