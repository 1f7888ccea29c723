"""Finding reviews and their frozen checks, scoped to who asks."""

import json
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Resource, authorize
from inventory.errors import NotAllowed, UnknownReview, UnknownSnapshot
from inventory.organisations.use_cases import organisation
from inventory.reviews.progress import WAITING, Taken, stages
from inventory.reviews.rules import (
    ENDED,
    ReviewState,
    Side,
    possible_steps,
    side_of,
    speaks_for,
)
from inventory.reviews.schema import (
    CommentOut,
    ReviewEntryOut,
    ReviewPage,
    SnapshotOut,
)
from inventory.reviews.snapshots import hash_of
from inventory.reviews.table import Review, ReviewComment, ReviewEntry, ReviewSnapshot


@dataclass(frozen=True, slots=True)
class ReviewQuery:
    """Which reviews, and in which order; None leaves it open."""

    station: str | None = None
    state: ReviewState | None = None
    waiting_for: Side | None = None
    is_going_on: bool | None = None
    is_oldest_first: bool = False


def review(db: Session, principal: Principal, review_id: int, action: Action) -> Review:
    """The review of an id, if the caller may do this with it.

    Raises:
        UnknownReview: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    if authorize(principal, action) is not Decision.ALLOWED:
        # the same for ids that exist and ids that don't
        raise NotAllowed(action.value)
    unknown = UnknownReview(str(review_id))
    row = db.get(Review, review_id)
    if row is None:
        raise unknown
    owner = organisation(db, row.organisation_code)
    demand(principal, action, Resource(owner.code, owner.evaluated_by), unknown)
    return row


def reviews(
    db: Session, principal: Principal, query: ReviewQuery, *, offset: int, limit: int
) -> tuple[list[Review], int]:
    """Reviews the caller may see, by when they last moved, and how many in all."""
    wanted: list[ColumnElement[bool]] = [
        col(Review.organisation_code).in_(visible_organisations(principal))
    ]
    if query.station is not None:
        wanted.append(col(Review.station_code) == query.station)
    if query.state is not None:
        wanted.append(col(Review.state) == query.state)
    if query.waiting_for is not None:
        wanted.append(col(Review.state).in_(WAITING[query.waiting_for]))
    if query.is_going_on is not None:
        is_over = col(Review.state).in_(ENDED)
        wanted.append(~is_over if query.is_going_on else is_over)
    order = (col(Review.changed_at), col(Review.id))
    rows = db.exec(
        select(Review)
        .where(*wanted)
        .order_by(*(order if query.is_oldest_first else [one.desc() for one in order]))
        .offset(offset)
        .limit(limit)
    ).all()
    return list(rows), db.exec(select(func.count()).select_from(Review).where(*wanted)).one()


def page_of(db: Session, principal: Principal, row: Review) -> ReviewPage:
    """A review with its steps, comments and what the caller may do."""
    entries = db.exec(
        select(ReviewEntry).where(ReviewEntry.review_id == row.id).order_by(col(ReviewEntry.id))
    ).all()
    comments = db.exec(
        select(ReviewComment)
        .where(ReviewComment.review_id == row.id)
        .order_by(col(ReviewComment.id))
    ).all()
    side = None if principal.is_read_only else speaks_for(principal.role)
    return ReviewPage.model_validate(
        row.model_dump()
        | {
            "stages": stages([Taken(one.id or 0, one.step, one.state) for one in entries]),
            "history": [ReviewEntryOut.model_validate(entry) for entry in entries],
            "comments": [CommentOut.model_validate(one) for one in comments],
            "possible": [step for step in possible_steps(row.state) if side_of(step) is side],
        }
    )


def snapshot_of(db: Session, principal: Principal, review_id: int, sha256: str) -> SnapshotOut:
    """A frozen check of a review, with the word whether it is still what was frozen.

    Raises:
        UnknownReview: there is none, or the caller may not know of it.
        UnknownSnapshot: no step of the review rests on it.
        NotAllowed: the caller's role sees no reviews.
    """
    text = snapshot_text(db, principal, review_id, sha256)
    return SnapshotOut(sha256=sha256, is_intact=hash_of(text) == sha256, content=json.loads(text))


def snapshot_text(db: Session, principal: Principal, review_id: int, sha256: str) -> str:
    """The very text that was hashed, for who wants to hash it again.

    Raises as `snapshot_of` does.
    """
    row = review(db, principal, review_id, Action.READ_REVIEW)
    query = select(ReviewEntry.id).where(
        ReviewEntry.review_id == row.id, ReviewEntry.snapshot_sha256 == sha256
    )
    kept = db.get(ReviewSnapshot, sha256)
    if kept is None or db.exec(query).first() is None:
        raise UnknownSnapshot(sha256)
    return kept.text
