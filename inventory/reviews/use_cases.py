"""Applying, taking the guide's steps, and commenting on rows."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.accounts.rules import Action, Principal
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.documents.use_cases import EntityRef, attach
from inventory.errors import Invalid, NotAllowed, StepNotPossible, Taken
from inventory.organisations.use_cases import organisation
from inventory.readiness.use_cases import ReadinessDesk
from inventory.reviews.finding import page_of, review
from inventory.reviews.picturing import picture
from inventory.reviews.rules import (
    ENDED,
    SUBMISSIONS,
    Ground,
    ReviewState,
    ReviewStep,
    Side,
    after,
    objection,
    possible_steps,
    side_of,
    speaks_for,
)
from inventory.reviews.schema import Application, CommentOrder, ReviewPage, ReviewStepOrder
from inventory.reviews.snapshots import Snapshot
from inventory.reviews.table import Review, ReviewComment, ReviewEntry, ReviewSnapshot
from inventory.stations.table import Station
from inventory.stations.use_cases import station

_ACTION = {Side.SCHOOL: Action.WRITE_REVIEW, Side.EVALUATION: Action.JUDGE_REVIEW}


def apply(
    database: Database,
    desk: ReadinessDesk,
    principal: Principal,
    order: Application,
    *,
    now: datetime,
) -> ReviewPage:
    """Hand in a station's application.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not apply.
        Taken: the station has a review that goes on; `code` is its id.
        Invalid: no evaluation organisation looks at the school.
    """
    with database.read() as db:
        found = station(db, principal, order.station, Action.WRITE_REVIEW)
    snapshot = picture(database, desk, found, None, now)
    taken = ReviewStepOrder(step=ReviewStep.APPLY, text=order.text, document_ids=order.document_ids)
    with database.begin() as db:
        found = station(db, principal, order.station, Action.WRITE_REVIEW)
        if organisation(db, found.organisation_code).evaluated_by is None:
            raise Invalid("station", "one of a school that an evaluation organisation looks at")
        going_on = select(Review).where(
            Review.station_code == found.code, col(Review.state).not_in(ENDED)
        )
        if (known := db.exec(going_on).first()) is not None:
            raise Taken("review", str(known.id))
        row = Review(
            station_code=found.code,
            organisation_code=found.organisation_code,
            started_at=now,
            changed_at=now,
        )
        _keep(db, row, taken, snapshot, principal, now)
        return page_of(db, principal, row)


def take_step(
    database: Database,
    desk: ReadinessDesk,
    principal: Principal,
    review_id: int,
    order: ReviewStepOrder,
    *,
    now: datetime,
) -> ReviewPage:
    """Take a step of the guide; the check is frozen with it.

    What is handed in is held against the list that applies on the day; what follows keeps that
    version, so that nobody is judged by an edition that came after.

    Raises:
        UnknownReview: there is none, or the caller may not know of it.
        NotAllowed: the step is the other side's, or not for this role.
        StepNotPossible: the guide has no such step from here.
        Invalid: a step that needs words came without.
    """
    action = _ACTION[side_of(order.step)]
    with database.read() as db:
        row = review(db, principal, review_id, action)
        _demand_possible(row.state, order.step)
        found = db.get_one(Station, row.station_code)
    version = None if order.step in SUBMISSIONS else row.list_version or None
    snapshot = picture(database, desk, found, version, now)
    expected = objection(order.step, Ground(order.text, snapshot.binding_count))
    if expected is not None:
        raise Invalid("text", expected)
    with database.begin() as db:
        row = review(db, principal, review_id, action)
        _keep(db, row, order, snapshot, principal, now)
        return page_of(db, principal, row)


def comment(
    database: Database, principal: Principal, review_id: int, order: CommentOrder, *, now: datetime
) -> ReviewPage:
    """Say something on a row of the list, or answer what was said.

    Raises:
        UnknownReview: there is none, or the caller may not know of it.
        NotAllowed: the caller speaks for neither side.
        Invalid: what is answered is not a comment of this review on this row.
    """
    side = speaks_for(principal.role)
    if side is None:
        raise NotAllowed("comment on a review")
    with database.begin() as db:
        row = review(db, principal, review_id, _ACTION[side])
        answered = None if order.reply_to is None else db.get(ReviewComment, order.reply_to)
        if order.reply_to is not None and (
            answered is None or (answered.review_id, answered.row_id) != (row.id, order.row_id)
        ):
            raise Invalid("reply_to", "a comment of this review on this row")
        said = ReviewComment(
            review_id=review_id,
            row_id=order.row_id,
            at=now,
            who=principal.username,
            side=side,
            text=order.text,
            reply_to=order.reply_to,
        )
        db.add(said)
        db.flush()
        facts = {"row_id": said.row_id, "comment": said.id, "reply_to": said.reply_to}
        _note(db, row, principal.username, "commented", now, new=facts)
        return page_of(db, principal, row)


def _demand_possible(state: ReviewState | None, step: ReviewStep) -> ReviewState:
    reached = after(state, step)
    if reached is None:
        possible = [one.value for one in possible_steps(state)]
        raise StepNotPossible(step.value, state.value if state else "none", possible)
    return reached


def _keep(
    db: Session,
    row: Review,
    order: ReviewStepOrder,
    snapshot: Snapshot,
    principal: Principal,
    now: datetime,
) -> None:
    old = row.state if row.id is not None else None
    # judged again in the writing transaction: somebody else may have taken a step meanwhile
    row.state = _demand_possible(old, order.step)
    row.list_version, row.changed_at = snapshot.list_version, now
    row.snapshot_sha256, row.binding_count = snapshot.sha256, snapshot.binding_count
    if db.get(ReviewSnapshot, snapshot.sha256) is None:
        db.add(ReviewSnapshot(sha256=snapshot.sha256, text=snapshot.text))
    db.add(row)
    db.flush()
    entry = ReviewEntry(
        review_id=row.id or 0,
        at=now,
        who=principal.username,
        side=side_of(order.step),
        step=order.step,
        state=row.state,
        text=order.text,
        list_version=row.list_version,
        binding_count=row.binding_count,
        snapshot_sha256=snapshot.sha256,
        document_ids=list(order.document_ids),
    )
    db.add(entry)
    db.flush()
    for one in order.document_ids:
        belongs = EntityRef(row.organisation_code, "review", str(row.id))
        attach(db, one, belongs, who=principal.username, now=now)
    facts = {
        "station_code": row.station_code,
        "step": order.step,
        "state": row.state,
        "list_version": row.list_version,
        "snapshot_sha256": row.snapshot_sha256,
    }
    was = None if old is None else {"state": old}
    _note(db, row, principal.username, "stepped", now, old=was, new=facts)


def _note(  # noqa: PLR0913 - an audit entry has these facts
    db: Session,
    row: Review,
    who: str,
    action: str,
    at: datetime,
    *,
    new: Mapping[str, object],
    old: Mapping[str, object] | None = None,
) -> None:
    record(
        db,
        who=who,
        action=action,
        entity="review",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old=old,
        new=new,
        at=at,
    )
