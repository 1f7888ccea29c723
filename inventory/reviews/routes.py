"""Routes of reviews."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response, status

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.paging import Limit, Offset, Page, page
from inventory.readiness.routes import Desk
from inventory.reviews.comparing import (
    CheckDifference,
    Comparison,
    ThenAndNow,
    comparison,
    then_and_now,
)
from inventory.reviews.finding import (
    ReviewQuery,
    page_of,
    review,
    reviews,
    snapshot_of,
    snapshot_text,
)
from inventory.reviews.rules import ReviewState, Side
from inventory.reviews.schema import (
    Application,
    CommentOrder,
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
Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
SomeSha256 = Annotated[str | None, Query(pattern=r"^[0-9a-f]{64}$")]


class Wanted:
    """Which reviews a caller asks for."""

    def __init__(
        self,
        station: Annotated[str | None, Query(max_length=32)] = None,
        state: ReviewState | None = None,
        waiting_for: Annotated[Side | None, Query(description="whose turn it is")] = None,
        is_going_on: Annotated[bool | None, Query(alias="going_on")] = None,
        is_oldest_first: Annotated[
            bool, Query(alias="oldest_first", description="what waits longest comes first")
        ] = False,
    ) -> None:
        self.query = ReviewQuery(station, state, waiting_for, is_going_on, is_oldest_first)


@router.get("/reviews")
def list_reviews(
    database: TheDatabase,
    caller: Reader,
    wanted: Annotated[Wanted, Depends()],
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[ReviewOut]:
    """Reviews of stations I may see, the latest changed first."""
    with database.read() as db:
        rows, total = reviews(db, caller, wanted.query, offset=offset, limit=limit)
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


@router.get("/reviews/{review_id}/difference")
def show_difference(  # noqa: PLR0913, PLR0917 - each is a part of the question
    review_id: ReviewId,
    database: TheDatabase,
    desk: Desk,
    caller: Reader,
    now: Now,
    then: Annotated[SomeSha256, Query(description="default: that of the latest step")] = None,
    later: Annotated[SomeSha256, Query(description="default: the check as it is now")] = None,
) -> CheckDifference:
    """What changed since a check was frozen, row by row."""
    asked = ThenAndNow(review_id, then, later)
    return then_and_now(database, desk, caller, asked, now=now)


@router.get("/reviews/{review_id}/snapshots/{sha256}")
def show_snapshot(
    review_id: ReviewId, sha256: Sha256, database: TheDatabase, caller: Reader
) -> SnapshotOut:
    """The check as it was frozen with a step."""
    with database.read() as db:
        return snapshot_of(db, caller, review_id, sha256)


@router.get(
    "/reviews/{review_id}/snapshots/{sha256}/text",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}}},
)
def download_snapshot(
    review_id: ReviewId, sha256: Sha256, database: TheDatabase, caller: Reader
) -> Response:
    """The very bytes that were hashed: whoever hashes the file gets its name."""
    with database.read() as db:
        text = snapshot_text(db, caller, review_id, sha256)
    head = {"Content-Disposition": f'attachment; filename="{sha256}.json"'}
    return Response(text.encode(), media_type="application/json", headers=head)


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
