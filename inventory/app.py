"""The FastAPI app, made of parts that are handed in; no route without a policy."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Lifespan, Scope

from inventory.accounts.passwords import Passwords
from inventory.accounts.policies import RoutePolicy
from inventory.accounts.routes import router as accounts_router
from inventory.alerts.routes import router as alerts_router
from inventory.annual_reports.routes import router as annual_reports_router
from inventory.benches.live import LiveBenches
from inventory.booking_policies.routes import router as booking_policies_router
from inventory.bookings.routes import router as bookings_router
from inventory.bulk_edits.routes import router as bulk_edits_router
from inventory.calendar_feeds.routes import public_router as calendars_router
from inventory.calendar_feeds.routes import router as calendar_feeds_router
from inventory.check_in_pages.routes import public_router as check_in_pages_router
from inventory.check_ins.routes import router as check_ins_router
from inventory.conditions.routes import router as conditions_router
from inventory.consumables.routes import router as consumables_router
from inventory.data_health.routes import router as data_health_router
from inventory.data_health.source import MemoryTransport, TransportSource
from inventory.database import Database
from inventory.documents.files import DocumentFiles
from inventory.documents.files_memory import MemoryFiles
from inventory.documents.routes import router as documents_router
from inventory.door_pages.routes import public_router as doors_router
from inventory.due.routes import router as due_router
from inventory.edge import MAX_BODY_BYTES, Edge, Metrics
from inventory.equipment.proof_routes import router as proofs_router
from inventory.equipment.routes import router as equipment_router
from inventory.exports.jobs import ExportJobs
from inventory.exports.jobs_memory import MemoryExportJobs
from inventory.exports.routes import router as exports_router
from inventory.free_slots.routes import router as free_slots_router
from inventory.health import router as health_router
from inventory.history.routes import router as history_router
from inventory.income.routes import router as income_router
from inventory.labels.routes import router as labels_router
from inventory.labels.routes import short_router as label_addresses_router
from inventory.monitoring.changes import ChangeWatch
from inventory.monitoring.routes import router as benches_router
from inventory.monitoring.streams import Streams
from inventory.notifications.planning import Outreach
from inventory.notifications.routes import router as notifications_router
from inventory.openapi import openapi_of
from inventory.papers.page_routes import router as verify_router
from inventory.papers.routes import router as papers_router
from inventory.places.routes import router as places_router
from inventory.problems import install_problems
from inventory.readiness.edition_routes import router as editions_router
from inventory.readiness.gap_routes import router as gaps_router
from inventory.readiness.memory import Memory
from inventory.readiness.preparing import ReadinessMemory
from inventory.readiness.routes import router as readiness_router
from inventory.rectifications.routes import router as rectifications_router
from inventory.register.routes import router as register_router
from inventory.report_links.public_routes import router as public_reports_router
from inventory.report_links.routes import router as report_links_router
from inventory.requirements.preview_routes import router as previews_router
from inventory.requirements.routes import router as lists_router
from inventory.requirements.substitute_routes import router as substitutes_router
from inventory.reviews.routes import router as reviews_router
from inventory.rig_truth.routes import router as rig_truth_router
from inventory.rig_truth.source import truth_of
from inventory.school_calendar.routes import router as school_calendar_router
from inventory.sharing.public_routes import router as open_sharing_router
from inventory.sharing.routes import router as sharing_router
from inventory.staff.routes import router as staff_router
from inventory.stations.routes import router as stations_router
from inventory.stocktakes.phone_routes import router as phone_router
from inventory.stocktakes.routes import router as stocktakes_router
from inventory.timetables.routes import router as timetables_router
from inventory.unbooked_use.routes import router as unbooked_use_router
from inventory.utilisation.routes import router as utilisation_router
from inventory.visits import Visits
from inventory.work_orders.routes import router as work_orders_router

API = "/api/v1"
ROUTERS = (
    accounts_router,
    stations_router,
    readiness_router,
    editions_router,
    gaps_router,
    benches_router,
    history_router,
    utilisation_router,
    income_router,
    unbooked_use_router,
    exports_router,
    lists_router,
    substitutes_router,
    previews_router,
    equipment_router,
    register_router,
    bulk_edits_router,
    proofs_router,
    due_router,
    documents_router,
    school_calendar_router,
    booking_policies_router,
    free_slots_router,
    rig_truth_router,
    bookings_router,
    check_ins_router,
    calendar_feeds_router,
    sharing_router,
    timetables_router,
    alerts_router,
    data_health_router,
    rectifications_router,
    reviews_router,
    annual_reports_router,
    papers_router,
    labels_router,
    stocktakes_router,
    work_orders_router,
    report_links_router,
    staff_router,
    places_router,
    consumables_router,
    conditions_router,
    notifications_router,
)
PAGES = (
    health_router,
    public_reports_router,
    label_addresses_router,
    phone_router,
    verify_router,
    calendars_router,
    doors_router,
    check_in_pages_router,
    open_sharing_router,
)
"""What lies outside of the API and has its path in full."""
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Parts:
    """What the app is made of.

    `public_url` is the address users type where a proxy stands before the server, else empty;
    then only its host name and this machine's are answered. `chinese_font` is the font file of
    papers; None is one of this machine's. `outreach` is how it may tell people of things.
    """

    database: Database
    live: LiveBenches
    transport: TransportSource = field(default_factory=MemoryTransport)
    passwords: Passwords = field(default_factory=Passwords)
    clock: Callable[[], datetime] = _utc_now
    public_url: str = ""
    exports: ExportJobs = field(default_factory=MemoryExportJobs)
    documents: DocumentFiles = field(default_factory=MemoryFiles)
    chinese_font: Path | None = None
    outreach: Outreach = field(default_factory=Outreach)


@dataclass(frozen=True)
class Front:
    """Pages for people, served at `/` by an app of their own that guards itself."""

    app: ASGIApp
    lifespan: Lifespan[FastAPI]


class _FrontDoor(Mount):
    """Takes what no route of ours takes, but nothing below `/api/`, where programs ask."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["path"].startswith("/api/"):
            return Match.NONE, {}
        return super().matches(scope)


class RouteWithoutPolicy(Exception):
    """A route does not say who may call it; `path` names it."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: add Depends(require(Action.…)) or Depends(public())")
        self.path = path


def create_app(parts: Parts, front: Front | None = None) -> FastAPI:
    """Make the app; nothing is opened, started or written.

    Args:
        parts: what it is made of.
        front: pages served beside the API; its lifespan becomes the app's.

    Raises:
        RouteWithoutPolicy: a router has a route that does not say who may call it.
    """
    app = FastAPI(
        title="Stationmaster 站长",
        summary="Readiness, live evidence and sharing for EV training and exam stations",
        version=version("stationmaster"),
        openapi_url=None,
        lifespan=front.lifespan if front else None,
    )
    app.state.database = parts.database
    app.state.live = parts.live
    app.state.transport = parts.transport
    app.state.passwords = parts.passwords
    app.state.clock = parts.clock
    app.state.exports = parts.exports
    app.state.rig_truth = truth_of(parts.live)
    app.state.documents = parts.documents
    app.state.chinese_font = parts.chinese_font
    app.state.outreach = parts.outreach
    public = urlsplit(parts.public_url)
    app.state.is_cookie_secure = public.scheme == "https"
    app.state.public_netloc = public.netloc
    app.state.streams = Streams()
    app.state.watch = ChangeWatch(parts.database, parts.live)
    app.state.metrics = Metrics()
    app.state.visits = Visits()
    app.state.offers = Memory(1)
    app.state.readiness = ReadinessMemory()
    hosts = (public.hostname, *_THIS_MACHINE) if public.hostname else ()
    # the edge tells of a body declared too long; this one stops bodies that don't declare it
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY_BYTES)
    app.add_middleware(Edge, metrics=app.state.metrics, allowed_hosts=hosts)
    install_problems(app)
    app.router.routes.extend(_guarded_routes())
    if front is not None:
        app.router.routes.append(_FrontDoor("/", front.app, name="front"))
    _describe(app)
    return app


@cache  # FastAPI takes longer to make 160 routes than all else of an app, and none holds state
def _guarded_routes() -> tuple[BaseRoute, ...]:
    whole = APIRouter()
    for router in ROUTERS:
        whole.include_router(router, prefix=API)
    for router in PAGES:
        whole.include_router(router)
    for path in routes_without_policy(whole.routes):
        raise RouteWithoutPolicy(path)
    return tuple(whole.routes)


def routes_without_policy(routes: Sequence[BaseRoute]) -> list[str]:
    """Paths of routes that name no policy; mounted apps guard themselves."""
    return [
        str(context.path)
        for context in iter_route_contexts(routes)
        if not isinstance(context.original_route, Mount)
        and not any(_policies(getattr(context, "dependant", None)))
    ]


def _policies(dependant: Dependant | None) -> Iterator[bool]:
    for needed in dependant.dependencies if dependant else ():
        yield isinstance(needed.call, RoutePolicy)
        yield from _policies(needed)


def _describe(app: FastAPI) -> None:
    documents: list[dict[str, Any]] = []

    def openapi() -> dict[str, Any]:
        if not documents:
            documents.append(openapi_of(app))
        return documents[0]

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way
