"""Routes of exports."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response, status
from fastapi.responses import FileResponse

from inventory.accounts.policies import Now, TheDatabase
from inventory.exports.jobs import ExportJobs
from inventory.exports.rules import MEDIA_TYPES
from inventory.exports.schema import ExportOut, ExportRequest
from inventory.exports.use_cases import export_file, file_name, order_export, shown
from inventory.monitoring.routes import Insider, Live

EXPORTS = "/api/v1/exports"
router = APIRouter(tags=["exports"])


def exports_of(request: Request) -> ExportJobs:
    """The makers of files the app was made with."""
    return cast("ExportJobs", request.app.state.exports)


Jobs = Annotated[ExportJobs, Depends(exports_of)]


@router.post("/benches/{code}/exports", status_code=status.HTTP_202_ACCEPTED)
def create_export(  # noqa: PLR0913, PLR0917 - one argument per thing the request needs
    code: str,
    asked: ExportRequest,
    database: TheDatabase,
    live: Live,
    jobs: Jobs,
    caller: Insider,
    now: Now,
) -> ExportOut:
    """Have a file made of all rows of a span; ask for its progress by its id."""
    return shown(order_export(database, live, jobs, caller, (code, asked, now)), EXPORTS)


@router.get("/exports")
def list_exports(jobs: Jobs, caller: Insider, now: Now) -> list[ExportOut]:
    """My exports, the latest first."""
    return [shown(job, EXPORTS) for job in jobs.jobs(caller.user_id, now)]


@router.get("/exports/{export_id}")
def show_export(export_id: str, jobs: Jobs, caller: Insider, now: Now) -> ExportOut:
    """How far one of my exports is."""
    return shown(jobs.job(caller.user_id, export_id, now), EXPORTS)


@router.get(
    "/exports/{export_id}/file",
    response_class=FileResponse,
    responses={200: {"description": "The file", "content": {"application/octet-stream": {}}}},
)
def fetch_export(
    export_id: str, database: TheDatabase, jobs: Jobs, caller: Insider, now: Now
) -> FileResponse:
    """The finished file; 404 while it is not done."""
    job, path = export_file(database, jobs, caller, export_id, now)
    return FileResponse(path, media_type=MEDIA_TYPES[job.order.format], filename=file_name(job))


@router.delete("/exports/{export_id}", status_code=status.HTTP_204_NO_CONTENT)
def end_export(export_id: str, jobs: Jobs, caller: Insider, now: Now) -> Response:
    """Cancel one of my exports that is not finished; remove a finished one."""
    jobs.end(caller.user_id, export_id, now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
