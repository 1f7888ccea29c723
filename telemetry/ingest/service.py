"""The whole of ingest as one call: connect, write, forget what is too old, until told to stop."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import structlog

from telemetry.contract.broker_address import BrokerAddress
from telemetry.ingest.decoding import Clock
from telemetry.ingest.figures import Figures
from telemetry.ingest.housekeeping import Housekeeper
from telemetry.ingest.subscriber import ALONE, Share, Subscriber
from telemetry.ingest.writer import Writer
from telemetry.store.port import TimeSeriesStore
from telemetry.store.retention import Retention

log = structlog.get_logger()

CHANGE_PROTOCOL_AFTER_S = 3.0
"""Chosen: two reconnect attempts of 1-2 s before the other MQTT version is tried."""


def wall_clock_ms() -> int:
    """Now in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Worker:
    """One of the workers on a store: its share, what it counts, whom it tells of new events.

    With `is_clock_in_doubt` whoever started them has found that they start too late to be true:
    a worker can't tell, because the others' signs of life are there before it looks.
    """

    share: Share = ALONE
    figures: Figures = field(default_factory=Figures)
    on_events: Callable[[], None] = lambda: None
    is_clock_in_doubt: bool = False


def run_ingest(
    address: BrokerAddress,
    store: TimeSeriesStore,
    stop: threading.Event,
    *,
    retention: Retention,
    worker: Worker | None = None,
    now_ms: Clock = wall_clock_ms,
) -> None:
    """Ingest until `stop` is set, seal closed hours, drop what is older than the retention.

    Of several workers on one store, one at a time seals and drops. An unforeseen failure of the
    writer ends ingest with that failure: a process that hears and stores nothing would look alive.
    """
    worker = worker or Worker()
    subscriber = Subscriber(address, now_ms, worker.share)
    writer = Writer(
        subscriber,
        store,
        now_ms,
        figures=worker.figures,
        keep_ms=retention.rows_ms,
        on_events=worker.on_events,
    )
    keeper = Housekeeper(store, retention, now_ms, is_patient=worker.is_clock_in_doubt)
    with ThreadPoolExecutor(2, "ingest") as threads:
        writing = threads.submit(writer.run, stop)
        keeping = threads.submit(keeper.run, stop)
        subscriber.start()
        try:
            _keep_connected(subscriber, stop, writing)
        finally:
            stop.set()
            subscriber.stop()
        writing.result()
        keeping.result()


def _keep_connected(subscriber: Subscriber, stop: threading.Event, writing: "Future[None]") -> None:
    connected_at_s = time.monotonic()
    while not stop.wait(0.5) and not writing.done():
        now_s = time.monotonic()
        if subscriber.is_deaf():
            log.warning("the broker brings nothing any more: connecting anew")
            subscriber.connect_anew()
        if subscriber.is_connected:
            connected_at_s = now_s
        elif subscriber.is_version_refused or now_s - connected_at_s > CHANGE_PROTOCOL_AFTER_S:
            subscriber.change_protocol()
            connected_at_s = now_s
