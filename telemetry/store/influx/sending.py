"""The thread that keeps sending: at once when rows come, patiently when InfluxDB is away."""

import random
import threading
import time
from collections.abc import Callable

import structlog

from telemetry.store.influx import bookkeeping
from telemetry.store.influx.bookkeeping import Forwarding
from telemetry.store.influx.forwarding import File, Forwarder
from telemetry.store.influx.pausing import pause_s
from telemetry.store.port import StoreUnavailable

log = structlog.get_logger()

GATHER_S = 0.5
"""Chosen: two requests a second carry what 40 benches say in between; a chart is no older."""
LOOK_EVERY_S = 2.0
NOTE_EVERY_S = 1.0
STOP_S = 2.0
"""Chosen: a request that hangs must not hold up the end of ingest; its rows are sent again."""


class Sender:
    """Sends until it is stopped; what fails is told in `failure` and tried again."""

    def __init__(
        self, file: File, forwarder: Forwarder, may_send: Callable[[], bool] = lambda: True
    ) -> None:
        """Of several processes with one file only that sends for which `may_send` is true."""
        self._file = file
        self._forwarder = forwarder
        self._may_send = may_send
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._failing_since_ms: int | None = None
        self._noted: Forwarding | None = None
        self._noted_s = 0.0
        self.failure = ""
        self.sent = 0
        self.refused_commits = 0
        self.sent_again_hours = 0

    def start(self) -> None:
        """Begin to send in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="influx", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to send."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread; what was not sent waits in the file."""
        self._stop.set()
        self._wake.set()
        if self._thread:
            self._thread.join(STOP_S)
            self._thread = None

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            if not self._may_send():
                self._stop.wait(LOOK_EVERY_S)
                continue
            try:
                self._send_all()
            except Exception as failed:  # noqa: BLE001 - the thread must not die while rows wait
                failures += 1
                self._note_failure(failed)
                chance = random.random()  # noqa: S311 - spreads attempts, hides nothing
                self._stop.wait(pause_s(failures, chance))
                continue
            failures = 0
            self._note_health()
            if self._wake.wait(LOOK_EVERY_S):
                self._wake.clear()
                self._stop.wait(GATHER_S)

    def _send_all(self) -> None:
        while not self._stop.is_set():
            rows = self._forwarder.send_rows()
            self.sent += rows
            if not rows and not self._forwarder.send_rollups():
                return
            if rows:
                self._note_health()

    def _note_failure(self, failed: Exception) -> None:
        told = str(failed) if isinstance(failed, StoreUnavailable) else repr(failed)
        if told != self.failure:
            log.warning("InfluxDB does not take rows now, they wait in the file", why=told)
        if self._failing_since_ms is None:
            self._failing_since_ms = time.time_ns() // 1_000_000
        self.failure = told
        self._note()

    def _note_health(self) -> None:
        if self.failure:
            log.info("InfluxDB takes rows again")
        self.failure, self._failing_since_ms = "", None
        if time.monotonic() - self._noted_s > NOTE_EVERY_S:
            self._note()

    def _note(self) -> None:
        status = Forwarding(
            sent=self.sent,
            sent_again_hours=self.sent_again_hours,
            refused_commits=self.refused_commits,
            failure=self.failure,
            failing_since_ms=self._failing_since_ms,
        )
        if status == self._noted:
            return
        try:
            with self._file.noting() as db:
                bookkeeping.note_forwarding(db, status)
            self._noted, self._noted_s = status, time.monotonic()
        except StoreUnavailable:
            log.exception("how sending goes could not be noted")
