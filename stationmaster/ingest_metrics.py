"""Ingest's figures as Prometheus metrics, and what they say of its health."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate

from prometheus_client.metrics_core import HistogramMetricFamily, Metric

from stationmaster.process_metrics import MetricInfo, Trouble, serve_metrics, text_of
from stationmaster.settings import Settings
from telemetry.ingest.figures import SECONDS, Durations, Figures

_P = "stationmaster_ingest"
_COUNTERS = {
    "messages": "messages taken from the broker and committed",
    "rows": "new rows committed",
    "points": "values in new rows",
    "events": "new usage and fault steps committed",
    "duplicates": "resends that were recognised, harmless",
    "rejected": "messages nobody could read",
    "quarantined": "unreadable messages kept to be looked at",
    "expired": "rows older than the retention when they came: counted, not stored",
    "dropped": "rows that benches gave up because their spool was full",
    "commits": "commits to the store",
    "store_failures": "commits that failed and were tried again",
    "reconnects": "connections to the broker after the first",
}
_GAUGES = {
    "inbox_messages": "messages waiting for the writer",
    "inbox_capacity": "messages that may wait; then reading from the broker stops",
    "workers": "worker processes",
    "connected_workers": "workers with a connection to the broker",
}
_LAST_COMMIT = MetricInfo(
    f"{_P}_last_commit_age_seconds", "gauge", "since the last commit; -1 before the first"
)
_COMMIT = MetricInfo(f"{_P}_commit_seconds", "histogram", "time a commit takes in the store")
_DELAY = MetricInfo(
    f"{_P}_delay_seconds",
    "histogram",
    "from a row's observation (clock corrected) to its commit",
)
METRICS = (
    *(MetricInfo(f"{_P}_{name}", "counter", text) for name, text in _COUNTERS.items()),
    *(MetricInfo(f"{_P}_{name}", "gauge", text) for name, text in _GAUGES.items()),
    _LAST_COMMIT,
    _COMMIT,
    _DELAY,
)
_ATTRIBUTES = {"connected_workers": "connected"}
FULL_INBOX = 0.8
STUCK_AFTER_S = 10.0
"""Chosen: messages that wait this long without a commit mean a store that takes nothing."""


def ingest_families(figures: Figures) -> list[Metric]:
    """All metrics of ingest."""
    families: list[Metric] = []
    for info in METRICS:
        family = info.family()
        if isinstance(family, HistogramMetricFamily):
            of = figures.commit if info is _COMMIT else figures.delay
            family.add_metric([], _buckets(of), of.total_s)
        elif info is _LAST_COMMIT:
            age = figures.last_commit_age_s()
            family.add_metric([], -1 if age is None else age)
        else:
            name = info.name.removeprefix(f"{_P}_")
            family.add_metric([], getattr(figures, _ATTRIBUTES.get(name, name)))
        families.append(family)
    return families


def ingest_troubles(figures: Callable[[], Figures]) -> Sequence[Trouble]:
    """Why ingest is not well, as its figures say."""
    now = figures()
    found: list[Trouble] = []
    if now.connected == 0:
        found.append(Trouble("not connected to the broker"))
    elif now.connected < now.workers:
        lacking = now.workers - now.connected
        found.append(Trouble(f"{lacking} of {now.workers} workers not connected", is_failing=False))
    age = now.last_commit_age_s()
    is_waiting = now.inbox_messages > 0
    if is_waiting and age is not None and age > STUCK_AFTER_S:
        found.append(Trouble(f"messages wait, but nothing was committed for {age:.0f} s"))
    elif now.inbox_capacity and now.inbox_messages > FULL_INBOX * now.inbox_capacity:
        found.append(Trouble("the inbox is nearly full: the store is too slow", is_failing=False))
    return found


def _buckets(durations: Durations) -> list[tuple[str, float]]:
    bounds = [*(str(bound) for bound in SECONDS), "+Inf"]
    return [
        (bound, float(count))
        for bound, count in zip(bounds, accumulate(durations.counts), strict=True)
    ]


@contextmanager
def ingest_metrics(settings: Settings, figures: Callable[[], Figures]) -> Iterator[None]:
    """Serve ingest's figures and health while the block runs, where a port is set."""
    text = text_of(lambda: ingest_families(figures()), METRICS)
    server = serve_metrics(
        text, lambda: ingest_troubles(figures), settings.metrics_host, settings.metrics_port
    )
    try:
        yield
    finally:
        if server is not None:
            server.stop()
