"""What every request meets first: request id, host check, security headers, counting."""

import re
import secrets
import time
from collections.abc import Sequence
from http import HTTPStatus

from fastapi import Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inventory.problems import problem_response

MAX_BODY_BYTES = 16 * 1024 * 1024
"""Chosen: a register of 10,000 items as xlsx takes about 1 MB."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
API_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Metrics:
    """Figures of one app for Prometheus; each app has its own, so that tests don't share them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "stationmaster_http_requests",
            "answers by route and status",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "stationmaster_http_request_seconds",
            "time to the first byte",
            ["method", "route"],
            registry=self.registry,
        )
        self.streams = Gauge(
            "stationmaster_live_streams", "open event streams", registry=self.registry
        )
        self.audit = Gauge(
            "stationmaster_audit_entries", "number of the latest entry", registry=self.registry
        )
        self.ingest_age = Gauge(
            "stationmaster_ingest_age_seconds",
            "since ingest's last sign of life; -1 when it never ran",
            registry=self.registry,
        )
        self.unknown_benches = Gauge(
            "stationmaster_unknown_benches",
            "bench codes that report but are not registered",
            registry=self.registry,
        )

    def text(self) -> bytes:
        """Prometheus text format."""
        return generate_latest(self.registry)


class Edge:
    """ASGI middleware of the whole app.

    Args:
        app: what comes next.
        metrics: where answers are counted.
        allowed_hosts: host names requests may be addressed to; empty: any.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, allowed_hosts: Sequence[str] = ()) -> None:
        self._app = app
        self._metrics = metrics
        self._allowed_hosts = frozenset(host.lower() for host in allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; connections other than HTTP pass untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        given = request.headers.get("x-request-id", "")
        scope["request_id"] = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        started = time.perf_counter()

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._mark(scope, message)
                self._count(scope, message["status"], time.perf_counter() - started)
            await send(message)

        refusal = self._refusal(request)
        try:
            await (refusal or self._app)(scope, receive, send_marked)
        except Exception:
            # a defect is answered outside of this middleware, so it is counted here
            self._count(scope, HTTPStatus.INTERNAL_SERVER_ERROR, time.perf_counter() - started)
            raise

    def _refusal(self, request: Request) -> Response | None:
        hosts, host = self._allowed_hosts, (request.url.hostname or "").lower()
        if hosts and host not in hosts:
            detail = "this server does not answer to that host name"
            return problem_response(request, HTTPStatus.BAD_REQUEST, detail)
        length = request.headers.get("content-length", "0")
        if (
            request.url.path.startswith("/api/")
            and length.isdigit()
            and int(length) > MAX_BODY_BYTES
        ):
            detail = f"a request may have {MAX_BODY_BYTES} bytes at most"
            return problem_response(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
        return None

    def _mark(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        headers["X-Request-Id"] = scope["request_id"]
        extra = SECURITY_HEADERS | (API_HEADERS if scope["path"].startswith("/api/") else {})
        for name, value in extra.items():
            headers.setdefault(name, value)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        # the template and never the path, which would make a new series for every id asked for
        route = getattr(scope.get("route"), "path", "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(method, route, str(int(status))).inc()
        self._metrics.seconds.labels(method, route).observe(seconds)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
