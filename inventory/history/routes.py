"""Routes of the past of benches."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from inventory.accounts.policies import Now, TheDatabase
from inventory.accounts.rules import Action
from inventory.benches.use_cases import bench
from inventory.days_asked import DaysAsked, days_asked
from inventory.history.schema import (
    ComparisonOut,
    RollupsOut,
    RollupStep,
    TimelineOut,
    UtilisationOut,
)
from inventory.history.use_cases import Comparison, compare, rollups, timeline, utilisation
from inventory.monitoring.routes import Insider, Live, Moment

MAX_LENGTH_S = 31 * 86_400
router = APIRouter(tags=["history"])
Signals = Annotated[
    list[str] | None, Query(alias="signal", max_length=64, description="repeat for several")
]


class Stretch:
    """A span of time; by default the last hour."""

    def __init__(
        self,
        now: Now,
        start: Annotated[
            Moment | None, Query(alias="from", description="default: 1 hour before `to`")
        ] = None,
        end: Annotated[Moment | None, Query(alias="to", description="default: now")] = None,
    ) -> None:
        until = end or now
        self.span: tuple[datetime, datetime] = (start or until - timedelta(hours=1), until)


class Sides:
    """What is compared with what."""

    def __init__(  # noqa: PLR0913, PLR0917 - one argument per query parameter
        self,
        one: Annotated[str, Query(alias="bench", max_length=64)],
        start: Annotated[Moment, Query(alias="from")],
        other_start: Annotated[Moment, Query(alias="other_from")],
        length_s: Annotated[float, Query(gt=0, le=MAX_LENGTH_S, description="of both")],
        other: Annotated[
            str | None, Query(alias="other_bench", max_length=64, description="default: `bench`")
        ] = None,
        points: Annotated[int, Query(ge=1, le=2000, description="buckets per signal")] = 300,
        signals: Signals = None,
    ) -> None:
        self.asked = Comparison(
            (one, start),
            (other or one, other_start),
            max(timedelta(seconds=length_s), timedelta(milliseconds=1)),
            points,
            signals,
        )


@router.get("/benches/{code}/rollups")
def show_rollups(  # noqa: PLR0913, PLR0917 - one argument per query parameter
    code: str,
    database: TheDatabase,
    live: Live,
    caller: Insider,
    stretch: Annotated[Stretch, Depends()],
    signals: Annotated[list[str], Query(alias="signal", max_length=64)],
    step: RollupStep = RollupStep.MINUTE,
) -> RollupsOut:
    """Minimum, mean, maximum, last value and active seconds of signals per minute or hour."""
    with database.read() as db:
        found = bench(db, caller, code, Action.READ_BENCH_DETAILS)
    return rollups(live, found, stretch.span, step, list(dict.fromkeys(signals)))


@router.get("/benches/{code}/timeline")
def show_timeline(
    code: str,
    database: TheDatabase,
    caller: Insider,
    stretch: Annotated[Stretch, Depends()],
    limit: Annotated[int, Query(ge=1, le=1000, description="of each kind, the latest")] = 200,
) -> TimelineOut:
    """Faults and usage sessions of a bench that reach into a span of time."""
    with database.read() as db:
        found = bench(db, caller, code, Action.READ_BENCH_DETAILS)
        return timeline(db, found, stretch.span, limit)


@router.get("/utilisation")
def show_utilisation(
    database: TheDatabase,
    live: Live,
    caller: Insider,
    days: Annotated[DaysAsked, Depends(days_asked(by_default=14))],
    benches: Annotated[
        list[str] | None,
        Query(alias="bench", max_length=64, description="repeat for several; none: all I may see"),
    ] = None,
) -> UtilisationOut:
    """Measured time of use and number of usage sessions per bench and day of China's time."""
    with database.read() as db:
        return utilisation(db, live, caller, benches, (days.first, days.last))


@router.get("/compare")
def show_comparison(
    database: TheDatabase, live: Live, caller: Insider, sides: Annotated[Sides, Depends()]
) -> ComparisonOut:
    """The same signals of two benches, or of one bench at two times, aligned on their beginnings.

    Signals whose units differ are told and left out.
    """
    with database.read() as db:
        details = Action.READ_BENCH_DETAILS
        one, other = (
            bench(db, caller, code, details) for code, _ in (sides.asked.one, sides.asked.other)
        )
    return compare(live, one, other, sides.asked)
