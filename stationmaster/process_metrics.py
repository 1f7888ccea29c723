"""Figures and health of a long-running process over HTTP, for Prometheus and for probes."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

log = structlog.get_logger(__name__)

TEXT = "text/plain; version=0.0.4; charset=utf-8"
SLOW_CLIENT_S = 5.0
"""Chosen: a prober that sends nothing for this long is let go."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a process is not well; `is_failing`: it does not do what it is there for."""

    reason: str
    is_failing: bool = True


Health = Callable[[], Sequence[Trouble]]
"""What is the matter with a process now; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """One metric as it is registered and documented; counters are told without `_total`."""

    name: str
    kind: str
    help: str
    labels: tuple[str, ...] = ()

    @property
    def exposed(self) -> str:
        """The name Prometheus sees."""
        return f"{self.name}_total" if self.kind == "counter" else self.name

    def family(self) -> CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily:
        """An empty family of its kind."""
        made = {
            "counter": CounterMetricFamily,
            "gauge": GaugeMetricFamily,
            "histogram": HistogramMetricFamily,
        }[self.kind]
        family: CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily = made(
            self.name, self.help, labels=self.labels
        )
        return family


class AskedCollector(Collector):
    """Asks for the figures when somebody looks; without an answer there are none to show."""

    def __init__(self, ask: Callable[[], Sequence[Metric]], infos: Sequence[MetricInfo]) -> None:
        self._ask = ask
        self._infos = infos

    def collect(self) -> Sequence[Metric]:
        """The families of this moment."""
        return self._ask()

    def describe(self) -> Sequence[Metric]:
        """The empty families, so that registering asks nobody."""
        return [info.family() for info in self._infos]


Text = Callable[[], bytes]
"""All figures in Prometheus' text format."""


def text_of(ask: Callable[[], Sequence[Metric]], infos: Sequence[MetricInfo]) -> Text:
    """The text of one process's figures, asked for whenever somebody looks."""
    registry = CollectorRegistry()
    registry.register(AskedCollector(ask, infos))
    return lambda: generate_latest(registry)


class MetricsServer:
    """Serves `/metrics`, `/health` (with reasons, 503 when failing) and `/healthz` (alive).

    Ends with `stop`; `port` 0 takes any free one, which `port` tells afterwards.
    """

    def __init__(self, text: Text, health: Health, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen.

        Raises:
            OSError: the port is taken or the address is not this machine's.
        """
        self._server = ThreadingHTTPServer((host, port), _handler(text, health))
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="metrics", daemon=True
        )

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


def serve_metrics(text: Text, health: Health, host: str, port: int) -> MetricsServer | None:
    """Serve a process's figures unless `port` is 0.

    A port that is taken is told in the log and does not stop the process: its work goes before.
    """
    if not port:
        return None
    try:
        server = MetricsServer(text, health, host, port)
    except OSError as refused:
        log.warning("metrics_not_served", host=host, port=port, reason=str(refused))
        return None
    server.start()
    log.info("metrics_served", host=host, port=server.port)
    return server


class _Handler(BaseHTTPRequestHandler):
    timeout = SLOW_CLIENT_S
    server_version = "stationmaster"
    sys_version = ""
    text: Text
    health: Health

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._metrics()
        elif path == "/health":
            found = self.health()
            is_failing = any(trouble.is_failing for trouble in found)
            word = "failing" if is_failing else "degraded" if found else "ok"
            status = HTTPStatus.SERVICE_UNAVAILABLE if is_failing else HTTPStatus.OK
            reasons = [trouble.reason for trouble in found]
            self._json(status, {"status": word, "reasons": reasons})
        elif path == "/healthz":
            self._json(HTTPStatus.OK, {"status": "ok"})
        else:
            expected = ["/metrics", "/health", "/healthz"]
            self._json(HTTPStatus.NOT_FOUND, {"expected": expected})

    def _metrics(self) -> None:
        try:
            content = self.text()
        except Exception:
            # a store that is away is no figure; the prober sees that there are none
            log.exception("metrics_unavailable")
            self._json(HTTPStatus.SERVICE_UNAVAILABLE, {"status": "unavailable"})
            return
        self._answer(HTTPStatus.OK, TEXT, content)

    def _json(self, status: HTTPStatus, content: object) -> None:
        self._answer(status, "application/json", json.dumps(content).encode())

    def _answer(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Probes come every few seconds and are nobody's news."""


def _handler(text: Text, health: Health) -> type[BaseHTTPRequestHandler]:
    facts = {"text": staticmethod(text), "health": staticmethod(health)}
    return type("_OfProcess", (_Handler,), facts)
