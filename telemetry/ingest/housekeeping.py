"""What ingest does beside ingesting: seals closed hours, drops what is too old."""

import threading
import time
from collections.abc import Callable

import structlog

from telemetry.ingest.decoding import Clock
from telemetry.store.port import TimeSeriesStore
from telemetry.store.retention import DAY_MS, Retention, believed_now, is_start_believed

log = structlog.get_logger()

SEAL_PERIOD_S = 10.0
FORGET_PERIOD_S = 600.0
_PATIENCE_S = DAY_MS / 1000
"""Nothing goes by age in the first day after a start whose clock is in doubt: time to notice."""


class Housekeeper:
    """Keeps one store in order; `run` it in a thread of its own, sealing takes its time.

    Every worker runs one; whose turn it is the store says.
    """

    def __init__(self, store: TimeSeriesStore, retention: Retention, now_ms: Clock) -> None:
        self._store = store
        self._retention = retention
        self._now_ms = now_ms
        self._started_at_ms = now_ms()
        self._started_s = time.monotonic()
        self._is_patient = False

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what fails is logged and tried again."""
        self._doubt_the_clock()
        forgot_s = self._started_s
        while not stop.wait(SEAL_PERIOD_S):
            if not self._store.may_keep_house():
                continue
            self.seal(lambda: not stop.is_set())
            if time.monotonic() - forgot_s > FORGET_PERIOD_S:
                forgot_s = time.monotonic()
                self.forget()

    def _doubt_the_clock(self) -> None:
        try:
            status = self._store.ingest_status()
        except Exception:
            # nobody knows how long ingest was away: what is old may go tomorrow as well
            log.exception("last sign of life could not be read, nothing is dropped for a day")
            self._is_patient = True
            return
        last_ms = status.heartbeat_at_ms if status else None
        self._is_patient = not is_start_believed(self._started_at_ms, last_ms)
        if self._is_patient:
            log.warning("clock in doubt, nothing is dropped for a day", last_heartbeat_ms=last_ms)

    def seal(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Seal what is over, as long as it is wanted."""
        try:
            sealed = self._store.seal(self._now_ms(), self._retention.late_ms, is_wanted)
        except Exception:
            # rows that can't be sealed are still there and readable; ingest must go on
            log.exception("hours could not be sealed")
            return
        if sealed.hours:
            log.info("hours sealed", hours=sealed.hours, rows=sealed.rows)

    def forget(self) -> None:
        """Drop what is too old on every level."""
        ran_s = time.monotonic() - self._started_s
        if self._is_patient and ran_s < _PATIENCE_S:
            return
        now_ms = believed_now(self._now_ms(), self._started_at_ms, int(ran_s * 1000))
        keep = self._retention
        try:
            rows = self._store.forget_before(now_ms - keep.rows_ms)
            hours = self._store.forget_rollups(now_ms - keep.minutes_ms, now_ms - keep.hours_ms)
        except Exception:
            # a thread that ends here would let the disk fill while ingest looks alive
            log.exception("old rows could not be dropped")
            return
        log.info("old rows dropped", rows=rows, rollup_hours=hours)
