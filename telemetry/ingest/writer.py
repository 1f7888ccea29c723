"""Drains the inbox into the store: group commit first, then both acknowledgements."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from telemetry.contract.payloads import Ack
from telemetry.ingest.decoding import Clock, add
from telemetry.ingest.subscriber import Arrived, Subscriber
from telemetry.store.port import Batch, Committed, IngestStatus, StoreUnavailable, TimeSeriesStore

log = structlog.get_logger()

BATCH_MESSAGES = 500
GATHER_S = 0.02
"""Chosen: one fsync per 20 ms instead of one per message, far below the 3 s a fault may take."""
STORE_PAUSE_S = (0.1, 5.0)
STATUS_PERIOD_MS = 1000


@dataclass(slots=True)
class Totals:
    """What happened since this process started."""

    messages: int = 0
    committed: int = 0
    duplicates: int = 0
    rejected: int = 0
    store_failures: int = 0


class Writer:
    """The one writer of the store; `on_events` is called after a commit that held new events."""

    def __init__(
        self,
        subscriber: Subscriber,
        store: TimeSeriesStore,
        now_ms: Clock,
        on_events: Callable[[], None] = lambda: None,
    ) -> None:
        self._subscriber = subscriber
        self._store = store
        self._now_ms = now_ms
        self._on_events = on_events
        self._status_at_ms = 0
        self.totals = Totals()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what was not committed then is sent again by the benches."""
        while not stop.is_set():
            arrived = self._gather()
            if arrived:
                self._commit(arrived, stop)
            self._note_status()

    def _gather(self) -> list[Arrived]:
        inbox = self._subscriber.inbox
        try:
            arrived = [inbox.get(timeout=0.2)]
        except queue.Empty:
            return []
        deadline_s = time.monotonic() + GATHER_S
        while len(arrived) < BATCH_MESSAGES:
            left_s = deadline_s - time.monotonic()
            try:
                arrived.append(inbox.get(timeout=left_s) if left_s > 0 else inbox.get_nowait())
            except queue.Empty:
                break
        return arrived

    def _commit(self, arrived: list[Arrived], stop: threading.Event) -> None:
        batch = self._batch(arrived)
        pause_s = STORE_PAUSE_S[0]
        while not stop.is_set():
            try:
                committed = self._store.commit(batch)
            except StoreUnavailable:
                self.totals.store_failures += 1
                log.exception("store unavailable", retry_s=pause_s)
                stop.wait(pause_s)
                pause_s = min(pause_s * 2, STORE_PAUSE_S[1])
                continue
            self.totals.messages += len(arrived)
            self.totals.committed += len(batch) - committed.duplicates
            self.totals.duplicates += committed.duplicates
            self._acknowledge(arrived, committed)
            return

    def _batch(self, arrived: list[Arrived]) -> Batch:
        batch = Batch()
        for message in arrived:
            rejected = add(
                batch,
                message.topic,
                message.payload,
                message.received_at_ms,
                is_retained=message.is_retained,
            )
            if rejected is None:
                continue
            self.totals.rejected += 1
            log.warning("message rejected", bench=rejected.bench, reason=rejected.reason)
            if rejected.bench:
                batch.rejected[rejected.bench] = batch.rejected.get(rejected.bench, 0) + 1
        return batch

    def _acknowledge(self, arrived: list[Arrived], committed: Committed) -> None:
        for message in arrived:
            self._subscriber.acknowledge(message)
        for (bench, epoch), seq in committed.watermarks.items():
            self._subscriber.send_ack(bench, Ack(epoch=epoch, seq=seq))
        if committed.events:
            self._on_events()

    def _note_status(self) -> None:
        now_ms = self._now_ms()
        if abs(now_ms - self._status_at_ms) < STATUS_PERIOD_MS:
            return
        self._status_at_ms = now_ms
        status = IngestStatus(now_ms, self._subscriber.is_connected, self.totals.committed)
        try:
            self._store.note_status(status)
        except StoreUnavailable:
            log.exception("status not kept")
