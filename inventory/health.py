"""Routes by which machines watch the server: alive, ready, figures, and its own description."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal, cast

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import State

from inventory.accounts.policies import Now, TheDatabase, now_of, public, require
from inventory.accounts.rules import Action
from inventory.audit.use_cases import revision
from inventory.benches.live import LiveBenches
from inventory.database import Database
from inventory.edge import Metrics
from inventory.errors import SourceUnavailable
from inventory.monitoring.projecting import unknown_benches
from inventory.monitoring.routes import Live
from inventory.monitoring.streams import Streams

router = APIRouter(tags=["health"])
_open = [Depends(public())]
INGEST_LATE_AFTER_S = 10.0


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Whether the parts answer; 503 without database or telemetry store.

    A late ingest is told but does not make the server unready, since it can still show the past.
    """

    is_ready: bool
    database: Literal["ok", "unavailable"]
    telemetry: Literal["ok", "unavailable"]
    ingest: Literal["ok", "late", "never"]
    ingest_age_s: float | None = Field(description="since ingest's last sign of life")


@router.get("/healthz", dependencies=_open)
def healthz() -> Health:
    """Whether the process lives."""
    return Health()


@router.get("/readyz", dependencies=_open, responses={503: {"model": Ready}})
def readyz(database: TheDatabase, live: Live, now: Now, response: Response) -> Ready:
    """Whether the database and the telemetry store answer, and how fresh ingest is."""
    is_database_ok = _answers(database)
    try:
        seen_at, is_telemetry_ok = live.ingest_seen_at(), True
    except SourceUnavailable:
        seen_at, is_telemetry_ok = None, False
    is_ready = is_database_ok and is_telemetry_ok
    if not is_ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    age = _age_s(seen_at, now)
    return Ready(
        is_ready=is_ready,
        database="ok" if is_database_ok else "unavailable",
        telemetry="ok" if is_telemetry_ok else "unavailable",
        ingest="never" if age is None else "ok" if age <= INGEST_LATE_AFTER_S else "late",
        ingest_age_s=age,
    )


@router.get(
    "/metrics", dependencies=[Depends(require(Action.READ_METRICS))], response_class=Response
)
def metrics(request: Request) -> Response:
    """Figures for Prometheus, for administrators and their API keys.

    There is no exception for callers of this machine: a proxy before the server is one, too.
    """
    text = metrics_text(request.app.state, now_of(request))
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def metrics_text(state: State, now: datetime) -> bytes:
    """The figures of an app by its state, for whoever may see them.

    Raises:
        SourceUnavailable: the telemetry store gives no answer.
    """
    figures = cast("Metrics", state.metrics)
    with cast("Database", state.database).read() as db:
        figures.audit.set(revision(db))
        figures.unknown_benches.set(len(unknown_benches(db)))
    age = _age_s(cast("LiveBenches", state.live).ingest_seen_at(), now)
    figures.ingest_age.set(-1 if age is None else age)
    figures.streams.set(cast("Streams", state.streams).open_count)
    return figures.text()


@router.get("/api/v1/openapi.json", include_in_schema=False, dependencies=_open)
def openapi(request: Request) -> dict[str, Any]:
    """This API's own description."""
    return cast("dict[str, Any]", request.app.openapi())


def _answers(database: Database) -> bool:
    try:
        with database.read() as db:
            db.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _age_s(seen_at: datetime | None, now: datetime) -> float | None:
    return None if seen_at is None else max((now - seen_at).total_seconds(), 0.0)
