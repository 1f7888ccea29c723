"""Routes of reviews."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.paging import Limit, Offset, Page, page
from inventory.readiness.routes import Desk
from inventory.reviews.finding import (
    ReviewQuery,
    comparison,
    page_of,
    review,
    reviews,
    snapshot_of,
)
from inventory.reviews.rules import ReviewState
from inventory.reviews.schema import (
    Application,
    CommentOrder,
    Comparison,
    ReviewOut,
    ReviewPage,
    ReviewStepOrder,
    SnapshotOut,
)
from inventory.reviews.use_cases import apply, comment, take_step

router = APIRouter(tags=["reviews"])
Reader = Annotated[Principal, Depends(require(Action.READ_REVIEW))]
Applicant = Annotated[Principal, Depends(require(Action.WRITE_REVIEW))]
ReviewId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Compared = Annotated[int, Query(ge=1, le=2**31 - 1)]


@router.get("/reviews")
def list_reviews(
    database: TheDatabase,
    caller: Reader,
    station: Annotated[str | None, Query(max_length=32)] = None,
    state: ReviewState | None = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[ReviewOut]:
    """Reviews of stations I may see, the latest changed first."""
    with database.read() as db:
        query = ReviewQuery(station, state)
        rows, total = reviews(db, caller, query, offset=offset, limit=limit)
        return page([ReviewOut.model_validate(row) for row in rows], total, offset)


@router.post("/reviews", status_code=status.HTTP_201_CREATED)
def apply_for_review(
    order: Application, database: TheDatabase, desk: Desk, caller: Applicant, now: Now
) -> ReviewPage:
    """Hand in a station's application; 409 when it has a review that goes on."""
    return apply(database, desk, caller, order, now=now)


@router.get("/reviews/comparison")
def compare_reviews(
    database: TheDatabase,
    caller: Reader,
    compared: Annotated[list[Compared], Query(alias="review", min_length=1, max_length=20)],
) -> Comparison:
    """The latest frozen checks of some reviews side by side, row by row."""
    with database.read() as db:
        return comparison(db, caller, compared)


@router.get("/reviews/{review_id}")
def show_review(review_id: ReviewId, database: TheDatabase, caller: Reader) -> ReviewPage:
    """One review with its steps and comments."""
    with database.read() as db:
        return page_of(db, caller, review(db, caller, review_id, Action.READ_REVIEW))


@router.get("/reviews/{review_id}/snapshots/{sha256}")
def show_snapshot(
    review_id: ReviewId,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    database: TheDatabase,
    caller: Reader,
) -> SnapshotOut:
    """The check as it was frozen with a step."""
    with database.read() as db:
        return snapshot_of(db, caller, review_id, sha256)


@router.post("/reviews/{review_id}/steps")
def step_review(
    review_id: ReviewId,
    order: ReviewStepOrder,
    database: TheDatabase,
    desk: Desk,
    caller: Reader,
    now: Now,
) -> ReviewPage:
    """Take a step of the guide; 409 when it has none such from here."""
    return take_step(database, desk, caller, review_id, order, now=now)


@router.post("/reviews/{review_id}/comments")
def comment_on_review(
    review_id: ReviewId, order: CommentOrder, database: TheDatabase, caller: Reader, now: Now
) -> ReviewPage:
    """Say something on a row of the list, or answer what was said."""
    return comment(database, caller, review_id, order, now=now)
