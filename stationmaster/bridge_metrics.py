"""Bridges' figures as Prometheus metrics by bench, and what they say of their health."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from prometheus_client.metrics_core import HistogramMetricFamily, Metric

from can_bridge.figures import BridgeFigures
from stationmaster.process_metrics import MetricInfo, Trouble, serve_metrics, text_of
from stationmaster.settings import Settings

_P = "stationmaster_bridge"
_COUNTERS = {
    "connections": "connections to the broker that were accepted",
    "committed_rows": "rows put into the spool",
    "acknowledged_rows": "rows that left the spool because ingest has them",
    "sent_rows": "rows handed to the broker, resends included",
    "resent_rows": "rows handed to the broker again",
    "acks": "acknowledgements of ingest",
    "foreign_acks": "acknowledgements of rows this spool never had",
    "refused_commits": "commits the disk refused",
    "refused_rows": "rows lost because the disk took nothing",
    "given_up_rows": "rows given up by a full spool, since it was made",
    "damaged_rows": "rows found damaged, since the spool was made",
    "files_set_aside": "spool files too damaged to be read to the end",
}
_GAUGES = {
    "connected": "1 with a connection to the broker",
    "unacknowledged_rows": "rows sent on this connection and not acknowledged yet",
    "spool_rows": "rows waiting on disk",
    "spool_bytes": "their payload",
    "spool_limit_bytes": "payload the spool may hold",
    "oldest_waiting_seconds": "age of the oldest waiting row",
}
_ATTRIBUTES = {
    "committed_rows": "committed",
    "acknowledged_rows": "acknowledged",
    "sent_rows": "sent",
    "resent_rows": "resent",
    "given_up_rows": "given_up",
    "damaged_rows": "damaged",
    "connected": "is_connected",
    "unacknowledged_rows": "unacknowledged",
    "oldest_waiting_seconds": "oldest_waiting_s",
}
_BENCH = ("bench",)
METRICS = (
    *(MetricInfo(f"{_P}_{name}", "counter", text, _BENCH) for name, text in _COUNTERS.items()),
    *(MetricInfo(f"{_P}_{name}", "gauge", text, _BENCH) for name, text in _GAUGES.items()),
)
FULL_SPOOL = 0.5


def bridge_families(bridges: Sequence[BridgeFigures]) -> list[Metric]:
    """All metrics of the bridges of a process."""
    families: list[Metric] = []
    for info in METRICS:
        family = info.family()
        name = info.name.removeprefix(f"{_P}_")
        for one in bridges:
            if not isinstance(family, HistogramMetricFamily):
                value = float(getattr(one, _ATTRIBUTES.get(name, name)))
                family.add_metric([one.bench], value)
        families.append(family)
    return families


def bridge_troubles(bridges: Callable[[], Sequence[BridgeFigures]]) -> Sequence[Trouble]:
    """Why the bridges are not well; one that spools without a connection still does its work."""
    found: list[Trouble] = []
    for one in bridges():
        if one.trouble:
            found.append(Trouble(f"{one.bench}: the disk takes no rows: {one.trouble}"))
        if not one.is_connected:
            found.append(Trouble(f"{one.bench}: no connection to the broker", is_failing=False))
        if one.spool_bytes > FULL_SPOOL * one.spool_limit_bytes > 0:
            share = one.spool_bytes / one.spool_limit_bytes
            found.append(Trouble(f"{one.bench}: spool {share:.0%} full", is_failing=False))
    return found


@contextmanager
def bridge_metrics(
    settings: Settings, bridges: Callable[[], Sequence[BridgeFigures]]
) -> Iterator[None]:
    """Serve the figures and health of the bridges while the block runs, where a port is set."""
    text = text_of(lambda: bridge_families(bridges()), METRICS)
    server = serve_metrics(
        text, lambda: bridge_troubles(bridges), settings.metrics_host, settings.metrics_port
    )
    try:
        yield
    finally:
        if server is not None:
            server.stop()
