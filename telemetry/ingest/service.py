"""The whole of ingest as one call: connect, write, forget what is too old, until told to stop."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from telemetry.ingest.decoding import Clock
from telemetry.ingest.subscriber import BrokerAddress, Subscriber
from telemetry.ingest.writer import Writer
from telemetry.store.port import StoreUnavailable, TimeSeriesStore

log = structlog.get_logger()

CHANGE_PROTOCOL_AFTER_S = 3.0
"""Chosen: two reconnect attempts of 1-2 s before the other MQTT version is tried."""
FORGET_PERIOD_S = 600.0


def wall_clock_ms() -> int:
    """Now in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def run_ingest(
    address: BrokerAddress,
    store: TimeSeriesStore,
    stop: threading.Event,
    *,
    retention_ms: int,
    on_events: Callable[[], None],
    now_ms: Clock = wall_clock_ms,
) -> None:
    """Ingest until `stop` is set; rows received longer than `retention_ms` ago are dropped.

    An unforeseen failure of the writer ends ingest with that failure: a process that hears and
    stores nothing would look alive.
    """
    subscriber = Subscriber(address, now_ms)
    writer = Writer(subscriber, store, now_ms, on_events)
    with ThreadPoolExecutor(1, "ingest-writer") as threads:
        writing = threads.submit(writer.run, stop)
        subscriber.start()
        try:
            _keep_house(subscriber, store, stop, writing, retention_ms, now_ms)
        finally:
            stop.set()
            subscriber.stop()
        writing.result()


def _keep_house(
    subscriber: Subscriber,
    store: TimeSeriesStore,
    stop: threading.Event,
    writing: "Future[None]",
    retention_ms: int,
    now_ms: Clock,
) -> None:
    connected_at_s = forgot_at_s = time.monotonic()
    while not stop.wait(0.5) and not writing.done():
        now_s = time.monotonic()
        if subscriber.is_connected:
            connected_at_s = now_s
        elif now_s - connected_at_s > CHANGE_PROTOCOL_AFTER_S:
            subscriber.change_protocol()
            connected_at_s = now_s
        if now_s - forgot_at_s > FORGET_PERIOD_S:
            forgot_at_s = now_s
            _forget(store, now_ms() - retention_ms)


def _forget(store: TimeSeriesStore, before_ms: int) -> None:
    try:
        log.info("old rows dropped", rows=store.forget_before(before_ms))
    except StoreUnavailable:
        log.exception("old rows could not be dropped")
