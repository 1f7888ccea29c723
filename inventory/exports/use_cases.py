"""Ordering an export and looking after it."""

from datetime import datetime, timedelta
from pathlib import Path

from inventory.accounts.rules import Action, Principal
from inventory.audit.use_cases import record
from inventory.benches.live import LiveBenches
from inventory.benches.table import Bench
from inventory.benches.use_cases import bench
from inventory.database import Database
from inventory.errors import Invalid
from inventory.exports.jobs import ExportJob, ExportJobs, ExportOrder, SignalWords
from inventory.exports.rules import MAX_SPAN, ExportState
from inventory.exports.schema import ExportOut, ExportRequest

_YEARS = range(1971, 9999)


def order_export(
    database: Database,
    live: LiveBenches,
    jobs: ExportJobs,
    caller: Principal,
    asked: tuple[str, ExportRequest, datetime],
) -> ExportJob:
    """Take an order for `asked`: bench code, what is wanted, and the moment.

    Raises:
        UnknownBench: there is none, or the caller may not know of it.
        Invalid: the span is empty or longer than `MAX_SPAN`.
        TooManyOpen: the caller has enough exports under way.
        TooBusy: there is no room for another.
    """
    code, request, now = asked
    with database.read() as db:
        found = bench(db, caller, code, Action.READ_BENCH_DETAILS)
    _check_span(request.start, request.end)
    job = jobs.submit(_order(found, live, caller, request), now)
    with database.begin() as db:
        record(
            db,
            who=caller.username,
            action="exported",
            entity="export",
            entity_id=f"{code}/{job.id}",
            organisation_code=found.organisation_code,
            new={"from": request.start, "to": request.end, "format": request.format.value},
            at=now,
        )
    return job


def _check_span(start: datetime, end: datetime) -> None:
    if start.year not in _YEARS or end.year not in _YEARS:
        raise Invalid("from", f"a year from {_YEARS.start} to {_YEARS.stop - 1}")
    if not timedelta(0) < end - start <= MAX_SPAN:
        raise Invalid("from", f"a moment before `to`, at most {MAX_SPAN.days} days earlier")


def _order(
    found: Bench, live: LiveBenches, caller: Principal, request: ExportRequest
) -> ExportOrder:
    state = live.state(found.code)
    birth = state.birth if state else None
    return ExportOrder(
        owner_id=caller.user_id,
        bench=found.code,
        start=request.start,
        end=request.end,
        format=request.format,
        signals=None if request.signals is None else list(dict.fromkeys(request.signals)),
        has_mark=request.bom,
        station=found.station_code or "",
        profile=found.profile,
        words={
            one.name: SignalWords(one.unit, one.label_zh, one.label_en)
            for one in (birth.signals if birth else ())
        },
    )


def export_file(
    database: Database, jobs: ExportJobs, caller: Principal, job_id: str, now: datetime
) -> tuple[ExportJob, Path]:
    """The finished file of an export, for as long as the caller may look into its bench.

    Raises:
        UnknownExport: the caller has none of this id, or it is not done.
        UnknownBench: the caller may not know of the bench any more.
    """
    job = jobs.job(caller.user_id, job_id, now)
    with database.read() as db:
        bench(db, caller, job.order.bench, Action.READ_BENCH_DETAILS)
    return job, jobs.file(caller.user_id, job_id, now)


def file_name(job: ExportJob) -> str:
    """What a browser saves it as: bench and span, in China's time."""
    offset = timedelta(hours=8)
    start, end = (at + offset for at in (job.order.start, job.order.end))
    name = f"{job.order.bench}_{start:%Y%m%d-%H%M%S}_{end:%Y%m%d-%H%M%S}"
    return f"{name}.{job.order.format.value}"


def shown(job: ExportJob, prefix: str) -> ExportOut:
    """As the API tells it; `prefix` is where exports are found."""
    order = job.order
    is_done = job.state is ExportState.DONE
    return ExportOut(
        id=job.id,
        bench=order.bench,
        start=order.start,
        end=order.end,
        format=order.format,
        signals=None if order.signals is None else list(order.signals),
        state=job.state,
        made_at=job.made_at,
        rows_done=job.rows_done,
        rows_total=job.rows_total,
        size_bytes=job.size_bytes,
        expires_at=job.expires_at,
        trouble=job.trouble,
        file=f"{prefix}/{job.id}/file" if is_done else None,
    )
