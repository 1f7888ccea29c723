"""Drains the inbox into the store: group commit first, then both acknowledgements."""

import contextlib
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable

import structlog

from telemetry.contract.payloads import Ack, BenchState, Samples
from telemetry.contract.topics import Stream
from telemetry.ingest.decoding import Clock, add
from telemetry.ingest.figures import Figures
from telemetry.ingest.subscriber import Arrived, Subscriber
from telemetry.store.clock_offsets import median, noted
from telemetry.store.committed import Committed
from telemetry.store.port import Batch, IngestStatus, Received, StoreUnavailable, TimeSeriesStore
from telemetry.store.retention import believed_now

log = structlog.get_logger()

BATCH_MESSAGES = 500
TELL_ROWS = 20
TELL_EVERY_S = 0.2
"""Chosen: a bench hears at once of 20 rows, a tenth of those it may have under way, and of fewer
five times a second: at 10 Hz half the work of acknowledging. Waiting twice as long halves how fast
a backlog drains (measured)."""
STORE_PAUSE_S = (0.1, 5.0)
STATUS_PERIOD_MS = 1000
_PRESENCE = (f"/up/{Stream.BIRTH.value}", f"/up/{Stream.STATE.value}")


class Writer:
    """Writes what comes; `on_events` is called after a commit that held new events.

    Births and states are taken by the first worker alone, which hears all of them: in order.
    """

    def __init__(
        self,
        subscriber: Subscriber,
        store: TimeSeriesStore,
        now_ms: Clock,
        *,
        figures: Figures,
        keep_ms: int | None = None,
        on_events: Callable[[], None] = lambda: None,
    ) -> None:
        self._subscriber = subscriber
        self._store = store
        self._now_ms = now_ms
        self._keep_ms = keep_ms
        self._on_events = on_events
        self._status_at_ms = 0
        self._started_at_ms = now_ms()
        self._started_s = time.monotonic()
        self._offsets: dict[str, list[int]] = {}
        self._offset_ms: dict[str, int] = {}
        self._reached: dict[tuple[str, int], int] = {}
        self._told: dict[tuple[str, int], tuple[int, float]] = {}
        self._figures = figures
        figures.inbox_capacity = subscriber.capacity

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what was not committed then is sent again by the benches."""
        while not stop.is_set():
            arrived = self._gather()
            if arrived:
                self._commit(arrived, stop)
            self._tell_benches()
            self._note_status()
            self._subscriber.rest(stop, TELL_EVERY_S, has_come=bool(arrived))

    def _gather(self) -> list[Arrived]:
        inbox = self._subscriber.inbox
        is_behind = inbox.qsize() >= BATCH_MESSAGES
        came = [] if is_behind else self._subscriber.attend(BATCH_MESSAGES)
        arrived = []
        with contextlib.suppress(queue.Empty):
            if came is None:
                arrived.append(inbox.get(timeout=TELL_EVERY_S))
            # before what came now, all that came before
            while came or len(arrived) < BATCH_MESSAGES:
                arrived.append(inbox.get_nowait())
        return arrived + (came or [])

    def _commit(self, arrived: list[Arrived], stop: threading.Event) -> None:
        batch = self._batch(arrived)
        pause_s = STORE_PAUSE_S[0]
        while not stop.is_set():
            started_s = time.monotonic()
            try:
                committed = self._store.commit(batch)
            except StoreUnavailable:
                self._figures.store_failures += 1
                log.exception("store unavailable", retry_s=pause_s)
                stop.wait(pause_s)
                pause_s = min(pause_s * 2, STORE_PAUSE_S[1])
                continue
            self._count(batch, committed, len(arrived), started_s)
            self._acknowledge(arrived, committed)
            return

    def _count(self, batch: Batch, committed: Committed, messages: int, started_s: float) -> None:
        figures = self._figures
        figures.last_commit_s = time.monotonic()
        figures.commit.note(figures.last_commit_s - started_s)
        figures.commits += 1
        figures.messages += messages
        figures.rejected += len(batch.poison)
        for name in ("rows", "points", "events", "duplicates", "expired", "dropped", "quarantined"):
            setattr(figures, name, getattr(figures, name) + getattr(committed, name))
        self._note_delays(batch.samples)

    def _note_delays(self, samples: Iterable[Received[Samples]]) -> None:
        now_ms, note = self._now_ms(), self._figures.delay.note
        for received in samples:
            if not received.message.dropped:
                offset_ms = self._offset_ms.get(received.bench, 0)
                note((now_ms - received.message.observed_at_ms + offset_ms) / 1000)

    def _batch(self, arrived: list[Arrived]) -> Batch:
        batch = Batch(keep_ms=self._believed_keep_ms(arrived))
        takes_presence = self._subscriber.is_first
        for message in arrived:
            if takes_presence or not message.topic.endswith(_PRESENCE):
                add(
                    batch,
                    message.topic,
                    message.payload,
                    message.received_at_ms,
                    is_retained=message.is_retained,
                )
        self._tell_poison(batch)
        for state in batch.states:
            self._note_clock(state)
        return batch

    def _believed_keep_ms(self, arrived: Iterable[Arrived]) -> int | None:
        # a clock that was put forward makes whatever waited look old, on a computer that is bench
        # and server at once by every measure
        newest_ms = max(message.received_at_ms for message in arrived)
        ran_ms = int((time.monotonic() - self._started_s) * 1000)
        is_believed = believed_now(newest_ms, self._started_at_ms, ran_ms) == newest_ms
        return self._keep_ms if is_believed else None

    def _tell_poison(self, batch: Batch) -> None:
        # one line a bench: ten thousand bad messages must not become ten thousand lines
        reasons = {poison.bench: poison.reason for poison in batch.poison}
        for bench, number in Counter(poison.bench for poison in batch.poison).items():
            log.warning("messages rejected", bench=bench, number=number, last=reasons[bench])

    def _note_clock(self, state: Received[BenchState]) -> None:
        if state.message.online:
            offset_ms = state.message.observed_at_ms - state.received_at_ms
            recent = noted(self._offsets.get(state.bench, []), offset_ms)
            self._offsets[state.bench], self._offset_ms[state.bench] = recent, median(recent) or 0

    def _acknowledge(self, arrived: list[Arrived], committed: Committed) -> None:
        self._subscriber.acknowledge(arrived)
        self._reached.update(committed.watermarks)
        if committed.events:
            self._on_events()

    def _tell_benches(self) -> None:
        now_s = time.monotonic()
        for key, seq in list(self._reached.items()):
            told_seq, told_s = self._told.get(key, (0, -TELL_EVERY_S))
            # one that sends again what is committed missed what it was told
            if 0 < seq - told_seq < TELL_ROWS and now_s - told_s < TELL_EVERY_S:
                continue
            del self._reached[key]
            self._told[key] = seq, now_s
            self._subscriber.send_ack(key[0], Ack(epoch=key[1], seq=seq))

    def _note_status(self) -> None:
        now_ms, figures = self._now_ms(), self._figures
        if abs(now_ms - self._status_at_ms) < STATUS_PERIOD_MS:
            return
        self._status_at_ms = now_ms
        figures.inbox_messages = self._subscriber.inbox.qsize()
        figures.connected = int(self._subscriber.is_connected)
        figures.reconnects = self._subscriber.reconnects
        status = IngestStatus(
            now_ms, self._subscriber.is_connected, figures.rows, self._subscriber.worker
        )
        try:
            self._store.note_status(status)
        except StoreUnavailable:
            log.exception("status not kept")
