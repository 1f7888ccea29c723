"""Figures of every bench and of the alerts, for Prometheus, as the server sees them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import FastAPI
from prometheus_client.metrics_core import HistogramMetricFamily, Metric
from sqlalchemy.exc import DBAPIError

from inventory.alerts.rules import AlertKind
from inventory.alerts.use_cases import open_kinds
from inventory.data_health.source import TransportCounters
from inventory.data_health.use_cases import INGEST_LATE, Sources
from inventory.database import Database
from inventory.errors import SourceUnavailable
from inventory.health import metrics_text
from inventory.notifications.failed import figures
from stationmaster.process_metrics import MetricInfo, Trouble, serve_metrics, text_of
from stationmaster.settings import Settings

_P = "stationmaster_bench"
_BENCH = ("bench",)
_COUNTERS = {
    "rows": "rows in the store",
    "resends": "messages sent again and recognised, harmless",
    "rejected": "messages nobody could read",
    "expired_rows": "rows too old to keep when they came",
    "dropped_rows": "rows a full spool gave up",
}
_GAUGES = {
    "missing_rows": "numbered rows that have not arrived though later ones did",
    "quarantined": "unreadable messages kept to be looked at",
    "spool_rows": "rows waiting at the bench, as it last said",
    "spool_ratio": "share of its spool in use, 0 to 1",
    "backlog_age_seconds": "how long the oldest row waits at the bench",
    "clock_offset_seconds": "bench clock minus ingest's",
}
_ATTRIBUTES = {
    "expired_rows": "expired",
    "dropped_rows": "dropped",
    "missing_rows": "missing",
    "spool_ratio": "spool_share",
    "backlog_age_seconds": "backlog_age_s",
    "clock_offset_seconds": "clock_offset_s",
}
_LAST_SEEN = MetricInfo(
    f"{_P}_last_seen_age_seconds", "gauge", "since the bench was last heard of", _BENCH
)
_ALERTS = MetricInfo("stationmaster_open_alerts", "gauge", "open alerts", ("kind",))
_TELLING = "stationmaster_notifications"
_CHANNEL = ("channel",)
_MESSAGES = {
    "waiting": "deliveries that are due or wait for a digest or the end of quiet hours",
    "sent_of_day": "deliveries sent in the last 24 h",
    "failed": "deliveries that were given up and wait for somebody to look",
}
_OLDEST = MetricInfo(
    f"{_TELLING}_oldest_due_seconds", "gauge", "how long the oldest due delivery waits; 0: none"
)
TELLING = (
    *(
        MetricInfo(f"{_TELLING}_{name}", "gauge", text, _CHANNEL)
        for name, text in _MESSAGES.items()
    ),
    _OLDEST,
)
_OF_BENCHES = (
    *(MetricInfo(f"{_P}_{name}", "counter", text, _BENCH) for name, text in _COUNTERS.items()),
    *(MetricInfo(f"{_P}_{name}", "gauge", text, _BENCH) for name, text in _GAUGES.items()),
    _LAST_SEEN,
    _ALERTS,
)
METRICS = (*_OF_BENCHES, *TELLING)


@dataclass(frozen=True, slots=True)
class HouseFigures:
    """Asks store and database when somebody looks."""

    database: Database
    sources: Sources
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def families(self) -> list[Metric]:
        """All metrics of benches and alerts."""
        counters = self.sources.transport.counters()
        families = [_family(info, list(counters.values())) for info in _OF_BENCHES[:-2]]
        return [*families, self._last_seen(list(counters)), self._alerts(), *self._telling()]

    def troubles(self) -> Sequence[Trouble]:
        """Why the server can't do its work: a store or the database gives no answer."""
        found: list[Trouble] = []
        try:
            ingest = self.sources.transport.ingest()
        except SourceUnavailable as unavailable:
            return [Trouble(str(unavailable))]
        try:
            with self.database.read() as db:
                open_alerts = len(open_kinds(db))
        except DBAPIError:
            return [Trouble("the database gives no answer")]
        if ingest.seen_at is None or self.clock() - ingest.seen_at > INGEST_LATE:
            found.append(Trouble("ingest gives no sign of life", is_failing=False))
        if open_alerts:
            found.append(Trouble(f"{open_alerts} open alerts", is_failing=False))
        return found

    def _last_seen(self, codes: Sequence[str]) -> Metric:
        family, now = _LAST_SEEN.family(), self.clock()
        for code, state in self.sources.live.states(codes).items():
            if state.last_seen_at is not None and not isinstance(family, HistogramMetricFamily):
                family.add_metric([code], max((now - state.last_seen_at).total_seconds(), 0.0))
        return family

    def _alerts(self) -> Metric:
        with self.database.read() as db:
            counted = Counter(open_kinds(db))
        family = _ALERTS.family()
        for kind in AlertKind:
            if not isinstance(family, HistogramMetricFamily):
                family.add_metric([kind.value], counted[kind])
        return family

    def _telling(self) -> list[Metric]:
        now = self.clock()
        with self.database.read() as db:
            found = figures(db, now)
        oldest = found.oldest_due_at
        age = 0.0 if oldest is None else max((now - oldest).total_seconds(), 0.0)
        counted = (found.waiting, found.sent_of_day, found.dead)
        by_channel = [
            _gauge(info, {(channel.value,): float(n) for channel, n in one.items()})
            for info, one in zip(TELLING[:-1], counted, strict=True)
        ]
        return [*by_channel, _gauge(_OLDEST, {(): age})]


def _gauge(info: MetricInfo, values: Mapping[tuple[str, ...], float]) -> Metric:
    family = info.family()
    for labels, value in values.items():
        if not isinstance(family, HistogramMetricFamily):
            family.add_metric(list(labels), value)
    return family


def _family(info: MetricInfo, benches: Sequence[TransportCounters]) -> Metric:
    family = info.family()
    name = info.name.removeprefix(f"{_P}_")
    for one in benches:
        value = getattr(one, _ATTRIBUTES.get(name, name))
        # what a bench never told is left out, which is not zero
        if value is not None and not isinstance(family, HistogramMetricFamily):
            family.add_metric([one.bench], float(value))
    return family


@contextmanager
def house_metrics(settings: Settings, app: FastAPI, house: HouseFigures) -> Iterator[None]:
    """Serve the server's own figures and those of all benches while the block runs, if asked for.

    The API's `/metrics` has no figures by bench: its callers belong to one organisation each.
    """
    of_benches = text_of(house.families, METRICS)

    def text() -> bytes:
        return metrics_text(app.state, house.clock()) + of_benches()

    server = serve_metrics(text, house.troubles, settings.metrics_host, settings.metrics_port)
    try:
        yield
    finally:
        if server is not None:
            server.stop()
