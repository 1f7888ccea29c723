"""Finding reviews and their frozen checks, scoped to who asks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Resource, authorize
from inventory.errors import Invalid, NotAllowed, UnknownReview, UnknownSnapshot
from inventory.organisations.use_cases import organisation
from inventory.reviews.rules import ReviewState, possible_steps, side_of, speaks_for
from inventory.reviews.schema import (
    CommentOut,
    ComparedCell,
    ComparedRow,
    Comparison,
    ReviewEntryOut,
    ReviewOut,
    ReviewPage,
    SnapshotOut,
)
from inventory.reviews.snapshots import hash_of
from inventory.reviews.table import Review, ReviewComment, ReviewEntry, ReviewSnapshot


@dataclass(frozen=True, slots=True)
class ReviewQuery:
    """Which reviews; None leaves it open."""

    station: str | None = None
    state: ReviewState | None = None


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
    """Reviews the caller may see, the latest changed first, and how many in all."""
    wanted: list[ColumnElement[bool]] = [
        col(Review.organisation_code).in_(visible_organisations(principal))
    ]
    if query.station is not None:
        wanted.append(col(Review.station_code) == query.station)
    if query.state is not None:
        wanted.append(col(Review.state) == query.state)
    rows = db.exec(
        select(Review)
        .where(*wanted)
        .order_by(col(Review.changed_at).desc(), col(Review.id).desc())
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
    row = review(db, principal, review_id, Action.READ_REVIEW)
    query = select(ReviewEntry.id).where(
        ReviewEntry.review_id == row.id, ReviewEntry.snapshot_sha256 == sha256
    )
    kept = db.get(ReviewSnapshot, sha256)
    if kept is None or db.exec(query).first() is None:
        raise UnknownSnapshot(sha256)
    is_intact = hash_of(kept.text) == sha256
    return SnapshotOut(sha256=sha256, is_intact=is_intact, content=json.loads(kept.text))


def comparison(db: Session, principal: Principal, review_ids: Sequence[int]) -> Comparison:
    """The latest frozen checks of some reviews side by side, row by row.

    Raises:
        UnknownReview: one of them is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no reviews.
        Invalid: one is asked for twice.
    """
    if len(set(review_ids)) < len(review_ids):
        raise Invalid("review", "each review once")
    rows = [review(db, principal, one, Action.READ_REVIEW) for one in review_ids]
    counted = [_counts(db, row) for row in rows]
    names = {row_id: item for counts in counted for row_id, (item, _, _) in counts.items()}
    return Comparison(
        reviews=[ReviewOut.model_validate(row) for row in rows],
        rows=[
            ComparedRow(
                row_id=row_id,
                item_zh=names[row_id]["zh"],
                item_en=names[row_id]["en"],
                cells=[
                    _cell(row, counts.get(row_id))
                    for row, counts in zip(rows, counted, strict=True)
                ],
            )
            for row_id in sorted(names)
        ],
    )


_Counts = Mapping[str, tuple[dict[str, str], int, int]]


def _counts(db: Session, row: Review) -> _Counts:
    kept = db.get_one(ReviewSnapshot, row.snapshot_sha256)
    content: dict[str, Any] = json.loads(kept.text)
    counts: dict[str, tuple[dict[str, str], int, int]] = {}
    for outcome in (one for answer in content["answers"] for one in answer["rows"]):
        _, met, asked = counts.get(outcome["row_id"], ({}, 0, 0))
        counts[outcome["row_id"]] = (outcome["item"], met + outcome["is_met"], asked + 1)
    return counts


def _cell(row: Review, counted: tuple[dict[str, str], int, int] | None) -> ComparedCell:
    _, met, asked = counted or ({}, 0, 0)
    return ComparedCell(review_id=row.id or 0, met=met, asked=asked)
