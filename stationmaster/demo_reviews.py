"""The demo's reviews: one that waits for the evaluation organisation, one for its school."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import select

from inventory.benches.live_memory import MemoryLiveBenches
from inventory.database import Database
from inventory.moments import today
from inventory.readiness.preparing import ReadinessMemory
from inventory.readiness.use_cases import ReadinessDesk
from inventory.requirements.use_cases import import_list
from inventory.reviews.rules import ReviewStep
from inventory.reviews.schema import Application, CommentOrder, ReviewPage, ReviewStepOrder
from inventory.reviews.table import Review
from inventory.reviews.use_cases import apply, comment, take_step
from stationmaster.demo_data import BENCHES, WHO
from stationmaster.demo_edition import next_edition
from stationmaster.demo_people import principal_named
from telemetry.contract.payloads import BenchState, Birth, BusState, Identity, IdentityKind


@dataclass(frozen=True, slots=True)
class _Told:
    """A step of a story; `row_id` makes it a comment on that row instead."""

    days_ago: int
    who: str
    step: ReviewStep
    text: str = ""
    row_id: str = ""


_SCHOOL_WAITS = (
    _Told(9, "gx-master", ReviewStep.APPLY, "申请成为考核站，申报材料已寄出。"),
    _Told(7, "evaluator", ReviewStep.PASS_APPLICATION, "材料齐全。"),
    _Told(6, "evaluator", ReviewStep.SIGN_AGREEMENT),
    _Told(5, "gx-master", ReviewStep.SUBMIT_SELECTION),
)
_EVALUATION_WAITS = (
    _Told(12, "bj-master", ReviewStep.APPLY, "申请成为培训站。"),
    _Told(11, "evaluator", ReviewStep.PASS_APPLICATION),
    _Told(8, "evaluator", ReviewStep.SIGN_AGREEMENT),
    _Told(6, "bj-master", ReviewStep.SUBMIT_SELECTION),
    _Told(3, "bj-master", ReviewStep.COMPLETE_CONDITIONS, "建设条件已完善，请复审。"),
    _Told(
        1,
        "evaluator",
        ReviewStep.COMPLETE_CONDITIONS,
        "请补充采购进度，或说明由哪台设备代替。",
        row_id="C2-4-007",
    ),
)
_STORIES: Mapping[str, tuple[_Told, ...]] = {
    "GX02-E": _SCHOOL_WAITS,
    "BJ01-T": _EVALUATION_WAITS,
}


def fill_reviews(database: Database, now: datetime) -> None:
    """Let the stations come as far as their stories go; one that has a review keeps it.

    The edition that is to come is there, too, since it is the reviewers who ask what it changes.
    The checks that are frozen with the steps are those of the days of the steps.
    """
    with database.read() as db:
        known = set(db.exec(select(Review.station_code)).all())
    import_list(database, next_edition("EVAL", today(now)), who=WHO, now=now)
    live = MemoryLiveBenches()
    desk = ReadinessDesk(database, live, ReadinessMemory())
    for station, story in _STORIES.items():
        if station not in known:
            page: ReviewPage | None = None
            for told in story:
                at = now - timedelta(days=told.days_ago)
                _see_benches(live, at)
                page = _happen(database, desk, station, told, page, at)


def _see_benches(live: MemoryLiveBenches, at: datetime) -> None:
    """All benches are up at the moments of the stories, as they will be once the demo runs."""
    at_ms = int(at.timestamp() * 1000)
    for code in BENCHES:
        identity = Identity(kind=IdentityKind.SIMULATOR)
        birth = Birth(
            observed_at_ms=at_ms,
            epoch=1,
            profile=code[:-3],
            identity=identity,
            signals=[],
            publish_period_ms=100,
        )
        live.put_birth(code, birth, at)
        live.put_state(code, BenchState(observed_at_ms=at_ms, online=True, bus=BusState.ACTIVE), at)
    live.put_ingest_seen(at)


def _happen(
    database: Database,
    desk: ReadinessDesk,
    station: str,
    told: _Told,
    page: ReviewPage | None,
    at: datetime,
) -> ReviewPage:
    person = principal_named(database, told.who)
    if page is None:
        return apply(database, desk, person, Application(station=station, text=told.text), now=at)
    if told.row_id:
        order = CommentOrder(row_id=told.row_id, text=told.text)
        return comment(database, person, page.id, order, now=at)
    step = ReviewStepOrder(step=told.step, text=told.text)
    return take_step(database, desk, person, page.id, step, now=at)
