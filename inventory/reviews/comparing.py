"""Frozen checks of several stations side by side, and one station's check then and now."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlmodel import Session

from inventory.accounts.rules import Action, Principal
from inventory.database import Database
from inventory.errors import Invalid
from inventory.readiness.findings import Status
from inventory.readiness.use_cases import ReadinessDesk
from inventory.requirements.edition_reading import changes_between
from inventory.requirements.errors import UnknownList
from inventory.reviews.differences import Content, Difference, difference, told
from inventory.reviews.finding import review, snapshot_of
from inventory.reviews.picturing import picture
from inventory.reviews.progress import next_step
from inventory.reviews.rules import SUBMISSIONS
from inventory.reviews.schema import ReviewOut
from inventory.reviews.table import Review, ReviewSnapshot
from inventory.stations.rules import Level
from inventory.stations.table import Station


class ComparedCell(BaseModel):
    """Of how many modules and levels that ask for a row it is met."""

    review_id: int
    met: int
    asked: int


class ComparedRow(BaseModel):
    """A row of the list across reviews, one cell each in the order asked for."""

    row_id: str
    module_code: str
    item_zh: str
    item_en: str
    cells: list[ComparedCell]


class ComparedStatus(BaseModel):
    """What one frozen check says of a module and level; null where the list has nothing for it."""

    review_id: int
    status: Status | None
    binding: int


class ComparedModule(BaseModel):
    """A module and level across reviews, one cell each in the order asked for."""

    module: str
    level: Level
    cells: list[ComparedStatus]


class Comparison(BaseModel):
    """Several stations' latest frozen checks side by side."""

    reviews: list[ReviewOut]
    modules: list[ComparedModule]
    rows: list[ComparedRow]


class CheckThen(BaseModel):
    """Which check stands on one side."""

    sha256: str = Field(description="empty for the check as it is now")
    is_intact: bool
    taken_at: datetime
    list_version: str


class CheckDifference(BaseModel):
    """A frozen check of a review and a later one, or the check as it is now."""

    review_id: int
    before: CheckThen
    after: CheckThen
    difference: Difference


@dataclass(frozen=True, slots=True)
class ThenAndNow:
    """Which checks of a review: `then` None is that of its latest step, `later` None is now's."""

    review_id: int
    then: str | None = None
    later: str | None = None


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
    counted = [_counted(db, row) for row in rows]
    return Comparison(
        reviews=[ReviewOut.model_validate(row) for row in rows],
        modules=_modules(rows, counted),
        rows=_rows(rows, counted),
    )


def then_and_now(
    database: Database,
    desk: ReadinessDesk,
    principal: Principal,
    asked: ThenAndNow,
    *,
    now: datetime,
) -> CheckDifference:
    """One station's check as it was frozen, beside a later frozen one or the present one.

    The present one is held against the list that the review's next step would take.

    Raises:
        UnknownReview: there is none, or the caller may not know of it.
        UnknownSnapshot: no step of the review rests on it.
        NotAllowed: the caller's role sees no reviews.
    """
    with database.read() as db:
        row = review(db, principal, asked.review_id, Action.READ_REVIEW)
        before = snapshot_of(db, principal, asked.review_id, asked.then or row.snapshot_sha256)
        found = db.get_one(Station, row.station_code)
        after = asked.later and snapshot_of(db, principal, asked.review_id, asked.later)
    if not after:
        version = None if next_step(row.state) in SUBMISSIONS else row.list_version or None
        content: Content = json.loads(picture(database, desk, found, version, now).text)
        shown = _side("", content, is_intact=True)
    else:
        content = after.content
        shown = _side(after.sha256, content, is_intact=after.is_intact)
    old = _side(before.sha256, before.content, is_intact=before.is_intact)
    matches = _matches(database, old.list_version, shown.list_version)
    return CheckDifference(
        review_id=asked.review_id,
        before=old,
        after=shown,
        difference=difference(before.content, content, matches),
    )


def _side(sha256: str, content: Content, *, is_intact: bool) -> CheckThen:
    return CheckThen(
        sha256=sha256,
        is_intact=is_intact,
        taken_at=content["taken_at"],
        list_version=content["list"]["version"],
    )


def _matches(database: Database, old: str, new: str) -> Mapping[str, str]:
    if old == new or not old or not new:
        return {}
    try:
        with database.read() as db:
            return changes_between(db, old, new).matches
    except UnknownList:
        # a version that was taken away again: rows keep their ids
        return {}


def _counted(db: Session, row: Review) -> Content:
    content: dict[str, Any] = json.loads(db.get_one(ReviewSnapshot, row.snapshot_sha256).text)
    return content


def _modules(rows: Sequence[Review], contents: Sequence[Content]) -> list[ComparedModule]:
    of = [
        {(one["question"]["module"], one["question"]["level"]): one for one in content["answers"]}
        for content in contents
    ]
    order = {level.value: place for place, level in enumerate(Level)}
    keys = sorted({key for one in of for key in one}, key=lambda key: (key[0], order[key[1]]))
    return [
        ComparedModule(
            module=module,
            level=level,
            cells=[
                _status(row, answers.get((module, level)))
                for row, answers in zip(rows, of, strict=True)
            ],
        )
        for module, level in keys
    ]


def _status(row: Review, answer: Mapping[str, Any] | None) -> ComparedStatus:
    if answer is None:
        return ComparedStatus(review_id=row.id or 0, status=None, binding=0)
    status, binding = told(answer)
    return ComparedStatus(review_id=row.id or 0, status=status, binding=binding)


def _rows(rows: Sequence[Review], contents: Sequence[Content]) -> list[ComparedRow]:
    counted = [_met(content) for content in contents]
    named = {
        row["row_id"]: row
        for content, counts in zip(contents, counted, strict=True)
        for row in content["list"]["rows"]
        if row["row_id"] in counts
    }
    return [
        ComparedRow(
            row_id=row_id,
            module_code=row["module_code"],
            item_zh=row["item_zh"],
            item_en=row["item_en"],
            cells=[
                _cell(station, counts.get(row_id, (0, 0)))
                for station, counts in zip(rows, counted, strict=True)
            ],
        )
        for row_id, row in sorted(named.items())
    ]


def _met(content: Content) -> dict[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for outcome in (one for answer in content["answers"] for one in answer["rows"]):
        met, asked = counts.get(outcome["row_id"], (0, 0))
        counts[outcome["row_id"]] = (met + bool(outcome["is_met"]), asked + 1)
    return counts


def _cell(row: Review, counted: tuple[int, int]) -> ComparedCell:
    met, asked = counted
    return ComparedCell(review_id=row.id or 0, met=met, asked=asked)
