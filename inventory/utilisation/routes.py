"""Routes of utilisation."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.days_asked import DaysAsked, days_asked
from inventory.requirements.writing import MEDIA_TYPES
from inventory.utilisation.drilling import bench_utilisation
from inventory.utilisation.files import report_file
from inventory.utilisation.fleet import Question
from inventory.utilisation.periods import Every
from inventory.utilisation.schema import (
    BenchUtilisationOut,
    GroupBy,
    HoursOut,
    RankBy,
    UtilisationReportOut,
)
from inventory.utilisation.use_cases import hours, report

router = APIRouter(tags=["utilisation"])
Reader = Annotated[Principal, Depends(require(Action.READ_BENCH_DETAILS))]
Code = Annotated[str | None, Query(max_length=32)]
Days = Annotated[DaysAsked, Depends(days_asked(by_default=28))]


class Rigs:
    """Which benches; without a choice all the caller may look into."""

    def __init__(
        self,
        days: Days,
        benches: Annotated[
            list[str] | None, Query(alias="bench", max_length=64, description="repeat for several")
        ] = None,
        station: Code = None,
        organisation: Code = None,
    ) -> None:
        chosen = None if benches is None else list(dict.fromkeys(benches))
        self.question = Question(days.first, days.last, chosen, station, organisation)


class Grouping:
    """How a report is put together."""

    def __init__(
        self,
        rigs: Annotated[Rigs, Depends()],
        by: GroupBy = GroupBy.BENCH,
        every: Every = Every.WHOLE,
        rank: Annotated[RankBy | None, Query(description="rows by this, the highest first")] = None,
    ) -> None:
        one = rigs.question
        self.question = Question(
            one.first, one.last, one.benches, one.station, one.organisation, by, every, rank
        )


@router.get("/utilisation/figures")
def show_utilisation_figures(
    database: TheDatabase, caller: Reader, now: Now, asked: Annotated[Grouping, Depends()]
) -> UtilisationReportOut:
    """Available, booked and used time by group and period, with what the rates are made of."""
    with database.read() as db:
        return report(db, caller, asked.question, now)


@router.get("/utilisation/figures/file")
def export_utilisation_figures(
    database: TheDatabase,
    caller: Reader,
    now: Now,
    asked: Annotated[Grouping, Depends()],
    file_format: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "xlsx",
) -> Response:
    """The same as a table in hours and percents."""
    with database.read() as db:
        found = report(db, caller, asked.question, now)
    name = f"utilisation_{found.first:%Y%m%d}_{found.last:%Y%m%d}.{file_format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(report_file(name, found), media_type=MEDIA_TYPES[file_format], headers=headers)


@router.get("/utilisation/hours")
def show_utilisation_hours(
    database: TheDatabase, caller: Reader, now: Now, rigs: Annotated[Rigs, Depends()]
) -> HoursOut:
    """Available, booked and used time by the hour of the week."""
    with database.read() as db:
        return hours(db, caller, rigs.question, now)


@router.get("/utilisation/benches/{code}")
def show_bench_utilisation(
    code: str, database: TheDatabase, caller: Reader, now: Now, days: Days
) -> BenchUtilisationOut:
    """What the figures of a bench are made of: bookings held against use, and usage sessions."""
    with database.read() as db:
        question = Question(days.first, days.last, [code])
        return bench_utilisation(db, caller, question, now)
