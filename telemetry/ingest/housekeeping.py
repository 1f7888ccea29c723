"""What ingest does beside ingesting: seals closed hours, drops what is too old."""

import threading
import time
from collections.abc import Callable

import structlog

from telemetry.ingest.decoding import Clock
from telemetry.store.port import TimeSeriesReader, TimeSeriesStore
from telemetry.store.retention import DAY_MS, Retention, believed_now, is_start_believed

log = structlog.get_logger()

SEAL_PERIOD_S = 10.0
FORGET_PERIOD_S = 600.0
_PATIENCE_S = DAY_MS / 1000
"""Nothing goes by age in the first day after a start whose clock is in doubt: time to notice."""


def is_clock_in_doubt(store: TimeSeriesReader, now_ms: int) -> bool:
    """Whether a start at this moment looks too late to be true, or nobody can tell.

    To be asked before anybody notes a new sign of life.
    """
    try:
        status = store.ingest_status()
    except Exception:
        # nobody knows how long ingest was away: what is old may go tomorrow as well
        log.exception("last sign of life could not be read, nothing is dropped for a day")
        return True
    last_ms = status.heartbeat_at_ms if status else None
    if is_start_believed(now_ms, last_ms):
        return False
    log.warning("clock in doubt, nothing is dropped for a day", last_heartbeat_ms=last_ms)
    return True


class Housekeeper:
    """Keeps one store in order; `run` it in a thread of its own, sealing takes its time.

    Every worker runs one; whose turn it is the store says. With `is_patient` nothing is dropped
    for a day, as when the clock is found to be in doubt.
    """

    def __init__(
        self,
        store: TimeSeriesStore,
        retention: Retention,
        now_ms: Clock,
        *,
        is_patient: bool = False,
    ) -> None:
        self._store = store
        self._retention = retention
        self._now_ms = now_ms
        self._started_at_ms = now_ms()
        self._started_s = time.monotonic()
        self._is_patient = is_patient or is_clock_in_doubt(store, self._started_at_ms)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what fails is logged and tried again."""
        forgot_s = self._started_s
        while not stop.wait(SEAL_PERIOD_S):
            if not self._store.may_keep_house():
                continue
            self.seal(lambda: not stop.is_set())
            if time.monotonic() - forgot_s > FORGET_PERIOD_S:
                forgot_s = time.monotonic()
                self.forget()

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
